"""What is looked at, as an address carries it: level, weighting, filters, number of segments, balance.

An address chooses the view and the study holds the work: reading an address gives what differs from the study, to be
laid over it and not to be saved. Whatever an address says that cannot be is passed over.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from segcore.choices.offered import WEIGHTINGS, offered
from segcore.choices.study import Filters, Study
from segcore.errors import SpecError

if TYPE_CHECKING:
    from segcore.purchases import Purchases

MOST_SIGNS = 1_500  # longer addresses break in e-mails
MOST_COUNT = 10_000
_FILTERS = {
    "buyers": "min_customers",
    "products": "min_products",
    "most": "max_products",
    "cap": "cap_products",
    "from": "date_from",
    "to": "date_to",
    "without": "left_out",
}
PARAMETERS = ("level", "count", "k", "balance", *_FILTERS)

Parameters = Mapping[str, Sequence[str]]


def written(study: Study, k: int | None = None) -> dict[str, list[str]]:
    """The view of a study as parameters of an address; filters too long for one are left out of it.

    Parameters
    ----------
    k : int, optional
        The number of segments on the screen, where the study itself follows the suggestion.
    """
    said = {"level": [study.level], "count": [study.weighting], "balance": [f"{study.balance:g}"]}
    if number := study.k or k:
        said["k"] = [str(number)]
    kept = {name: getattr(study.filters, field) for name, field in _FILTERS.items()}
    usual = {name: getattr(Filters(), field) for name, field in _FILTERS.items()}
    filters = {
        name: [str(one) for one in value] if isinstance(value, tuple) else [str(value)]
        for name, value in kept.items()
        if value != usual[name] or name == "buyers"  # one of them always, so that none at all can be said
    }
    whole = {**said, **filters}
    return whole if len(urlencode(whole, doseq=True)) <= MOST_SIGNS else said


def read(asked: Parameters, study: Study, purchases: Purchases) -> dict[str, Any]:
    """What an address wants otherwise than the study has it, by the study's field; only what can be."""
    from segcore.purchases.levels import level_codes, level_parts

    wanted: dict[str, Any] = {}
    level = _first(asked, "level") or study.level
    try:
        level_parts(purchases, level)
    except SpecError:
        level = study.level
    moved = level != study.level
    if moved:  # what was chosen for the products of another level does not hold at this one
        wanted |= {"level": level, "k": None, "filters": replace(study.filters, left_out=())}
        wanted["sweep"] = replace(study.sweep, start_key="", start_k=0)
    weighting = _first(asked, "count")
    if weighting in offered(purchases.has("amount"), purchases.has("quantity"), False):
        wanted["weighting"] = weighting
    k = whole(_first(asked, "k"), 2, max(study.sweep.max_k, study.k or 0))
    if k is not None:
        wanted["k"] = k
    balance = _share(_first(asked, "balance"))
    if balance is not None:
        wanted["balance"] = balance
    if any(name in asked for name in _FILTERS):
        known = frozenset(level_codes(purchases, level)[1]) if asked.get("without") else frozenset()
        filters = _filters(asked, known, purchases)
        if set(filters.left_out) == set(study.filters.left_out):  # their order says nothing
            filters = replace(filters, left_out=study.filters.left_out)
        wanted["filters"] = filters
    return {name: value for name, value in wanted.items() if value != getattr(study, name)}


def in_words(study: Study, wanted: Mapping[str, Any]) -> list[str]:
    """What an address shows otherwise than the study has it, a phrase each."""
    said = []
    if "level" in wanted:
        said.append(f"the level “{wanted['level']}” instead of “{study.level}”")
    if wanted.get("k"):
        instead = f" instead of {study.k}" if study.k and "level" not in wanted else ""
        said.append(f"{wanted['k']} segments{instead}")
    if "weighting" in wanted:
        said.append(f"purchases counted as “{WEIGHTINGS[wanted['weighting']].split(':')[0]}”")
    if "filters" in wanted and ("level" not in wanted or wanted["filters"] != Filters()):
        said.append("no filters" if wanted["filters"] == Filters() else "other filters")
    if "balance" in wanted:
        said.append("product lists on another balance of popular and distinctive")
    return said


def _filters(asked: Parameters, known: frozenset[str], purchases: Purchases) -> Filters:
    """The filters of an address; each that cannot be is as if it were not there."""
    found: dict[str, Any] = {}
    for name, field in _FILTERS.items():
        if field.startswith("date"):
            found[field] = _day(_first(asked, name), purchases)
        elif field != "left_out":
            found[field] = whole(_first(asked, name), 1, MOST_COUNT)
    found["left_out"] = tuple(sorted(known & set(asked.get("without", ()))))
    if found["date_from"] and found["date_to"] and found["date_from"] > found["date_to"]:
        found["date_from"] = found["date_to"] = None
    if found["max_products"]:
        found["cap_products"] = None  # the two undo each other
    usual = asdict(Filters())
    return Filters(
        **{f.name: usual[f.name] if found[f.name] is None else found[f.name] for f in fields(Filters)}
    )


def _first(asked: Parameters, name: str) -> str:
    values = asked.get(name) or ("",)
    return values[0]


def whole(text: str, least: int, most: int) -> int | None:
    """A whole number in plain digits and in range, else None."""
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        return None
    return int(text) if least <= int(text) <= most else None


def _share(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value <= 1 else None


def _day(text: str, purchases: Purchases) -> str | None:
    """An ISO day inside what was bought, else None."""
    span = purchases.date_span
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day.isoformat() if span is not None and span[0].date() <= day <= span[1].date() else None
