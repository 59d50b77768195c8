"""Months, weeks, quarters or years as columns: one line for every filled cell, with the period as its date."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from segcore.intake.columns.profiles import Profile, profile_of
from segcore.intake.columns.vocabulary import speaks_of
from segcore.intake.files.open_table import OpenTable
from segcore.intake.files.text_table import TextTable
from segcore.intake.layouts.layout import Layout, is_filled, is_measure_word, melted
from segcore.intake.values.tidy import tidy
from segcore.language.months import month_of

PERIOD = "Period"
FEWEST = 3
_YEAR = r"(?P<y>(?:19|20)\d{2})"
_FORMS = [  # a quarter or a week before months: “Q1 2024” is no January
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?<![^\W\d_])(?:Q|T)(?P<q>[1-4])[-/._ ]*{_YEAR}",
        rf"(?:W|KW|CW|Week|Woche)[-/._ ]*(?P<w>\d{{1,2}})[-/._ ]+{_YEAR}",
        rf"{_YEAR}[-/._ ]?(?P<m>0[1-9]|1[0-2])(?:[-/._ ](?P<d>[0-3]?\d))?(?!\d)",
        rf"(?<!\d)(?:(?P<d>[0-3]?\d)[-/._ ])?(?P<m>0?[1-9]|1[0-2])[-/._ ]{_YEAR}",
        rf"{_YEAR}[-/._ ]?(?P<m>[1-9])(?!\d)",
        rf"{_YEAR}[-/._ ]*(?:Q|T)(?P<q>[1-4])",
        rf"{_YEAR}[-/._ ]*(?:W|KW|CW|S)(?P<w>\d{{1,2}})(?!\d)",
        rf"{_YEAR}\s*[年년]\s*(?P<m>\d{{1,2}})\s*[月월]",
        rf"(?<![^\W\d_])(?P<name>[^\W\d_]{{3,12}})\.?[-/._ ']*{_YEAR}",
        rf"{_YEAR}[-/._ ]*(?P<name>[^\W\d_]{{3,12}})",
        r"(?<![^\W\d_])(?P<name>[^\W\d_]{3,12})\.?[-/._ ']+(?P<yy>[0-3]\d)(?!\d)",
        r"(?<![^\W\d_])(?P<name>[^\W\d_]{3,12})(?![^\W\d_])",
        r"(?<!\d)(?P<m>1[0-2]|[1-9])[月월]",
        rf"(?<!\d){_YEAR}(?!\d)",
    )
]


@dataclass(frozen=True)
class Period:
    """A column's period as text (a date where its year is known), and what else its name says."""

    text: str
    has_year: bool
    rest: str


def period_of(name: str) -> Period | None:
    """The period a header names, if any."""
    for form in _FORMS:
        for found in form.finditer(name):
            parts = found.groupdict()
            month = month_of(parts["name"]) if parts.get("name") else None
            if parts.get("name") and month is None:
                continue
            rest = tidy(re.sub(r"[\W_]+", " ", name[: found.start()] + " " + name[found.end() :]))
            return Period(*_as_text(parts, month, found.group()), rest)
    return None


def _as_text(parts: Mapping[str, str | None], month: int | None, text: str) -> tuple[str, bool]:
    year = parts.get("y") or (f"20{parts['yy']}" if parts.get("yy") else None)
    if year is None:
        return text, False
    if parts.get("w"):
        return f"{year}-W{int(parts['w'] or 0):02d}", True
    quarter = int(parts.get("q") or 0)
    number = month or int(parts.get("m") or 0) or (3 * quarter - 2 if quarter else 1)
    return f"{year}-{number:02d}-{int(parts.get('d') or 1):02d}", True


@dataclass(frozen=True)
class Across:
    """The periods of a table: what is measured → period → column; and the other columns."""

    measures: Mapping[str, Mapping[str, str]]
    others: tuple[str, ...]
    dated: bool


def periods_across(table: OpenTable) -> Across | None:
    """Columns that are the same measure at several times, or None."""
    if not table.header.has_header:
        return None
    found: dict[str, dict[str, str]] = {}
    dated = True
    for name in table.names:
        period = period_of(name)
        column = profile_of(table.sample.columns[name]) if period else None
        if period and column and (column.is_number or not column.filled) and not column.is_date:
            found.setdefault(period.rest, {}).setdefault(period.text, name)
            dated &= period.has_year
    measures = {rest: group for rest, group in found.items() if len(group) >= FEWEST}
    inside = {name for group in measures.values() for name in group.values()}
    others = tuple(name for name in table.names if name not in inside)
    return Across(measures, others, dated) if measures and len(measures) <= 4 else None


def periods_as_lines(table: OpenTable) -> Layout | None:
    """Periods across beside columns that say who and what."""
    across = periods_across(table)
    if across is None or not says_who_and_what(table, across):
        return None
    texts = list(dict.fromkeys(text for group in across.measures.values() for text in group))
    names = {rest: _measure_name(table, rest, group) for rest, group in across.measures.items()}
    carried = [n for n in across.others if not (is_measure_word(n) and speaks_of(n, "total row"))]
    given = {role: name for name in names.values() if (role := _role(name))}
    if across.dated:
        given["date"] = PERIOD
    what = f"{len(texts)} periods stand side by side as columns; each filled cell was read as a line of its period."

    def relay(source: TextTable) -> TextTable:
        placed = {names[r]: [g.get(text) for text in texts] for r, g in across.measures.items()}
        keep = np.logical_or.reduce([is_filled(source, sources) for sources in placed.values()])
        return melted(source, carried, placed, keep, {PERIOD: texts})

    return Layout(what, 0.95, relay, given, len(texts), next(iter(across.measures.values()))[texts[0]])


def says_who_and_what(table: OpenTable, across: Across) -> bool:
    """Whether the other columns hold a buyer and a product: two kinds of labels that both come again."""
    profiles = [profile_of(table.sample.columns[n]) for n in across.others]
    labels = [p for p in profiles if p.filled and not p.is_measure and not p.is_date]
    who = [p for p in labels if speaks_of(p.name, "customer") or speaks_of(p.name, "order")]
    what = [p for p in labels if speaks_of(p.name, "product")]
    if who and what:
        return True
    again = [p for p in labels if p.distinct < 0.9 * p.filled and p.distinct > 1 and not is_total_like(p)]
    if (who and any(p.name != who[0].name for p in again)) or (what and again):
        return bool(who and who[0].distinct < 0.9 * who[0].filled) or bool(what)
    return len(again) >= 2 and _is_key(table.sample, [p.name for p in again])


def is_total_like(profile: Profile) -> bool:
    """Sums beside the periods are no labels."""
    return speaks_of(profile.name, "total row") or is_measure_word(profile.name)


def _is_key(sample: TextTable, names: Sequence[str]) -> bool:
    """Whether these columns together are new in nearly every row, as customer and product are."""
    rows = np.stack([sample.columns[n].codes for n in names], axis=1)
    return len(np.unique(rows, axis=0)) >= 0.98 * max(1, len(rows))


def _measure_name(table: OpenTable, rest: str, group: Mapping[str, str]) -> str:
    if rest and is_measure_word(rest):
        return rest
    profiles = [profile_of(table.sample.columns[n]) for n in group.values()]
    filled = [p for p in profiles if p.filled]
    whole = all(p.whole >= 0.99 for p in filled) and max((p.highest for p in filled), default=0) <= 200
    return "Quantity" if whole else "Amount"


def _role(name: str) -> str:
    return next((role for role in ("quantity", "amount") if speaks_of(name, role)), "")
