"""A small part of tests/bench/rules_noise.py: the list stays empty where there is nothing, and keeps what is there."""

import sys

import numpy as np
import pytest


@pytest.fixture(scope="module")
def noise(root):
    folder = str(root / "tests" / "bench")
    sys.path.insert(0, folder)
    try:
        import rules_noise

        yield rules_noise
    finally:
        sys.path.remove(folder)


def test_every_kind_of_nothing_shows_no_rule(noise) -> None:
    kinds = {noise.noise(9_100 + seed)[0] for seed in range(26)}
    assert kinds == set(noise.NOTHING)
    small = [seed for seed in range(9_100, 9_126) if len(noise.noise(seed)[1]) <= 2_000]
    assert len(small) >= 12 and sum(map(noise.false_alarm, small)) <= 2


def test_planted_sets_are_shown(noise) -> None:
    found, planted, others = np.sum([noise.found(noise.planted(9_500 + seed)) for seed in range(4)], axis=0)
    assert planted >= 30 and found >= 0.85 * planted and others <= 2
    found, planted, _ = np.sum([noise.found(noise.planted_trios(9_500 + seed)) for seed in range(4)], axis=0)
    assert planted == 8 and found >= 6
