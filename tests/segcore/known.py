"""Data with known answers: the real sets straight from their CSV files, planted blocks, and noise."""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse

from segcore.matrix import MatrixSpec, PurchaseMatrix, build_matrix
from segcore.purchases import Purchases, make_purchases

SPEND = ("Fresh", "Milk", "Grocery", "Frozen", "Detergents_Paper", "Delicassen")


@cache
def wine(data_dir: Path) -> Purchases:
    """100 customers, 32 offers, 324 purchases; offers have varietal, origin, month, and numbers."""
    lines = pd.read_csv(data_dir / "wine" / "transactions.csv", dtype=str)
    offers = pd.read_csv(data_dir / "wine" / "offers.csv", dtype=str, keep_default_na=False)
    return make_purchases(
        lines["Customer Last Name"],
        lines["Offer #"],
        customer_label="Customer Last Name",
        product_label="Offer #",
        product_attributes=offers.set_index("Offer #"),
    )


@cache
def groceries(data_dir: Path) -> Purchases:
    """9,835 baskets of 169 items in two coarser levels; no customers."""
    lines = pd.read_csv(data_dir / "groceries" / "transactions.csv", dtype=str)
    items = pd.read_csv(data_dir / "groceries" / "items.csv", dtype=str)
    return make_purchases(
        lines["transaction_id"],
        lines["item"],
        customer_label="transaction_id",
        product_label="item",
        product_attributes=items.set_index("item"),
        row_kind="basket",
    )


@cache
def wholesale(data_dir: Path) -> Purchases:
    """440 customers × 6 kinds of spend, every cell filled."""
    table = pd.read_csv(data_dir / "wholesale" / "Wholesale customers data.csv")
    names = np.array([str(row + 1) for row in range(len(table))])
    return make_purchases(
        np.repeat(names, len(SPEND)),
        np.tile(SPEND, len(table)),
        amount=table[list(SPEND)].to_numpy(dtype=float).ravel(),
        customer_attributes=table[["Channel", "Region"]].astype(str).set_axis(names),
    )


def expected(data_dir: Path, name: str) -> dict:
    """The figures published with a data set."""
    return json.loads((data_dir / name / "expected.json").read_text(encoding="utf-8"))


def matrix_of(values: np.ndarray | sparse.spmatrix, labels: list[str] | None = None) -> PurchaseMatrix:
    """A matrix with made-up labels around given values."""
    values = sparse.csr_matrix(values, dtype=np.float64)
    n, p = values.shape
    names = labels or [f"product {j:03d}" for j in range(p)]
    return PurchaseMatrix(
        values=values,
        customers=pd.Index([f"customer {i:05d}" for i in range(n)], dtype="str", name="Customer"),
        products=pd.Index(names, dtype="str", name="Product"),
        customer_amount=None,
        removed=(),
        row_kind="customer",
        spec=MatrixSpec("Product", "bought"),
        data_digest="made up",
    )


def planted(
    k: int, per_block: int = 60, products: int = 8, own: float = 0.6, other: float = 0.03, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """0/1 values with k tastes: (values, taste of each customer). Nobody is left without a purchase."""
    generator = np.random.default_rng(seed)
    taste = np.repeat(np.arange(k), per_block)
    chance = np.where(taste[:, None] == np.repeat(np.arange(k), products)[None, :], own, other)
    values = (generator.random(chance.shape) < chance).astype(float)
    empty = values.sum(axis=1) == 0
    values[empty, taste[empty] * products] = 1.0
    return values, taste


def shuffled_columns(values: np.ndarray, seed: int) -> np.ndarray:
    """The same popularity of every product, all taste destroyed."""
    generator = np.random.default_rng(seed)
    return np.column_stack([generator.permutation(column) for column in values.T])


def wine_matrix(data_dir: Path, level: str, weighting: str = "bought") -> PurchaseMatrix:
    """One level of the wine data."""
    return build_matrix(wine(data_dir), level, weighting=weighting)
