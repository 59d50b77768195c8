"""What limits a sweep is said in words, and neighbours are told by what they join and split."""

from dataclasses import replace

import numpy as np
import pytest

from segcore.choices.sweep import SweepSpec
from segcore.factorization import NMFSpec
from segcore.matrix import build_matrix
from segcore.purchases import make_purchases
from segcore.segments.adjacent_k import neighbour_sentences, neighbours
from segcore.selection.limits import limits, resampled_in_words, starts_in_words
from segcore.selection.sweep import Sweep, sweep_k
from tests.segcore import known


def with_fit(sweep: Sweep, k: int, **changes) -> Sweep:
    points = [
        replace(point, fit=replace(point.fit, **changes)) if point.k == k else point for point in sweep.points
    ]
    return replace(sweep, points=tuple(points))


@pytest.fixture(scope="module")
def matrix():
    values, _ = known.planted(3, per_block=30, own=0.6)
    return known.matrix_of(np.vstack([values, np.zeros((10, values.shape[1]))]))


@pytest.fixture(scope="module")
def sweep(matrix):
    return sweep_k(matrix, (2, 3, 4), resamples=2, restarts=2)


def test_a_plain_fit_has_nothing_to_say_but_who_bought_nothing(matrix, sweep):
    n = matrix.shape[0]
    empty = int((matrix.products_per_customer == 0).sum())
    assert limits(sweep, matrix, 3) == (
        f"{empty} of {n} ({100 * empty / n:.0f} %) customers have no purchases at this level and belong to no segment.",
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sampled": True}, "Sampled: of 100 customers"),
        ({"converged": False, "iterations": 2000}, "stopped after 2,000 rounds before it came to rest"),
        ({"dead": (1,)}, "1 segment is empty"),
        ({"dead": (0, 1)}, "2 segments are empty"),
    ],
)
def test_every_limit_is_said(matrix, sweep, changes, words):
    assert any(words in sentence for sentence in limits(with_fit(sweep, 3, **changes), matrix, 3))
    assert not any(words in sentence for sentence in limits(sweep, matrix, 2))


def test_how_stability_was_measured():
    spec = SweepSpec()
    assert resampled_in_words(spec, 500, "customers") == "when a fifth of the customers is left out, 20 times"
    assert resampled_in_words(spec, 2_000_000, "baskets") == "in 20 samples of 8,000 baskets"
    slow = SweepSpec(nmf=NMFSpec(k=1, loss="kullback-leibler"))
    assert resampled_in_words(slow, 500, "customers").endswith("6 times")


def test_starts_are_told_with_their_spread(sweep):
    assert "One start" in starts_in_words(with_fit(sweep, 3, restart_errors=(2.0,)), 3)
    assert "ended equally well" in starts_in_words(with_fit(sweep, 3, restart_errors=(2.0, 2.0001)), 3)
    said = starts_in_words(with_fit(sweep, 3, restart_errors=(2.0, 2.2, 2.1)), 3)
    assert said == "Of 3 starts at 3 segments the worst misses 10 % more than the best, which is kept."


def test_neighbours_say_what_joins_and_what_splits():
    values, _ = known.planted(3, per_block=30, own=0.7, other=0.02)
    who, what = np.nonzero(values)
    purchases = make_purchases([f"c{n:03d}" for n in who], [f"taste {p // 6} product {p}" for p in what])
    matrix = build_matrix(purchases, weighting="bought")
    found = neighbours(purchases, matrix, sweep_k(matrix, (2, 3), resamples=0), 2)
    assert found.fewer is None  # one segment was not part of the sweep
    assert found.more is not None and found.more.new
    assert set(found.names) == {2, 3}
    names = {k: {j: f"{k}.{j}" for j in range(1, k + 1)} for k in (2, 3)}
    (said,) = neighbour_sentences(found, names, "shoppers")
    assert said.startswith("From 2 to 3: “")
    assert "shoppers change segment" in said
    at_three = neighbours(purchases, matrix, sweep_k(matrix, (2, 3), resamples=0), 3)
    assert at_three.more is None and at_three.fewer is not None
