"""Every level counted: products, density, rare products, and a first verdict before anything is tried."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from segcore.language.words import count, percent, plural
from segcore.purchases.levels import COMBINE, level_cells

if TYPE_CHECKING:
    from segcore.purchases import Purchases

RARE_BUYERS = 20
MAX_COMBINATIONS = 6
MOST_SINGLES, MOST_CROSSED = 60, 24  # attributes measured, and tried in pairs: a file may bring thousands


def candidate_levels(purchases: Purchases) -> tuple[str, ...]:
    """The levels worth showing, finest first.

    Single attributes with text in them, and pairs of attributes that are crossed rather than nested. An attribute
    that names each product one to one takes the place of a bare product id. Of very many attributes the first 60 count.
    """
    products = purchases.products
    sizes = {name: products[name].nunique() for name in purchases.attributes}
    text = [name for name in sizes if sizes[name] >= 2 and not _is_numeric(products[name])]
    names = [
        name for name in text if sizes[name] == len(products) and _is_numeric(products.index.to_series())
    ]
    singles = [name for name in text if sizes[name] < len(products)][:MOST_SINGLES]
    pairs = {}
    for first, second in combinations([name for name in singles if sizes[name] >= 3][:MOST_CROSSED], 2):
        n = len(products[[first, second]].drop_duplicates())
        if 1.2 * max(sizes[first], sizes[second]) <= n <= 0.9 * len(products):
            pairs[COMBINE.join((first, second))] = n
    crossed = sorted(pairs, key=lambda pair: (-pairs[pair], pair))[:MAX_COMBINATIONS]
    finest = names[:1] or [purchases.product_label]
    sizes |= pairs
    return (*finest, *sorted([*singles, *crossed], key=lambda name: (-sizes[name], name)))


def _is_numeric(labels: pd.Series) -> bool:
    """Whether nearly all labels are bare numbers (ids, sizes, discounts), which name nothing."""
    known = labels[labels != ""]
    return len(known) > 0 and pd.to_numeric(known, errors="coerce").notna().mean() > 0.9


@dataclass(frozen=True)
class LevelVerdict:
    """One word and the reason for it."""

    verdict: str
    reason: str


def profile_levels(purchases: Purchases, levels: tuple[str, ...] | None = None) -> pd.DataFrame:
    """How empty the matrix is at every level, with a verdict and one recommendation.

    Returns
    -------
    DataFrame, one row a level (finest first)
        ``products``, ``customers``, ``density``, ``median_products``, ``one_product_share``, ``rare_share``
        (products under 20 buyers), ``common_share`` (products bought by over half), ``verdict``, ``reason``,
        ``recommended``. Shares are 0..1.
    """
    table = pd.DataFrame(
        {level: measure_level(purchases, level) for level in levels or candidate_levels(purchases)}
    ).T
    table.index.name = "level"
    for name in ("products", "customers"):
        table[name] = table[name].astype("int64")
    for name in (
        "density",
        "median_products",
        "one_product_share",
        "rare_share",
        "thin_share",
        "common_share",
    ):
        table[name] = table[name].astype("float64")
    verdicts = [judge_level(row, purchases.row_word) for _, row in table.iterrows()]
    table["verdict"] = [v.verdict for v in verdicts]
    table["reason"] = [v.reason for v in verdicts]
    table["recommended"] = table.index == recommend_level(table)
    return table.sort_values("products", ascending=False, kind="stable")


def measure_level(purchases: Purchases, level: str) -> dict[str, float]:
    """The plain figures of one level."""
    cells = level_cells(purchases, level, measures=())
    per_customer = np.diff(cells.indptr)
    per_customer = per_customer[per_customer > 0]
    buyers = np.bincount(cells.indices, minlength=cells.shape[1])
    buyers = buyers[buyers > 0]
    n, p = len(per_customer), len(buyers)
    return {
        "products": p,
        "customers": n,
        "density": len(cells.indices) / (n * p) if n and p else 0.0,
        "median_products": float(np.median(per_customer)) if n else 0.0,
        "one_product_share": float(np.mean(per_customer == 1)) if n else 0.0,
        "rare_share": float(np.mean(buyers < RARE_BUYERS)) if p else 0.0,
        "thin_share": float(np.mean(buyers < thin_below(n))) if p else 0.0,
        "common_share": float(np.mean(buyers > n / 2)) if p else 0.0,
    }


def judge_level(row: pd.Series, row_word: str) -> LevelVerdict:
    """Too thin, good, or too coarse, with the reason in words."""
    n = int(row["customers"])
    if row["products"] < 5:
        return LevelVerdict(
            "too coarse", f"Only {plural(row['products'], 'product')}: too few to tell tastes apart."
        )
    if row["density"] > 0.95:
        return LevelVerdict(
            "good", f"Nearly all {row_word} buy everything: how much they buy tells them apart."
        )
    if row["thin_share"] > 0.5:
        share = percent(row["thin_share"], 100)
        return LevelVerdict("too thin", f"{share} of the products have fewer than {thin_below(n)} buyers.")
    if row["median_products"] < 2:
        return LevelVerdict("too thin", f"Half of the {row_word} have a single product here.")
    if row["common_share"] >= 0.15:
        share = percent(row["common_share"], 100)
        return LevelVerdict(
            "too coarse", f"{share} of the products are bought by more than half of all {row_word}."
        )
    if row["products"] < 12 and row["density"] > 0.25:
        return LevelVerdict(
            "too coarse",
            f"Only {count(row['products'])} products, and {row_word} buy a quarter of them or more.",
        )
    enough = percent(1 - row["thin_share"], 100)
    return LevelVerdict(
        "good",
        f"Typically {count(row['median_products'])} products each, and {enough} of the products have "
        f"{thin_below(n)} buyers or more.",
    )


def thin_below(n_customers: int) -> int:
    """Buyers below which a product says too little: 20, or 5 % of a smaller crowd, at least 3."""
    return min(RARE_BUYERS, max(3, round(0.05 * n_customers)))


def recommend_level(table: pd.DataFrame) -> str:
    """The finest good level with few rare products; a plain attribute before a combination; else the least bad.

    Where nothing is good, the level with the smallest share of thin products among those not too coarse, and
    failing that the finest.
    """
    good = table[table["verdict"] == "good"]
    if len(good):
        plain = good[~good.index.str.contains(COMBINE, regex=False)]
        pool = plain if len(plain) else good
        full = pool[pool["rare_share"] <= 0.3]
        return str((full if len(full) else pool)["products"].astype(float).idxmax())
    thin = table[table["verdict"] == "too thin"]
    return str((thin if len(thin) else table)["thin_share"].astype(float).idxmin())
