"""The measures that users of R's NMF package look for, from the same resamples as stability.

Customers are R's samples and products its features, as in the papers. The consensus matrix (how often two customers
share a segment) is built for at most 2,000 customers drawn with a fixed seed, whatever the size of the data, and
features are compared for at most 2,000 products. Where R restarts on the same data, these are resamples of 80 % of
the customers, which is the harder test.

Brunet, Tamayo, Golub & Mesirov 2004 (consensus, cophenetic correlation); Kim & Park 2007 (dispersion); Hoyer 2004
(sparseness); Hutchins et al. 2008 (residual sum of squares); Rousseeuw 1987 (silhouette).
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.cluster.hierarchy import cophenet, cut_tree, linkage
from scipy.spatial.distance import squareform

from segcore.choices.sweep import RESAMPLES
from segcore.factorization import Factorization, assign, project
from segcore.factorization.stability import resampled
from segcore.matrix import PurchaseMatrix
from segcore.progress import Step
from segcore.selection.sweep import KL_RESAMPLES, Sweep

MOST = 2_000

# Our column: what it says, and R NMF's name for it.
MEASURES: dict[str, tuple[str, str]] = {
    "cophenetic": (
        "How well a tree of customers keeps their consensus; 1 is a clear-cut consensus.",
        "cophenetic",
    ),
    "dispersion": (
        "How sure the consensus is: 1 where two customers always or never share a segment.",
        "dispersion",
    ),
    "sparseness_products": (
        "How few products a segment rests on: 0 is all alike, 1 a single one.",
        "sparseness.basis",
    ),
    "sparseness_customers": (
        "How clearly a customer belongs to one segment: 0 is to all alike, 1 to one alone.",
        "sparseness.coef",
    ),
    "rss": ("What is left unexplained, squared and added up.", "rss"),
    "silhouette_consensus": (
        "How much closer customers are to their own group than to the next, by consensus.",
        "silhouette.consensus",
    ),
    "silhouette_features": (
        "How much closer products are to those of their own segment than to the next.",
        "silhouette.basis",
    ),
}


@dataclass(frozen=True, eq=False)
class ExpertMeasures:
    """The measures for every k of a sweep.

    Attributes
    ----------
    table : DataFrame
        Indexed by k, columns as in ``MEASURES``; missing where a measure is not defined.
    customers, products : int
        How many stand behind the consensus and behind the silhouette of features.
    resamples : int
        How many assignments the consensus rests on, at least.
    """

    table: pd.DataFrame
    customers: int
    products: int
    resamples: int


def measuring(matrix: PurchaseMatrix, sweep: Sweep) -> Generator[Step, None, ExpertMeasures]:
    """Measure every fitted k of a sweep; yields after each resample and each k.

    Parameters
    ----------
    matrix : PurchaseMatrix
        The one that the sweep was made of.
    """
    fits = {point.k: point.fit for point in sweep.points if point.fit is not None}
    resamples = min(sweep.spec.resamples or RESAMPLES, RESAMPLES)
    resamples = resamples if sweep.spec.nmf.loss == "squared" else min(resamples, KL_RESAMPLES)
    part = sample_rows(matrix.values, sweep.spec.nmf.seed)
    labels: dict[int, list[np.ndarray]] = {k: [] for k in fits}
    specs = [fit.spec for fit in fits.values()]
    for number, bases in enumerate(resampled(matrix.values, specs, resamples), start=1):
        for k, h in bases.items():
            labels[k].append(assign(project(part, h, loss=sweep.spec.nmf.loss)))
        yield Step(0.8 * number / resamples, f"Assigning customers, resample {number} of {resamples}")
    rows = {}
    for place, (k, fit) in enumerate(fits.items(), start=1):
        rows[k] = {**_of_fit(fit, matrix.values), **_of_consensus(labels[k], k)}
        yield Step(0.8 + 0.2 * place / (len(fits) + 1), f"Measuring {k} segments")
    table = pd.DataFrame.from_dict(rows, orient="index", columns=list(MEASURES)).rename_axis("k")
    least = min(map(len, labels.values()), default=0)
    return ExpertMeasures(table, part.shape[0], min(matrix.shape[1], MOST), least)


def sample_rows(values: sparse.csr_matrix, seed: int, most: int = MOST) -> sparse.csr_matrix:
    """At most 2,000 customers with purchases, drawn with a seed of their own, in their order."""
    bought = np.flatnonzero(np.asarray(values.sum(axis=1)).ravel() > 0)
    if len(bought) > most:
        bought = np.sort(np.random.default_rng([seed, most]).choice(bought, most, replace=False))
    return values[bought]


def consensus_matrix(labels: list[np.ndarray]) -> np.ndarray:
    """How often every two rows share a group, (rows, rows) of 0..1; one product of indicators over all assignments."""
    indicators = []
    for groups in labels:
        numbers = np.unique(groups)
        indicators.append((groups[:, None] == numbers).astype(np.float32))
    together = np.concatenate(indicators, axis=1)
    return (together @ together.T) / np.float32(len(labels))


def cophenetic_correlation(consensus: np.ndarray, tree: np.ndarray | None = None) -> float:
    """Correlation of the distances 1 − consensus with those of their average-linkage tree (Brunet et al. 2004).

    1 where all distances are equal: the tree keeps them exactly.
    """
    distances = _distances(consensus)
    in_tree = cophenet(linkage(distances, "average") if tree is None else tree)
    if np.ptp(distances) < 1e-12:
        return 1.0
    return float(np.corrcoef(distances, in_tree)[0, 1])


def dispersion(consensus: np.ndarray) -> float:
    """Mean of 4 (C − ½)² (Kim & Park 2007): 1 where every entry is 0 or 1, 0 where every one is ½."""
    return float(np.mean(4.0 * (consensus.astype(np.float64) - 0.5) ** 2))


def sparseness(vectors: np.ndarray) -> np.ndarray:
    """(√d − ‖x‖₁/‖x‖₂) / (√d − 1) of every row (Hoyer 2004): 0 all alike, 1 a single entry.

    Missing for rows of zeros, and for rows of one entry, which are both.
    """
    d = vectors.shape[1]
    length = np.linalg.norm(vectors, axis=1)
    if d < 2:
        return np.full(len(vectors), np.nan)
    ratio = np.divide(
        np.abs(vectors).sum(axis=1), length, out=np.full(len(vectors), np.nan), where=length > 0
    )
    return (np.sqrt(d) - ratio) / (np.sqrt(d) - 1.0)


def silhouette(distances: np.ndarray, groups: np.ndarray) -> float:
    """Mean of (b − a) / max(a, b): distance to one's own group (a) and to the nearest other (b) (Rousseeuw 1987).

    Rows alone in their group count 0; missing where there is only one group.
    """
    numbers, own = np.unique(groups, return_inverse=True)
    if len(numbers) < 2:
        return float("nan")
    member = np.eye(len(numbers))[own]
    sizes = member.sum(axis=0)
    sums = distances @ member
    rows = np.arange(len(own))
    inside = sums[rows, own] / np.maximum(sizes[own] - 1, 1)
    means = sums / sizes
    means[rows, own] = np.inf
    outside = means.min(axis=1)
    larger = np.maximum(inside, outside)
    width = np.divide(outside - inside, larger, out=np.zeros_like(larger), where=larger > 0)
    return float(np.where(sizes[own] > 1, width, 0.0).mean())


def _of_fit(fit: Factorization, values: sparse.csr_matrix) -> dict[str, float]:
    """What needs no resamples."""
    total = float(values.data @ values.data)
    return {
        "sparseness_products": _mean(sparseness(fit.h)),
        "sparseness_customers": _mean(sparseness(fit.w)),
        "rss": (1.0 - fit.explained_share) * total,
        "silhouette_features": _of_features(fit.h.T, fit.spec.seed),
    }


def _of_consensus(labels: list[np.ndarray], k: int) -> dict[str, float]:
    if len(labels) < 2 or len(labels[0]) < 3:
        return dict.fromkeys(("cophenetic", "dispersion", "silhouette_consensus"), float("nan"))
    consensus = consensus_matrix(labels)
    tree = linkage(_distances(consensus), "average")
    groups = cut_tree(tree, n_clusters=min(k, len(consensus))).ravel()
    return {
        "cophenetic": cophenetic_correlation(consensus, tree),
        "dispersion": dispersion(consensus),
        "silhouette_consensus": silhouette(1.0 - consensus.astype(np.float64), groups),
    }


def _of_features(scores: np.ndarray, seed: int) -> float:
    """Silhouette of products grouped by their largest score, at distance 1 − correlation of their scores."""
    part = scores[scores.any(axis=1)]
    if len(part) > MOST:
        part = part[np.sort(np.random.default_rng([seed, MOST]).choice(len(part), MOST, replace=False))]
    if len(part) < 3:
        return float("nan")
    centred = part - part.mean(axis=1, keepdims=True)
    length = np.linalg.norm(centred, axis=1, keepdims=True)
    unit = np.divide(centred, length, out=np.zeros_like(centred), where=length > 0)
    return silhouette(1.0 - np.clip(unit @ unit.T, -1.0, 1.0), assign(part))


def _distances(consensus: np.ndarray) -> np.ndarray:
    """1 − consensus of every pair, once."""
    apart = 1.0 - consensus.astype(np.float64)
    np.fill_diagonal(apart, 0.0)
    return np.maximum(squareform(apart, checks=False), 0.0)


def _mean(values: np.ndarray) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")
