"""What a widget's callback could not do, said beside the page: it is not drawn yet, and its guard not around it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from pages.ui.parts.text import escape
from segcore.errors import SegcoreError


@contextmanager
def said() -> Iterator[None]:
    """Say in a toast what an act of a widget could not do; while a page is drawn, the page's own guard says it."""
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    try:
        yield
    except SegcoreError as error:
        context = get_script_run_ctx(suppress_warning=True)
        if context is None or context.has_script_started:
            raise
        st.toast(escape(error.sentence), icon=":material/error:", duration="infinite")
