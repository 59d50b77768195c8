"""Mining rules: of everybody, of one segment, and what is bought instead."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from segcore.progress import Step
from segcore.purchases.kept import load_purchases
from segcore.storage.store import default_store

if TYPE_CHECKING:
    from segcore.choices.rules import RuleSpec
    from segcore.rules import Rules
    from segcore.rules.substitutes import Substitutes


def rules(digest: str, spec: RuleSpec) -> Generator[Step, None, Rules]:
    """Mine rules once at a safe floor."""
    from segcore.rules import mining_purchases

    yield Step(0.05, "Collecting the baskets")
    return (yield from mining_purchases(load_purchases(digest), spec))


def rules_in_segment(digest: str, spec: RuleSpec) -> Generator[Step, None, Rules]:
    """Mine rules among the customers of one segment; ``spec`` names it and the segmentation it is of."""
    from segcore.rules import mining_purchases

    yield Step(0.05, "Collecting the baskets of the segment")
    purchases = load_purchases(digest)
    assignment = default_store().load(spec.segmentation).assignment.reindex(purchases.customers)
    members = assignment.eq(spec.segment).fillna(False).to_numpy(dtype=bool)
    return (yield from mining_purchases(purchases, spec, members))


def substitutes(digest: str, spec: RuleSpec, parent: str) -> Generator[Step, None, Substitutes]:
    """What is bought instead of what, within the groups of a coarser level."""
    from segcore.rules.substitutes import find_substitutes

    yield Step(0.1, "Counting who buys both")
    return find_substitutes(load_purchases(digest), spec, parent)
