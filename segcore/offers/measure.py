"""How many hidden purchases each scorer finds: hit rate, recall, coverage, with paired intervals."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segcore.choices.offered import SCORERS
from segcore.choices.offers import BASELINE, DEFAULT, BackTestSpec
from segcore.offers.paired import bootstrap_means, interval
from segcore.offers.score import best, block_out, blocks, score
from segcore.offers.sides import Sides
from segcore.offers.uplift import wilson
from segcore.progress import Step

DEEPEST = 20


@dataclass(frozen=True, eq=False)
class Found:
    """What each scorer found, on the same customers.

    Attributes
    ----------
    customers, purchases : int
        Customers tested, and purchases hidden from them.
    products : int
        Products that could be offered.
    rates : DataFrame, by scorer
        ``hits`` (customers), ``hit`` (their share, with at least one hidden purchase among the n offers), ``recall``
        (mean share of a customer's hidden purchases found), ``found`` (share of all hidden purchases found),
        ``coverage`` (share of products offered to anybody), ``ahead`` (hit minus that of best-sellers); ``_low`` and
        ``_high`` are 95 % intervals of hit, recall and ahead by paired bootstrap; of hit by Wilson's score where
        everybody or nobody was reached.
    depth : DataFrame, by scorer
        Hit rate with 1, 2, … offers.
    """

    customers: int
    purchases: int
    products: int
    rates: pd.DataFrame
    depth: pd.DataFrame


def measure(sides: Sides, spec: BackTestSpec, span: tuple[float, float]) -> Generator[Step, None, Found]:
    """Judge every scorer on these customers; ``span`` is the part of the whole work this is."""
    p = sides.bought.shape[1]
    deepest = min(max(DEEPEST, spec.n), p)
    hidden = np.diff(sides.hidden.indptr)
    hits, recall, depth, coverage = [], [], [], []
    for number, name in enumerate(SCORERS):
        yield Step(span[0] + (span[1] - span[0]) * number / len(SCORERS), f"Trying: {SCORERS[name]}")
        found, offered = _found(sides, name, deepest, spec.n)
        within = found[:, : spec.n].sum(axis=1)
        hits.append(within > 0)
        recall.append(within / np.maximum(hidden, 1))
        depth.append(np.maximum.accumulate(found, axis=1).mean(axis=0) if len(found) else np.zeros(deepest))
        coverage.append(offered / max(p, 1))
    rates = _rates(np.column_stack(hits), np.column_stack(recall), hidden, spec)
    rates["coverage"] = coverage
    places = pd.RangeIndex(1, deepest + 1, name="offers")
    table = pd.DataFrame(np.vstack(depth), index=rates.index, columns=places)
    return Found(sides.bought.shape[0], int(hidden.sum()), p, rates, table)


def _found(sides: Sides, scorer: str, deepest: int, n: int) -> tuple[np.ndarray, int]:
    """Whether each of the first offers was a hidden purchase, (customers, deepest), and products offered in the n."""
    found = np.zeros((sides.bought.shape[0], deepest), dtype=bool)
    offered = np.zeros(sides.bought.shape[1], dtype=bool)
    for block in blocks(*sides.bought.shape):
        scores = score(sides.learned, scorer, sides.bought[block], sides.w[block])
        block_out(scores, sides.bought[block])
        top = best(scores, sides.learned, deepest)
        truth = np.asarray(sides.hidden[block].todense()) > 0
        found[block] = np.take_along_axis(truth, np.maximum(top, 0), axis=1) & (top >= 0)
        few = top[:, :n]
        offered[few[few >= 0]] = True
    return found, int(offered.sum())


def _rates(hits: np.ndarray, recall: np.ndarray, hidden: np.ndarray, spec: BackTestSpec) -> pd.DataFrame:
    names = pd.Index(list(SCORERS), name="scorer")
    base = names.get_loc(BASELINE)
    means = bootstrap_means(np.hstack([hits, recall]).astype(float), spec.resamples, spec.seed)
    drawn_hit, drawn_recall = means[:, : len(names)], means[:, len(names) :]
    drawn_ahead = drawn_hit - drawn_hit[:, [base]]
    hit = hits.mean(axis=0)
    found = (recall * hidden[:, None]).sum(axis=0) / max(hidden.sum(), 1)
    columns: dict[str, np.ndarray] = {"hits": hits.sum(axis=0).astype("int64"), "found": found}
    measured = (
        ("hit", hit, drawn_hit),
        ("recall", recall.mean(axis=0), drawn_recall),
        ("ahead", hit - hit[base], drawn_ahead),
    )
    for name, values, drawn in measured:
        low, high = interval(drawn)
        columns |= {name: values, f"{name}_low": low, f"{name}_high": high}
    # Where everybody or nobody was reached, resamples of them do not differ; the score interval still does.
    n = len(hits)
    for place in np.flatnonzero(np.isin(columns["hits"], (0, n))):
        columns["hit_low"][place], columns["hit_high"][place] = wilson(int(columns["hits"][place]), n)
    return pd.DataFrame(columns, index=names)


def choose_default(found: Found) -> str:
    """The scorer that serves: the blend, unless another is surely ahead of best-sellers and the blend is not.

    "Surely" is a paired interval above zero. Without any such scorer best-sellers serve only where the blend finds
    fewer hidden purchases than they do.
    """
    rates = found.rates
    if rates.loc[DEFAULT, "ahead_low"] > 0:
        return DEFAULT
    sure = rates[rates["ahead_low"] > 0]
    if len(sure):
        return str(sure["hit"].idxmax())
    return DEFAULT if rates.loc[DEFAULT, "ahead"] >= 0 else str(rates["hit"].idxmax())
