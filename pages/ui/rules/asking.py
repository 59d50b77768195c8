"""What the Rules page asks the job runner for, built from the study's choices."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pages.ui.parts import cached, questions
from pages.ui.parts import level_choices as working_level
from pages.ui.parts.answers import ONLY_IF_KNOWN, ask
from pages.ui.parts.view import View
from segcore.choices.offered import SIDES
from segcore.choices.rules import RuleFilter, RuleSpec
from segcore.errors import SegcoreError
from segcore.questions.rules import FindSubstitutes, MineRules, MineRulesInSegment

if TYPE_CHECKING:
    import numpy as np

    from segcore.choices.rules import RuleFilter, RuleSpec
    from segcore.choices.study import RuleOptions, Study
    from segcore.rules import Rules
    from segcore.rules.tables import RuleTable

MOST_ITEMSETS = 50_000  # combinations kept for sliders to filter at once
GIANT = 1_000  # products from which a basket can be left out
SHUFFLE_SEEDS = (1, 2, 3, 4, 5)  # one deal of the purchases each
# Mined once down to this share, so that thresholds above it only filter; the correction for chance counts everything
# down to it, so small files are not mined lower than asked.
LEAST_ROWS, DEEPEST, LEAST_CONFIDENCE = 5, 0.0001, 0.01  # below that a pair says nothing to a marketer
MINED_TO = ((1_000, 0.05), (20_000, 0.02), (float("inf"), 0.005))


def n_rows(study: Study, per: str) -> int:
    """How many customers or orders there are."""
    bought = cached.purchases(study.data_digest)
    return len(bought.orders) if per == "order" and bought.orders is not None else len(bought.customers)


def spec(study: Study, wanted: RuleOptions) -> RuleSpec:
    """What to mine for these thresholds."""
    rows = n_rows(study, wanted.per)
    usual = next(share for most, share in MINED_TO if rows <= most)
    longest = wanted.max_length or 3
    return RuleSpec(
        level=study.level,
        min_support=min(wanted.min_support, usual),
        min_confidence=min(wanted.min_confidence, 0.2),
        per=wanted.per,
        max_length=3 if longest <= 3 else longest,
        left_out=left_out(study),
        max_itemsets=MOST_ITEMSETS,
        method=wanted.method,
        also_level=wanted.also_level,
        most_in_basket=GIANT if wanted.without_giants else None,
    )


def shown(wanted: RuleOptions) -> RuleFilter:
    """Which of the mined rules these choices show."""
    from segcore.rules import WORTHY

    usual = RuleFilter() if wanted.everything else WORTHY
    return replace(
        usual,
        min_support=wanted.min_support,
        min_confidence=wanted.min_confidence,
        min_lift=wanted.min_lift,
        max_length=wanted.max_length or 3,
        one_to_one=wanted.one_to_one,
        **{name: tuple(chosen) for name, chosen in wanted.products.items() if name in SIDES},
    )


def deepest(study: Study, usual: RuleSpec) -> RuleSpec:
    """What to mine to learn how low thresholds must go before anything shows."""
    lowest = max(LEAST_ROWS / max(n_rows(study, usual.per), 1), DEEPEST)
    support = min(lowest, usual.min_support)
    return replace(usual, min_support=support, min_confidence=LEAST_CONFIDENCE, max_length=3, method="own")


def left_out(study: Study) -> tuple[str, ...]:
    """Products that take no part: those left out by name, and whatever has no name at this level."""
    from segcore.purchases.levels import UNKNOWN, level_codes

    bought = cached.purchases(study.data_digest)
    nameless = study.level != bought.product_label and UNKNOWN in level_codes(bought, study.level)[1]
    return (*study.filters.left_out, UNKNOWN) if nameless else study.filters.left_out


def until_missing(asked: list[MineRules]) -> list[Rules]:
    """The answers one after another, as far as they are there; what is missing shows how far it is."""
    found = []
    for question in asked:
        rules = ask(question)
        if rules is None:
            break
        found.append(rules)
    return found


def substitutes(study: Study, wanted: RuleSpec, parent: str) -> FindSubstitutes:
    """Ask what is bought instead of what."""
    plain = replace(wanted, also_level="", min_support=0.0, min_confidence=0.0, method="own", max_length=2)
    return FindSubstitutes(study.data_digest, plain, parent)


def inside(wanted: RuleSpec, view: View, segment: int) -> MineRulesInSegment:
    """Ask for the rules among the customers of one segment alone."""
    return MineRulesInSegment(view.asked, replace(wanted, segment=segment, segmentation=view.key))


def known_view(study: Study) -> View | None:
    """The study's segments where they have been found already; rules do without them."""
    try:
        matrix = cached.matrix(study.data_digest, working_level.matrix_spec())
        k = questions.chosen_k(matrix)
        asked = None if k is None else questions.segments(study, matrix, k)
    except SegcoreError:
        return None
    found = None if asked is None else ask(asked, ONLY_IF_KNOWN)
    return None if asked is None or found is None else View.of(study, matrix, found, asked)


def table(study: Study, wanted: RuleSpec) -> RuleTable:
    """The rows that were counted."""
    plain = replace(wanted, min_support=0.0, min_confidence=0.0, method="own", max_length=2, max_itemsets=1)
    return cached.rule_table(study.data_digest, plain)


def segment_of_rows(study: Study, wanted: RuleSpec, view: View) -> np.ndarray:
    """The segment (1 … k, 0 for none) of every row of the table."""
    from segcore.rules.tables import customer_of_order

    bought = cached.purchases(study.data_digest)
    assigned = view.segmentation.assignment.reindex(bought.customers).fillna(0).to_numpy(dtype=int)
    group = assigned if wanted.per == "customer" else assigned[customer_of_order(bought)]
    return group[table(study, wanted).rows]
