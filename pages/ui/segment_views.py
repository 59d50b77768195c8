"""The pieces of the Segments page: heatmaps, one segment's detail, names, tables, downloads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from pages.ui import cached, choices, widgets
from pages.ui.text import escape
from segcore.figures.palette import segment_colour
from segcore.words import count, money, of, percent

if TYPE_CHECKING:
    import pandas as pd

    from segcore.jobs import Request
    from segcore.matrix import PurchaseMatrix
    from segcore.segments import Segmentation
    from segcore.studies import Study

MOST_EXCEL_ROWS = 200_000


@dataclass(frozen=True, eq=False)
class View:
    """What every piece of the page looks at."""

    study: Study
    matrix: PurchaseMatrix
    segmentation: Segmentation
    key: str
    proposed: dict[int, str]
    names: dict[int, str]

    @classmethod
    def of(cls, study: Study, matrix: PurchaseMatrix, segmentation: Segmentation, request: Request) -> View:
        """Gather names, as proposed and as edited."""
        key = request.key(cached.store())
        proposed = cached.proposed_names(study.data_digest, matrix.spec, key)
        return cls(study, matrix, segmentation, key, proposed, choices.names_for(key, proposed))

    @property
    def colours(self) -> dict[int, str]:
        """One colour a segment, the same everywhere."""
        return {int(number): segment_colour(int(number)) for number in self.segmentation.sizes.index}

    @property
    def share_columns(self) -> dict[int, str]:
        """A column name for each segment's shares, which no segment name can make equal to another column."""
        return {number: f"share of {name}" for number, name in self.names.items()}

    def profile(self, balance: float) -> pd.DataFrame:
        """What each segment buys."""
        return cached.product_profile(self.study.data_digest, self.matrix.spec, self.key, balance)

    def summary(self) -> pd.DataFrame:
        """Size and money of each segment."""
        return cached.summary(self.study.data_digest, self.matrix.spec, self.key)


def heatmaps(view: View) -> None:
    """Both bases and the sizes, one at a time; a click chooses the segment, customer or product it fell on."""
    kinds = [view.matrix.row_word.capitalize(), "Products", "Sizes"]
    kind = st.segmented_control(
        "View", kinds, default=kinds[0], key="segments-view", label_visibility="collapsed"
    )
    if kind == kinds[2]:
        picked = _sizes(view)
    elif kind == kinds[1]:
        picked = _product_basis(view)
    else:
        picked = _customer_basis(view)
    if picked is not None:
        label, segment = (picked[0], picked[1]) if isinstance(picked, list | tuple) else (None, picked)
        st.session_state["segment-chosen"] = int(segment)
        st.session_state["row-chosen"] = (kind == kinds[1], label)


def _customer_basis(view: View) -> object:
    from segcore.figures.customer_heatmap import customer_basis
    from segcore.order import ordered_by_segment

    s, word = view.segmentation, view.matrix.row_word
    clear = int((s.shares.max(axis=1) >= 0.5).sum())
    ordered, groups = ordered_by_segment(s.shares, s.assignment)
    figure = customer_basis(
        ordered, groups, s.sizes, view.names, view.colours, row_word=word,
        title=f"{of(clear, len(s.shares))} {word} lean to one segment with half their purchases or more",
        subtitle="Customer basis: how each row's purchases divide over the segments",
        theme=widgets.theme(), wrap=60,
    )  # fmt: skip
    return widgets.new_click(widgets.chart(figure, key="customer-basis", clicks=True), "customers")


def _product_basis(view: View) -> object:
    from segcore.figures.product_heatmap import product_basis
    from segcore.order import ordered_by_segment

    s = view.segmentation
    ordered, groups = ordered_by_segment(s.product_shares, s.product_assignment, strength=s.product_scores)
    own = int((s.product_shares.max(axis=1) >= 0.5).sum())
    figure = product_basis(
        ordered, groups, None, view.names, view.colours,
        title=f"{of(own, len(s.product_shares))} products belong mostly to one segment",
        subtitle="Product basis: which products belong together, the strongest of each segment",
        theme=widgets.theme(), wrap=60,
    )  # fmt: skip
    return widgets.new_click(widgets.chart(figure, key="product-basis", clicks=True), "products")


def _sizes(view: View) -> object:
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
        theme=widgets.theme(), wrap=60,
    )  # fmt: skip
    return widgets.new_click(widgets.chart(figure, key="sizes", clicks=True), "sizes")


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
    st.caption(escape(_sentence(view, number, row)))
    _row_detail(view)
    _index(view, number)


def _sentence(view: View, number: int, row: pd.Series) -> str:
    """One sentence to copy into a slide."""
    from segcore.profiles import distinctive_products
    from segcore.words import join_and

    word = view.matrix.row_word
    top = distinctive_products(view.profile(0.6), number, 3)
    bought = join_and([f"{r.product} ({r.buyers} of {count(row['customers'])})" for r in top.itertuples()])
    spend = f", {money(row['amount_each'])} each" if "amount_each" in row else ""
    return f"{view.names[number]}: {count(row['customers'])} {word}{spend}. More than others they bought {bought}."


def _index(view: View, number: int) -> None:
    from segcore.figures.index_bars import index_bars
    from segcore.profiles import avoided_products, top_products

    balance = st.slider(
        "Popular ↔ distinctive", 0.0, 1.0, 0.4, 0.1, key="balance",
        help=widgets.help_for("popular", "distinctive") + " 1 is popular, 0 distinctive.",
    )  # fmt: skip
    profile = view.profile(balance)
    more, less = top_products(profile, number, 8), avoided_products(profile, number, 3)
    import pandas as pd

    rows = pd.concat([more, less]).drop_duplicates("product").set_index("product")
    if not len(rows):
        st.caption("This segment has no customers, so there is nothing to compare.")
        return
    strongest = rows["index"].idxmax()
    widgets.chart(
        index_bars(
            rows["index"], rows["buyers"], row_word=view.matrix.row_word,
            title=f"“{strongest}” sets them apart: index {rows['index'].max():.0f}",
            subtitle="Bought more or less than by everybody (100 = average)", theme=widgets.theme(), wrap=42,
        ),
        key="index",
    )  # fmt: skip


def _row_detail(view: View) -> None:
    """The customer or product last clicked on a heatmap."""
    is_product, label = st.session_state.get("row-chosen", (False, None))
    shares = view.segmentation.product_shares if is_product else view.segmentation.shares
    if label is None or label not in shares.index:
        return
    with st.container(border=True):
        parts = ", ".join(
            f"{view.names[s]} {share:.0%}" for s, share in shares.loc[label].items() if share >= 0.05
        )
        st.markdown(f"**{escape(label)}**: {escape(parts or 'no purchases')}")
        if not is_product:
            position = view.matrix.customers.get_loc(label)
            row = view.matrix.values[position]
            st.caption(escape("Bought " + ", ".join(view.matrix.products[row.indices])))


def names(view: View) -> None:
    """Names to edit; saved at once, unique, used everywhere."""
    import pandas as pd

    table = pd.DataFrame(
        {
            "name": [view.names[n] for n in view.proposed],
            "proposed from its products": list(view.proposed.values()),
            view.matrix.row_word: view.segmentation.sizes.to_numpy(),
        },
        index=pd.Index(list(view.proposed), name="segment"),
    )
    edited = st.data_editor(
        table, disabled=["segment", "proposed from its products", view.matrix.row_word], key=f"names-{view.key}",
        column_config={"name": st.column_config.TextColumn(max_chars=80, required=True)},
        alt="The name of every segment, to edit.",
    )  # fmt: skip
    wanted = {int(n): str(name) for n, name in edited["name"].items()}
    if wanted != view.names:
        choices.change_names(view.key, wanted, view.proposed)
        st.rerun()


def customer_table(view: View) -> pd.DataFrame:
    """Every customer with the segment in words and the shares."""
    from segcore.segments import describe_assignment

    s = view.segmentation
    table = s.shares.rename(columns=view.share_columns)
    table.insert(0, "segment", describe_assignment(s, view.names))
    table.insert(1, "products", view.matrix.products_per_customer)
    if view.matrix.customer_amount is not None:
        table.insert(2, "money", view.matrix.customer_amount)
    return table


def customers(view: View) -> None:
    """All customers, filtered by segment."""
    table = customer_table(view)
    choices = list(view.names.values())
    chosen = st.multiselect("Show only", choices, key="customers-of", placeholder="All segments")
    if chosen:
        home = view.segmentation.assignment.map(view.names)
        table = table[home.isin(chosen)]
    st.dataframe(
        widgets.in_percent(table, list(view.share_columns.values())), height=380, alt=f"Every one of the {view.matrix.row_word} with segment and shares.",
        column_config=widgets.percent_columns(view.share_columns.values(), bars=True),
    )  # fmt: skip


def product_table(view: View) -> pd.DataFrame:
    """Every product with its segment and shares."""
    s = view.segmentation
    table = s.product_shares.rename(columns=view.share_columns)
    table.insert(0, "segment", s.product_assignment.map(view.names).astype("object").fillna("no purchases"))
    table.insert(1, "buyers", view.matrix.buyers)
    return table


def products(view: View) -> None:
    """The product side as a segmentation of its own."""
    table = product_table(view)
    st.dataframe(
        widgets.in_percent(table, list(view.share_columns.values())).sort_values(["segment", "buyers"], ascending=[True, False]), height=320,
        alt="Every product with the segment it belongs to.",
        column_config=widgets.percent_columns(view.share_columns.values(), bars=True),
    )  # fmt: skip


def downloads(view: View) -> None:
    """CSV and XLSX, made when asked for."""
    from segcore.export import file_name, table_csv, workbook

    day = view.study.updated[:10]
    sheets = {"Customers": customer_table, "Products": product_table}
    left, right, _ = st.columns([1, 1, 2])
    left.download_button(
        "Customers as CSV", lambda: table_csv(customer_table(view)), icon=":material/download:", width="stretch",
        file_name=file_name(view.study.name, "customers", day, "csv"), mime="text/csv", on_click="ignore",
    )  # fmt: skip
    if len(view.matrix.customers) <= MOST_EXCEL_ROWS:
        right.download_button(
            "Everything as Excel", lambda: workbook({n: make(view) for n, make in sheets.items()}, choices.run_record(view.segmentation)),
            icon=":material/download:", width="stretch", on_click="ignore",
            file_name=file_name(view.study.name, "segments", day, "xlsx"),
        )  # fmt: skip
