"""Roles that no header tells: guessed from what repeats, what follows from what, and how numbers are written."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from segcore.intake.columns.columns import FOLLOWS, Guess
from segcore.intake.columns.profiles import Profile, dependence
from segcore.intake.columns.vocabulary import speaks_of, words_of
from segcore.intake.files.text_table import TextTable

NAMES = set("name company firma nom nombre nome naam namn".split())
_NUMBERED = re.compile(r"#\s?[A-Za-z]{0,4}-?\d+[A-Za-z]?")


def by_content(
    profiles: Mapping[str, Profile], known: dict[str, Guess], closed: Collection[str], sample: TextTable
) -> dict[str, Guess]:
    """Fill in customer and product where no name tells: things that repeat, in the order people write them."""
    result = dict(known)
    roles = {role for role, _ in result.values()}
    if not {"order"} & (roles | set(closed)) and (order := _numbered_orders(profiles, result, sample)):
        result[order] = ("order", "its values are numbers behind #, which count orders")
    free = [
        p
        for name, p in profiles.items()
        if name not in result and p.filled and not p.is_measure and not p.is_date
    ]
    free = [p for p in free if not (speaks_of(p.name, "quantity") or speaks_of(p.name, "amount"))]
    repeating = [p for p in free if 1 < p.distinct < p.filled]
    if "customer" not in roles | set(closed) and "product" in roles:
        named = [p for p in repeating if _is_bare_name(p, result, sample)]
        if named:
            result[named[0].name] = ("customer", "it holds names that are not those of the products")
            roles.add("customer")
    if not roles & {"customer", "order"} and "customer" not in closed:
        options = [p for p in repeating if not speaks_of(p.name, "describes product")] or free
        if options and len(free) > 1 - ("product" in roles):
            result[options[0].name] = ("customer", "no name tells; the first column whose values repeat")
    if "product" not in roles and "product" not in closed:
        options = [p for p in (repeating or free) if p.name not in result]
        options = [p for p in options if not _tells_who(p, result, sample)] or options
        if options:
            chosen = max(options, key=lambda p: (not p.is_number, p.distinct))
            result[chosen.name] = ("product", "no name tells; the most varied column of labels")
    return result


def _numbered_orders(
    profiles: Mapping[str, Profile], known: Mapping[str, Guess], sample: TextTable
) -> str | None:
    """The column of ``#1001``, whatever it is called: shops name it “Name”."""
    for name, profile in profiles.items():
        texts = sample.columns[name].texts
        if (
            name not in known
            and 1 < profile.distinct < profile.filled
            and all(map(_NUMBERED.fullmatch, texts))
        ):
            return name
    return None


def _is_bare_name(profile: Profile, known: Mapping[str, Guess], sample: TextTable) -> bool:
    """Whether a header says “Name” and no more, and the names do not follow from the products."""
    words = set(words_of(profile.name))
    if profile.is_number or not words & NAMES or words - NAMES - {"full", "billing", "bill", "to"}:
        return False
    product = next(name for name, (role, _) in known.items() if role == "product")
    follows = dependence(sample.columns[product], sample.columns[profile.name])
    return follows is not None and follows < FOLLOWS


def _tells_who(profile: Profile, known: Mapping[str, Guess], sample: TextTable) -> bool:
    """Whether a column says again who bought, or in which order: the customer's name beside the number."""
    if profile.counts or any(speaks_of(profile.name, role) for role in ("customer", "order", "date")):
        return True
    for name, (role, _) in known.items():
        if role in ("customer", "order"):
            follows = dependence(sample.columns[name], sample.columns[profile.name])
            if follows is not None and follows >= FOLLOWS:
                return True
    return False
