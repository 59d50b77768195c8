"""Share: what can be sent of this work, and the study itself."""

from __future__ import annotations

import streamlit as st

from pages.ui import router

router.enter(router.SHARE)

from pages.ui import session, shelf_views, strip, widgets, workspace_views  # noqa: E402

QUESTION = "What can we send?"
strip.need_data(QUESTION)
study = session.study()
widgets.title(QUESTION, shelf_views.answer(study))

st.subheader("This study", anchor=False)
shelf_views.this_study(study)
if session.is_local():
    workspace_views.care()
