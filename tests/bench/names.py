"""Do names and colours stay with their segments? Planted tastes; another seed, 5 % of the customers gone or more, k + 1.

Only sets whose weakest segment has a stability of 0.9 count: an unstable segment is no thing that could keep a name. A
name is kept where the same planted taste wears it before and after; fails below 95 % of names, or if one kept name
changed its colour.
"""

import sys
from dataclasses import dataclass

import numpy as np
from common import ROOT  # noqa: F401  puts the checkout on the path

# isort: split
from planted import Setting, matrix_of, plant

from segcore import studies
from segcore.purchases import make_purchases
from segcore.segments import Segmentation, segment
from segcore.segments.names import recognise, shown_as

SETS, STABLE, KEPT = 24, 0.9, 0.95
SETTINGS = [
    Setting(popularity, 1_500, 100, 15, overlap, overlap)
    for popularity in ("flat", "log-normal", "zipf")
    for overlap in (False, True)
]
Worn = dict[int, tuple[str, int]]  # planted taste → name and colour


@dataclass
class Tally:
    """Names looked at, names kept, colours that changed on a kept name."""

    names: int = 0
    kept: int = 0
    recoloured: int = 0

    def add(self, before: Worn, after: Worn) -> None:
        for taste, (name, colour) in before.items():
            self.names += 1
            called, painted = after.get(taste, ("", 0))
            self.kept += called == name
            self.recoloured += called == name and painted != colour


def worn(study: studies.Study, key: str, found: Segmentation, taste: np.ndarray) -> Worn:
    """Name and colour of the segment in which most of each taste's customers are; none where two tastes share one."""
    shown, home = shown_as(study, key), found.assignment.fillna(0).to_numpy(dtype=int)
    of = taste[found.customer_scores.index.astype(int)]
    at = {int(t): int(np.bincount(home[of == t]).argmax()) for t in np.unique(of)}
    alone = [t for t, n in at.items() if n and list(at.values()).count(n) == 1]
    return {t: (shown.names[at[t]], shown.colours[at[t]]) for t in alone}


def some(purchases, generator: np.random.Generator, share: float):
    """Purchases of a part of the customers."""
    stay = generator.permutation(len(purchases.customers))[: round(share * len(purchases.customers))]
    lines = purchases.lines[purchases.lines["customer"].isin(stay)]
    return make_purchases(
        purchases.customers[lines["customer"]],
        purchases.products.index[lines["product"]],
        product_label=purchases.product_label,
    )


def main() -> int:
    """Measure; 1 where fewer than 95 % of names stay or a colour moves."""
    changes = {
        "another seed": Tally(),
        "5 % fewer customers": Tally(),
        "5 % more customers": Tally(),
        "k + 1": Tally(),
    }
    used = tried = 0
    while used < SETS and tried < 200:
        setting, k, tried = SETTINGS[tried % len(SETTINGS)], 3 + tried % 4, tried + 1
        everybody = plant(setting, k, seed=tried)
        generator = np.random.default_rng(tried)
        purchases, taste = some(everybody.purchases, generator, 0.95), everybody.taste
        matrix = matrix_of(purchases)
        base = segment(matrix, k=k, resamples=8)
        if base.stability.min() < STABLE:
            continue
        used += 1
        study = recognise(studies.new_study(), "base", purchases, matrix, base)
        before = worn(study, "base", base, taste)
        fewer = some(purchases, generator, 0.95)
        runs = (
            (purchases, k, {"seed": 7, "initialisation": "random"}),
            (fewer, k, {}),
            (everybody.purchases, k, {}),
            (purchases, k + 1, {}),
        )
        for tally, (bought, number, choices) in zip(changes.values(), runs, strict=True):
            other = matrix_of(bought)
            found = segment(other, k=number, **choices)
            tally.add(before, worn(recognise(study, "other", bought, other, found), "other", found, taste))
    print(f"{used} planted sets of {tried} have a stability of {STABLE} or more in every segment")
    missed = used < 20
    for change, tally in changes.items():
        share = tally.kept / max(tally.names, 1)
        ok = share >= KEPT and not tally.recoloured
        missed |= not ok
        print(
            f"{change:<22} {tally.kept} of {tally.names} names kept ({share:.1%}), "
            f"{tally.recoloured} colours changed{'' if ok else '   UNDER THE BAR'}"
        )
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
