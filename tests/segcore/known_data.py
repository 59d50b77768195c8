"""The real data sets as Purchases, straight from their CSV files, and tables for the rule tests."""

from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse

from segcore.matrix import Incidence
from segcore.purchases import Purchases, make_purchases


def wine_purchases(data_dir: Path) -> Purchases:
    lines = pd.read_csv(data_dir / "wine" / "transactions.csv", dtype=str)
    offers = pd.read_csv(data_dir / "wine" / "offers.csv", dtype=str).set_index("Offer #")
    return make_purchases(
        lines["Customer Last Name"],
        lines["Offer #"],
        customer_label="Customer Last Name",
        product_label="Offer #",
        product_attributes=offers,
    )


def groceries_purchases(data_dir: Path) -> Purchases:
    lines = pd.read_csv(data_dir / "groceries" / "transactions.csv", dtype=str)
    items = pd.read_csv(data_dir / "groceries" / "items.csv", dtype=str).set_index("item")
    return make_purchases(
        lines["transaction_id"],
        lines["item"],
        customer_label="transaction_id",
        product_label="item",
        product_attributes=items,
        row_kind="basket",
    )


def table_of(
    values: np.ndarray | sparse.spmatrix, labels: list[str] | None = None, per: str = "customer"
) -> Incidence:
    """A 0/1 table as the rules take it."""
    values = sparse.csr_matrix(values, dtype=np.int32)
    names = labels or [f"product {i:04d}" for i in range(values.shape[1])]
    return Incidence(
        values, pd.RangeIndex(values.shape[0]), pd.Index(names, dtype="str", name="Product"), per
    )
