"""Unusual ways to write a date, brought to the usual ones before they are read: time zones, weekdays, weeks, months."""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import pandas as pd

_ZONE = re.compile(  # only behind a time: 01-02-2015 has none
    r"(:\d{2}(?:[.,]\d+)?)\s*(?:Z|[A-Z]{3,4}|(?:UTC|GMT)?\s*[+-]\d{2}(?::?\d{2})?)(?:\s*\([^)]*\))?$"
)
_WEEKDAY = re.compile(r"^[^\W\d_]{2,10}\.?(?:,\s+|\s+(?=[^\W\d_]{3,12}\.?\s+\d|\d{1,2}\.?\s+[^\W\d_]{3}))")
_YEAR_BEHIND = re.compile(  # as Unix prints it: Jan 03 09:05:00 UTC 2024
    r"^([^\W\d_]{3,12}\.?\s+\d{1,2})\s+(\d{1,2}:\d{2}:\d{2})(?:\s+[A-Z]{3,4}|\s+[+-]\d{4})?\s+(\d{4})$"
)
_ASIAN = re.compile(r"^(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일]")
_POINTS = re.compile(r"^(\d{4})\.\s*(\d{1,2})\.\s*(\d{1,2})\.(?=\s|$)")  # Hungarian, Korean
_WEEK = re.compile(r"^((?:19|20)\d{2})[-/ ]?(?:W|KW|CW)[-/ ]?(\d{1,2})$", re.IGNORECASE)
_MONTH = re.compile(r"^((?:19|20)\d{2})[-/.](0[1-9]|1[0-2])$")
_MONTH_FIRST = re.compile(r"^(0?[1-9]|1[0-2])[-/.]((?:19|20)\d{2})$")
_MONTH_NAME = re.compile(r"^([^\W\d_]{3,12})\.?[ -]+((?:19|20)\d{2})$")
_MONTH_SHORT = re.compile(r"^([^\W\d_]{3,9})\.?(?:-|\s?')(\d{2})$")  # Jan-24, as a spreadsheet shows a month
_HALF_DAY = re.compile(r"(?<=\d)\s*([AaPp])\.\s?[Mm]\.?$")
_DAY_FIRST = re.compile(r"^([0-3]\d)([01]\d)((?:19|20)\d{2})$")
_LETTER = re.compile(r"[^\W\d_]")
MOST_YEARS = 10


def plainer(texts: pd.Series) -> pd.Series:
    """The texts in usual forms; those that need no change stay as they are."""
    plain = texts.map(_with_our_digits)
    plain = plain.str.replace(_POINTS, r"\1-\2-\3", regex=True).str.replace(_ZONE, r"\1", regex=True)
    if plain.str.contains(_LETTER).any():  # nothing below is worth the time where all are numbers
        plain = plain.str.replace(_ASIAN, r"\1-\2-\3", regex=True).str.replace(_WEEKDAY, "", regex=True)
        plain = plain.str.replace(_YEAR_BEHIND, r"\1 \3 \2", regex=True)
        plain = plain.str.replace(_HALF_DAY, r" \1m", regex=True)
        if _names_years(plain):
            plain = plain.str.replace(_MONTH_SHORT, r"\1 20\2", regex=True)
    elif plain.str.fullmatch(_DAY_FIRST).all():
        plain = plain.str.replace(_DAY_FIRST, r"\1-\2-\3", regex=True)
    whole = np.array([":" not in text and is_period(text) for text in plain], dtype=bool)
    return plain.where(~whole, plain.where(whole, "").map(_first_day)) if whole.any() else plain


def _names_years(texts: pd.Series) -> bool:
    """Whether the numbers behind names of months are years, which lie close together, and not days."""
    found = texts.str.extract(_MONTH_SHORT)[1].dropna().astype(int)
    return bool(len(found)) and found.max() - found.min() < MOST_YEARS and found.max() < 50


def _with_our_digits(text: str) -> str:
    """Digits of other scripts as ours."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)


def is_period(text: str) -> bool:
    """Whether a text names a week or a month and no day."""
    return any(form.match(text) for form in (_WEEK, _MONTH, _MONTH_FIRST, _MONTH_NAME, _MONTH_SHORT))


def _first_day(text: str) -> str:
    """The Monday of a week, the first of a month."""
    if found := _WEEK.match(text):
        monday = pd.to_datetime(f"{found[1]}-{int(found[2])}-1", format="%G-%V-%u", errors="coerce")
        return "" if pd.isna(monday) else f"{monday:%Y-%m-%d}"
    if found := _MONTH.match(text):
        return f"{found[1]}-{found[2]}-01"
    if found := _MONTH_FIRST.match(text):
        return f"{found[2]}-{found[1]}-01"
    found = _MONTH_NAME.match(text)
    return f"1 {found[1]} {found[2]}" if found else text
