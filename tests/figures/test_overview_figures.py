"""The charts of the Data page."""

import pandas as pd
import pytest

from segcore.figures.best_sellers import best_seller_bars
from segcore.figures.months import month_bars


def words_of(figure) -> str:
    return " | ".join(str(annotation.text) for annotation in figure.layout.annotations)


def test_best_sellers_stand_before_all_customers():
    figure = best_seller_bars(pd.Series({"17": 40, "<b>x</b>": 12}), 100, level="Offer #", title="t")
    track, bars = figure.data
    assert list(track.x) == [100, 100] and list(bars.x) == [40, 12]
    assert list(bars.customdata) == ["17", "<b>x</b>"]
    words = words_of(figure)
    for part in ("Offer # 17", "40 of 100 (40 %)", "&lt;b&gt;x"):
        assert part in words
    assert figure.layout.xaxis.range[0] == 0


def test_labels_beside_best_sellers_have_the_room_they_need():
    few = best_seller_bars(pd.Series({"Tea": 4}), 10, title="t").layout.margin
    many = best_seller_bars(pd.Series({"Tea": 1_234_567}), 12_345_678, title="t").layout.margin
    long = best_seller_bars(
        pd.Series({"Second flush Darjeeling, whole leaf": 4}), 10, title="t"
    ).layout.margin
    assert many.r > few.r + 80 and many.l == few.l
    assert long.l > few.l + 150 and long.r == few.r


@pytest.mark.parametrize("months", [1, 3, 14, 40])
def test_every_month_has_its_bar_and_few_carry_their_count(months):
    lines = pd.Series(range(100, 100 + months), index=pd.date_range("2023-11-01", periods=months, freq="MS"))
    figure = month_bars(lines, title="t")
    assert list(figure.data[0].y) == list(lines)
    assert figure.data[0].customdata[0] == "2023-11"
    assert len(figure.layout.xaxis.tickvals) <= 8
    assert "2023" in figure.layout.xaxis.ticktext[0]
    assert figure.layout.yaxis.range[0] == 0
    assert ("100" in words_of(figure)) == (months <= 14)


@pytest.mark.parametrize(("months", "said"), [(6, "1,445"), (12, "1.4k")])
def test_counts_above_narrow_bars_are_short(months, said):
    lines = pd.Series([1_445] * months, index=pd.date_range("2025-01-01", periods=months, freq="MS"))
    assert words_of(month_bars(lines, title="t")).split(" | ").count(said) == months
