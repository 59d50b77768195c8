"""Heatmaps, sizes, index and rules as pictures."""

import numpy as np
import pandas as pd
import pytest

from segcore.figures.customer_heatmap import customer_basis
from segcore.figures.index_bars import index_bars
from segcore.figures.palette import GREY, SEGMENT_COLOURS, segment_colour
from segcore.figures.product_heatmap import product_basis
from segcore.figures.rule_picture import rule_picture
from segcore.figures.rules_scatter import MOST_POINTS, rules_scatter
from segcore.figures.sizes import segment_sizes
from segcore.segments.order import ordered_by_segment


def planted(n: int, k: int, seed: int = 0) -> tuple[pd.DataFrame, pd.Series]:
    values = np.random.default_rng(seed).dirichlet([0.3] * k, n)
    values[:2] = 0
    shares = pd.DataFrame(values, index=[f"<i>c{i}</i>" for i in range(n)], columns=range(1, k + 1))
    assigned = pd.Series(values.argmax(axis=1) + 1, index=shares.index).astype("Int64")
    assigned.iloc[:2] = pd.NA
    return ordered_by_segment(shares, assigned)


def words_of(figure) -> str:
    return " | ".join(str(annotation.text) for annotation in figure.layout.annotations)


def test_customer_heatmap_draws_every_customer_of_a_small_set():
    shares, groups = planted(100, 3)
    figure = customer_basis(shares, groups, names={1: "Fizz & co"}, title="t")
    heat, layers = figure.data[0], figure.data[1:]
    assert heat.z.dtype == np.float32
    rows = heat.z[~np.isnan(heat.z).any(axis=1)]
    np.testing.assert_allclose(rows, shares.to_numpy(), rtol=1e-6)
    assert np.isnan(heat.z).any(axis=1).sum() == 3  # a break between 3 segments and the empty customers
    assert heat.hoverinfo == "skip"
    assert (
        len(layers) == 3 + 3
    )  # a segment each, the names, the strips beside the rows, the heads of the columns
    assert "<i>" not in layers[0].hovertext[0]
    words = words_of(figure)
    for part in ("Fizz &amp; co", "Segment 2", "No purchases", f"{(groups == 1).sum()} customers"):
        assert part in words


def test_a_click_in_the_heatmap_gives_customer_and_segment():
    shares, groups = planted(40, 2)
    layer = customer_basis(shares, groups, title="t").data[2]
    label, segment, value = layer.customdata[7]
    assert (label, segment) == (shares.index[7], 2)
    assert float(value) == pytest.approx(shares.iloc[7, 1], abs=1e-4)
    assert layer.marker.opacity == 0


def test_a_click_on_a_blocks_name_gives_everybody_in_it_and_one_on_a_products_name_its_row():
    shares, groups = planted(60, 3)
    figure = customer_basis(shares, groups, names={1: "<b>Fizz"}, title="t")
    names = figure.data[-3]
    assert {tuple(data) for data in names.customdata} == {(None, s, 0) for s in (1, 2, 3, 0)}
    assert min(names.y) < 1 and max(names.y) > len(shares) - 2  # from the first row to the last
    left, _ = figure.layout.xaxis.range
    assert left <= min(names.x) and max(names.x) < -0.62 and names.marker.opacity == 0
    assert all(note.hovertext is None for note in figure.layout.annotations)  # it would swallow the pointer
    assert any("&lt;b&gt;Fizz" in text for text in names.hovertext)
    names = product_basis(shares, groups, title="t", top=5).data[-3]
    drawn = [name for s in (1, 2, 3) for name in shares.index[(groups == s).fillna(False)][:5]]
    assert {tuple(data) for data in names.customdata} == {(name, 0, 0) for name in drawn}


def test_a_click_beside_a_row_gives_the_row_and_one_on_a_head_the_segment():
    shares, groups = planted(40, 2)
    strips, heads = customer_basis(shares, groups, title="t").data[-2:]
    assert [tuple(data[:2]) for data in strips.customdata] == [(name, 0) for name in shares.index]
    assert [tuple(data[:2]) for data in heads.customdata] == [(None, 1), (None, 2)]
    assert heads.yaxis == "y2" and heads.marker.opacity == strips.marker.opacity == 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_shade_is_used_whatever_the_values_and_the_legend_says_where_half_is(theme):
    values = pd.DataFrame(np.random.default_rng(0).beta(1.5, 3, (200, 3)), columns=[1, 2, 3]).rename(
        index=str
    )
    groups = pd.Series(1, index=values.index, dtype="Int64")
    heat = customer_basis(values, groups, title="t", theme=theme).data[0]
    places = np.array([place for place, _ in heat.colorscale])
    assert (np.diff(places) >= 0).all() and places[0] == 0 and places[-1] == 1
    cells = heat.z[~np.isnan(heat.z)] / heat.zmax
    share = np.histogram(np.minimum(cells, 1), bins=places)[0] / len(cells)
    assert share.min() > 0.04  # on an even scale the darkest shades would hold a hundredth each
    assert any(text.startswith("half: ") for text in heat.colorbar.ticktext)


@pytest.mark.parametrize(("n", "k"), [(10_000, 10), (3_000, 20), (401, 2)])
def test_many_customers_become_averages_and_the_subtitle_says_so(n, k):
    shares, groups = planted(n, k)
    shares.index = groups.index = [f"C{i:06d}" for i in range(n)]
    figure = customer_basis(shares, groups, title="t", subtitle="Customers by segment")
    rows = (~np.isnan(figure.data[0].z).any(axis=1)).sum()
    assert rows <= 400
    assert sum(len(layer.x) for layer in figure.data[1:]) <= 5_000
    assert "the average of about" in figure.layout.title.text
    assert figure.layout.height <= 900
    assert len(figure.to_json()) < 400_000


def test_one_extreme_cell_does_not_pale_the_rest():
    shares, groups = planted(200, 3)
    heat = customer_basis(shares, groups, title="t").data[0]
    positive = shares.to_numpy()[shares.to_numpy() > 0]
    assert heat.zmax == pytest.approx(np.quantile(positive, 0.98), rel=1e-5)
    assert heat.zmin == 0


@pytest.mark.parametrize(("theme", "word"), [("light", "darker ="), ("dark", "brighter =")])
def test_the_legend_says_what_the_colour_means(theme, word):
    shares, groups = planted(30, 3)
    figure = customer_basis(shares, groups, title="t", theme=theme)
    assert word in figure.data[0].colorbar.title.text


def test_product_heatmap_keeps_the_first_of_every_segment_with_names():
    shares, groups = planted(60, 3, 4)
    shares.index = groups.index = [f"Product with a rather long name number {i}" for i in range(60)]
    figure = product_basis(shares, groups, top=4, title="t")
    names = {str(name) for name, _, _ in figure.data[1].customdata}
    expected = {
        str(label) for segment in (1, 2, 3) for label in groups[(groups == segment).fillna(False)].index[:4]
    }
    assert names == expected
    assert words_of(figure).count("…") >= 12
    assert shares.index[0] in figure.data[-3].hovertext  # the whole name


def test_sizes_are_sorted_and_say_size_share_and_revenue():
    sizes = pd.Series({1: 10, 2: 38, 3: 25})
    figure = segment_sizes(
        sizes, {2: "<b>Fizz</b>"}, revenue_share=pd.Series({2: 0.41}), no_purchases=2, title="t"
    )
    bars = figure.data[0]
    assert list(bars.x) == [38, 25, 10, 2]
    assert list(bars.customdata) == [2, 3, 1, 0]
    assert list(bars.marker.color) == [segment_colour(2), segment_colour(3), segment_colour(1), GREY]
    words = words_of(figure)
    assert "38 customers · 51 %" in words and "41 % of revenue" in words and "&lt;b&gt;" in words
    assert figure.layout.xaxis.range[0] == 0


def test_index_bars_leave_100_both_ways_alike():
    figure = index_bars(pd.Series({"half": 50.0, "twice": 200.0, "average": 100.0, "none": 0.0}), title="t")
    bars = figure.data[0]
    assert list(bars.customdata) == ["twice", "average", "half", "none"]
    assert bars.x[0] == -bars.x[2] == 1
    assert bars.x[1] == 0
    assert np.isfinite(bars.x).all()
    assert "<b>200</b>" in words_of(figure) and "<b>0</b>" in words_of(figure)


def rules(n: int) -> pd.DataFrame:
    both = np.arange(n) % 30 + 5
    return pd.DataFrame(
        {
            "antecedents": [frozenset({"Cabernet (Italy)", f"<b>p{i}</b>"}) for i in range(n)],
            "consequents": [frozenset({"Champagne"})] * n,
            "support": both / 100,
            "confidence": both / (both + 5),
            "lift": 1 + np.arange(n) % 7,
            "n_both": both,
            "n_antecedent": both + 5,
            "n_consequent": 40,
            "n_rows": 100,
        }
    )


def test_a_point_gives_the_position_of_its_rule():
    table = rules(20)
    figure = rules_scatter(table, 3, title="t")
    points = figure.data[0]
    assert list(points.customdata) == list(range(20))
    np.testing.assert_allclose(points.x, table["support"])
    np.testing.assert_allclose(points.y, table["confidence"])
    np.testing.assert_allclose(points.marker.color, table["lift"])
    assert "8 of 13 (62 %) also buy" in points.hovertext[3]
    assert "<b>p3</b>" not in points.hovertext[3]
    assert list(figure.data[1].x) == [table["support"][3]]


def test_the_marked_rule_names_bare_numbers_and_counts_the_rest():
    table = rules(3).assign(antecedents=[frozenset({"1", "2", "3"})] * 3, consequents=[frozenset({"9"})] * 3)
    words = words_of(rules_scatter(table, 1, level="Offer #", title="t"))
    assert "Offer # 1, Offer # 2 and 1 more<br>→ Offer # 9" in words


def test_bare_numbers_take_their_columns_name_and_clicks_keep_the_label():
    figure = index_bars(pd.Series({"17": 50.0, "4": 200.0}), level="Offer #", title="t")
    assert "Offer # 17" in words_of(figure) and "Offer # 4" in figure.data[0].hovertext[0]
    assert list(figure.data[0].customdata) == ["4", "17"]
    shares = pd.DataFrame({1: [0.9, 0.2], 2: [0.1, 0.8]}, index=["17", "4"])
    basis = product_basis(
        shares, pd.Series([1, 2], index=shares.index, dtype="Int64"), level="Offer #", title="t"
    )
    assert "Offer # 17" in words_of(basis)
    assert basis.data[1].customdata[0][0] == "17"


def test_a_long_segment_name_is_whole_beside_its_block():
    shares, groups = planted(90, 3)
    figure = customer_basis(shares, groups, names={1: "Espumante (South Africa)"}, title="t", wrap=60)
    beside = [a.text for a in figure.layout.annotations if a.xanchor == "right" and "Espumante" in a.text]
    assert beside and "…" not in beside[0] and "Africa)" in beside[0]


def test_rules_by_lift_and_endless_lift():
    table = rules(4).assign(lift=[1.0, np.inf, 2.0, 3.0])
    figure = rules_scatter(table, 1, vertical="lift", title="t")
    assert len(figure.data) == 1  # a rule that cannot be placed is not marked
    assert np.isfinite(figure.layout.yaxis.range).all()


def test_rules_on_one_spot_are_counted():
    table = pd.concat([rules(2), rules(1)], ignore_index=True)
    assert list(rules_scatter(table, title="t").data[0].text) == ["", "", " 2 rules"]


def test_no_more_than_two_thousand_points():
    assert len(rules_scatter(rules(MOST_POINTS + 50), title="t").data[0].x) == MOST_POINTS


def test_one_rule_as_squares_counts_people():
    figure = rule_picture({"Cabernet (Italy)"}, {"Champagne"}, 10, 11, 43, 100, title="t")
    left, everybody = figure.data
    assert (len(left.x), len(everybody.x)) == (11, 100)
    assert [color == left.marker.color[0] for color in left.marker.color].count(True) == 10
    assert [color == everybody.marker.color[0] for color in everybody.marker.color].count(True) == 43
    words = words_of(figure)
    assert "10 of 11 (91 %)" in words and "43 of 100 (43 %)" in words


def test_large_counts_are_shown_per_hundred():
    figure = rule_picture({"a"}, {"b"}, 1_000, 2_310, 2_500, 9_835, row_word="baskets", title="t")
    assert [len(field.x) for field in figure.data] == [100, 100]
    assert [c == figure.data[0].marker.color[0] for c in figure.data[0].marker.color].count(True) == 43
    assert "1 in 100" in words_of(figure) and "baskets with a" in words_of(figure)


def test_segment_colours_are_the_same_everywhere():
    shares, groups = planted(50, 3)
    strips = {shape.fillcolor for shape in customer_basis(shares, groups, title="t").layout.shapes}
    bars = set(segment_sizes(pd.Series({1: 3, 2: 2, 3: 1}), title="t").data[0].marker.color)
    assert strips == bars | {GREY}
    assert bars == set(SEGMENT_COLOURS[:3])
