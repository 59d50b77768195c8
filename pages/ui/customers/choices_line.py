"""What was chosen on the way, in one line: how the file was read, at which level, how many kinds, what counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.ui.parts.text import escape
from pages.ui.parts.view import View
from pages.ui.shell import navigation, session
from segcore.language.words import count, join_and

if TYPE_CHECKING:
    from segcore.intake import Roles
    from segcore.intake.loaded import Loaded

WORTH_SAYING = 0.01  # of the lines


def show(view: View) -> None:
    """One line; each choice leads to where it is changed."""
    loaded = session.loaded()
    study = view.study
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.caption(escape(reading(loaded)) if loaded is not None else "", width="content")
        for entry, label in (
            (navigation.DATA, "change"),
            (navigation.LEVEL, f"at {study.level}"),
            (navigation.HOW_MANY, f"{view.segmentation.k} kinds"),
        ):
            if st.button(escape(label), key=f"choice-{entry.file}", type="tertiary"):
                navigation.go_to(entry)


def reading(loaded: Loaded) -> str:
    """Which columns say what, and what was left out where it is worth saying."""
    roles, report = loaded.roles, loaded.report
    columns = {
        "customer": roles.customer,
        "order": roles.order,
        "product": " + ".join(roles.product_names) or roles.product,
        "money": _money(roles),
    }
    named = [f"{word} = {column}" for word, column in columns.items() if column]
    said = join_and(named) if named else f"{count(report.lines_kept)} purchases"
    lost = report.lines_read - report.lines_kept
    if lost > WORTH_SAYING * max(report.lines_read, 1):
        said += f"; {count(lost)} of {count(report.lines_read)} lines left out"
    return said[:1].upper() + said[1:]


def _money(roles: Roles) -> str | None:
    """The column that says what was paid; a price counts as often as pieces were bought."""
    if roles.amount is None or roles.amount_is != "each" or roles.quantity is None:
        return roles.amount
    return f"{roles.quantity} × {roles.amount}"
