"""The table rules are counted in: customers or orders × products, with the choices of a spec applied.

Groups of a coarser level can stand beside the products ("any Champagne"); a product and its own group are kept apart.
Shuffled, every product keeps its number of buyers and every row its number of products, and nothing else: what is
still found there is chance.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from scipy import sparse

from segcore.choices.rules import RuleSpec
from segcore.language.words import count, plural
from segcore.matrix import Incidence, incidence
from segcore.purchases import Purchases, natural_order
from segcore.purchases.levels import level_codes
from segcore.rules.floor import GIANT_BASKET
from segcore.statistics import swapped

ANY = "any "


@dataclass(frozen=True, eq=False)
class RuleTable:
    """What is counted.

    Attributes
    ----------
    values : csr_matrix of int32 ones, rows × items, columns in label order
    items : Index
    apart : csr_matrix of bool or None, items × items
        A product and its own group.
    rows : int array
        Which customers or orders the rows are: positions in the purchases' labels.
    notes : tuple of str
        Plain sentences about baskets that are giant or were left out.
    groups : int array
        Which of the items are groups of others.
    """

    values: sparse.csr_matrix
    items: pd.Index
    apart: sparse.csr_matrix | None
    rows: np.ndarray
    notes: tuple[str, ...] = ()
    groups: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


def table_from(table: Incidence, spec: RuleSpec, word: str) -> RuleTable:
    """Take a table of who bought what as it is, but for the spec's giant baskets and shuffling."""
    order = natural_order(table.products)
    values = sparse.csr_matrix(table.values)[:, order].astype(np.int32)
    values.data = np.minimum(values.data, 1)
    values.eliminate_zeros()
    whole = RuleTable(values, table.products[order], None, np.arange(values.shape[0]))
    return _shuffled(_without_giants(whole, spec, word), spec)


def rule_table(
    purchases: Purchases, spec: RuleSpec, word: str, members: np.ndarray | None = None
) -> RuleTable:
    """Who bought what at the spec's level, and at its coarser one beside it.

    Parameters
    ----------
    members : bool array over customers, optional
        Only these customers (and their orders) count.

    Raises
    ------
    SpecError
        An unknown level, or orders asked for where the file has none.
    """
    fine = incidence(purchases, spec.level, spec.per, spec.left_out)
    table = fine if not spec.also_level else _with_groups(fine, purchases, spec)
    # The order of labels is decided over both levels at once, so that products and groups stand where a list has them.
    found = table_from(table, replace(spec, shuffled=0, most_in_basket=None), word)
    if spec.also_level:
        found = replace(found, apart=_own_groups(found.items, purchases, spec))
        found = replace(found, groups=_groups_among(found, purchases, spec))
    if members is not None:
        kept = members if spec.per == "customer" else members[customer_of_order(purchases)]
        found = _of_rows(found, np.flatnonzero(kept))
    return _shuffled(_without_giants(found, spec, word), spec)


def customer_of_order(purchases: Purchases) -> np.ndarray:
    """The customer (position) behind each order; the first where a file gives one order to several."""
    lines, orders = purchases.lines, purchases.orders
    assert orders is not None
    owner = np.zeros(len(orders), dtype=np.int64)
    order, customer = lines["order"].to_numpy(), lines["customer"].to_numpy()
    owner[order[::-1]] = customer[::-1]
    return owner


def _with_groups(fine: Incidence, purchases: Purchases, spec: RuleSpec) -> Incidence:
    """Products, then the groups that hold more than one of them."""
    coarse = incidence(purchases, spec.also_level, spec.per)
    parents = _parents(purchases, spec)
    sizes = parents.drop_duplicates().groupby("group")["item"].nunique()
    shown = np.flatnonzero([sizes.get(name, 0) > 1 for name in coarse.products])
    labels = [*fine.products, *_group_labels(coarse.products[shown], purchases, spec)]
    values = sparse.hstack([fine.values, coarse.values[:, shown]]).tocsr()
    return Incidence(values, fine.rows, pd.Index(labels, dtype="str", name=fine.products.name), fine.per)


def _group_labels(groups: Iterable[str], purchases: Purchases, spec: RuleSpec) -> list[str]:
    """What groups are called beside products, one of which may have such a name itself."""
    products = set(level_codes(purchases, spec.level)[1])
    return [f"{ANY}{name} (group)" if ANY + name in products else ANY + name for name in groups]


def _parents(purchases: Purchases, spec: RuleSpec) -> pd.DataFrame:
    """Every pair of a label at the spec's level and a group it lies in; real hierarchies have several a label."""
    item, items = level_codes(purchases, spec.level)
    group, groups = level_codes(purchases, spec.also_level)
    pairs = pd.DataFrame({"item": items.to_numpy()[item], "group": groups.to_numpy()[group]})
    return pairs[~pairs["item"].isin(spec.left_out)].drop_duplicates()


def _own_groups(items: pd.Index, purchases: Purchases, spec: RuleSpec) -> sparse.csr_matrix:
    pairs = _parents(purchases, spec)
    one = items.get_indexer(pd.Index(pairs["item"]))
    other = items.get_indexer(_group_labels(pairs["group"], purchases, spec))
    known = (one >= 0) & (other >= 0)
    ends = np.concatenate([one[known], other[known]]), np.concatenate([other[known], one[known]])
    return sparse.csr_matrix((np.ones(len(ends[0]), dtype=bool), ends), shape=(len(items), len(items)))


def _groups_among(table: RuleTable, purchases: Purchases, spec: RuleSpec) -> np.ndarray:
    """Items that are groups: known by their labels, which no product has."""
    labels = _group_labels(_parents(purchases, spec)["group"].unique(), purchases, spec)
    return np.flatnonzero(table.items.isin(labels))


def _of_rows(table: RuleTable, rows: np.ndarray) -> RuleTable:
    return replace(table, values=table.values[rows], rows=table.rows[rows])


def _without_giants(table: RuleTable, spec: RuleSpec, word: str) -> RuleTable:
    """Leave out the baskets that are too large by choice; say where some are giant."""
    lengths = np.diff(table.values.indptr)
    if spec.most_in_basket is None:
        giants = lengths[lengths > GIANT_BASKET]
        return replace(table, notes=_giant_note(giants, word))
    large = lengths > spec.most_in_basket
    if not large.any():
        return table
    said = f"{plural(int(large.sum()), word.removesuffix('s'), word)} with more than {count(spec.most_in_basket)} products left out."
    return replace(_of_rows(table, np.flatnonzero(~large)), notes=(said,))


def _giant_note(giants: np.ndarray, word: str) -> tuple[str, ...]:
    """One sentence about rows with so many products that they say little."""
    if not len(giants):
        return ()
    one = word.removesuffix("s")
    subject = f"One {one} has" if len(giants) == 1 else f"{count(len(giants))} {word} have"
    largest = (
        f"{count(giants.max())} products"
        if len(giants) == 1
        else f"up to {count(giants.max())} products each"
    )
    return (f"{subject} {largest}; a list that long says little about what belongs together.",)


def _shuffled(table: RuleTable, spec: RuleSpec) -> RuleTable:
    """Deal the purchases out anew with both margins kept; unchanged where the spec asks for the real ones."""
    if not spec.shuffled:
        return table
    products = np.setdiff1d(np.arange(len(table.items)), table.groups)
    dealt = swapped(table.values[:, products].tocsr(), spec.shuffled).astype(np.int32)
    if not len(table.groups) or table.apart is None:
        return replace(table, values=dealt)
    grouped = (dealt @ table.apart[products][:, table.groups].astype(np.int32)).tocsr()
    grouped.data = np.minimum(grouped.data, 1)
    back = np.argsort(np.concatenate([products, table.groups]), kind="stable")
    values = sparse.hstack([dealt, grouped]).tocsr()[:, back].astype(np.int32)
    values.sort_indices()
    return replace(table, values=values)
