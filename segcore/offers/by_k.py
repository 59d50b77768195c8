"""Hit rate against the number of segments, for those who choose it by how well offers do."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from segcore.choices.matrix import MatrixSpec
from segcore.choices.nmf import NMFSpec
from segcore.choices.offers import BackTestSpec
from segcore.matrix import build_matrix
from segcore.offers.backtest import sampled_customers
from segcore.offers.measure import measure
from segcore.offers.sides import Sides
from segcore.offers.split import choose_weeks, hide_one, refuse_too_few, split_by_time
from segcore.progress import Step, finished
from segcore.purchases import Purchases

SHOWN = ("taste", "blend", "popular")


def hits_by_k(
    purchases: Purchases, matrix: MatrixSpec, nmf: NMFSpec, ks: Sequence[int], spec: BackTestSpec
) -> Generator[Step, None, pd.DataFrame]:
    """Hit rates for several k, on the part of the hidden purchases that chooses and not on the part that is shown.

    Returns
    -------
    DataFrame, indexed by k
        ``taste``, ``blend``, ``popular``: hit rates; ``ahead_low``, ``ahead_high``: the paired interval of the
        taste's lead over best-sellers; ``customers``.
    """
    weeks = choose_weeks(purchases, matrix) if spec.weeks is None else spec.weeks
    if weeks and purchases.date_span is not None:
        split = split_by_time(purchases, matrix, weeks, back=1)
        refuse_too_few(split)
    else:
        showing = hide_one(build_matrix(purchases, spec=matrix), spec.seed)
        split = hide_one(showing.train, spec.seed + 1)
    rows = []
    for number, k in enumerate(ks):
        yield Step(0.05 + 0.95 * number / len(ks), f"Trying {k} segments")
        sides = sampled_customers(Sides.of(split, replace(nmf, k=k)), spec.seed)
        found = finished(measure(sides, spec, (0, 1)))
        lead = found.rates.loc["taste"]
        rates = [found.rates.loc[name, "hit"] for name in SHOWN]
        rows.append((*rates, lead["ahead_low"], lead["ahead_high"], found.customers))
    columns = [*SHOWN, "ahead_low", "ahead_high", "customers"]
    return pd.DataFrame(rows, columns=columns, index=pd.Index(np.asarray(ks, dtype=int), name="k"))
