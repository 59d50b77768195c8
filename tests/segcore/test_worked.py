"""The shipped sample worked through for the Help page, from its files to the agreement with what was planted."""

import pytest
from sklearn.metrics import adjusted_rand_score

from segcore.progress import finished
from segcore.report.worked_example import working_through
from segcore.samples import wine_merchant


def test_the_worked_example_runs_to_its_end_and_finds_most_of_the_planted_tastes():
    worked = finished(working_through())
    assert worked.planted == wine_merchant().truth.taste.nunique() == len(worked.found)
    pairs = [(taste, kind) for (taste, kind), n in worked.found.stack().items() for _ in range(n)]
    assert len(pairs) == worked.customers
    assert worked.agreement == pytest.approx(adjusted_rand_score(*zip(*pairs, strict=True)))
    assert worked.agreement > 0.7
