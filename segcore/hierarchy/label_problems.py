"""Where a hierarchy is unclean: labels under several parents, products nobody knows, one label spelled twice.

Everything here is named and counted, and nothing is changed: what follows from it is an edit somebody makes
(``segcore.choices.level_edits``). The stated default for a label under several parents is the one most purchase lines name.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations

import numpy as np
import pandas as pd

from segcore.language.words import count
from segcore.purchases import Purchases
from segcore.purchases.levels import UNKNOWN
from segcore.purchases.levels.parents import lines_of_products

AGREES, ABOVE_CHANCE, NESTED = 0.75, 0.5, 1.5
OTHERS_SHOWN = 4


@dataclass(frozen=True, eq=False)
class TornPair:
    """Labels of one level that stand under several labels of another.

    Attributes
    ----------
    labels : int
        Labels of the lower level that are known and bought.
    table : DataFrame, one row a torn label, most lines elsewhere first
        ``label``, ``parent`` (the default: most lines), ``share`` of its lines there (0..1), ``lines`` in all,
        ``elsewhere`` (lines under other parents), ``others`` (those parents with their lines, in words).
    """

    level: str
    parent_level: str
    labels: int
    table: pd.DataFrame

    @property
    def n_torn(self) -> int:
        """How many labels stand under several parents."""
        return len(self.table)


@dataclass(frozen=True, eq=False)
class Unclean:
    """All that is unclean in a hierarchy.

    Attributes
    ----------
    torn : tuple of TornPair
    unknown : DataFrame, indexed by level
        ``products`` and ``lines`` that have no label there; only levels with any.
    spellings : DataFrame
        ``level``, ``usual``, ``other`` (a label that reads the same, or differs by one letter), ``lines``
        (under the other), ``why``.
    """

    torn: tuple[TornPair, ...]
    unknown: pd.DataFrame
    spellings: pd.DataFrame

    @property
    def n_places(self) -> int:
        """Labels under several parents, levels with unknown products, and doubtful spellings, together."""
        return sum(pair.n_torn for pair in self.torn) + len(self.unknown) + len(self.spellings)


def find_unclean(purchases: Purchases) -> Unclean:
    """Look at every level and every two that seem to lie one below the other."""
    from segcore.hierarchy.spelling import find_spellings

    weight = lines_of_products(purchases)
    named = [level for level in purchases.attributes if _names_things(purchases.products[level])]
    torn = [
        find_torn(purchases.products, child, parent, weight)
        for child, parent in permutations(named, 2)
        if is_below(purchases.products, child, parent, weight)
    ]
    return Unclean(
        tuple(pair for pair in torn if pair.n_torn),
        unknown_products(purchases.products[named], weight),
        find_spellings(purchases.products[named], weight),
    )


def _names_things(column: pd.Series) -> bool:
    known = column[column != ""]
    return len(known.unique()) > 1 and pd.to_numeric(known, errors="coerce").notna().mean() <= 0.9


def is_below(catalogue: pd.DataFrame, child: str, parent: str, weight: np.ndarray) -> bool:
    """Whether one level seems to lie below the other: knowing the lower label nearly gives the upper one."""
    both = ((catalogue[child] != "") & (catalogue[parent] != "")).to_numpy() & (weight > 0)
    lower, upper = (
        pd.factorize(catalogue[child].to_numpy()[both]),
        pd.factorize(catalogue[parent].to_numpy()[both]),
    )
    if len(upper[1]) < 2 or len(lower[1]) < NESTED * len(upper[1]) or len(lower[1]) == both.sum():
        return False
    hits = _pairs(lower[0], upper[0], len(upper[1]), weight[both])
    best = hits.groupby("child")["lines"].max().sum() / weight[both].sum()
    usual = np.bincount(upper[0], weight[both]).max() / weight[both].sum()
    return bool(best >= AGREES and best - usual >= ABOVE_CHANCE * (1 - usual))


def find_torn(catalogue: pd.DataFrame, child: str, parent: str, weight: np.ndarray) -> TornPair:
    """Labels of the child that stand under two parents or more; products without either label do not count.

    Parameters
    ----------
    weight : ndarray, (products,)
        Purchase lines of each product.
    """
    both = ((catalogue[child] != "") & (catalogue[parent] != "")).to_numpy()
    lower, labels = pd.factorize(catalogue[child].to_numpy(dtype=object)[both])
    upper, parents = pd.factorize(catalogue[parent].to_numpy(dtype=object)[both])
    hits = _pairs(lower, upper, max(len(parents), 1), weight[both])
    hits["name"] = parents[hits["parent"].to_numpy()] if len(hits) else ""
    hits = hits.sort_values(["child", "lines", "name"], ascending=[True, False, True], kind="stable")
    several = hits[hits.groupby("child")["parent"].transform("size") > 1]
    rows = [_torn_row(str(labels[code]), part) for code, part in several.groupby("child", sort=False)]
    columns = ["label", "parent", "share", "lines", "elsewhere", "others"]
    table = pd.DataFrame(rows, columns=columns).sort_values(
        ["elsewhere", "label"], ascending=[False, True], kind="stable"
    )
    return TornPair(child, parent, len(labels), table.reset_index(drop=True))


def _torn_row(label: str, parents: pd.DataFrame) -> tuple[str, str, float, int, int, str]:
    lines = parents["lines"].to_numpy()
    rest = parents.iloc[1 : OTHERS_SHOWN + 1]
    others = ", ".join(f"{name} ({count(n)})" for name, n in zip(rest["name"], rest["lines"], strict=True))
    if len(parents) > OTHERS_SHOWN + 1:
        others += f" and {len(parents) - OTHERS_SHOWN - 1} more"
    total = int(lines.sum())
    return (
        label,
        str(parents["name"].iloc[0]),
        float(lines[0] / max(total, 1)),
        total,
        total - int(lines[0]),
        others,
    )


def _pairs(child: np.ndarray, parent: np.ndarray, width: int, weight: np.ndarray) -> pd.DataFrame:
    """Lines of every pair of a child and a parent."""
    pairs, place = np.unique(child.astype(np.int64) * width + parent, return_inverse=True)
    lines = np.bincount(place, weight, len(pairs)).astype(np.int64)
    return pd.DataFrame({"child": pairs // width, "parent": pairs % width, "lines": lines})


def unknown_products(catalogue: pd.DataFrame, weight: np.ndarray) -> pd.DataFrame:
    """Products and lines without a label, by level; a label that says “unknown” is one."""
    found = {}
    for level in catalogue.columns:
        nothing = catalogue[level].str.casefold().isin(["", UNKNOWN]).to_numpy()
        if nothing.any():
            found[level] = (int(nothing.sum()), int(weight[nothing].sum()))
    table = pd.DataFrame.from_dict(found, orient="index", columns=["products", "lines"])
    table.index.name = "level"
    return table
