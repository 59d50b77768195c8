"""The pictures of the What if page: what they draw, for names nobody would choose."""

import pandas as pd
import pytest

from segcore.figures.before_after import before_after
from segcore.figures.mix_bars import mix_bars
from segcore.figures.palette import segment_colour
from segcore.language.words import percent

HOSTILE = {1: "<b>Wine</b> $x$", 2: "Tea & more"}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_mix_bars_keep_the_segments_order_and_say_every_share(theme):
    figure = mix_bars(
        pd.Series({1: 0.25, 2: 0.75, 3: 0.0}), HOSTILE, {2: "#123456"}, title="Mix", theme=theme
    )
    bars = figure.to_dict()["data"][0]
    assert list(bars["y"]) == [2, 1, 0]
    assert list(bars["x"]) == [0.25, 0.75, 0.0]
    assert list(bars["customdata"]) == [1, 2, 3]
    assert list(bars["marker"]["color"]) == [segment_colour(1), "#123456", segment_colour(3)]
    texts = [one.text for one in figure.layout.annotations]
    assert {"25 %", "75 %", "0 %"} <= set(texts)
    assert not any("<b>Wine" in text or "$" in text for text in texts)
    assert figure.layout.meta["alt"]


def test_an_empty_basket_is_drawn_without_a_leader():
    figure = mix_bars(pd.Series({1: 0.0, 2: 0.0}), HOSTILE)
    assert not any(one.text.startswith("<b>") for one in figure.layout.annotations)


def test_before_and_after_are_ordered_by_what_is_now():
    table = pd.DataFrame({"before": [10, 30], "after": [20, 5]}, index=[1, 2])
    figure = before_after(table, HOSTILE, said=("earlier", "now"), title="Sizes")
    first, second = figure.to_dict()["data"][-2:]
    assert list(second["customdata"]) == [1, 2]
    assert (list(first["x"]), list(second["x"])) == ([10, 30], [20, 5])
    said = " ".join(one.text for one in figure.layout.annotations)
    assert "earlier 10" in said and "<b>Wine" not in said


def test_before_and_after_writes_shares_as_asked_and_survives_nothing():
    table = pd.DataFrame({"before": [0.1], "after": [0.2]}, index=[1])
    figure = before_after(table, {1: "Wine"}, shown=lambda share: percent(share, 500))
    assert any("20 %" in one.text for one in figure.layout.annotations)
    assert before_after(table.iloc[:0], {}).layout.height > 0
