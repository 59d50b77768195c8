"""The tables of the Segments page: names to edit, every customer, every product, and the files to take away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from pages.ui import choices, naming, session, widgets
from pages.ui.row_card import row_card

if TYPE_CHECKING:
    import pandas as pd

    from pages.ui.view import View

MOST_EXCEL_ROWS = 200_000


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
        column_config={
            "name": st.column_config.TextColumn(max_chars=80, required=True, help="Click to rename; used everywhere at once."),
            view.matrix.row_word: st.column_config.NumberColumn(format="localized"),
        },
        alt="The name of every segment, to edit.",
    )  # fmt: skip
    wanted = {int(n): str(name) for n, name in edited["name"].items()}
    if wanted != view.names:
        naming.rename(view.key, wanted, {}, view.proposed)
        st.rerun()


def customer_table(view: View) -> pd.DataFrame:
    """Every customer with the segment in words and the shares."""
    from segcore.export.segment_tables import customer_table as made

    return made(session.purchases(), view.matrix, view.segmentation, view.names)


def customers(view: View) -> None:
    """All customers, filtered by segment."""
    table = customer_table(view)
    chosen = st.multiselect(
        "Show only", list(view.names.values()), key="customers-of", placeholder="All segments"
    )
    if chosen:
        home = view.segmentation.assignment.map(view.names)
        table = table[home.isin(chosen)]
    listed, card = st.columns([5, 2], gap="large")
    event = listed.dataframe(
        widgets.in_percent(table, list(view.share_columns.values())), height=380, key=f"customers-{view.key}",
        alt=f"Every one of the {view.matrix.row_word} with segment and shares.",
        on_select="rerun", selection_mode="single-row",
        column_config=widgets.percent_columns(view.share_columns.values(), bars=True)
        | {name: st.column_config.NumberColumn(format="localized") for name in ("money", "products")},
    )  # fmt: skip
    rows = [row for row in event["selection"]["rows"] if row < len(table)]
    with card:
        if rows:
            row_card(view, str(table.index[rows[0]]))
        else:
            st.caption("Tick a row to see who it is.")


def product_table(view: View) -> pd.DataFrame:
    """Every product with its segment and shares."""
    from segcore.export.segment_tables import product_table as made

    return made(view.matrix, view.segmentation, view.names)


def products(view: View) -> None:
    """The product side as a segmentation of its own."""
    table = product_table(view)
    st.dataframe(
        widgets.in_percent(table.iloc[_by_segment(view)], list(view.share_columns.values())), height=320,
        alt="Every product with the segment it belongs to.",
        column_config=widgets.percent_columns(view.share_columns.values(), bars=True)
        | {"buyers": st.column_config.NumberColumn(format="localized")},
    )  # fmt: skip


def _by_segment(view: View) -> np.ndarray:
    """Positions of the products in the order of their segments, the strongest first."""
    s = view.segmentation
    own = s.product_scores.max(axis=1).to_numpy()
    number = s.product_assignment.fillna(s.k + 1).to_numpy(dtype=int)
    return np.lexsort((-own, number))


def downloads(view: View) -> None:
    """CSV and XLSX, made when asked for."""
    from segcore.export import file_name, table_csv, workbook

    day = view.study.updated[:10]
    sheets = {view.matrix.row_word.capitalize(): customer_table, "Products": product_table}
    left, right, _ = st.columns([1, 1, 2])
    left.download_button(
        f"{view.matrix.row_word.capitalize()} as CSV", lambda: table_csv(customer_table(view)), icon=":material/download:", width="stretch",
        file_name=file_name(view.study.name, view.matrix.row_word, day, "csv"), mime="text/csv", on_click="ignore",
    )  # fmt: skip
    if len(view.matrix.customers) <= MOST_EXCEL_ROWS:
        right.download_button(
            "Everything as Excel", lambda: workbook({n: make(view) for n, make in sheets.items()}, choices.run_record(view.segmentation)),
            icon=":material/download:", width="stretch", on_click="ignore",
            file_name=file_name(view.study.name, "segments", day, "xlsx"),
        )  # fmt: skip
