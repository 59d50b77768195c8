"""Two periods under the same segments: planted movers are found, and people who did not change are not called so."""

import numpy as np
import pandas as pd
import pytest

from segcore.errors import NotEnoughData, SpecError
from segcore.matrix import MatrixSpec, build_matrix
from segcore.progress import finished
from segcore.purchases import make_purchases
from segcore.segments import segment
from segcore.whatif import periods
from segcore.whatif.periods import halves, movement_sentence, moving

SPEC = MatrixSpec("Product")
FIRST, SECOND = ("2025-01-01", "2025-06-30"), ("2025-07-01", "2025-12-31")


def two_years(movers: float, seed: int = 0, k: int = 3, per: int = 80, visits: int = 12, own: float = 0.9):
    """Customers with a taste each; a part of the first taste takes to the second one in July."""
    generator = np.random.default_rng(seed)
    n = k * per
    taste = np.repeat(np.arange(k), per)
    later = taste.copy()
    later[: int(movers * per)] = 1
    customer = np.repeat(np.arange(n), visits)
    day = generator.integers(0, 365, len(customer))
    present = np.where(day < 181, taste[customer], later[customer])
    own_product = present * 8 + generator.integers(0, 8, len(customer))
    anything = generator.integers(0, 8 * k, len(customer))
    product = np.where(generator.random(len(customer)) < own, own_product, anything)
    purchases = make_purchases(
        [f"c{c:03d}" for c in customer],
        [f"p{p:02d}" for p in product],
        date=pd.Timestamp("2025-01-01") + pd.to_timedelta(day, "D"),
        amount=np.full(len(customer), 2.0),
    )
    base = segment(build_matrix(purchases, spec=SPEC), k)
    return purchases, base, taste


def moved(purchases, base, first=FIRST, second=SECOND):
    return finished(moving(purchases, SPEC, base, first, second))


def test_planted_movers_are_found_and_their_segment_grows():
    purchases, base, _ = two_years(movers=0.6)
    found = moved(purchases, base)
    grown = int(base.assignment[[f"c{c:03d}" for c in range(80, 160)]].mode()[0])
    assert found.is_real
    assert found.growing == [grown]
    assert 40 <= found.table.loc[grown, "entered"] <= 60
    names = {n: f"kind {n}" for n in base.sizes.index}
    said = movement_sentence(found, names)
    assert f"“kind {grown}” grows" in said and "by chance alone" in said


@pytest.mark.parametrize("seed", range(3))
def test_people_who_did_not_change_are_not_called_movers(seed):
    purchases, base, _ = two_years(movers=0.0, seed=seed, visits=6, own=0.7)
    found = moved(purchases, base)
    assert found.moved > 0  # so few purchases wobble
    assert not found.is_real
    assert found.growing == found.shrinking == []
    assert abs(found.moved_share - found.chance_share) < 0.08
    assert "no clear movement" in movement_sentence(found, {1: "a", 2: "b", 3: "c"})


def test_everybody_is_counted_where_they_are():
    purchases, base, _ = two_years(movers=0.3, visits=4)
    found = moved(purchases, base)
    table = found.table
    assert table["before"].sum() == found.assignments["first"].notna().sum()
    assert table["after"].sum() == found.assignments["second"].notna().sum()
    both = found.assignments.dropna()
    assert found.compared == len(both)
    assert found.moved == int((both["first"] != both["second"]).sum())
    inside = found.flows[(found.flows["from"] > 0) & (found.flows["to"] > 0)]
    assert inside["customers"].sum() == found.compared
    assert (table["entered"] - table["left"]).sum() == 0
    assert table["amount_before"].sum() + table["amount_after"].sum() == pytest.approx(
        2.0 * purchases.n_lines
    )


def test_lots_keep_how_often_everybody_came_in_each_period():
    purchases, _, _ = two_years(movers=0.3, visits=5)
    parts = [periods._lines_in(purchases, window) for window in (FIRST, SECOND)]
    earlier, later = periods._dealt(purchases, parts, np.random.default_rng(0))
    assert not (earlier & later).any()
    assert ((earlier | later) == (parts[0] | parts[1])).all()

    def visits(mask):
        lines = purchases.lines[mask]
        return lines.groupby("customer")["date"].nunique()

    pd.testing.assert_series_equal(visits(parts[0]), visits(earlier))
    pd.testing.assert_series_equal(visits(parts[1]), visits(later))


def test_holm_worked_by_hand():
    # In order: 5 · 0.005, 4 · 0.01, 3 · 0.03, then 2 · 0.04 = 0.08 may not be less than 0.09, then 0.2.
    p = np.array([0.01, 0.04, 0.03, 0.2, 0.005])
    np.testing.assert_allclose(periods._holm(p), [0.04, 0.09, 0.09, 0.2, 0.025])


def test_halves_follow_each_other_and_are_equally_long():
    purchases, _, _ = two_years(0.0)
    (a, b), (c, d) = halves(purchases)
    days = [pd.Timestamp(day) for day in (a, b, c, d)]
    assert (days[2] - days[1]).days == 1
    assert abs((days[1] - days[0]).days - (days[3] - days[2]).days) <= 1
    assert halves(purchases, ("2025-03-02", "2025-04-30")) == (
        ("2025-03-02", "2025-03-31"),
        ("2025-04-01", "2025-04-30"),
    )


def test_what_cannot_be_compared_is_said():
    purchases, base, _ = two_years(0.0)
    with pytest.raises(SpecError, match="overlap"):
        moved(purchases, base, FIRST, ("2025-06-01", "2025-12-31"))
    with pytest.raises(NotEnoughData, match="Nothing was bought"):
        moved(purchases, base, ("2020-01-01", "2020-12-31"), SECOND)
    undated = make_purchases(["a", "b"], ["x", "y"])
    with pytest.raises(SpecError, match="no dates"):
        halves(undated)
