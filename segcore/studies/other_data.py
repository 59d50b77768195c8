"""A study taken to other data: which of its choices hold there, which do not, and how the data differ."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from segcore.choices.offered import WEIGHTINGS, offered
from segcore.choices.other_data import OtherData
from segcore.choices.scenarios import WhatIf
from segcore.choices.study import Study, StudyFile, new_study
from segcore.errors import SpecError
from segcore.language.words import count, join_and, plural, restyled

if TYPE_CHECKING:
    from segcore.purchases import Purchases

MOST_NAME, MOST_ENDING = 80, 40  # signs of a study's name, and of what tells this one from the other


def taken_to(study: Study, files: tuple[StudyFile, ...], sizes: Mapping[str, int]) -> Study:
    """A new study with another's choices that waits for other files to be read; the other stays as it is."""
    fresh = new_study()
    ending = f" with {files[0].name.rsplit('.', 1)[0]}"[:MOST_ENDING]
    return replace(
        study,
        id=secrets.token_urlsafe(16),
        created=fresh.created,
        updated=fresh.updated,
        name=study.name[: MOST_NAME - len(ending)].rstrip() + ending,
        files=(),
        pending=files,
        pending_roles=dict(study.roles),
        sample="",
        data_digest="",
        loaded_key="",
        other_data=OtherData(study.name, tuple(file.name for file in study.files), dict(sizes)),
    )


def carried(study: Study, after: Purchases, level: str) -> dict[str, Any]:
    """The choices of a waiting study as they hold on the data read now, by the study's field.

    Figures of the earlier data go: votes, scenarios, tests and bundles speak of segments that are not these. Names stay
    with the study and are found again by what the new segments buy.

    Parameters
    ----------
    level : str
        What to work at where the study's own level is not in these data.
    """
    held: list[str] = ["what each column means"] if study.pending_roles else []
    lost: list[str] = []
    if study.roles and not study.pending_roles:
        lost.append("what each column means, for the columns are called otherwise")
    changes = _level(study, after, level, held, lost)
    changes |= _filters(study, after, changes["level"], held, lost)
    if study.k:
        held.append(plural(study.k, "segment"))
    named = sum(identity.edited for identity in study.identities)
    if named:
        held.append(f"{plural(named, 'name')} you gave, for segments that buy the same")
    changes |= figures_gone(study)
    lost += _said_gone(study)
    other = replace(study.other_data, digest=after.digest, held=tuple(held), lost=tuple(lost))
    return {**changes, "other_data": other}


def in_words(other: OtherData, now: Mapping[str, int]) -> str:
    """What differs and what was carried, in a few plain sentences."""
    files = f" ({join_and(list(other.files), most=1)})" if other.files else ""
    said = f"These are the choices of “{other.study}”{files} on other data"
    if other.sizes:
        both = zip(
            now.items(), other.sizes.items(), strict=False
        )  # rows, products, lines: rows may be other ones
        said += f": {join_and([_instead(*pair) for pair in both])}"
    said += ". No figure of the earlier data is shown here."
    if other.held:
        said += f" Carried over: {join_and([restyled(phrase) for phrase in other.held])}."
    if other.lost:
        said += f" Not carried over: {join_and([restyled(phrase) for phrase in other.lost])}."
    return said


def _instead(now: tuple[str, int], then: tuple[str, int]) -> str:
    """One size of these data beside the earlier one; the word stands once where it is the same."""
    (name, size), (earlier, before) = now, then
    return f"{count(size)} {name} instead of {count(before)}{'' if name == earlier else f' {earlier}'}"


def _level(study: Study, after: Purchases, usual: str, held: list[str], lost: list[str]) -> dict[str, Any]:
    """Level and weighting, with what is left of a changed hierarchy already applied."""
    from segcore.purchases.levels import level_parts

    try:
        level_parts(after, study.level)
        level = study.level
        held.append(f"the level “{level}”")
    except SpecError:
        level = usual
        lost.append(f"the level “{study.level}”, which is not in these data")
    can = offered(after.has("amount"), after.has("quantity"), False)
    weighting = study.weighting if study.weighting in can else can[0]
    if weighting != study.weighting:
        lost.append(
            f"the weighting “{WEIGHTINGS[study.weighting].split(':')[0]}”, for which a column is missing"
        )
    return {"level": level, "weighting": weighting}


def _filters(study: Study, after: Purchases, level: str, held: list[str], lost: list[str]) -> dict[str, Any]:
    """Filters and rule wishes, without products and days these data do not have."""
    from segcore.purchases.levels import level_codes

    old = study.filters
    known = frozenset(level_codes(after, level)[1])
    left_out = tuple(product for product in old.left_out if product in known)
    if len(left_out) < len(old.left_out):
        lost.append(f"{plural(len(old.left_out) - len(left_out), 'left-out product')} not in these data")
    filters = replace(old, left_out=left_out)
    span = after.date_span
    days = [day for day in (old.date_from, old.date_to) if day]
    if days and (
        span is None or not all(f"{span[0]:%Y-%m-%d}" <= day <= f"{span[1]:%Y-%m-%d}" for day in days)
    ):
        filters = replace(filters, date_from=None, date_to=None)
        lost.append("the days counted, which are outside these data")
    if filters != type(old)():
        held.append("filters")
    products = {
        side: kept
        for side, asked in study.rules.products.items()
        if (kept := tuple(product for product in asked if product in known))
    }
    return {"filters": filters, "rules": replace(study.rules, products=products)}


def figures_gone(study: Study) -> dict[str, Any]:
    """The study's fields that speak of its segments and customers, emptied."""
    return {
        "votes": (),
        "what_if": WhatIf(),
        "newcomers": (),
        "offers": replace(study.offers, product="", take=0, left_out=(), margins={}, bundles=()),
        "offer_tests": (),
        "sweep": replace(study.sweep, start_key="", start_k=0),
    }


def _said_gone(study: Study) -> list[str]:
    """What of the study goes with its figures, counted."""
    gone = (
        (len(study.votes), "vote", ""),
        (len(study.what_if.kept), "kept scenario", ""),
        (len(study.offers.bundles), "bundle", ""),
        (len(study.offer_tests), "test of an offer", "tests of offers"),
    )
    return [plural(n, one, several) for n, one, several in gone if n]
