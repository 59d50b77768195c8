"""What is said about a column of dates: how day and month were told apart, what names no day, what may be turned round."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segcore.intake.files.text_table import Column
from segcore.intake.report import Ledger, some
from segcore.intake.values.date_forms import is_period

_STORED = re.compile(r"\d{4}-\d{2}-\d{2}")
FEWEST_TURNED = 4


@dataclass(frozen=True, eq=False)
class DateReading:
    """Dates of the distinct texts, and how day and month were told apart."""

    values: np.ndarray
    day_first: bool | None
    votes: tuple[int, int]
    serials: np.ndarray
    open: np.ndarray
    """Texts that would be another day with the other order, where no text and no habit tells which is meant."""


def report_periods(reading: DateReading, column: Column, ledger: Ledger, where: str) -> None:
    """Weeks and months, which were read as their first day."""
    whole = [
        i
        for i, text in enumerate(column.texts)
        if is_period(text.strip()) and not np.isnat(reading.values[i])
    ]
    total = int(column.counts[whole].sum())
    what = f"{some(total, 'cell')} named a week or a month; read as its first day."
    ledger.repair(what, total, example=str(column.texts[whole[0]]) if whole else "", where=where)


def doubt_half_turned(reading: DateReading, column: Column, ledger: Ledger, where: str) -> None:
    """True dates of the first twelve days of a month beside texts of none of these: a spreadsheet took what it could.

    Opened with the wrong order of day and month it turns 03/04 into the fourth of March, and leaves 28/04 as text.
    """
    stored = np.array([bool(_STORED.match(text)) for text in column.texts], dtype=bool)
    days = pd.DatetimeIndex(reading.values[stored & ~np.isnat(reading.values)]).day
    forced = max(reading.votes)
    if min(len(days), forced) < FEWEST_TURNED or min(reading.votes) or reading.open.any() or days.max() > 12:
        return
    ledger.note(
        f"{some(int(column.counts[stored].sum()), 'date')} of the first twelve days of a month stored as dates and all "
        "others as text; a spreadsheet may have turned day and month of the former.",
        int(column.counts[stored].sum()), example=str(column.texts[np.flatnonzero(stored)[0]]), where=where,
        remedy="Compare one with the shop system; export again with the dates as text if it differs.",
    )  # fmt: skip


def report_order(
    reading: DateReading, column: Column, wanted: bool | None, ledger: Ledger, where: str
) -> None:
    """The order of day and month that was taken, and why; somebody is asked where nothing tells."""
    if reading.day_first is None:
        return
    order = "day first" if reading.day_first else "month first"
    first, second = reading.votes
    torn = np.flatnonzero(reading.open)
    if wanted is not None:
        why = "as chosen"
    elif first and second:
        why = f"most values say so, {some(min(first, second), 'distinct date')} can only be the other way round and read so"
    elif first or second:
        why = f"{some(max(first, second), 'distinct date')} can be read in no other way"
    elif not len(torn):
        return
    elif dotted(column.texts):
        why = "dates with points between are written so"
    else:
        why = "every date can be read both ways and this gives the shorter time span"
    ask = wanted is None and first == second and len(torn) > 0 and not dotted(column.texts)
    at = int(torn[0]) if len(torn) else 0
    day = f"{pd.Timestamp(reading.values[at]):%d %B %Y}" if not np.isnat(reading.values[at]) else "unknown"
    ledger.note(
        f"Dates are read with the {order}: {why}.", int(column.counts[torn].sum()),
        example=f"{column.texts[at]} is {day}", where=where, choice="day_first", ask=ask,
    )  # fmt: skip


def dotted(texts: np.ndarray) -> bool:
    """Points between day, month and year: written so only where the day comes first."""
    return all(text.count(".") >= 2 or not text for text in texts[:200])
