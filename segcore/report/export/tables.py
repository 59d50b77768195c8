"""CSV and id lists that a spreadsheet opens as what they are: text as text, numbers as numbers, never a formula.

Spreadsheets run a cell that begins with ``=``, ``+``, ``-`` or ``@``, or with a tab or return before it (OWASP, CSV
injection). ``as_text_cell`` is the only place that decides what happens to text.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable

import numpy as np
import pandas as pd

from segcore.language.words import join_and

_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069\ufeff]"
)
_BREAKS = re.compile(r"[\t\r\n\u2028\u2029]+")


def as_text_cell(value: object, *, quote: bool = True) -> str:
    """Text that no spreadsheet obeys.

    Control and text-direction characters go, line breaks become spaces, and with ``quote`` a leading apostrophe
    disarms what looks like a formula. A workbook stores text as text and needs no apostrophe.
    """
    raw = str(value)
    armed = raw.lstrip(" \n").startswith(_STARTS)
    text = _BREAKS.sub(" ", _CONTROL.sub("", raw)).strip()
    return f"'{text}" if quote and (armed or text.startswith(_STARTS)) else text


def as_cell(value: object, *, quote: bool = True) -> object:
    """A number or truth value as it is, a date in ISO form, nothing as None, a set as a list, all else as text."""
    if isinstance(value, (frozenset, set, tuple, list)):
        parts = (
            sorted(map(str, value)) if isinstance(value, (frozenset, set)) else [str(part) for part in value]
        )
        return as_text_cell(join_and(parts), quote=quote)
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return None if np.isnan(value) else float(value)
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%d" if value == value.normalize() else "%Y-%m-%d %H:%M:%S")
    return as_text_cell(value, quote=quote)


def with_index(table: pd.DataFrame) -> pd.DataFrame:
    """The index as first columns where it has a name; an unnamed running number is left out."""
    if all(name is None for name in table.index.names):
        return table
    labels = table.index.to_frame(index=False)
    labels.columns = [str(name) for name in labels.columns]
    body = table.reset_index(drop=True)
    body.columns = [str(name) for name in body.columns]
    return pd.concat([labels, body], axis=1)


def table_csv(table: pd.DataFrame) -> bytes:
    """The table as UTF-8 CSV with a byte order mark, which is how Excel knows; a named index becomes the first column."""
    whole = with_index(table)
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([as_text_cell(name) for name in whole.columns])
    columns = [[as_cell(value) for value in whole.iloc[:, i]] for i in range(whole.shape[1])]
    writer.writerows(zip(*columns, strict=True))
    return buffer.getvalue().encode("utf-8-sig")


def id_list(labels: Iterable[object]) -> bytes:
    """One id a line in UTF-8, as e-mail and advertising tools take it: no header, no quotes, nothing added.

    Ids are not disarmed with an apostrophe: it would change them, and the file is for upload, not for a spreadsheet.
    """
    lines = [as_text_cell(label, quote=False) for label in labels]
    return "".join(f"{line}\r\n" for line in lines if line).encode("utf-8")
