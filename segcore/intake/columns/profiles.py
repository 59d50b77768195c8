"""What a column holds, seen on a sample: ids, names, numbers, dates; and what depends on what."""

from __future__ import annotations

import re
from collections.abc import Sized
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segcore.intake.columns.vocabulary import speaks_of
from segcore.intake.files.header import looks_like_value
from segcore.intake.files.text_table import Column
from segcore.intake.values.date_forms import is_period
from segcore.intake.values.dates import LONGEST, read_dates
from segcore.intake.values.numbers import style_of, take_apart
from segcore.intake.values.tidy import tidy

LOOKED_AT, GLANCED_AT = 400, 30
MOST_DIGITS = 17  # what a spreadsheet writes for a number at most
_DATE_LIKE = re.compile(
    r"\d{1,4}[-/. ]\d{1,2}[-/. ]\d{2,4}|^\d{8}(?:T?\d{4}|T?\d{6})?$|[^\W\d_]{3}.*\d|\d.*[^\W\d_]{3}|\d[年년]"
    r"|^\d{4}[-/.]\d{2}$|^\d{1,2}[-/.]\d{4}$|^\d{4}[-/ ]?(?:W|KW|CW)|^\d{4}\. ?\d{1,2}\."
)


@dataclass(frozen=True)
class Profile:
    """A column in numbers.

    Attributes
    ----------
    name : str
    filled : int
        Rows that are not blank.
    distinct : int
    numbers, whole, dates : float
        Share of what was looked at that is numbers, whole numbers, dates: of the distinct texts or of the rows.
    lowest, highest : float
        Of the numbers; NaN where there are none.
    blank_or_zero : float
        Share of rows that are blank or 0.
    samples : tuple of str
        Up to five values, the most frequent first.
    filled_share : float
        Share of the rows that are not blank.
    counts : bool
        Whether it numbers the lines of every order: 1, 2, 3 and again from 1.
    """

    name: str
    filled: int
    distinct: int
    numbers: float
    whole: float
    dates: float
    lowest: float
    highest: float
    blank_or_zero: float
    samples: tuple[str, ...]
    filled_share: float = 1.0
    counts: bool = False

    @property
    def is_number(self) -> bool:
        """Whether nearly every value is a number."""
        return self.filled > 0 and self.numbers >= 0.9

    @property
    def is_measure(self) -> bool:
        """Numbers with fractions: nothing that could name a thing."""
        return self.is_number and self.whole < 0.9

    @property
    def is_date(self) -> bool:
        """Whether nearly every value is a date."""
        return self.filled > 0 and self.dates >= 0.9

    @property
    def is_unique(self) -> bool:
        """Whether nearly every row has its own value."""
        return self.filled > 1 and self.distinct >= 0.98 * self.filled


def profile_of(column: Column) -> Profile:
    """Look at a column's distinct texts, the frequent ones first."""
    counts = column.counts
    used = np.flatnonzero(counts)
    order = used[np.argsort(-counts[used], kind="stable")]
    order = np.array([i for i in order if column.texts[i].strip()], dtype=np.int64)
    texts = [tidy(text[: LONGEST + 1]) for text in column.texts[order]]
    looked = texts[:LOOKED_AT]
    often = counts[order][: len(looked)]
    values = [_number(text) for text in looked]
    found = [value for value in values if value is not None]
    in_rows = float(often[[value is not None for value in values]].sum() / max(1, often.sum()))
    filled = int((column.codes >= 0).sum())
    zeros = sum(int(counts[i]) for i in order if column.texts[i].strip() in ("0", "0.0", "0,0", "-"))
    rows = max(1, len(column.codes))
    return Profile(
        column.name,
        filled,
        len(texts),
        max(_share(len(found), looked), in_rows),
        _share(sum(map(_is_whole, looked, values)), looked if in_rows < 0.9 else found),
        _date_share(looked, often, column.name),
        min(found, default=float("nan")),
        max(found, default=float("nan")),
        (rows - filled + zeros) / rows,
        tuple(texts[:5]),
        filled / rows,
        _numbers_lines(column),
    )


def _is_whole(text: str, value: float | None) -> bool:
    """Whether a text is a whole number; one of more digits than any measure has is an id, points or not."""
    return value is not None and (value.is_integer() or sum(map(str.isdigit, text)) > MOST_DIGITS)


def _numbers_lines(column: Column) -> bool:
    """Whether the rows count from 1 again and again, not always as far: the positions of orders, no products."""
    if not 2 <= len(column.texts) <= LOOKED_AT or column.blank.any():
        return False
    numbers = np.array([int(t) if t.isascii() and t.isdigit() and len(t) < 6 else -1 for t in column.texts])
    rows = numbers[column.codes]
    starts = rows == 1
    goes_on = starts[1:] | (rows[1:] == rows[:-1] + 1)
    ends = rows[:-1][starts[1:]]
    return bool(len(ends) > 2 and goes_on.mean() > 0.98 and starts[0] and len(np.unique(ends)) > 1)


def _share(part: int, whole: Sized) -> float:
    return part / len(whole) if whole else 0.0


def _number(text: str) -> float | None:
    digits = take_apart(text).digits
    if not digits or not digits[-1].isdigit() or not looks_like_value(digits):
        return None
    decimal = style_of(digits) or "?"
    plain = "".join(
        "." if sign == decimal else sign for sign in digits if sign == decimal or sign not in ",."
    )
    try:
        return float(plain)
    except ValueError:
        return None


def _date_share(texts: list[str], often: np.ndarray, name: str) -> float:
    """Share of dates; day numbers and seconds do not count, they could be any number, nor 2024-01 among products."""
    if (
        texts
        and is_period(texts[0])
        and any(speaks_of(name, role) for role in ("product", "order", "customer"))
    ):
        return 0.0
    like = sum(bool(_DATE_LIKE.search(text)) for text in texts[:GLANCED_AT])
    if not texts or like < 0.5 * len(texts[:GLANCED_AT]):
        return 0.0
    reading = read_dates(np.array(texts, dtype=object))
    known = ~np.isnat(reading.values) & ~reading.serials
    return max(float(known.mean()), float(often[known].sum() / often.sum()))


def dependence(key: Column, value: Column, unit: Column | None = None) -> float | None:
    """How well ``value`` follows from ``key``: 1 always the same for one key, 0 no better than the usual value.

    None where too few keys occur twice to tell. Rows of one ``unit`` (an order, a date) count once: the lines of
    one basket agree on everything that belongs to the basket.
    """
    both = (key.codes >= 0) & (value.codes >= 0)
    if unit is not None:
        rows = pd.DataFrame({"key": key.codes, "value": value.codes, "unit": unit.codes})
        both &= ~rows.duplicated().to_numpy()
    keys, values = key.codes[both].astype(np.int64), value.codes[both].astype(np.int64)
    if not len(keys):
        return None
    repeated = np.bincount(keys)[keys] > 1
    keys, values = keys[repeated], values[repeated]
    if len(keys) < 10:
        return None
    pairs, hits = np.unique(keys * (values.max() + 1) + values, return_counts=True)
    best = np.zeros(keys.max() + 1, dtype=np.int64)
    np.maximum.at(best, pairs // (values.max() + 1), hits)
    usual = np.bincount(values).max() / len(values)
    # a key seen twice agrees with itself by half already: count only what goes beyond one row a key
    n_keys = len(np.unique(keys))
    beyond = (best.sum() - n_keys) / max(1, len(keys) - n_keys)
    return float((beyond - usual) / (1 - usual)) if usual < 1 else None


def each_or_total(product: np.ndarray, money: np.ndarray, pieces: np.ndarray) -> str:
    """Answer "each" where a product's money stays the same whatever the number of pieces, "total" where it grows with it.

    "" where neither is clearly so. Looks at products bought in different numbers, one price before and after.
    """
    known = (product >= 0) & np.isfinite(money) & np.isfinite(pieces) & (pieces > 0) & (money > 0)
    table = pd.DataFrame({"product": product[known], "money": money[known], "pieces": pieces[known]})
    table["each"] = table["money"] / table["pieces"]
    counts = table.groupby("product")["pieces"].transform("nunique")
    several = table[counts > 1]
    if several["product"].nunique() < 3:
        return ""
    grouped = several.groupby("product")[["money", "each"]]
    spread = (grouped.std() / grouped.mean()).median()
    if spread["money"] < 0.05 and spread["money"] < 0.3 * spread["each"]:
        return "each"
    return "total" if spread["each"] < 0.05 and spread["each"] < 0.3 * spread["money"] else ""
