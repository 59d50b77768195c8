"""Row order of the heatmaps."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from segcore.segments.order import alike_together, drawn_rows, ordered_by_segment, top_of_each


def planted(n: int, k: int, seed: int) -> tuple[pd.DataFrame, pd.Series]:
    values = np.random.default_rng(seed).dirichlet([0.4] * k, n)
    values[:: max(n // 3, 2)] = 0
    shares = pd.DataFrame(values, index=[f"c{i}" for i in range(n)], columns=range(1, k + 1))
    assigned = pd.Series(values.argmax(axis=1) + 1, index=shares.index).astype("Int64")
    assigned[values.sum(axis=1) == 0] = pd.NA
    return shares, assigned


@given(st.integers(2, 200), st.integers(2, 6), st.integers(0, 5))
def test_rows_are_grouped_in_column_order_and_fall_within_a_group(n, k, seed):
    shares, assigned = planted(n, k, seed)
    ordered, group = ordered_by_segment(shares, assigned)
    assert sorted(ordered.index) == sorted(shares.index)
    assert list(ordered.index) == list(group.index)
    pd.testing.assert_series_equal(group.sort_index(), assigned.sort_index(), check_names=False)
    code = group.fillna(k + 1).to_numpy(dtype=int)
    assert np.all(np.diff(code) >= 0)
    for segment in range(1, k + 1):
        own = ordered.loc[(group == segment).fillna(False).to_numpy(), segment]
        assert np.all(np.diff(own) <= 0)


def test_order_does_not_depend_on_the_order_of_rows():
    shares, assigned = planted(60, 3, 1)
    shuffled = shares.sample(frac=1, random_state=3)
    a, _ = ordered_by_segment(shares, assigned)
    b, _ = ordered_by_segment(shuffled, assigned)
    kept = a.index[: (assigned.notna()).sum()]
    assert list(kept) == list(b.index[: len(kept)])


def test_strength_decides_within_a_segment():
    shares = pd.DataFrame({1: [1.0, 0.7]}, index=["rare", "popular"])
    scores = pd.DataFrame({1: [0.01, 0.4]}, index=["rare", "popular"])
    assigned = pd.Series([1, 1], index=shares.index, dtype="Int64")
    assert list(ordered_by_segment(shares, assigned)[0].index) == ["rare", "popular"]
    assert list(ordered_by_segment(shares, assigned, strength=scores)[0].index) == ["popular", "rare"]


def test_few_rows_are_drawn_as_they_are():
    shares, assigned = planted(50, 3, 0)
    rows = drawn_rows(*ordered_by_segment(shares, assigned), most=400)
    assert rows.per_row == 1
    assert rows.values.shape == (50, 3)
    assert rows.values.dtype == np.float32


@given(st.integers(100, 1500), st.integers(2, 5), st.integers(10, 90))
def test_many_rows_become_averages_that_lose_nobody(n, k, most):
    shares, assigned = planted(n, k, 2)
    ordered, group = ordered_by_segment(shares, assigned)
    rows = drawn_rows(ordered, group, most=most)
    assert len(rows.values) == len(rows.labels) == len(rows.group) <= most + k + 1
    assert rows.per_row == -(-n // most)
    if rows.per_row > 1:
        assert set(rows.group.dropna()) == set(group.dropna())
        first = ordered.iloc[: rows.per_row][
            (group.iloc[: rows.per_row] == group.iloc[0]).fillna(False).to_numpy()
        ]
        np.testing.assert_allclose(rows.values[0], first.mean().to_numpy(), rtol=1e-5)
        assert rows.labels[0].startswith(str(ordered.index[0]))


def test_the_first_of_every_segment():
    shares, assigned = planted(60, 3, 4)
    top, group = top_of_each(*ordered_by_segment(shares, assigned), most=4)
    assert group.value_counts().max() == 4
    assert len(top) == len(group)


def test_a_drawn_row_knows_whom_it_stands_for():
    shares, assignment = (
        pd.DataFrame(np.eye(2)[[0] * 7 + [1] * 4], columns=[1, 2]),
        pd.Series([1] * 7 + [2] * 4, dtype="Int64"),
    )
    shares.index = assignment.index = [f"c{i:02d}" for i in range(11)]
    ordered, group = ordered_by_segment(shares, assignment)
    rows = drawn_rows(ordered, group, most=4)
    behind = [ordered.index[rows.behind(label)].tolist() for label in rows.labels]
    assert [name for members in behind for name in members] == ordered.index.tolist()
    for label, members in zip(rows.labels, behind, strict=True):
        assert label in (members[0], f"{members[0]} … {members[-1]}")
    assert ordered.index[rows.behind("nobody")].tolist() == []
    alone = drawn_rows(ordered, group)
    assert ordered.index[alone.behind("c03")].tolist() == ["c03"]


def test_alike_rows_stand_together_inside_their_segment():
    generator = np.random.default_rng(0)
    kinds = np.array([[0.8, 0.2, 0.0], [0.7, 0.0, 0.3]])
    which = generator.integers(0, 2, 40)
    shares = pd.DataFrame(np.vstack([kinds[which], np.tile([0.1, 0.9, 0.0], (5, 1))]), columns=[1, 2, 3])
    shares.index = [f"c{i}" for i in range(45)]
    ordered, group = ordered_by_segment(shares, pd.Series([1] * 40 + [2] * 5, shares.index, dtype="Int64"))
    alike, groups = alike_together(ordered, group)
    assert groups.tolist() == group.tolist()
    kind = (alike[3].iloc[:40] > 0).to_numpy()
    assert (np.diff(kind.astype(int)) != 0).sum() == 1
    large = pd.DataFrame(generator.dirichlet([1, 1, 1], 3_000), columns=[1, 2, 3])
    one = pd.Series(1, large.index, dtype="Int64")
    assert sorted(alike_together(large, one)[0].index) == list(range(3_000))
