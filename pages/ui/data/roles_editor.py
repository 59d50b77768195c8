"""The table in which a person says what each column means."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from pages.ui.parts.text import clean, escape
from segcore.errors import SegcoreError

if TYPE_CHECKING:
    from segcore.intake import Roles
    from segcore.intake.rows.draft import Draft, TableDraft

ONE_EACH = {
    "customer": "Customer",
    "order": "Order",
    "product": "Product",
    "date": "Date",
    "quantity": "Quantity",
    "amount": "Money",
}
MANY = {
    "product_attributes": "Product level",
    "customer_attributes": "Customer attribute",
    "product_names": "Product name",
    "customer_names": "Customer name",
    "product_columns": "A product",
}
UNUSED = "Not used"
VALUES = {"bought": "bought or not", "quantity": "how many", "amount": "money spent"}


def edited_roles(draft: Draft, current: Roles, key: str) -> Roles | None:
    """Return the roles as corrected once "Read again" is pressed, else None."""
    import pandas as pd

    table = pd.DataFrame(_rows(draft, current))
    if len(draft.tables) == 1:
        table = table.drop(columns="table")
    with st.form(f"roles-{key}", border=False):
        edited = st.data_editor(
            table,
            hide_index=True,
            disabled=["table", "column", "values"],
            column_config={
                "means": st.column_config.SelectboxColumn("means", options=_options(current), required=True)
            },
            key=f"roles-table-{key}",
            alt="Every column of the file with sample values and what it means.",
        )
        choices = _choices(current)
        pressed = st.form_submit_button("Read again with these", icon=":material/refresh:")
    if not pressed:
        return None
    try:
        return _roles_from(table.assign(means=edited["means"]), draft, replace(current, **choices))
    except SegcoreError as error:
        st.error(escape(error.sentence), icon=":material/error:")
        return None


def _options(current: Roles) -> list[str]:
    many = (
        dict(MANY) if current.shape == "matrix" else {k: v for k, v in MANY.items() if k != "product_columns"}
    )
    one = {"customer": "Customer"} if current.shape == "matrix" else ONE_EACH
    return [*one.values(), *many.values(), UNUSED]


def _rows(draft: Draft, current: Roles) -> list[dict[str, str]]:
    return [
        {
            "table": clean(table.name),
            "column": clean(column.name),
            "values": clean(" · ".join(column.samples)),
            "means": _meaning(table, column.name, current),
        }
        for table in _used(draft)
        for column in table.columns
    ]


def _used(draft: Draft) -> list[TableDraft]:
    return [table for table in draft.tables if table.part != "not used"]


def _meaning(table: TableDraft, column: str, roles: Roles) -> str:
    """What a column means now; a joined table's key means what it joins to."""
    if table.part == "products":
        if column in (roles.product_key or roles.join_on, roles.join_on):
            return ONE_EACH["product"]
        return _among(column, roles, ("product_names", "product_attributes"))
    if table.part == "customers":
        if column in (roles.customer_key or roles.customer, roles.customer):
            return ONE_EACH["customer"]
        return _among(column, roles, ("customer_names", "customer_attributes"))
    for name, label in ONE_EACH.items():
        if getattr(roles, name) == column:
            return label
    return _among(column, roles, ("product_names", "customer_names", *MANY))


def _among(column: str, roles: Roles, kinds: tuple[str, ...]) -> str:
    """The first of these lists of columns that holds this one; a name comes before the level it may be too."""
    return next((MANY[kind] for kind in kinds if column in getattr(roles, kind)), UNUSED)


def _choices(current: Roles) -> dict[str, object]:
    """What the cells of a matrix say; every other choice stands beside the repair it changes."""
    if current.shape != "matrix":
        return {}
    kinds = list(VALUES)
    value = st.selectbox(
        "The cells say", kinds, kinds.index(current.matrix_values), format_func=VALUES.__getitem__, width=320
    )
    return {"matrix_values": value}


def _roles_from(table, draft: Draft, base: Roles) -> Roles:
    """Roles from the edited table: single ones by the first column named so, lists in file order."""
    names = [column.name for part in _used(draft) for column in part.columns]
    parts = [part.part for part in _used(draft) for _ in part.columns]
    meant = list(zip(names, parts, table["means"], strict=True))
    one = {
        role: next((name for name, part, means in meant if means == label and part == "purchases"), None)
        for role, label in ONE_EACH.items()
    }
    many = {
        role: tuple(dict.fromkeys(name for name, _, means in meant if means == label))
        for role, label in MANY.items()
    }
    if base.shape == "matrix":
        one = {"customer": one["customer"]}
    levels = tuple(
        n for n in base.product_names if n in base.product_attributes and n in many["product_names"]
    )
    many["product_attributes"] = tuple(dict.fromkeys((*many["product_attributes"], *levels)))
    return replace(base, **one, **many)
