"""The charts behind the choice of a level and of k."""

import numpy as np
import pandas as pd
import pytest

from segcore.figures.elbow import explained_share_chart
from segcore.figures.gain import gain_chart
from segcore.figures.kmeans_elbow import kmeans_chart
from segcore.figures.levels import level_chart
from segcore.figures.smallest import smallest_segment_chart
from segcore.figures.stability import stability_chart
from segcore.selection.evidence import BEYOND_CHANCE, most_by_chance

NAN = float("nan")


def sweep() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "explained_share": [0.22, 0.29, 0.35, 0.41, NAN, 0.47],
            "error": [9.1, 8.7, 8.3, 8.0, NAN, 7.5],
            "failure": ["", "", "", "", "It ran out of memory.", ""],
            "stability_worst": [0.72, 0.96, 0.94, 0.84, NAN, 0.6],
            "stability_mean": [0.8, 0.98, 0.96, 0.92, NAN, 0.8],
            "smallest_share": [0.4, 0.3, 0.2, 0.1, NAN, 0.05],
        },
        index=range(2, 8),
    )


def levels() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "products": [32, 24, 9],
            "density": [0.101, 0.123, 0.262],
            "rare_share": [0.97, 0.92, 0.33],
            "common_share": [0.0, 0.0, 0.11],
            "verdict": ["too thin", "good", "too coarse"],
            "reason": ["Most are rare.", "Enough buyers.", "Everybody buys all."],
            "recommended": [False, True, False],
        },
        index=["Offer", "<b>Varietal</b> + Origin", "Origin"],
    )


def words_of(figure) -> str:
    return " | ".join(str(annotation.text) for annotation in figure.layout.annotations)


def test_elbow_starts_at_zero_and_every_point_gives_its_k():
    figure = explained_share_chart(sweep(), 0.13, 4, 5, title="t")
    line = figure.data[0]
    assert list(line.x) == list(line.customdata) == list(range(2, 8))
    assert line.y[0] == pytest.approx(0.22) and np.isnan(line.y[4])
    assert figure.layout.yaxis.range[0] == 0
    assert "error (norm) 9.1" in line.hovertext[0]
    assert "best-sellers alone 13 %" in words_of(figure)
    assert "5 segments explain 41 %" in words_of(figure)
    assert "the curve bends here" in words_of(figure)


def test_elbow_marks_what_failed_and_what_is_to_come():
    figure = explained_share_chart(sweep(), 0.13, None, None, pending=[8, 9], title="t")
    failed, waiting = figure.data[1], figure.data[2]
    assert list(failed.customdata) == [6]
    assert "ran out of memory" in failed.hovertext[0]
    assert list(waiting.customdata) == [8, 9]
    assert waiting.marker.opacity < 1
    assert figure.layout.xaxis.range[1] > 9


def test_elbow_with_nothing_finished_yet_is_still_a_figure():
    figure = explained_share_chart(sweep().iloc[:0], None, None, None, pending=[2, 3], title="t")
    assert [list(trace.customdata) for trace in figure.data] == [[], [2, 3]]


def test_knee_and_choice_share_one_label_when_they_agree():
    words = words_of(explained_share_chart(sweep(), 0.13, 5, 5, title="t"))
    assert words.count("the curve bends here") == 1


def test_stability_lines_and_guides_in_words():
    figure = stability_chart(sweep(), 5, title="t")
    mean, worst = figure.data[0], figure.data[1]
    np.testing.assert_array_equal(worst.y, sweep()["stability_worst"].to_numpy())
    np.testing.assert_array_equal(mean.y, sweep()["stability_mean"].to_numpy())
    assert {shape.y0 for shape in figure.layout.shapes} == {0.8, 0.9}
    words = words_of(figure)
    for part in ("reliable from 0.8", "very stable from 0.9", "weakest segment", "average segment"):
        assert part in words
    assert list(worst.customdata) == list(range(2, 8))


def test_labels_in_the_margin_do_not_meet():
    table = sweep().assign(stability_worst=0.81, stability_mean=0.82)
    figure = stability_chart(table, title="t")
    heights = sorted(annotation.y for annotation in figure.layout.annotations)
    low, high = figure.layout.yaxis.range
    assert np.diff(heights).min() >= 19.9 * (high - low) / 360


def test_smallest_segment_bars():
    figure = smallest_segment_chart(sweep(), 5, customers=100, title="t")
    bars = figure.data[0]
    assert list(bars.text) == ["40 %", "30 %", "20 %", "10 %", "5 %"]
    assert list(bars.customdata) == [2, 3, 4, 5, 7]
    assert len(set(bars.marker.color)) == 2
    assert "10 customers" in bars.hovertext[3]


def test_a_segment_too_small_to_use_is_marked():
    figure = smallest_segment_chart(sweep(), 5, least=0.12, customers=100, title="t")
    bars = figure.data[0]
    assert len(set(bars.marker.color)) == 3 - 1  # the choice itself lies under the line
    assert bars.marker.color[-1] == bars.marker.color[3] != bars.marker.color[0]
    assert "too small under 12 %" in words_of(figure)
    assert [shape.y0 for shape in figure.layout.shapes] == [0.12]


def gains() -> pd.DataFrame:
    spread, by_chance = 0.05, pd.Series([0.02, 0.01, 0.01, 0.008], range(2, 6))
    gain = pd.Series([0.08, 0.03, 0.0116, 0.004], range(2, 6))
    return pd.DataFrame(
        {"gain": gain, "gain_by_chance": by_chance, "beyond_chance": (gain / by_chance - 1) / spread}
    )


def test_the_most_that_chance_gives_is_four_standard_deviations_above_its_mean():
    np.testing.assert_allclose(
        most_by_chance(gains()), gains()["gain_by_chance"] * (1 + BEYOND_CHANCE * 0.05)
    )
    above = gains()["gain"] > most_by_chance(gains())
    np.testing.assert_array_equal(above, gains()["beyond_chance"] > BEYOND_CHANCE)


def test_gain_beside_chance():
    limit = most_by_chance(gains())
    figure = gain_chart(gains(), limit, 3, 2, title="t")
    bars = figure.data[0]
    assert list(bars.customdata) == [2, 3, 4, 5]
    np.testing.assert_allclose(bars.y, gains()["gain"])
    assert list(bars.text) == ["8.0 %", "3.0 %", "1.2 %", "0.40 %"]
    chosen, beats, *rest = bars.marker.color
    assert chosen != beats and rest[0] == rest[1] != beats
    np.testing.assert_allclose([shape.y0 for shape in figure.layout.shapes], limit)
    assert "dealt out by lot 2.0 %" in bars.hovertext[0]
    assert "no more than chance" in bars.hovertext[2]
    assert figure.layout.yaxis.range[1] > 0.08
    assert bars.textposition[0] == "outside"
    assert bars.textposition[2] == "inside"  # the line of chance would cross a label above this bar


def test_gain_without_any_measured_is_still_a_figure():
    empty = gains().iloc[:0]
    assert gain_chart(empty, most_by_chance(empty), title="t").layout.height > 300


def test_kmeans_starts_at_one_group_and_at_zero():
    table = pd.DataFrame({"sse": [100.0, 60.0, 40.0]}, index=[1, 2, 3])
    figure = kmeans_chart(table, 3, title="t")
    assert list(figure.data[0].customdata) == [1, 2, 3]
    assert figure.layout.yaxis.range[0] == 0
    assert "60 %" in words_of(figure)


def test_levels_one_row_each_with_verdict_and_click():
    table = levels()
    figure = level_chart(table, "Origin", title="t")
    rows = figure.data[-1]
    assert list(rows.customdata) == list(table.index)
    assert list(rows.y) == [2, 1, 0]
    density = figure.data[1]
    np.testing.assert_allclose(density.x, table["density"])
    words = words_of(figure)
    for part in ("Too thin", "Good", "Too coarse", "recommended", "10 %", "92 %", "in use"):
        assert part in words
    assert "<b>Varietal</b>" not in words and "&lt;b&gt;" in words
    assert len(figure.layout.shapes) == 2  # only the chosen row has a band


def test_levels_grow_with_their_number():
    table = levels()
    assert (
        level_chart(pd.concat([table, table]), title="t").layout.height
        > level_chart(table, title="t").layout.height
    )


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_both_themes_have_a_title_and_an_alt(theme):
    for figure in (
        explained_share_chart(sweep(), 0.13, 4, 5, title="Found", theme=theme),
        stability_chart(sweep(), title="Found", theme=theme),
        smallest_segment_chart(sweep(), title="Found", theme=theme),
        gain_chart(gains(), most_by_chance(gains()), title="Found", theme=theme),
        level_chart(levels(), title="Found", theme=theme),
    ):
        assert "Found" in figure.layout.title.text
        assert figure.layout.meta["alt"].startswith("Found")
