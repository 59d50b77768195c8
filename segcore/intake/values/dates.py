"""Dates written by people: the common forms, the order of day and month decided by vote, Excel's day numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from segcore.intake.files.text_table import Column
from segcore.intake.report import Ledger, some
from segcore.intake.values.date_forms import plainer
from segcore.intake.values.date_reports import DateReading, doubt_half_turned, report_order, report_periods
from segcore.language.months import month_of

_ISO = r"^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)?$"
_TIME = r"(?:[ T,]+(?P<H>\d{1,2})[:.h](?P<M>\d{2})(?:[:.](?P<S>\d{2}))?(?:[.,]\d+)?\s*(?P<half>[AaPp]\.?[Mm]\.?)?)?"
_YEAR_FIRST = r"^(?P<y>\d{4})[-/.](?P<a>\d{1,2})[-/.](?P<b>\d{1,2})" + _TIME + "$"
_YEAR_LAST = r"^(?P<a>\d{1,2})[-/. ](?P<b>\d{1,2})[-/. ](?P<y>\d{4}|\d{2})" + _TIME + "$"
_COMPACT = r"^(?P<y>(?:19|20)\d{2})(?P<a>\d{2})(?P<b>\d{2})(?:T?(?P<H>[0-2]\d)(?P<M>[0-5]\d)(?P<S>[0-5]\d)?(?P<half>))?$"
_DAY_NAME = (
    r"^(?P<b>\d{1,2})(?:st|nd|rd|th|er|º|\.)?[ -]*(?:de |of |du )?(?P<name>[^\W\d_]{3,12})\.?[ ,-]*(?:de |del )?(?P<y>\d{4}|\d{2})"
    + _TIME
    + "$"
)
_NAME_DAY = (
    r"^(?P<name>[^\W\d_]{3,12})\.?[ -]*(?P<b>\d{1,2})(?:st|nd|rd|th)?[ ,-]+(?P<y>\d{4}|\d{2})" + _TIME + "$"
)
_SERIAL = r"^(?P<n>[1-6]\d{4}(?:[.,]\d+)?)$"
_UNIX = r"^(?P<n>1\d{9}|1\d{12}|1\d{15})(?:\.0*)?$"
LONGEST = 80  # signs of the longest text that is looked at as a date
EARLIEST, LATEST = np.datetime64("1950-01-01", "s"), np.datetime64("2100-01-01", "s")


def parse_dates(column: Column, day_first: bool | None, ledger: Ledger, where: str) -> np.ndarray:
    """One datetime64[s] a row, NaT where blank or not a date; every unknown is counted."""
    counts = column.counts
    reading = read_dates(column.texts, day_first)
    values = reading.values
    report_order(reading, column, day_first, ledger, where)
    if reading.serials.any():
        total = int(counts[reading.serials].sum())
        example = str(column.texts[np.flatnonzero(reading.serials)[0]])
        ledger.repair(
            f"{some(total, 'date')} stored as a day number read as Excel dates.",
            total,
            example=example,
            where=where,
        )
    report_periods(reading, column, ledger, where)
    doubt_half_turned(reading, column, ledger, where)
    unknown = np.flatnonzero(np.isnat(values))
    total = int(counts[unknown].sum())
    if total:
        example = str(column.texts[unknown[0]])[:80]
        ledger.repair(
            f"{some(total, 'cell')} not a date; counted as unknown.", total, example=example, where=where
        )
    return np.append(values, np.datetime64("NaT", "s"))[column.codes]


def read_dates(texts: np.ndarray, day_first: bool | None = None) -> DateReading:
    """Read distinct texts as dates."""
    if _all_iso(texts):
        moments = pd.to_datetime(pd.Series(texts, dtype="str"), format="ISO8601", errors="coerce")
        values = _in_range(moments.to_numpy().astype("datetime64[s]"))
        none = np.zeros(len(texts), dtype=bool)
        return DateReading(values, None, (0, 0), none, none)
    series = pd.Series([text if len(text) <= LONGEST else "" for text in texts], dtype="str").str.strip()
    series = plainer(series)
    values = np.full(len(series), np.datetime64("NaT", "s"))
    for pattern in (_YEAR_FIRST, _COMPACT, _DAY_NAME, _NAME_DAY):
        _fill(values, series.str.extract(pattern))
    parts = series.str.extract(_YEAR_LAST)
    parts["dotted"] = parts["y"].isna() | (series.str.count(r"\.") >= 2)
    votes = _votes(parts)
    chosen = _choose(parts, day_first, votes)
    if chosen is not None:
        _fill_year_last(values, parts, chosen)
    serials = _fill_counts(values, series)
    return DateReading(_in_range(values), chosen, votes, serials, _open(parts))


def _open(parts: pd.DataFrame) -> np.ndarray:
    """Which dates would be another day with the other order."""
    a, b = (pd.to_numeric(parts[n], errors="coerce") for n in "ab")
    return ((a <= 12) & (b <= 12) & (a != b)).to_numpy()


def _all_iso(texts: np.ndarray) -> bool:
    """Whether every text is a plain ISO date or time, which is read in one go."""
    if not len(texts):
        return False
    return bool(pc.all(pc.match_substring_regex(pa.array(texts, type=pa.string()), _ISO)).as_py())


def _in_range(values: np.ndarray) -> np.ndarray:
    """Dates far from any purchase are placeholders of the shop system (1900-01-01, 9999-12-31)."""
    outside = ~np.isnat(values) & ((values < EARLIEST) | (values >= LATEST))
    return np.where(outside, np.datetime64("NaT", "s"), values)


def _fill(values: np.ndarray, parts: pd.DataFrame) -> None:
    if "name" in parts:
        months = pd.to_numeric(parts["name"].map(month_of, na_action="ignore"), errors="coerce")
    else:
        months = pd.to_numeric(parts["a"], errors="coerce")
    _write(values, parts, months, pd.to_numeric(parts["b"], errors="coerce"))


def _fill_year_last(values: np.ndarray, parts: pd.DataFrame, day_first: bool) -> None:
    a, b = (pd.to_numeric(parts[n], errors="coerce") for n in "ab")
    day, month = (a, b) if day_first else (b, a)
    swapped = (month > 12) & (day <= 12)
    _write(values, parts, month.where(~swapped, day), day.where(~swapped, month))


def _write(values: np.ndarray, parts: pd.DataFrame, month: pd.Series, day: pd.Series) -> None:
    at = np.flatnonzero((parts["y"].notna() & month.notna() & day.notna()).to_numpy() & np.isnat(values))
    if not len(at):
        return
    part = parts.iloc[at]
    year = pd.to_numeric(part["y"])
    year = year.where(year >= 100, year + np.where(year < 70, 2000, 1900))
    days = pd.to_datetime({"year": year, "month": month.iloc[at], "day": day.iloc[at]}, errors="coerce")
    values[at] = days.to_numpy().astype("datetime64[s]") + _clock(part)


def _clock(parts: pd.DataFrame) -> np.ndarray:
    if "H" not in parts:
        return np.zeros(len(parts), dtype="timedelta64[s]")
    hour, minute, second = (
        pd.to_numeric(parts[n], errors="coerce").fillna(0).to_numpy() for n in ("H", "M", "S")
    )
    half = parts["half"].str[0].str.lower()
    hour = np.where((half == "p") & (hour < 12), hour + 12, np.where((half == "a") & (hour == 12), 0, hour))
    return (hour * 3600 + minute * 60 + second).astype("timedelta64[s]")


def _votes(parts: pd.DataFrame) -> tuple[int, int]:
    """Distinct dates that can only be day first, and only month first."""
    a, b = (pd.to_numeric(parts[n], errors="coerce") for n in "ab")
    return int(((a > 12) & (b <= 12)).sum()), int(((b > 12) & (a <= 12)).sum())


def _choose(parts: pd.DataFrame, day_first: bool | None, votes: tuple[int, int]) -> bool | None:
    if parts["y"].isna().all():
        return None
    if day_first is not None:
        return day_first
    if votes[0] != votes[1]:
        return votes[0] > votes[1]
    if not any(votes) and parts["dotted"].all():
        return True
    spans = []
    for order in (True, False):
        values = np.full(len(parts), np.datetime64("NaT", "s"))
        _fill_year_last(values, parts, order)
        known = values[~np.isnat(values)]
        spans.append(known.max() - known.min() if len(known) else np.timedelta64(0, "s"))
    return bool(spans[0] <= spans[1])


def _fill_counts(values: np.ndarray, series: pd.Series) -> np.ndarray:
    """Excel's days since 1899-12-30 and seconds since 1970; returns which texts were Excel's."""
    missing = np.isnat(values)
    numbers = pd.to_numeric(series.str.extract(_SERIAL)["n"].str.replace(",", ".")).to_numpy(
        dtype=np.float64, na_value=np.nan
    )
    serials = missing & np.isfinite(numbers)
    seconds = np.round(numbers[serials] * 86400).astype("timedelta64[s]")
    values[serials] = np.datetime64("1899-12-30", "s") + seconds
    ticks = pd.to_numeric(series.str.extract(_UNIX)["n"]).to_numpy(dtype=np.float64, na_value=np.nan)
    unix = missing & np.isfinite(ticks)
    whole = np.select(
        [ticks[unix] >= 1e15, ticks[unix] >= 1e12], [ticks[unix] / 1e6, ticks[unix] / 1e3], ticks[unix]
    )
    values[unix] = whole.astype(np.int64).astype("datetime64[s]")
    return serials
