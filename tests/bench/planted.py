"""Planted purchases with a known truth, drawn anew for every seed; shared by the benches on k and on recovery.

Every customer has one taste. A purchase is one line: with probability ``OWN`` from the customer's taste, else from the
shop's popularity. Popularity is Zipf's law in two regimes (a flat head, a steep tail), or log-normal, or equal for all
products. A taste prefers its own products in proportion to their popularity; with overlap, a part of its products
belongs to a neighbour too, and a part of the customer's purchases comes from a second taste. How much a customer buys
varies (gamma-Poisson).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from segcore.matrix import PurchaseMatrix, build_matrix
from segcore.purchases import Purchases, make_purchases

SIZES = ((600, 60), (1_500, 150), (3_000, 300))
POPULARITIES = ("zipf", "log-normal", "flat")
PURCHASES = (9, 15)
KS = (3, 4, 5, 6, 7)
OWN = 0.5
CORE = 0.75  # of the products belong to a taste; the rest is bought by everybody alike
SHARED_PRODUCTS, SECOND_TASTE = 0.25, 0.1  # with overlap
SMALLEST_TO_LARGEST = 0.4  # with unequal sizes
ZIPF_HEAD, ZIPF_TAIL, ZIPF_BREAK = 0.5, 1.2, 0.2
LOG_SPREAD = 0.8
BURSTINESS = 4.0  # shape of the gamma law behind the number of purchases; smaller is more uneven
FEWEST = 2


@dataclass(frozen=True)
class Setting:
    """What a planted set is like, apart from its seed."""

    popularity: str
    customers: int
    products: int
    purchases: int
    overlap: bool
    unequal: bool

    @property
    def name(self) -> str:
        """The setting as a row of the table names it."""
        extras = ", ".join(word for word, on in (("overlap", self.overlap), ("unequal", self.unequal)) if on)
        return (
            f"{self.popularity:<10} {self.customers:>5,} × {self.products:<3} {self.purchases:>2} purchases "
            f"{extras or 'plain'}"
        )


@dataclass(frozen=True, eq=False)
class Planted:
    """Purchases with the taste of every customer (from 0) and the true chance of every product in each taste."""

    purchases: Purchases
    taste: np.ndarray
    profiles: np.ndarray
    sizes: np.ndarray


def describe() -> str:
    """The generator's parameters, for the head of a report."""
    return (
        f"purchases from the own taste {OWN:.0%}, products in a taste {CORE:.0%}; overlap: {SHARED_PRODUCTS:.0%} of a "
        f"taste's products also in the next, {SECOND_TASTE:.0%} of purchases from a second taste; unequal: smallest "
        f"taste {SMALLEST_TO_LARGEST:g} × the largest; Zipf exponents {ZIPF_HEAD:g} (first {ZIPF_BREAK:.0%} of products) "
        f"and {ZIPF_TAIL:g}; log-normal spread {LOG_SPREAD:g}; purchases gamma-Poisson, shape {BURSTINESS:g}, at least "
        f"{FEWEST}"
    )


def settings() -> list[Setting]:
    """Every popularity, size and number of purchases; plain, or with overlap and unequal sizes."""
    return [
        Setting(popularity, n, p, each, hard, hard)
        for hard in (False, True)
        for popularity in POPULARITIES
        for n, p in SIZES
        for each in PURCHASES
    ]


def popularity_of(kind: str, products: int, generator: np.random.Generator) -> np.ndarray:
    """Chance of every product among all purchases, in no particular order."""
    if kind == "flat":
        weight = np.ones(products)
    elif kind == "log-normal":
        weight = generator.lognormal(0.0, LOG_SPREAD, products)
    else:
        rank = np.arange(1, products + 1, dtype=float)
        turn = max(1.0, round(ZIPF_BREAK * products))
        head, tail = rank**-ZIPF_HEAD, turn ** (ZIPF_TAIL - ZIPF_HEAD) * rank**-ZIPF_TAIL
        weight = generator.permutation(np.where(rank <= turn, head, tail))
    return weight / weight.sum()


def plant(setting: Setting, k: int, seed: int) -> Planted:
    """Draw one set."""
    generator = np.random.default_rng([seed, k, setting.customers, setting.purchases])
    popularity = popularity_of(setting.popularity, setting.products, generator)
    profiles = OWN * tastes_of(popularity, k, setting.overlap, generator) + (1 - OWN) * popularity
    sizes = np.linspace(1.0, SMALLEST_TO_LARGEST if setting.unequal else 1.0, k)
    sizes /= sizes.sum()
    taste = generator.choice(k, setting.customers, p=sizes)
    second = generator.integers(0, k, setting.customers)
    rate = setting.purchases * generator.gamma(BURSTINESS, 1 / BURSTINESS, setting.customers)
    wanted = np.maximum(generator.poisson(rate), FEWEST)
    who = np.repeat(np.arange(setting.customers), wanted)
    strays = generator.random(len(who)) < (SECOND_TASTE if setting.overlap else 0.0)
    drawn_from = np.where(strays, second[who], taste[who])
    edges = np.cumsum(profiles, axis=1)
    what = np.zeros(len(who), dtype=np.int64)
    for one in range(k):
        lines = drawn_from == one
        what[lines] = np.searchsorted(edges[one], generator.random(lines.sum()) * edges[one, -1])
    return Planted(purchases_of(who, what), taste, profiles, sizes)


def tastes_of(popularity: np.ndarray, k: int, overlap: bool, generator: np.random.Generator) -> np.ndarray:
    """Each taste's own products in proportion to their popularity; as many for every taste, big and small by lot."""
    products = len(popularity)
    owner = generator.permutation(
        np.where(np.arange(products) < CORE * products, np.arange(products) % k, -1)
    )
    own = (owner == np.arange(k)[:, None]).astype(float)
    if overlap:
        shared = generator.random(products) < SHARED_PRODUCTS
        own = np.maximum(own, np.roll(own, 1, axis=0) * shared)
    weight = own * popularity
    return weight / weight.sum(axis=1, keepdims=True)


def purchases_of(who: np.ndarray, what: np.ndarray) -> Purchases:
    """Lines of purchases, labels made of numbers."""
    customers = pd.Series([f"{number:05d}" for number in who], dtype="str")
    products = pd.Series([f"{number:04d}" for number in what], dtype="str")
    return make_purchases(customers, products, customer_label="Customer", product_label="Product")


def matrix_of(purchases: Purchases) -> PurchaseMatrix:
    """The matrix the app proposes: bought or not, best-sellers counting a little less."""
    return build_matrix(purchases, weighting="balanced")


def columns_shuffled(purchases: Purchases, seed: int) -> Purchases:
    """The same products, each with as many buyers as before, its buyers drawn by lot."""
    bought = build_matrix(purchases, weighting="bought").values.tocsc()
    generator = np.random.default_rng([seed, 1])
    n, p = bought.shape
    buyers = np.diff(bought.indptr)
    who = np.concatenate([generator.choice(n, size=count, replace=False) for count in buyers])
    return purchases_of(who, np.repeat(np.arange(p), buyers))
