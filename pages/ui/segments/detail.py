"""What is behind a click: the customers or the product, with shares, index, buyers and money."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.ui.parts import cached, widgets
from pages.ui.parts.text import escape
from pages.ui.parts.view import View
from pages.ui.segments import asked, selection
from pages.ui.segments.people import row_noun
from pages.ui.segments.row_card import row_card
from segcore.language.words import count, join_and, of, percent, plural, readable

if TYPE_CHECKING:
    import pandas as pd

    from segcore.segments.profiles.portraits import Portraits

MOST_SHOWN = 2_000


def behind(view: View, made: Portraits | None) -> None:
    """The panel beside the charts; nothing before the first click."""
    pick = selection.now()
    if pick is None:
        st.caption(
            f"Click a cell, a bar or a column’s name to see the {view.matrix.row_word} or the products behind it."
        )
        return
    shown = {"customer": _customers, "product": _product, "segment": _segment}
    with st.container(border=True, gap="small", key="behind"):
        shown[pick.what](view, pick, made)


def _customers(view: View, pick: selection.Picked, made: Portraits | None) -> None:
    """One customer, or those averaged into one drawn row."""
    if pick.label in view.matrix.customers:
        row_card(view, pick.label, segment=pick.segment)
        return
    rows, order = asked.customer_rows(view, pick.alike)
    members = view.matrix.customers[order[rows.behind(pick.label)]]
    if not len(members):
        selection.forget()
        return
    _group(view, members, pick.segment)


def _group(view: View, members: pd.Index, segment: int) -> None:
    from segcore.segments.profiles import FULL
    from segcore.segments.profiles.detail import in_common

    st.markdown(f"**{escape(plural(len(members), row_noun(view)))}**")
    shares = view.segmentation.shares.loc[members]
    if segment:
        mean = percent(round(float(shares[segment].mean()), 2), 100)
        st.markdown(escape(f"{mean} of what they buy belongs to “{view.names[segment]}”."))
    common = in_common(view.matrix, view.segmentation, members, 5)
    bought = [
        f"{readable(str(p), view.study.level)} ("
        + (
            f"{percent(r.share, 100)} of what they buy"
            if view.matrix.density > FULL
            else f"{count(r.buyers)} of {count(len(members))}"
        )
        + f", index {count(r.index)})"
        for p, r in zip(common.index, common.itertuples(index=False), strict=True)
    ]
    st.caption(escape(f"Most bought: {join_and(bought)}."))
    _table(view, members, segment)


def _segment(view: View, pick: selection.Picked, made: Portraits | None) -> None:
    """A column's head or a bar: everybody in the segment."""
    s = view.segmentation
    if not pick.segment:
        members = s.assignment.index[(~s.has_purchases).to_numpy()]
        st.markdown(f"**{escape(plural(len(members), row_noun(view)))} without purchases at this level**")
        return
    inside = s.shares.loc[(s.assignment == pick.segment).fillna(False), pick.segment]
    members = inside.sort_values(ascending=False, kind="stable").index
    st.markdown(f"**{escape(view.names[pick.segment])}: {escape(plural(len(members), row_noun(view)))}**")
    _table(view, members, pick.segment)


def _table(view: View, members: pd.Index, segment: int) -> None:
    """The customers one by one."""
    import pandas as pd

    some = members[:MOST_SHOWN]
    at = view.matrix.customers.get_indexer(some)
    table = pd.DataFrame(index=some)
    purchases = cached.purchases(view.study.data_digest)
    if purchases.has_customer_names:
        table["name"] = purchases.customer_name(some)
    if segment:
        table["share"] = 100 * view.segmentation.shares[segment].to_numpy()[at]
    table["products"] = view.matrix.products_per_customer[at]
    if view.matrix.customer_amount is not None:
        table["money"] = view.matrix.customer_amount[at]
    st.dataframe(
        table, height=min(38 + 35 * len(table), 260), alt=f"The {view.matrix.row_word} behind what was clicked.",
        column_config=widgets.percent_columns(["share"] if segment else [], bars=True)
        | widgets.number_columns("money", "products"),
    )  # fmt: skip
    if len(members) > len(some):
        st.caption(
            f"The first {count(len(some))} of {count(len(members))}; all are in the table below and in the files."
        )


def _product(view: View, pick: selection.Picked, made: Portraits | None) -> None:
    """A product: in the clicked segment in words, in every segment as a table, its buyers on request."""
    if pick.label not in view.matrix.products:
        selection.forget()
        return
    from segcore.segments.profiles.detail import money_on, product_in_segments

    rows = product_in_segments(view.profile(), pick.label)
    st.markdown(f"**{escape(readable(pick.label, view.study.level))}**")
    if pick.segment:
        st.markdown(escape(_product_words(view, rows.loc[pick.segment], pick, made)))
    spent = money_on(cached.purchases(view.study.data_digest), view.matrix, pick.label)
    _product_table(view, rows, pick.label, spent)
    _children(view, pick)
    with st.expander(f"Who bought it{' in this segment' if pick.segment else ''}"):
        _buyers(view, pick, spent)


def _children(view: View, pick: selection.Picked) -> None:
    """The finer products a product of this level is made of, where there are any; counted when asked for."""
    from segcore.hierarchy.children import finer_levels

    if not finer_levels(cached.purchases(view.study.data_digest), view.study.level):
        return
    if st.toggle("What is inside it", key="behind-inside"):
        from pages.ui.level.children import children_view

        children_view(view, pick.label, pick.segment or None)


def _product_words(view: View, row: pd.Series, pick: selection.Picked, made: Portraits | None) -> str:
    from segcore.segments.profiles import FULL
    from segcore.segments.profiles.wording import shares_sentence

    s, name = view.segmentation, view.names[pick.segment]
    size, n = int(s.sizes[pick.segment]), int(s.sizes.sum())
    if view.matrix.density > FULL:
        said = f"{percent(row['share'])} of what “{name}” buys against {percent(row['share_all'])} of all: index {count(row['index'])}"
        said += f" (95 % sure: {count(row['low'])} to {count(row['high'])})"
    else:
        compared = shares_sentence(
            int(row["buyers"]),
            size,
            round(float(row["share_all"]) * n),
            n,
            row["index"],
            row["low"],
            row["high"],
        )
        said = f"In “{name}” {compared}"
    score = float(s.product_scores.loc[pick.label, pick.segment])
    said += f". It makes up {percent(score)} of this taste"
    return f"{said}{_sure(pick, made)}."


def _sure(pick: selection.Picked, made: Portraits | None) -> str:
    if made is None:
        return ""
    if pick.label in made.evidence.more(pick.segment) or pick.label in made.evidence.less(pick.segment):
        return "; the difference is beyond chance"
    if pick.label in made.evidence.defining(pick.segment):
        return "; the segment does not exist without it, so chance cannot be tested"
    return "; the difference could be chance"


def _product_table(view: View, rows: pd.DataFrame, product: str, spent: pd.Series | None) -> None:
    import pandas as pd

    s = view.segmentation
    table = pd.DataFrame(
        {
            "bought it": 100 * rows["buyers"] / s.sizes.clip(lower=1),
            "buyers": rows["buyers"],
            "index": rows["index"].round(),
            "score": 100 * s.product_scores.loc[product],
        }
    )
    if spent is not None:
        home = s.assignment.reindex(spent.index)
        table["money"] = spent.groupby(home).sum().reindex(table.index).fillna(0.0)
    table.index = pd.Index([view.names[int(number)] for number in table.index], name="segment")
    st.dataframe(
        table, alt="This product in every segment.",
        column_config=widgets.percent_columns(["bought it", "score"])
        | widgets.number_columns("money", "buyers"),
    )  # fmt: skip


def _buyers(view: View, pick: selection.Picked, spent: pd.Series | None) -> None:
    from segcore.segments.profiles.detail import buyers_of

    table = buyers_of(view.matrix, view.segmentation, pick.label, pick.segment or None)
    total = len(table)
    table = table.head(MOST_SHOWN).assign(share=100 * table["share"].head(MOST_SHOWN))
    table["segment"] = table["segment"].map(view.names)
    purchases = cached.purchases(view.study.data_digest)
    if purchases.has_customer_names:
        table.insert(0, "name", purchases.customer_name(table.index))
    if spent is not None:
        table["money"] = spent.reindex(table.index).fillna(0.0)
    st.caption(escape(f"{of(total, len(view.matrix.customers))} {view.matrix.row_word}."))
    st.dataframe(
        table, height=min(38 + 35 * len(table), 260), alt="Who bought this product.",
        column_config=widgets.percent_columns(["share"], bars=True)
        | widgets.number_columns("money", "products"),
    )  # fmt: skip
