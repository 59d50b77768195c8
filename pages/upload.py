"""Data: what is in this file, what was repaired, what each column means."""

from __future__ import annotations

import streamlit as st

from pages.ui.shell import navigation, router

router.enter(navigation.DATA)

from pages.ui.data import intake_views, repair_views, saved_studies, source_views, upload_zone  # noqa: E402
from pages.ui.parts import widgets  # noqa: E402
from pages.ui.shell import session  # noqa: E402

upload_zone.open_sample()
study = intake_views.read_again_if_gone(session.study())
if study is not None and study.pending:
    intake_views.read_pending(study)
    study = session.study()

loaded = session.loaded()
if loaded is None:
    st.title("Who buys what?", anchor=False)
    st.markdown("##### Drop your purchases and find the kinds of customers in them.", width=900)
    upload_zone.drop_zone()
    upload_zone.samples()
    saved_studies.earlier_work()
    st.stop()

widgets.title(source_views.title(study), intake_views.answer(loaded))
source_views.about(study)
intake_views.other_data(study, loaded)
intake_views.opened_before(study)
repair_views.questions(loaded)
intake_views.figures(loaded)
intake_views.proof(study, loaded)
repair_views.repairs(loaded)
intake_views.understood(study)
widgets.next_page(navigation.CUSTOMERS, "Meet your customers")

st.divider()
intake_views.columns(study, loaded)
source_views.unread(study)
upload_zone.further_file(study)
upload_zone.other_file(study, intake_views.sizes(loaded))
with st.expander("Open another file", icon=":material/upload_file:"):
    upload_zone.drop_zone()
    upload_zone.samples()
saved_studies.earlier_work()
