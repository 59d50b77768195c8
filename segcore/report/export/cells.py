"""A cell of a table as a page and a slide write it."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from segcore.language.words import count, decimal, percent

_SHARE = re.compile(r"share|support|confidence")
_FEW = 100  # cases behind a share nobody knows the base of: whole percentages


def shown(column: object, value: Any) -> str:
    """A share in percent by its column's name, a count with thousands separators, nothing as a dash."""
    if isinstance(value, bool):
        return "yes" if value else ""
    if not isinstance(value, (int, float)):
        return "–" if value is None or value is pd.NA or value is pd.NaT else str(value)
    if pd.isna(value):
        return "–"
    if _SHARE.search(str(column)):
        return percent(float(value), 1_000 if 0 < abs(value) < 0.1 else _FEW)
    return count(value) if float(value).is_integer() else decimal(float(value), 2)


def is_number(values: pd.Series) -> bool:
    """Whether a column is to stand on the right."""
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
