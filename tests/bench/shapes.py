"""Planted sets of less even shapes: one large taste, overlap, weak tastes, mixed customers, one giant buyer.

Drawn like those of ``planted.py``, 1,500 customers × 150 products of log-normal popularity and 15 purchases each in the
mean; what a shape changes stands in its line.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from planted import BURSTINESS, FEWEST, OWN, matrix_of, popularity_of, purchases_of, tastes_of

# isort: split
from segcore.purchases import Purchases
from segcore.selection import judge
from segcore.selection.sweep import sweep_k

CUSTOMERS, PRODUCTS, EACH = 1_500, 150, 15
PROCESSES = 2


@dataclass(frozen=True)
class Shape:
    """What is unusual: sizes of the tastes, how much of what their customers buy is theirs, mixed ones, a giant."""

    name: str
    sizes: tuple[float, ...]
    own: tuple[float, ...]
    overlap: bool = False
    mixed: float = 0.0
    giant: int = 0

    @property
    def k(self) -> int:
        """How many tastes are planted."""
        return len(self.sizes)


def _alike(k: int) -> tuple[float, ...]:
    return (1.0 / k,) * k


SHAPES = (
    Shape("sizes 60/25/10/5", (0.60, 0.25, 0.10, 0.05), (OWN,) * 4),
    Shape("overlapping", _alike(4), (OWN,) * 4, overlap=True),
    Shape("two weak of five", _alike(5), (OWN, OWN, OWN, 0.35, 0.35)),
    Shape("30 % mixed", _alike(4), (OWN,) * 4, mixed=0.3),
    Shape("one giant buyer", _alike(4), (OWN,) * 4, giant=20_000),
)


def draw_shape(shape: Shape, seed: int) -> Purchases:
    """One set of a shape."""
    rng = np.random.default_rng([seed, *shape.name.encode()])
    popularity = popularity_of("log-normal", PRODUCTS, rng)
    own = np.array(shape.own)[:, None]
    profiles = own * tastes_of(popularity, shape.k, shape.overlap, rng) + (1 - own) * popularity
    taste = rng.choice(shape.k, CUSTOMERS, p=np.array(shape.sizes) / sum(shape.sizes))
    second = np.where(rng.random(CUSTOMERS) < shape.mixed, rng.integers(0, shape.k, CUSTOMERS), taste)
    many = np.maximum(rng.poisson(EACH * rng.gamma(BURSTINESS, 1 / BURSTINESS, CUSTOMERS)), FEWEST)
    who = np.repeat(np.arange(CUSTOMERS), many)
    of = np.where(rng.random(len(who)) < 0.5, taste[who], second[who])
    what = np.zeros(len(who), dtype=np.int64)
    for one in range(shape.k):
        lines = of == one
        what[lines] = rng.choice(PRODUCTS, lines.sum(), p=profiles[one] / profiles[one].sum())
    giant = rng.choice(PRODUCTS, shape.giant, p=popularity)
    return purchases_of(np.concatenate([who, np.full(shape.giant, CUSTOMERS)]), np.concatenate([what, giant]))


def suggested(place: tuple[int, int]) -> int | None:
    """The number the app suggests for one set, (shape, seed)."""
    matrix = matrix_of(draw_shape(SHAPES[place[0]], place[1]))
    sweep = sweep_k(matrix)
    return judge(sweep.table, sweep.baseline, n_products=matrix.shape[1]).suggested


def run_shapes(seeds: Sequence[int], bar: float) -> int:
    """Print what is suggested for every shape; 1 where fewer than the bar hit, all pooled."""
    places = list(product(range(len(SHAPES)), seeds))
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        said = pool.map(suggested, places, chunksize=1)
    hits = [k == SHAPES[place].k for (place, _), k in zip(places, said, strict=True)]
    print()
    for number, shape in enumerate(SHAPES):
        own = said[number * len(seeds) : (number + 1) * len(seeds)]
        listed = " ".join(str(k) for k in own)
        print(f"{shape.name:<24} planted {shape.k}, said {listed}")
    share = float(np.mean(hits))
    reached = share >= bar
    print(f"all shapes: {share:.1%} of {len(places)} ({'at least' if reached else 'UNDER'} {bar:.0%})")
    return int(not reached)
