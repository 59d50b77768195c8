"""Numbers written by people: decimal comma or point decided by vote, thousands, currency, negatives."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segcore.intake.files.text_table import Column
from segcore.intake.report import Ledger, some

LONGEST = 60  # signs of the longest text that is looked at as a number
_CURRENCY = re.compile(
    r"(?:[a-z]{0,3}[$\u00a2-\u00a5\u058f\u060b\u09f2\u0e3f\u17db\u20a0-\u20c0]"
    r"|(?<![a-z])(?:eur|usd|gbp|chf|sek|nok|dkk|pln|czk|huf|ron|bgn|try|tl|rub|руб|uah|brl|inr|jpy|cny|rmb|krw|aud|cad"
    r"|nzd|zar|mxn|sgd|hkd|aed|euro|kr|zł|kč|ft|lei|sfr|fr|rs|lv)(?![a-z])\.?|[円圓元원])",
    re.IGNORECASE,
)
_GAPS = re.compile(r"(?<=\d)[\s'’‘´`_](?=\d{3}(?!\d))")
_BARE = re.compile(r"^[+]?(?:\d[\d.,]*|[.,]\d+)(?:e[+-]?\d+)?$", re.IGNORECASE)
_NOTHING_TO_TAKE_OFF = re.compile(r"[0-9]+(?:[.,][0-9]+)*")
_SIDE = re.compile(r"\s*(?<![a-z])(cr|dr)\.?$", re.IGNORECASE)
_UNIT = re.compile(
    r"^[x×]\s*(?=\d)|(?<=\d)\s*(?:pcs?|pces?|pieces?|stk|stck|stück|st|units?|ea|each|x|pz|pzas?|uds?|szt|ks|kpl|db|adet|шт|τεμ|[個个件枚本点개]|%)\.?$",
    re.IGNORECASE,
)
_NO_CENTS = re.compile(r"(?<=\d)[.,][-–—]+$")
_MINUS = re.compile(r"^\s*[-–—−]\s*|\s*[-–—−]$")
_OTHER_SIGNS = str.maketrans({"٫": ".", "٬": ",", "．": ".", "，": ",", "－": "-", "＋": "+"})


@dataclass(frozen=True)
class Parsed:
    """A number's text taken apart: sign and digits with their signs, and what was taken off."""

    text: str
    digits: str
    negative: bool
    acts: tuple[str, ...]


def take_apart(text: str) -> Parsed:
    """Take currency, units, gaps, brackets and minus signs off a number."""
    if len(text) > LONGEST:
        return Parsed(text, "", False, ())
    if _NOTHING_TO_TAKE_OFF.fullmatch(text):
        return Parsed(text, text, False, ())
    acts: list[str] = []
    digits = _with_our_digits(text, acts).strip()
    digits = _without(_CURRENCY, digits, "currency", acts)
    digits, negative = _without_side(digits, acts)
    digits = _without(_UNIT, digits, "unit", acts)
    if digits.startswith("(") and digits.endswith(")"):
        digits, negative = digits[1:-1].strip(), not negative
        acts.append("brackets")
    digits = _NO_CENTS.sub("", digits)
    if minus := _MINUS.search(digits):
        acts += ["trailing minus"] if minus.start() else []
        digits, negative = (digits[: minus.start()] + digits[minus.end() :]).strip(), not negative
    digits = _without(_CURRENCY, digits, "currency", acts)
    closed = _GAPS.sub("", digits)
    if closed != digits:
        acts.append("thousands")
    return Parsed(text, closed, negative, tuple(dict.fromkeys(acts)))


def _with_our_digits(text: str, acts: list[str]) -> str:
    """Digits of other scripts as ours."""
    if text.isascii():
        return text
    plain = text.translate(_OTHER_SIGNS)
    ours = "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in plain)
    if ours != plain:
        acts.append("digits")
    return ours


def _without(pattern: re.Pattern[str], digits: str, act: str, acts: list[str]) -> str:
    plain = pattern.sub("", digits).strip()
    if plain != digits:
        acts.append(act)
    return plain


def _without_side(digits: str, acts: list[str]) -> tuple[str, bool]:
    """``12.50 CR`` is money given back, ``12.50 DR`` is not."""
    side = _SIDE.search(digits)
    if side is None or not any(sign.isdigit() for sign in digits):
        return digits, False
    acts.append("credit")
    return digits[: side.start()].strip(), side.group(1).lower() == "cr"


def is_number(text: str) -> bool:
    """Whether a text is a number, however it is written."""
    return bool(_BARE.match(take_apart(text).digits))


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


def settled_decimal(
    columns: Sequence[Column], chosen: str | None, hint: str, ledger: Ledger, where: str
) -> str:
    """The decimal sign, as chosen or by vote; somebody is asked where ``1.234`` can be read both ways and nothing tells."""
    sign = chosen or decimal_sign(columns, hint)
    open_ = [(c.texts[i], int(c.counts[i])) for c in columns for i in _undecided(c.texts)]
    told = any(any(decimal_votes(c.texts.tolist())) for c in columns)
    if not open_ or (told and not chosen):
        return sign
    example = open_[0][0]
    value, _ = _value(take_apart(example), sign)
    ledger.note(
        f"{some(sum(n for _, n in open_), 'number')} could be read in thousands or with decimals; "
        f"“{example}” is read as {value:,g}{', as chosen' if chosen else ''}.",
        len(open_), where=where, choice="decimal", ask=not chosen,
    )  # fmt: skip
    return sign


def _undecided(texts: Iterable[str]) -> list[int]:
    found = []
    for i, text in enumerate(texts):
        if "," in text or "." in text:
            digits = take_apart(text).digits
            if _BARE.match(digits) and not style_of(digits) and ("," in digits or "." in digits):
                found.append(i)
    return found


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
    for i in np.flatnonzero(~easy).tolist():
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
    if not _grouped(digits.partition(sign)[0].lstrip("+").split(other)):
        return np.nan, []
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


def _grouped(groups: Sequence[str]) -> bool:
    """Whether digits between thousands signs stand in threes (or twos, as in India): 1.2.2024 is no number."""
    if len(groups) == 1:
        return True
    first, *middle, last = groups
    even = {len(group) for group in middle} <= {2} or {len(group) for group in middle} <= {3}
    return 1 <= len(first) <= 3 and len(last) == 3 and even


_SENTENCES = {
    "digits": "{} in the digits of another script; read as ours.",
    "unit": "{} had a unit or percent sign; it was taken off.",
    "credit": "{} marked CR or DR; a credit (CR) read as negative.",
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
