"""What must not be offered to whom, and what one sale of a product is worth."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from segcore.choices.offers import OfferSpec
from segcore.errors import SpecError
from segcore.matrix import PurchaseMatrix
from segcore.purchases import Purchases
from segcore.purchases.levels import level_cells, level_codes


def blocked_pairs(
    matrix: PurchaseMatrix, spec: OfferSpec, purchases: Purchases | None = None
) -> sparse.csr_matrix:
    """0/1 over the matrix: pairs that are not offered, because bought at all or bought lately.

    Raises
    ------
    SpecError
        Recent purchases are asked for and the file has no dates.
    """
    if not spec.offer_bought:
        return matrix.bought
    if not spec.recent_days:
        return sparse.csr_matrix(matrix.shape)
    if purchases is None or purchases.date_span is None:
        raise SpecError(
            "This file has no dates, so nobody knows what was bought lately.",
            remedy="Leave the days at 0, or offer only what is new to a customer.",
        )
    last = purchases.date_span[1].normalize()
    first = last - pd.Timedelta(days=spec.recent_days - 1)
    cells = level_cells(purchases, matrix.spec.level, (f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}"))
    rows = purchases.customers.get_indexer(matrix.customers)
    columns = level_codes(purchases, matrix.spec.level)[1].get_indexer(matrix.products)
    return cells.csr(np.ones(len(cells.indices)))[rows][:, columns].tocsr()


def usual_prices(purchases: Purchases, matrix: PurchaseMatrix) -> pd.Series | None:
    """Amount ÷ quantity of each product over everything sold; without quantities, per purchase line.

    None where the file has no amounts, or none above zero; NaN for a product that was never sold for money.
    """
    if not purchases.has("amount"):
        return None
    codes, labels = level_codes(purchases, matrix.spec.level)
    lines = purchases.lines
    amount = lines["amount"].to_numpy()
    pieces = lines["quantity"].to_numpy() if purchases.has("quantity") else np.ones(len(lines))
    sold = (amount > 0) & (pieces > 0)
    if not sold.any():
        return None
    product = codes[lines["product"].to_numpy()[sold]]
    money = np.bincount(product, weights=amount[sold], minlength=len(labels))
    number = np.bincount(product, weights=pieces[sold], minlength=len(labels))
    with np.errstate(divide="ignore", invalid="ignore"):
        price = np.where(number > 0, money / number, np.nan)
    return pd.Series(price, index=labels, name="price").reindex(matrix.products)


def worth_of(products: pd.Index, spec: OfferSpec, prices: pd.Series | None = None) -> np.ndarray | None:
    """What one sale of each product counts, float64; None where offers are ranked by chance alone.

    Raises
    ------
    SpecError
        Ranked by price without amounts in the file, or by margin without a margin.
    """
    if spec.rank_by == "chance":
        return None
    if spec.rank_by == "price":
        if prices is None:
            raise SpecError(
                "This file has no amounts, so products have no price.",
                remedy="Rank by chance, or give margins.",
            )
        return np.nan_to_num(prices.reindex(products).to_numpy(dtype=float))
    if not spec.margins:
        raise SpecError("No product has a margin yet.", remedy="Give the margin of at least one product.")
    margins = pd.Series(dict(spec.margins), dtype=float)
    return margins.reindex(products).fillna(0.0).to_numpy()
