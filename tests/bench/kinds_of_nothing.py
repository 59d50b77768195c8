"""Purchases in which nobody has a taste and no product belongs to another, made the way shops are uneven.

Every generator is written apart from the null that is judged (no odds x·y / (1 + x·y) anywhere): purchases arrive one
after another, a product bought twice counts once; baskets take what is left by its share; effects add up under a normal
curve; real tables change hands switch by switch. Some people buy much and some little, a few products sell most.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.special import ndtr

SIZES = ((500, 50), (1_000, 120), (2_000, 250))
SEED = 70_000
SWITCHES = 8  # tries a purchase, of which one in two or three succeeds
Draw = Callable[[np.random.Generator, int, int], sparse.csr_matrix]


@dataclass(frozen=True)
class Kind:
    """One kind of nothing: how it is drawn, and what a row is."""

    name: str
    draw: Draw
    rows: str = "customers"


def kinds() -> list[Kind]:
    """All that can be drawn here; real ones only where the data are at hand."""
    made = [
        Kind("everybody alike", lambda r, n, p: _arrivals(r, np.full(n, 10.0), _zipf(p, 0.8))),
        Kind("gamma 1", lambda r, n, p: _arrivals(r, 12 * r.gamma(1.0, 1.0, n), _zipf(p, 0.8))),
        Kind("gamma 4", lambda r, n, p: _arrivals(r, 12 * r.gamma(4.0, 0.25, n), _zipf(p, 1.0))),
        Kind("log-normal 1", lambda r, n, p: _arrivals(r, _log_normal(r, n, 14, 1.0), _zipf(p, 0.8))),
        Kind("log-normal 0.6, flat", lambda r, n, p: _arrivals(r, _log_normal(r, n, 10, 0.6), _zipf(p, 0.0))),
        Kind(
            "log-normal 0.8, steep", lambda r, n, p: _arrivals(r, _log_normal(r, n, 15, 0.8), _zipf(p, 1.4))
        ),
        Kind("Pareto", lambda r, n, p: _arrivals(r, _pareto(r, n, p), _zipf(p, 0.6))),
        Kind(
            "once or often", lambda r, n, p: _arrivals(r, np.where(r.random(n) < 0.6, 3, 25), _zipf(p, 1.0))
        ),
        Kind("products log-normal", lambda r, n, p: _arrivals(r, 12 * r.gamma(2, 0.5, n), _uneven(r, p))),
        Kind("row + column effects", _effects),
        Kind("baskets of six", lambda r, n, p: _baskets(r, np.full(n, 6), _zipf(p, 0.6)), "orders"),
        Kind(
            "orders of 1 to 3", lambda r, n, p: _baskets(r, r.integers(1, 4, 2 * n), _zipf(p, 0.6)), "orders"
        ),
        Kind(
            "orders geometric", lambda r, n, p: _baskets(r, r.geometric(0.3, 2 * n), _zipf(p, 0.8)), "orders"
        ),
        Kind("orders a customer uneven", _many_orders),
        Kind("copies of customers", _copies),
    ]
    return made + [Kind(name, _switched(table), rows) for name, table, rows in _real()]


def draw(kind: Kind, size: int, number: int) -> sparse.csr_matrix:
    """One set of 0 and 1, float64 (rows, products): ``size`` counts in ``SIZES``, ``number`` is the seed."""
    rng = np.random.default_rng([SEED, number, size, *kind.name.encode()])
    return kind.draw(rng, *SIZES[size])


def _zipf(products: int, steepness: float) -> np.ndarray:
    share = 1.0 / np.arange(3, products + 3) ** steepness
    return share / share.sum()


def _uneven(rng: np.random.Generator, products: int) -> np.ndarray:
    share = rng.lognormal(0.0, 1.0, products)
    return share / share.sum()


def _log_normal(rng: np.random.Generator, n: int, mean: float, sd: float) -> np.ndarray:
    return mean * rng.lognormal(-sd * sd / 2, sd, n)


def _pareto(rng: np.random.Generator, n: int, products: int) -> np.ndarray:
    """A few buy nearly everything."""
    return np.minimum(4.0 * (1.0 + rng.pareto(1.5, n)), 3.0 * products)


def _arrivals(rng: np.random.Generator, activity: np.ndarray, share: np.ndarray) -> sparse.csr_matrix:
    """A Poisson number of purchases each, every one a product by its share."""
    many = np.maximum(rng.poisson(activity), 1)
    row = np.repeat(np.arange(len(many)), many)
    return _table(row, rng.choice(len(share), len(row), p=share), (len(many), len(share)))


def _baskets(rng: np.random.Generator, sizes: np.ndarray, share: np.ndarray) -> sparse.csr_matrix:
    """So many different products each, taken one after another by their share of what is left."""
    wait = rng.exponential(size=(len(sizes), len(share))) / share  # the first arrivals are such a draw
    sizes = np.minimum(sizes, len(share))
    row = np.repeat(np.arange(len(sizes)), sizes)
    place = np.arange(len(row)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    return _table(row, np.argsort(wait, axis=1)[row, place], (len(sizes), len(share)))


def _effects(rng: np.random.Generator, n: int, products: int) -> sparse.csr_matrix:
    """Bought where a customer's and a product's effect and a normal error add up to more than nothing."""
    rows, columns = rng.normal(0.0, 0.5, n), rng.normal(-1.6, 0.5, products)
    bought = rng.random((n, products)) < ndtr(rows[:, None] + columns)
    return _table(*np.nonzero(bought), (n, products))


def _many_orders(rng: np.random.Generator, n: int, products: int) -> sparse.csr_matrix:
    """Customers of a log-normal number of orders, each of one to four products."""
    orders = np.ceil(_log_normal(rng, n, 5, 0.9)).astype(int)
    owner = np.repeat(np.arange(n), orders)
    baskets = _baskets(rng, rng.integers(1, 5, len(owner)), _zipf(products, 0.7)).tocoo()
    return _table(owner[baskets.row], baskets.col, (n, products))


def _copies(rng: np.random.Generator, n: int, products: int) -> sparse.csr_matrix:
    """Every second customer stands in the file twice, under another number."""
    once = _arrivals(rng, _log_normal(rng, 2 * n // 3, 12, 0.6), _zipf(products, 0.8))
    twice = np.arange(once.shape[0]) % 2 == 0
    return sparse.csr_matrix(sparse.vstack([once, once[twice]]))


def _switched(table: Callable[[], sparse.csr_matrix]) -> Draw:
    """Some of a real table's rows and its best-selling products; any two purchases switch where that makes new ones."""

    def drawn(rng: np.random.Generator, n: int, products: int) -> sparse.csr_matrix:
        whole = table()
        some = whole[np.sort(rng.choice(whole.shape[0], min(n, whole.shape[0]), replace=False))]
        best = np.argsort(-np.asarray(some.sum(axis=0)).ravel(), kind="stable")[:products]
        part = some[:, best]
        return _switch(rng, part[np.diff(part.indptr) > 0].tocoo())

    return drawn


def _switch(rng: np.random.Generator, table: sparse.coo_matrix) -> sparse.csr_matrix:
    row, column = table.row.tolist(), table.col.tolist()
    held = set(zip(row, column, strict=True))
    for one, other in rng.integers(0, len(row), (SWITCHES * len(row), 2)).tolist():
        here, there = (row[one], column[other]), (row[other], column[one])
        if here in held or there in held:
            continue
        held -= {(row[one], column[one]), (row[other], column[other])}
        held |= {here, there}
        column[one], column[other] = column[other], column[one]
    return _table(np.array(row), np.array(column), table.shape)


def _table(row: np.ndarray, column: np.ndarray, shape: tuple[int, int]) -> sparse.csr_matrix:
    table = sparse.csr_matrix((np.ones(len(row)), (row, column)), shape=shape)
    table.data[:] = 1.0
    table.sort_indices()
    return table


def _real() -> list[tuple[str, Callable[[], sparse.csr_matrix], str]]:
    """Households by category, and the files of ``SEGCORE_DATA`` where there are any."""
    found = [("households, switched", _households, "customers")]
    folder = Path(os.environ.get("SEGCORE_DATA", "nowhere"))
    if (groceries := folder / "groceries" / "transactions.csv").exists():
        found.append(("groceries, switched", lambda: _of_file(groceries, "transaction_id", "item"), "orders"))
    if (retail := folder / "online_retail" / "online_retail.csv.gz").exists():
        found.append(("retail, switched", lambda: _of_file(retail, "CustomerID", "StockCode"), "customers"))
    return found


_KEPT: dict[str, sparse.csr_matrix] = {}


def _households() -> sparse.csr_matrix:
    from segcore.matrix import build_matrix
    from segcore.samples import complete_journey

    if "households" not in _KEPT:
        bought = build_matrix(complete_journey(), "product_category", weighting="bought").values
        _KEPT["households"] = bought.astype(np.float64)
    return _KEPT["households"]


def _of_file(path: Path, row: str, column: str) -> sparse.csr_matrix:
    if path.name not in _KEPT:
        lines = pd.read_csv(path, dtype=str, usecols=[row, column]).dropna()
        codes = [pd.factorize(lines[name])[0] for name in (row, column)]
        _KEPT[path.name] = _table(*codes, (codes[0].max() + 1, codes[1].max() + 1))
    return _KEPT[path.name]
