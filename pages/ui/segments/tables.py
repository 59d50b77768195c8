"""The tables of the Segments page: every customer, every product, and the files to take away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from pages.ui.parts import cached, widgets
from pages.ui.parts import study_choices as choices
from pages.ui.parts.text import escape
from pages.ui.segments import asked
from pages.ui.segments.row_card import row_card
from segcore.language.file_names import file_name
from segcore.language.words import count, of

if TYPE_CHECKING:
    import pandas as pd

    from pages.ui.parts.view import View

MOST_EXCEL_ROWS = 200_000
MOST_LISTED = 20_000  # rows a browser takes without a wait
ALL, BETWEEN, POORLY = "All", "Between two", "Poorly described"
DESCRIBED = "described"


def customer_table(view: View, at: np.ndarray | slice = slice(None)) -> pd.DataFrame:
    """Every customer, or those at these positions, with the segment in words and the shares."""
    from segcore.report.export.segment_tables import customer_table as made

    return made(cached.purchases(view.study.data_digest), view.matrix, view.segmentation, view.names, at)


@st.fragment
def customers(view: View) -> None:
    """All customers, filtered by segment, or those who fit none of them well."""
    from segcore.segments.profiles.fit import poorly_described

    fit = asked.described(view)
    left, right = st.columns([3, 2], vertical_alignment="bottom")
    chosen = left.multiselect(
        "Show only", list(view.names.values()), key="customers-of", placeholder="All segments"
    )
    who = right.segmented_control(
        "Who", (ALL, BETWEEN, POORLY), default=ALL, key="customers-who", format_func=widgets.quiet
    )
    s = view.segmentation
    keep = np.ones(len(fit), dtype=bool)
    if chosen:
        numbers = [number for number, name in view.names.items() if name in chosen]
        keep &= s.assignment.isin(numbers).to_numpy(dtype=bool)
    if who == BETWEEN:
        keep &= s.mixed_with.notna().to_numpy()
    elif who == POORLY:
        keep &= poorly_described(fit, s.explained_share).to_numpy()
    _listed(view, np.flatnonzero(keep), fit, who)


def _listed(view: View, at: np.ndarray, fit: pd.Series, who: str | None) -> None:
    """The rows at these positions, as many as a browser takes; only these become a table."""
    shares = list(view.share_columns.values())
    if who in (BETWEEN, POORLY):
        meaning = {
            BETWEEN: "whose two largest shares are nearly alike, or whom other samples put elsewhere",
            POORLY: "of whose purchases the segments describe less than half of what they do on average",
        }
        n = len(view.matrix.customers)
        st.caption(escape(f"{of(len(at), n)} {view.matrix.row_word} {meaning[who]}."))
    if len(at) > MOST_LISTED:
        st.caption(
            f"The first {count(MOST_LISTED)} of {count(len(at))}; all are in the files, and any one is found above."
        )
    at = at[:MOST_LISTED]
    table = customer_table(view, at)
    table.insert(list(table.columns).index("products"), DESCRIBED, fit.to_numpy()[at])
    listed, card = st.columns([5, 2], gap="large")
    event = listed.dataframe(
        widgets.in_percent(table, [DESCRIBED, *shares]), height=380, key=f"customers-{view.key}",
        alt=f"Every one of the {view.matrix.row_word} with segment and shares.",
        on_select="rerun", selection_mode="single-row",
        column_config=widgets.percent_columns(shares, bars=True) | widgets.percent_columns([DESCRIBED])
        | widgets.number_columns("money", "products"),
    )  # fmt: skip
    rows = [row for row in event["selection"]["rows"] if row < len(table)]
    with card:
        if rows:
            row_card(view, str(table.index[rows[0]]))
        else:
            st.caption(
                "Tick a row to see "
                + ("who it is." if view.matrix.row_kind == "customer" else "what is in it.")
            )


def product_table(view: View) -> pd.DataFrame:
    """Every product with its segment and shares."""
    from segcore.report.export.segment_tables import product_table as made

    return made(view.matrix, view.segmentation, view.names)


def products(view: View) -> None:
    """The product side as a segmentation of its own."""
    table = product_table(view)
    st.dataframe(
        widgets.in_percent(table.iloc[_by_segment(view)], list(view.share_columns.values())), height=320,
        alt="Every product with the segment it belongs to.",
        column_config=widgets.percent_columns(view.share_columns.values(), bars=True)
        | widgets.number_columns("buyers"),
    )  # fmt: skip


def _by_segment(view: View) -> np.ndarray:
    """Positions of the products in the order of their segments, the strongest first."""
    s = view.segmentation
    own = s.product_scores.max(axis=1).to_numpy()
    number = s.product_assignment.fillna(s.k + 1).to_numpy(dtype=int)
    return np.lexsort((-own, number))


def downloads(view: View) -> None:
    """CSV and XLSX, made when asked for."""
    from segcore.report.export import table_csv, workbook

    # Files are made outside the session when somebody clicks: what they need of it is taken now.
    day, record = view.study.updated[:10], choices.run_record(view.segmentation)
    sheets = {view.matrix.row_word.capitalize(): customer_table, "Products": product_table}
    left, right, _ = st.columns([1, 1, 2])
    left.download_button(
        f"{view.matrix.row_word.capitalize()} as CSV", lambda: table_csv(customer_table(view)), icon=":material/download:", width="stretch",
        file_name=file_name(view.study.name, view.matrix.row_word, day, "csv"), mime="text/csv", on_click="ignore",
    )  # fmt: skip
    if len(view.matrix.customers) <= MOST_EXCEL_ROWS:
        right.download_button(
            "Everything as Excel", lambda: workbook({n: make(view) for n, make in sheets.items()}, record),
            icon=":material/download:", width="stretch", on_click="ignore",
            file_name=file_name(view.study.name, "segments", day, "xlsx"),
        )  # fmt: skip
