"""A segmentation held still: the same products, weights and tastes, applied to anybody's purchases.

A basket on the screen, a file of new customers and another period are all described by the same three things: which
products count, how much a purchase of each weighs, and what the segments buy. None of them moves here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from scipy import sparse

from segcore.choices.matrix import MatrixSpec
from segcore.errors import NotEnoughData, SpecError
from segcore.factorization import assign, project
from segcore.matrix import PurchaseMatrix
from segcore.matrix.filters import apply_filters
from segcore.matrix.weighting import Usual, usual_of, weigh
from segcore.purchases import Purchases
from segcore.purchases.cells import Cells, windowed_cells
from segcore.purchases.levels import level_cells, level_codes, mixed_parts
from segcore.segments import MIXED_MARGIN, Segmentation, shares_of


@dataclass(frozen=True, eq=False)
class Frozen:
    """What stays as it was when the segments were found.

    Attributes
    ----------
    basis : ndarray, (k, products)
        What each segment buys; live rows sum to 1.
    products : Index
        The products that count, in the order of the basis.
    usual : Usual
        Popularity and usual volume of each product among the customers the segments were found on.
    priority : ndarray, (k,)
        Decides ties: the segment with more of everybody's purchases.
    label_of : Series of text, by product of the file
        Under which label each product counts at the level; a mixed level decided that by who bought what then.
    rest_of : mapping of str to str
        At a mixed level, what the long tail of each coarse label is called: a product nobody had bought then is of it.
    """

    basis: np.ndarray
    products: pd.Index
    usual: Usual
    spec: MatrixSpec
    loss: str
    priority: np.ndarray
    segments: pd.Index
    label_of: pd.Series
    rest_of: Mapping[str, str] = field(default_factory=dict)

    def scores(self, values: sparse.csr_matrix) -> np.ndarray:
        """Exact non-negative scores of every row, (rows, k)."""
        return project(values, self.basis, loss=self.loss)

    def values(self, cells: Cells) -> sparse.csr_matrix:
        """The cells, aligned to the frozen products, weighed as then."""
        values = cells.csr(weigh(cells, self.spec.weighting, self.usual))
        values.sort_indices()
        return values


def freeze(purchases: Purchases, segmentation: Segmentation, spec: MatrixSpec) -> Frozen:
    """Hold a segmentation still.

    Parameters
    ----------
    purchases : Purchases
        The ones the segments were found on.
    spec : MatrixSpec
        The choices they were found with.
    """
    codes, labels = level_codes(purchases, spec.level)
    cells = level_cells(purchases, spec.level, (spec.date_from, spec.date_to))
    rows, columns, _ = apply_filters(cells, labels, spec)
    kept = cells.select(rows, columns)
    products = segmentation.product_scores.index
    if not products.equals(labels[columns]):
        raise SpecError("These segments were found on other products.", remedy="Find the segments again.")
    scores = segmentation.customer_scores.to_numpy()
    return Frozen(
        basis=np.ascontiguousarray(segmentation.product_scores.to_numpy().T),
        products=products,
        usual=usual_of(kept, spec.weighting),
        spec=spec,
        loss=segmentation.spec.loss,
        priority=scores.sum(axis=0),
        segments=segmentation.product_scores.columns,
        label_of=pd.Series(labels[codes].to_numpy(dtype=object), purchases.products.index),
        rest_of=_rest_of(purchases, spec.level),
    )


def _rest_of(purchases: Purchases, level: str) -> dict[str, str]:
    """What a mixed level calls the products under each coarse label that do not stay apart; most products decide."""
    mixed = mixed_parts(level, purchases.attributes)
    if mixed is None:
        return {}
    own, fine, coarse = (
        labels[codes].to_numpy(dtype=object)
        for codes, labels in (level_codes(purchases, one) for one in (level, mixed.fine, mixed.coarse))
    )
    rolled = pd.DataFrame({"coarse": coarse, "label": own})[own != fine]
    counted = rolled.value_counts(sort=False).reset_index()
    most = counted.sort_values("count", ascending=False, kind="stable").drop_duplicates("coarse")
    return dict(zip(most["coarse"], most["label"], strict=True))


@dataclass(frozen=True, eq=False)
class Unknown:
    """Products the segments know nothing of: how many, of how many, and their part of all purchases (cells)."""

    products: int
    of_products: int
    cells: int
    of_cells: int
    examples: tuple[str, ...]

    @property
    def share(self) -> float:
        """Part of the purchases that cannot be described, 0..1."""
        return self.cells / max(self.of_cells, 1)


def aligned(cells: Cells, labels: pd.Index, products: pd.Index) -> tuple[Cells, Unknown]:
    """Bring cells to the columns of other products by label; what is unknown there is counted and left out."""
    place = products.get_indexer(labels)
    buyers = np.bincount(cells.indices, minlength=len(labels))
    known = place >= 0
    kept = cells.keep(known[cells.indices])
    moved = Cells(
        kept.indptr, place[kept.indices].astype(np.int32), (cells.shape[0], len(products)),
        kept.lines, kept.returns, kept.quantity, kept.amount,
    )  # fmt: skip
    strangers = np.flatnonzero(~known & (buyers > 0))
    ranked = strangers[np.lexsort((strangers, -buyers[strangers]))]
    return moved, Unknown(
        products=len(strangers),
        of_products=int((buyers > 0).sum()),
        cells=int(buyers[strangers].sum()),
        of_cells=len(cells.indices),
        examples=tuple(str(label) for label in labels[ranked[:5]]),
    )


def frozen_matrix(
    frozen: Frozen, purchases: Purchases, window: tuple[str | None, str | None] = (None, None)
) -> tuple[PurchaseMatrix, Unknown]:
    """Customers of any purchases × the frozen products, weighed as then; only customers who bought something.

    Products left out of the segments by name count neither as known nor as unknown.

    Raises
    ------
    SpecError
        The purchases lack the level, the amounts or the dates that are needed.
    NotEnoughData
        Nobody bought anything the segments know.
    """
    codes, labels = _frozen_codes(frozen, purchases)
    cells = windowed_cells(purchases, *window).at_level(codes, len(labels))
    bought, wanted = np.diff(cells.indptr) > 0, ~labels.isin(frozen.spec.left_out)
    cells = cells.select(bought, wanted)
    moved, unknown = aligned(cells, labels[wanted], frozen.products)
    if not len(moved.indices):
        raise NotEnoughData(
            "Nothing that was bought here is known to the segments.",
            remedy="Check that the products are written as in the first file, and that the level is the same.",
        )
    amount = moved.csr(moved.amount).sum(axis=1) if moved.amount is not None else None
    return PurchaseMatrix(
        values=frozen.values(moved),
        customers=purchases.customers[bought],
        products=frozen.products,
        customer_amount=None if amount is None else np.asarray(amount).ravel(),
        removed=(),
        row_kind=purchases.row_kind,
        spec=frozen.spec,
        data_digest=purchases.digest,
    ), unknown


def _frozen_codes(frozen: Frozen, purchases: Purchases) -> tuple[np.ndarray, pd.Index]:
    """Under which label each product counts: as it did then where it was known, else as these purchases have it."""
    then = frozen.label_of.reindex(purchases.products.index)
    unknown = then.isna().to_numpy()
    if unknown.any():
        try:
            names = _names_of_strangers(frozen, purchases)
        except SpecError:
            if unknown.all():
                raise
            names = purchases.products.index.to_numpy(dtype=object)  # strangers stay strangers
        then[unknown] = names[unknown]
    codes, found = pd.factorize(then.to_numpy(dtype=object))
    return codes.astype(np.int32), pd.Index(found, dtype="str")


def _names_of_strangers(frozen: Frozen, purchases: Purchases) -> np.ndarray:
    """The label of every product at the level by this file alone; at a mixed one nobody had bought it, so it is of the rest."""
    mixed = mixed_parts(frozen.spec.level, purchases.attributes)
    codes, labels = level_codes(purchases, frozen.spec.level if mixed is None else mixed.coarse)
    names = labels[codes]
    return np.array([frozen.rest_of.get(name, name) for name in names], dtype=object)


@dataclass(frozen=True, eq=False)
class Described:
    """Customers in the words of a frozen segmentation.

    Attributes
    ----------
    shares : DataFrame, customers × segments
    assignment, mixed_with : Series of Int64, by customer
        As in :class:`segcore.segments.Segmentation`.
    fit : Series of float, by customer
        Part of a customer's weighted purchases that the segments reproduce, 0..1; missing without purchases.
    amount : Series of float or None, by customer
        Money, where the file has it.
    """

    shares: pd.DataFrame
    assignment: pd.Series
    mixed_with: pd.Series
    fit: pd.Series
    amount: pd.Series | None

    @property
    def sizes(self) -> pd.Series:
        """Customers of each segment."""
        return self.assignment.value_counts().reindex(self.shares.columns, fill_value=0).astype("int64")


def describe(frozen: Frozen, matrix: PurchaseMatrix) -> Described:
    """Project every customer of an aligned matrix on the frozen tastes."""
    scores = frozen.scores(matrix.values)
    own = assign(scores, frozen.priority)
    shares = shares_of(scores)
    amount = matrix.customer_amount
    return Described(
        shares=pd.DataFrame(shares, matrix.customers, frozen.segments),
        assignment=_numbers(own, matrix.customers, "segment"),
        mixed_with=_numbers(_runner_up(shares, own), matrix.customers, "mixed with"),
        fit=pd.Series(fit_of(matrix.values, scores, frozen.basis), matrix.customers, name="fit"),
        amount=None if amount is None else pd.Series(amount, matrix.customers, name="amount"),
    )


def fit_of(values: sparse.csr_matrix, scores: np.ndarray, basis: np.ndarray) -> np.ndarray:
    """Part of each row that is explained, 1 − ‖row − score · H‖² / ‖row‖², (rows,); NaN for an empty row."""
    total = np.asarray(values.multiply(values).sum(axis=1)).ravel()
    cross = np.einsum("nk,nk->n", values @ basis.T, scores)
    made = np.einsum("nk,nk->n", scores @ (basis @ basis.T), scores)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(total > 0, np.clip((2 * cross - made) / total, 0.0, 1.0), np.nan)


def _runner_up(shares: np.ndarray, own: np.ndarray) -> np.ndarray:
    """The second component of a row whose first hardly leads, else −1."""
    if shares.shape[1] < 2:
        return np.full(len(shares), -1)
    ranked = np.sort(shares, axis=1)
    others = shares.copy()
    others[np.arange(len(own)), own] = -1.0
    return np.where((own >= 0) & (ranked[:, -1] < MIXED_MARGIN * ranked[:, -2]), others.argmax(axis=1), -1)


def _numbers(components: np.ndarray, labels: pd.Index, name: str) -> pd.Series:
    numbers = pd.Series(pd.array(components + 1, dtype="Int64"), labels, name=name)
    return numbers.where(components >= 0)
