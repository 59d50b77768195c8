"""Numbers written by people: decimal comma or point decided by vote, thousands, currency, negatives."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segcore.intake.report import Ledger, some
from segcore.intake.text_table import Column

_CURRENCY = re.compile(
    r"(?:[$€£¥₹]|\b(?:eur|usd|gbp|chf|sek|nok|dkk|pln|czk|brl|inr|jpy|kr|zł|fr|rs)\b\.?|R\$)", re.IGNORECASE
)
_GAPS = re.compile(r"[\s'’]+")
_BARE = re.compile(r"^[+]?(?:\d[\d.,]*|[.,]\d+)(?:e[+-]?\d+)?$", re.IGNORECASE)


@dataclass(frozen=True)
class Parsed:
    """A number's text taken apart: sign and digits with their signs, and what was taken off."""

    text: str
    digits: str
    negative: bool
    acts: tuple[str, ...]


def take_apart(text: str) -> Parsed:
    """Take currency, gaps, brackets and a trailing minus off a number."""
    acts = []
    digits = _CURRENCY.sub("", text).strip()
    if digits != text.strip():
        acts.append("currency")
    negative = False
    if digits.startswith("(") and digits.endswith(")"):
        digits, negative = digits[1:-1].strip(), True
        acts.append("brackets")
    digits = digits.replace("\u2212", "-")
    if digits.endswith("-"):
        digits, negative = digits[:-1].strip(), True
        acts.append("trailing minus")
    if digits.startswith("-"):
        digits, negative = digits[1:].strip(), not negative
    closed = _GAPS.sub("", digits)
    if closed != digits:
        acts.append("thousands")
    return Parsed(text, closed, negative, tuple(acts))


def decimal_votes(texts: Sequence[str]) -> tuple[int, int]:
    """How many texts can only be read with a decimal comma, and how many only with a decimal point."""
    styles = [style_of(take_apart(text).digits) for text in texts if "," in text or "." in text]
    return styles.count(","), styles.count(".")


def style_of(digits: str) -> str:
    """The decimal sign these digits must have, or "" where both readings are possible."""
    commas, points = digits.count(","), digits.count(".")
    if commas and points:
        return max(",.", key=digits.rfind)
    for sign, other, count in ((",", ".", commas), (".", ",", points)):
        if count > 1:
            return other
        if count == 1:
            before, after = digits.lstrip("+").split(sign)
            grouped = len(after) == 3 and after.isdigit() and 1 <= len(before) <= 3 and before != "0"
            return "" if grouped else sign
    return ""


def decimal_sign(columns: Sequence[Column], delimiter_hint: str = "") -> str:
    """The decimal sign of a file, by the votes of its number columns; a hint decides where nobody votes."""
    votes = np.zeros(2, dtype=np.int64)
    for column in columns:
        votes += decimal_votes(column.texts.tolist())
    if votes[0] == votes[1]:
        return "," if delimiter_hint == ";" else "."
    return "," if votes[0] > votes[1] else "."


def parse_numbers(column: Column, decimal: str, ledger: Ledger, where: str) -> np.ndarray:
    """One float a row; NaN where blank or not a number. Every repair and every unknown is counted."""
    texts, counts = column.texts, column.counts
    values = np.full(len(texts), np.nan)
    acts: dict[str, list[int]] = {}
    plain = pd.to_numeric(pd.Series(texts, dtype="object"), errors="coerce").to_numpy(
        dtype=np.float64, na_value=np.nan
    )
    easy = np.isfinite(plain)
    if decimal == ",":
        easy &= np.array(["." not in text for text in texts], dtype=bool)
    values[easy] = plain[easy]
    for i in np.flatnonzero(~easy):
        parsed = take_apart(texts[i])
        value, extra = _value(parsed, decimal)
        values[i] = value
        for act in (*parsed.acts, *extra):
            if not np.isnan(value):
                acts.setdefault(act, []).append(i)
    _report(column, values, acts, ledger, where, counts)
    return np.append(values, np.nan)[column.codes]


def _value(parsed: Parsed, decimal: str) -> tuple[float, list[str]]:
    """The number, and which of its signs had to be changed."""
    digits = parsed.digits
    if not _BARE.match(digits):
        return np.nan, []
    own = style_of(digits)
    sign = own or decimal
    other = "." if sign == "," else ","
    acts = []
    if other in digits:
        acts.append("thousands")
    if own and own != decimal:
        acts.append("other decimal sign")
    elif sign == "," and "," in digits:
        acts.append("decimal comma")
    try:
        value = float(digits.replace(other, "").replace(sign, "."))
    except ValueError:
        return np.nan, []
    return (-value if parsed.negative else value), acts


_SENTENCES = {
    "currency": "{} had a currency sign; it was taken off.",
    "thousands": "{} had signs between thousands; they were taken out.",
    "decimal comma": "{} had a decimal comma; read as such.",
    "other decimal sign": "{} had another decimal sign than the rest of the column; read by its own.",
    "brackets": "{} in brackets read as negative.",
    "trailing minus": "{} with the minus behind read as negative.",
}


def _report(
    column: Column,
    values: np.ndarray,
    acts: dict[str, list[int]],
    ledger: Ledger,
    where: str,
    counts: np.ndarray,
) -> None:
    for act, at in acts.items():
        total = int(counts[at].sum())
        ledger.repair(
            _SENTENCES[act].format(some(total, "number")), total, example=column.texts[at[0]], where=where
        )
    unknown = np.flatnonzero(~np.isfinite(values))
    values[unknown] = np.nan
    total = int(counts[unknown].sum())
    if total:
        what = f"{some(total, 'cell')} not a number; counted as unknown."
        ledger.repair(what, total, example=str(column.texts[unknown[0]])[:80], where=where)
