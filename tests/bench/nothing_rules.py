"""What the Rules page would show on a table without any rule: for the bench of nothing, and for others who ask.

Thresholds as the page opens with them, but for the support, which is 1 % so that none spares the list.
"""

from dataclasses import replace

import numpy as np
from common import ROOT  # noqa: F401  (puts the checkout on the path)
from scipy import sparse

from segcore.rules import WORTHY, RuleSpec, filter_rules, rules_from_incidence
from segcore.rules.substitutes import apart_pairs
from segcore.rules.tables import table_from
from tests.segcore.known_data import table_of

SUPPORT, CONFIDENCE, LONGEST = 0.01, 0.05, 3


def _spec(kind: str) -> RuleSpec:
    return RuleSpec("Product", SUPPORT, CONFIDENCE, "order" if kind == "order" else "customer", LONGEST)


def false_rules(values: sparse.csr_matrix, kind: str = "customer") -> int:
    """How many rules the list that opens shows.

    Parameters
    ----------
    values : csr_matrix of 0/1, customers (or orders) × products
    kind : {"customer", "order"}
        What the rows are.
    """
    rules = rules_from_incidence(table_of(values, per=kind), _spec(kind))
    return len(filter_rules(rules, replace(WORTHY, min_support=SUPPORT, min_confidence=CONFIDENCE)))


def false_instead(values: sparse.csr_matrix, kind: str = "customer", groups: np.ndarray | None = None) -> int:
    """How many pairs are listed as bought instead of each other; all products are one group where none are given."""
    table = table_from(table_of(values, per=kind), _spec(kind), f"{kind}s")
    products = np.arange(values.shape[1])
    return len(apart_pairs(table, products, np.zeros_like(products) if groups is None else groups))
