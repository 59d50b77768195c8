"""A small part of tests/bench/rules_noise.py: the list stays empty where there is nothing, and keeps what is there."""

import sys

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


def test_tables_of_noise_show_no_rule(noise) -> None:
    assert sum(noise.false_alarm(9_000 + seed) for seed in range(24)) <= 1


def test_planted_sets_are_shown(noise) -> None:
    counts = [noise.kept_share(9_500 + seed) for seed in range(8)]
    kept, planted = (sum(part) for part in zip(*counts, strict=True))
    assert planted == 40 and kept >= 0.95 * planted
