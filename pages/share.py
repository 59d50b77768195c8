"""Share: present it, send it, keep it."""

from __future__ import annotations

import streamlit as st

from pages.ui.shell import navigation, router

router.enter(navigation.SHARE)

from pages.ui.data import saved_studies  # noqa: E402
from pages.ui.data import workspace as workspace_views  # noqa: E402
from pages.ui.parts import widgets  # noqa: E402
from pages.ui.parts.answers import ask  # noqa: E402
from pages.ui.parts.view import need_segments  # noqa: E402
from pages.ui.share import diary, files, present  # noqa: E402
from pages.ui.share.story import spec_of  # noqa: E402
from pages.ui.shell import header, session  # noqa: E402
from segcore.language.words import with_numbers  # noqa: E402
from segcore.questions.share import TellStory  # noqa: E402

QUESTION = "What can we send?"
header.need_data(QUESTION)

if session.presenting() is not None:
    view = need_segments(QUESTION)
    story = ask(TellStory(spec_of(view)))
    if story is not None:
        present.show(story, with_numbers([*view.matrix.products, *view.names.values()]))
    st.stop()

study = session.study()
widgets.title(QUESTION, saved_studies.answer(study))


@st.fragment
def send() -> None:
    """The files; each is made on its own."""
    files.files(need_segments(QUESTION))


if saved_studies.has_segments():
    st.button("Present it on the wall", icon=":material/present_to_all:", type="primary", on_click=session.present, args=(0,))  # fmt: skip
    send()
else:
    st.info(
        "Page, slides and workbook need segments: choose how many there are first.", icon=":material/info:"
    )
    widgets.next_page(navigation.HOW_MANY, "How many kinds are there?")
st.subheader("What was decided", anchor=False)
diary.log(study)
st.subheader("This study", anchor=False)
saved_studies.this_study(session.saved() or study)  # what a link only shows is neither sent nor kept
if session.is_local():
    workspace_views.care()
