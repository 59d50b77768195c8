"""Inside a product: which finer products each segment buys, where segments were found at a coarser level."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.ui.parts import cached, widgets
from pages.ui.parts.text import escape
from segcore.hierarchy.children import finer_levels, leading_child
from segcore.language.words import decimal, of, plural, readable

if TYPE_CHECKING:
    import pandas as pd

    from pages.ui.parts.view import View


def children_view(view: View, product: str, segment: int | None = None) -> None:
    """Say and show what the segments buy inside a product of their level.

    Parameters
    ----------
    product : str
        A product of the view's matrix.
    segment : int, optional
        Only this segment, with counts and index; all of them side by side where not given.
    """
    digest, spec = view.study.data_digest, view.matrix.spec
    finer = finer_levels(cached.purchases(digest), spec.level)
    if not finer:
        st.caption("This is the finest level: there is nothing inside a single product.")
        return
    own = f"children-level-{spec.level}"
    level = finer[-1] if len(finer) == 1 else st.segmented_control(
        "Read at", finer, default=finer[-1], required=True, key=own, format_func=widgets.quiet, help=widgets.help_for("level")
    )  # fmt: skip
    table = cached.children(digest, spec, view.key, product, str(level or finer[-1]))
    if not len(table):
        st.caption(f"Nobody in a segment bought anything inside “{escape(product)}”.")
        return
    st.markdown(_answer(view, product, table, segment, str(level)))
    if segment is None:
        _side_by_side(view, table, str(level))
    else:
        _one(view, table, segment, str(level))


def _answer(view: View, product: str, table: pd.DataFrame, segment: int | None, level: str) -> str:
    """What stands out inside this product."""
    wanted = [segment] if segment is not None else [int(number) for number in view.segmentation.sizes.index]
    leading = {number: row for number in wanted if (row := leading_child(table, number)) is not None}
    inside = f"Inside “{escape(product)}” ({plural(table['child'].nunique(), 'product')}), "
    if not leading:
        return f"{inside}no product stands out in {'this segment' if segment is not None else 'any segment'}."
    number, row = max(leading.items(), key=lambda item: item[1]["index"])
    size = int(view.segmentation.sizes.loc[number])
    return (
        f"{inside}“{escape(view.names[number])}” stands out with {escape(readable(str(row['child']), level))}: "
        f"{of(int(row['buyers']), size)} bought it, index {decimal(row['index'], 0)}."
    )


def _side_by_side(view: View, table: pd.DataFrame, level: str) -> None:
    """Shares of every segment, a column each."""
    wide = table.pivot_table(index="child", columns="segment", values="share", sort=False)
    everybody = table.drop_duplicates("child").set_index("child")
    names = {
        number: f"{view.names[int(number)]} " for number in wide.columns
    }  # never equal to a column of ours
    shown = (
        wide.rename(columns=names)
        .assign(everybody=everybody["share_all"])
        .assign(buyers=everybody["buyers_all"])
    )
    shares = [*names.values(), "everybody"]
    st.dataframe(
        widgets.in_percent(shown.rename_axis(level), shares),
        column_config=widgets.percent_columns(shares),
        height=min(38 + 35 * len(shown), 420),
        alt="Products inside this one, with the share of each segment that bought them.",
    )
    st.caption("The share of each segment’s customers who bought the product, and of everybody in segments.")


def _one(view: View, table: pd.DataFrame, segment: int, level: str) -> None:
    """One segment: buyers, shares, index."""
    own = table[table["segment"] == segment].sort_values("index", ascending=False, kind="stable")
    shown = own.set_index("child")[["buyers", "share", "share_all", "index"]].rename(
        columns={"share": "of the segment", "share_all": "of everybody"}
    )
    shares = ["of the segment", "of everybody"]
    st.dataframe(
        widgets.in_percent(shown.rename_axis(level), shares),
        column_config=widgets.percent_columns(shares) | {"index": widgets.decimals(0)},
        height=min(38 + 35 * len(shown), 420),
        alt=f"Products inside this one that {view.names[segment]} buys.",
    )
