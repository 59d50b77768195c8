"""Help: what is done with the purchases, what the figures mean, what not to conclude, on a worked example."""

from __future__ import annotations

import streamlit as st

from pages.ui.shell import navigation, router

router.enter(navigation.HELP)

from pages.ui.help import help_views  # noqa: E402
from pages.ui.parts import widgets  # noqa: E402

widgets.title(
    "How does this work?",
    "Customers who buy the same things are found together with the things they buy, and every figure says how sure it is.",
)
method, example, words = st.tabs(["The method", "A worked example", "Words"])
with method:
    help_views.method()
with example:
    help_views.worked_example()
with words:
    help_views.glossary()
