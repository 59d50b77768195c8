"""The picture of a split: every customer drawn once, names as text, movers stronger than stayers."""

import numpy as np
import pandas as pd
import pytest

from segcore.figures.palette import segment_colour
from segcore.figures.split_sankey import split_sankey

NAMES = ({1: "Fizz & co", 2: "Reds"}, {1: "Fizz", 2: "Cheap <b>reds</b>", 3: "Dear reds"})


def flows() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "from": [1, 2, 2, 2],
            "to": [1, 1, 2, 3],
            "customers": [40, 5, 30, 25],
            "stays": [True, False, True, False],
        }
    )


def words_of(figure) -> str:
    return " | ".join(str(annotation.text) for annotation in figure.layout.annotations)


def test_ribbons_add_up_to_the_segments_of_both_sides():
    figure = split_sankey(flows(), NAMES, title="Reds split", subtitle="From two to three")
    link, node = figure.data[0].link, figure.data[0].node
    assert sum(link.value) == 100
    into = np.bincount(link.target, weights=link.value)
    assert into[2:].tolist() == [45, 30, 25]
    assert len(node.color) == 5
    assert list(node.color) == [segment_colour(n) for n in (1, 2, 1, 2, 3)]
    assert "Reds split" in figure.layout.title.text
    assert figure.layout.meta["alt"].startswith("Reds split")


def test_names_and_sizes_stand_beside_and_are_only_text():
    figure = split_sankey(flows(), NAMES, title="t")
    words = words_of(figure)
    for part in ("Fizz &amp; co", "Cheap &lt;b&gt;", ">40<", ">60<", ">45<", ">25<"):
        assert part in words
    assert "25 of 60 (42 %) customers" in figure.data[0].link.customdata[3]
    assert "&lt;b&gt;reds" in figure.data[0].link.customdata[2]


def test_movers_are_drawn_stronger_than_those_who_stay():
    link = split_sankey(flows(), NAMES, title="t").data[0].link
    opacity = [float(colour.rstrip(")").split(",")[-1]) for colour in link.color]
    assert min(opacity[1], opacity[3]) > max(opacity[0], opacity[2])
    assert all(colour.startswith("rgba(") for colour in link.color)


def test_labels_stand_where_their_bars_are_and_in_order():
    figure = split_sankey(flows(), NAMES, title="t")
    node = figure.data[0].node
    heights = [1 - annotation.y for annotation in figure.layout.annotations]
    assert heights == pytest.approx(list(node.y))
    assert heights[0] < heights[1]
    assert heights[2] < heights[3] < heights[4]
    assert 0 < min(heights) and max(heights) < 1


def test_own_colours_both_themes_and_many_segments():
    figure = split_sankey(flows(), NAMES, ({1: "#112233"}, {3: "#445566"}), title="t", theme="dark")
    assert figure.data[0].node.color[0] == "#112233"
    assert figure.data[0].node.color[4] == "#445566"
    many = pd.DataFrame({"from": 1, "to": range(1, 13), "customers": 10, "stays": False})
    tall = split_sankey(many, ({}, {}), title="t")
    assert tall.layout.height > figure.layout.height
    assert "Segment 12" in words_of(tall)


def test_nobody_in_both_is_a_sentence():
    figure = split_sankey(flows().iloc[:0], NAMES, row_word="baskets", title="t")
    assert len(figure.data) == 0
    assert "No baskets are in both" in words_of(figure)
