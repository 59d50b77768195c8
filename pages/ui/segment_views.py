"""The pieces of the Segments page: heatmaps, one segment's detail, names, tables, downloads."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from pages.ui import widgets
from pages.ui.row_card import row_card
from pages.ui.text import escape
from pages.ui.view import View
from segcore.words import count, join_and, money, of, percent, readable

if TYPE_CHECKING:
    import pandas as pd


MOST_LISTED = 25
BALANCES = {
    0.0: "distinctive",
    0.25: "rather distinctive",
    0.5: "both",
    0.75: "rather popular",
    1.0: "popular",
}


def heatmaps(view: View) -> None:
    """Both bases and the sizes, one at a time; a click chooses the segment, customer or product it fell on."""
    kinds = [view.matrix.row_word.capitalize(), "Products", "Sizes"]
    kind = st.segmented_control(
        "View", kinds, default=kinds[0], key="segments-view", label_visibility="collapsed"
    )
    if kind == kinds[2]:
        _sizes(view)
    elif kind == kinds[1]:
        _product_basis(view)
    else:
        _customer_basis(view)


def _room(k: int) -> int:
    """How wide a heatmap may count on being, in characters of a title: many columns must also fit a small screen."""
    return 52 if k <= 3 else 45


def _choose(picked: object, *, product: bool = False) -> None:
    """Take a click: a cell gives its row and its segment, a bar its segment."""
    label, segment = (picked[0], picked[1]) if isinstance(picked, list | tuple) else (None, picked)
    if int(segment):
        st.session_state["segment-chosen"] = int(segment)
    st.session_state["row-chosen"] = (product, label)


def _customer_basis(view: View) -> None:
    from segcore.figures.customer_heatmap import customer_basis
    from segcore.order import ordered_by_segment

    s, word = view.segmentation, view.matrix.row_word
    clear = int((s.shares.max(axis=1) >= 0.5).sum())
    ordered, groups = ordered_by_segment(s.shares, s.assignment)
    figure = customer_basis(
        ordered, groups, s.sizes, view.names, view.colours, row_word=word,
        title=f"{of(clear, len(s.shares))} {word} lean to one segment with half their purchases or more",
        subtitle="Customer basis: how each row's purchases divide over the segments",
        theme=widgets.theme(), wrap=_room(s.k),
    )  # fmt: skip
    widgets.chart(figure, key="customer-basis", on_click=_choose)


def _product_basis(view: View) -> None:
    from segcore.figures.product_heatmap import product_basis
    from segcore.order import ordered_by_segment

    s = view.segmentation
    ordered, groups = ordered_by_segment(s.product_shares, s.product_assignment, strength=s.product_scores)
    own = int((s.product_shares.max(axis=1) >= 0.5).sum())
    figure = product_basis(
        ordered, groups, None, view.names, view.colours, level=view.study.level,
        title=f"{of(own, len(s.product_shares))} products belong mostly to one segment",
        subtitle="Product basis: which products belong together, the strongest of each segment",
        theme=widgets.theme(), wrap=_room(s.k),
    )  # fmt: skip
    widgets.chart(figure, key="product-basis", on_click=partial(_choose, product=True))


def _sizes(view: View) -> None:
    from segcore.figures.sizes import segment_sizes

    s, summary = view.segmentation, view.summary()
    money_share = summary["amount_share"] if "amount_share" in summary else None
    largest, n = int(s.sizes.index[0]), int(s.sizes.sum())
    figure = segment_sizes(
        s.sizes, view.names, view.colours, revenue_share=money_share, no_purchases=s.n_without_purchases,
        row_word=view.matrix.row_word,
        title=f"“{view.names[largest]}” is the largest with {percent(s.sizes[largest] / max(n, 1), n)} of the "
        f"{view.matrix.row_word}",
        subtitle=f"{view.matrix.row_word.capitalize()} in each segment",
        theme=widgets.theme(), wrap=_room(s.k),
    )  # fmt: skip
    widgets.chart(figure, key="sizes", on_click=_choose)


def one_segment(view: View) -> None:
    """Size, money and what sets one segment apart."""
    numbers = [int(number) for number in view.segmentation.sizes.index]
    if st.session_state.get("segment-chosen") not in numbers:
        st.session_state["segment-chosen"] = numbers[0]
    number = st.selectbox(
        "Segment", numbers, key="segment-chosen", format_func=lambda s: f"{s} · {view.names[s]}"
    )
    row, word = view.summary().loc[number], view.matrix.row_word
    one, two = st.columns(2)
    one.metric(word, count(row["customers"]), f"{percent(row['share'], len(view.matrix.customers))} of all", delta_color="off", delta_arrow="off")  # fmt: skip
    if "amount" in row:
        two.metric("money", money(row["amount"]), f"{percent(row['amount_share'])} of all", delta_color="off", delta_arrow="off")  # fmt: skip
    else:
        two.metric("products each", f"{row['products_each']:.1f}")
    st.markdown(escape(_sentence(view, number, row)))
    _row_detail(view)
    _index(view, number)


def _sentence(view: View, number: int, row: pd.Series) -> str:
    """One sentence to copy into a slide."""
    from segcore.profiles import FULL, distinctive_products

    word = view.matrix.row_word
    top = distinctive_products(view.profile(), number, 3)
    full, size = view.matrix.density > FULL, count(row["customers"])
    bought = join_and(
        [
            f"{readable(r.product, view.study.level)} ({f'index {r.index:.0f}' if full else f'{count(r.buyers)} of {size}'})"
            for r in top.itertuples(index=False)
        ]
    )
    spend = f", {money(row['amount_each'])} each" if "amount_each" in row else ""
    apart = f"More than others they bought {bought}." if bought else "They buy what everybody buys."
    return f"{view.names[number]}: {size} {word}{spend}. {apart}"


def _index(view: View, number: int) -> None:
    import pandas as pd

    from segcore.figures.index_bars import index_bars
    from segcore.profiles import FULL, avoided_products, distinctive_products, top_products

    profile = view.profile()
    apart = distinctive_products(profile, number, 1)
    more, less = top_products(profile, number, 8), avoided_products(profile, number, 3)
    rows = pd.concat([apart, more, less]).drop_duplicates("product").set_index("product")
    if not len(rows):
        st.caption("This segment has no customers, so there is nothing to compare.")
        return
    title = "They buy what everybody buys"
    for row in apart.itertuples():
        bought = f"{of(row.buyers, int(view.segmentation.sizes[number]))} bought it, "
        bought = "" if view.matrix.density > FULL else bought
        title = f"“{readable(row.product, view.study.level)}” sets them apart: {bought}index {row.index:.0f}"
    widgets.chart(
        index_bars(
            rows["index"], rows["buyers"], row_word=view.matrix.row_word, level=view.study.level, title=title,
            subtitle="Bought more or less than by everybody (100 = average)", theme=widgets.theme(), wrap=42,
        ),
        key="index",
    )  # fmt: skip


def _row_detail(view: View) -> None:
    """The customer or product last clicked on a heatmap."""
    is_product, label = st.session_state.get("row-chosen", (False, None))
    if label in (view.segmentation.product_shares if is_product else view.segmentation.shares).index:
        row_card(view, label, is_product=is_product)
