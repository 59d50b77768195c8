"""Groups from what is bought together: products the same customers buy stand close, and close ones form a group.

Every customer weighs the same (rows scaled to length one) and every product too (columns likewise), so that neither
large customers nor best-sellers decide. The main directions of that table (truncated SVD) give each product a place; the
places are joined from the bottom up by Ward's criterion and cut at the wanted number of groups.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse.linalg import svds

from segcore.errors import NotEnoughData
from segcore.language.words import plural, readable
from segcore.progress import Step, finished
from segcore.purchases import Purchases
from segcore.purchases.levels import level_cells, level_codes

CUSTOMERS, PRODUCTS = 20_000, 3_000
FEWEST_BUYERS, FEWEST_PRODUCTS = 3, 6
DIRECTIONS = 24
NAMED = 2


@dataclass(frozen=True, eq=False)
class Together:
    """Groups of products bought together.

    Attributes
    ----------
    groups : Series of text, indexed by label of the level
        "" for products with too few buyers to tell.
    level : str
    closeness : Series of float, by group
        Mean cosine of a group's products to its middle, 0..1: how tight it is.
    """

    groups: pd.Series
    level: str
    closeness: pd.Series


def usual_number(products: int) -> int:
    """How many groups to propose: about the square root of the products, five to forty."""
    return int(np.clip(round(products**0.5), 5, 40))


def groups_bought_together(purchases: Purchases, level: str, groups: int | None = None) -> Together:
    """Propose groups at once; see :func:`grouping_together`."""
    return finished(grouping_together(purchases, level, groups))


def grouping_together(
    purchases: Purchases, level: str, groups: int | None = None
) -> Generator[Step, None, Together]:
    """Propose groups of a level's labels from who buys them.

    Raises
    ------
    NotEnoughData
        Fewer than six products have three buyers.
    """
    yield Step(0.05, "Counting who buys what")
    labels, cells = level_codes(purchases, level)[1], level_cells(purchases, level)
    bought = sparse.csr_matrix((np.ones(len(cells.indices)), cells.indices, cells.indptr), shape=cells.shape)
    bought = _sampled(bought)
    buyers = np.bincount(bought.indices, minlength=bought.shape[1])
    leading = np.flatnonzero(buyers >= FEWEST_BUYERS)
    leading = np.sort(leading[np.argsort(-buyers[leading], kind="stable")[:PRODUCTS]])
    if len(leading) < FEWEST_PRODUCTS:
        verb = "has" if len(leading) == 1 else "have"
        raise NotEnoughData(
            f"At “{level}” only {plural(len(leading), 'product')} {verb} {FEWEST_BUYERS} buyers or more.",
            remedy="Group products by hand or by their names.",
        )
    yield Step(0.3, "Placing products by who buys them")
    placed, customers = _places(bought, leading)
    yield Step(0.7, "Joining what stands close")
    number = min(groups or usual_number(len(leading)), len(leading))
    member = fcluster(linkage(placed, method="ward"), number, criterion="maxclust") - 1
    middles = _unit(np.array([placed[member == group].mean(axis=0) for group in range(member.max() + 1)]))
    everyone = np.full(len(labels), -1)
    everyone[leading] = member
    rest = np.flatnonzero((buyers >= FEWEST_BUYERS) & (everyone < 0))
    if len(rest):
        everyone[rest] = (_unit(_columns(bought, rest).T @ customers) @ middles.T).argmax(axis=1)
    names = _names([readable(str(label), level) for label in labels], buyers, everyone, len(middles))
    close = [float((placed[member == group] @ middles[group]).mean()) for group in range(len(middles))]
    texts = [names[group] if group >= 0 else "" for group in everyone]
    return Together(pd.Series(texts, labels, name="group", dtype="str"), level, pd.Series(close, names))


def _sampled(bought: sparse.csr_matrix) -> sparse.csr_matrix:
    """At most 20,000 customers with two products or more, always the same; a single product is bought with nothing."""
    rows = np.flatnonzero(np.diff(bought.indptr) > 1)
    if len(rows) > CUSTOMERS:
        rows = np.sort(np.random.default_rng(0).choice(rows, CUSTOMERS, replace=False))
    return bought[rows]


def _columns(bought: sparse.csr_matrix, columns: np.ndarray) -> sparse.csr_matrix:
    """These products with every row scaled by the root of all its products, and every column to length one."""
    per_row = np.maximum(np.diff(bought.indptr), 1)
    scaled = sparse.diags(1 / np.sqrt(per_row)) @ bought[:, columns]
    length = np.sqrt(np.asarray(scaled.power(2).sum(axis=0)).ravel())
    return sparse.csr_matrix(scaled @ sparse.diags(1 / np.where(length > 0, length, 1.0)))


def _places(bought: sparse.csr_matrix, leading: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Unit places of the leading products, and the customers' directions that place any other."""
    table = _columns(bought, leading)
    most = min(DIRECTIONS, min(table.shape) - 1)
    start = np.random.default_rng(0).random(min(table.shape))
    left, strength, _ = svds(table, k=most, v0=start)
    order = np.argsort(-strength)
    left = (
        left[:, order[1:]] if most > 2 else left[:, order]
    )  # the first direction is how popular a product is
    return _unit(table.T @ left), left


def _unit(rows: np.ndarray) -> np.ndarray:
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(length > 0, length, 1.0)


def _names(labels: list[str], buyers: np.ndarray, member: np.ndarray, groups: int) -> list[str]:
    """A group is called by its two best-sellers; equal names are numbered."""
    names: list[str] = []
    for group in range(groups):
        inside = np.flatnonzero(member == group)
        best = inside[np.lexsort((inside, -buyers[inside]))][:NAMED]
        name = ", ".join(labels[place] for place in best) + (" …" if len(inside) > NAMED else "")
        names.append(name if name not in names else f"{name} {group + 1}")
    return names
