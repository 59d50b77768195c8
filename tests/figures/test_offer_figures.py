"""Figures of offers: what is drawn is what was measured, in order, with its interval, and names stay names."""

import pandas as pd
import pytest

from segcore.figures.hits_by_k import hits_by_k_curve
from segcore.figures.interval_bars import interval_bars
from segcore.figures.target_curve import target_curve

BARS = pd.DataFrame(
    {
        "name": ["Plain", "<b>Bold</b> $x$", "Third"],
        "value": [0.5, 0.7, 0.6],
        "low": [0.4, 0.65, 0.5],
        "high": [0.6, 0.75, 0.8],
        "words": ["5 of 10", "7 of 10", "6 of 10"],
    },
    index=["a", "b", "c"],
)


@pytest.mark.parametrize("wrap", [90, 60])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_bars_stand_in_order_with_their_intervals(theme, wrap):
    figure = interval_bars(
        BARS, marked="c", guide=(0.5, "best-sellers"), title="T", subtitle="S", theme=theme, wrap=wrap
    )
    bar = figure.to_dict()["data"][0]
    assert list(bar["x"]) == [0.5, 0.6, 0.7]  # drawn from the bottom up
    assert list(bar["customdata"]) == ["a", "c", "b"]
    assert [round(v, 2) for v in bar["error_x"]["array"]] == [0.1, 0.2, 0.05]
    assert [round(v, 2) for v in bar["error_x"]["arrayminus"]] == [0.1, 0.1, 0.05]
    colours = list(bar["marker"]["color"])
    assert colours[1] != colours[0] == colours[2]
    words = " ".join(note["text"] for note in figure.to_dict()["layout"]["annotations"])
    assert "&lt;b&gt;Bold" in words and "best-sellers" in words and "7 of 10" in words
    assert figure.layout.meta["title"] == "T"


def test_counts_have_no_percent_axis_and_nothing_is_no_error():
    figure = interval_bars(
        BARS.assign(value=[5, 7, 6], low=[4, 6, 5], high=[6, 9, 8]), as_share=False, title="T"
    )
    assert figure.layout.xaxis.ticktext is None and figure.layout.xaxis.range[1] > 9
    assert len(interval_bars(BARS.head(0), title="T").data) == 1


@pytest.mark.parametrize("cut", [1, 10, 20])
def test_a_target_curve_marks_the_cut_and_what_chance_would_give(cut):
    curve = pd.DataFrame(
        {"expected": [0.5, 4.0, 6.0], "low": [0, 1, 2], "high": [1, 7, 10]}, index=[1, 10, 20]
    )
    drawn = target_curve(curve, cut, title="T").to_dict()
    assert list(drawn["data"][2]["y"]) == [0, 6.0]
    assert list(drawn["data"][3]["y"]) == [0.5, 4.0, 6.0]
    assert (drawn["data"][4]["x"][0], drawn["data"][4]["y"][0]) == (cut, curve.loc[cut, "expected"])
    words = " ".join(note["text"] for note in drawn["layout"]["annotations"])
    low, high = curve.loc[cut, ["low", "high"]]
    assert f"{low:.0f} to {high:.0f} buyers" in words


def test_hits_by_k_hand_over_k():
    rates = pd.DataFrame({"taste": [0.3, 0.4], "popular": [0.25, 0.25]}, index=pd.Index([2, 3], name="k"))
    drawn = hits_by_k_curve(rates, 3, title="T").to_dict()
    assert list(drawn["data"][0]["customdata"]) == [2, 3]
    assert list(drawn["data"][1]["x"]) == [3]
