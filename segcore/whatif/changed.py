"""Another range: which purchases, products, customers and days count in a scenario."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace

import numpy as np

from segcore.choices.matrix import MatrixSpec
from segcore.choices.scenarios import Group, Scenario
from segcore.errors import SpecError
from segcore.purchases import Purchases
from segcore.purchases.levels import share_levels


def changed_spec(spec: MatrixSpec, scenario: Scenario) -> MatrixSpec:
    """The study's choices with the scenario's on top."""
    left_out = (set(spec.left_out) | set(scenario.left_out)) - set(scenario.brought_back)
    return replace(
        spec,
        left_out=tuple(left_out),
        date_from=scenario.date_from or spec.date_from,
        date_to=scenario.date_to or spec.date_to,
        min_products=scenario.min_products or spec.min_products,
    )


def changed_purchases(purchases: Purchases, without: tuple[Group, ...]) -> Purchases:
    """The purchases without some groups of products; customers, catalogue and what a level calls each product stay.

    Raises
    ------
    SpecError
        The products have no such attribute.
    """
    if not without:
        return purchases
    dropped = np.zeros(len(purchases.products), dtype=bool)
    for group in without:
        if group.attribute not in purchases.attributes:
            raise SpecError(
                f"The products have no “{group.attribute}”.",
                remedy="Take this change back and choose another.",
            )
        dropped |= (purchases.products[group.attribute] == group.value).to_numpy()
    stays = ~dropped[purchases.lines["product"].to_numpy()]
    named = json.dumps([purchases.digest, [asdict(group) for group in sorted(without, key=_order)]])
    changed = replace(
        purchases,
        lines=purchases.lines[stays].reset_index(drop=True),
        digest=hashlib.sha256(named.encode()).hexdigest()[:32],
    )
    share_levels(changed, purchases)
    return changed


def _order(group: Group) -> tuple[str, str]:
    return group.attribute, group.value


def values_of(purchases: Purchases, attribute: str) -> list[str]:
    """The values of a product attribute, those with most purchase lines first; unknown ones left out."""
    lines = np.bincount(purchases.lines["product"].to_numpy(), minlength=len(purchases.products))
    table = purchases.products[[attribute]].assign(lines=lines).groupby(attribute)["lines"].sum()
    ranked = table[table.index != ""].sort_values(ascending=False, kind="stable")
    return [str(value) for value in ranked.index]
