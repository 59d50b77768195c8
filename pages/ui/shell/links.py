"""Links on screen: the address of what is shown, and what a link shows otherwise than the study has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.ui.parts import cached, questions
from pages.ui.parts.text import escape
from pages.ui.shell import address, session
from segcore.errors import SegcoreError
from segcore.language.words import join_and
from segcore.studies import links
from segcore.studies.address import in_words, written

if TYPE_CHECKING:
    from segcore.choices.study import Study

_LOOK_ONLY = "study-look-only"


def link(study: Study) -> None:
    """The address of this page as it is shown, to keep or to send."""
    drawer = st.popover(
        "Link", icon=":material/link:", type="tertiary", key="strip-link", on_change="rerun", help="A link to what you see here"
    )  # fmt: skip
    if not drawer.open:
        return
    k = _shown_k(study)
    with drawer:
        st.markdown("**A link to what you see here**")
        carried = ["page", "level", *(["number of segments"] if study.k or k else []), "balance"]
        carried += ["segment"] if address.SEGMENT in st.query_params else []
        whole = "buyers" in written(study, k)
        carried += ["filters"] if whole else []
        st.caption(
            f"It keeps {join_and(carried, most=9)} as they are now, whatever you choose later."
            + ("" if whole else " The filters are too long for an address: it follows the study’s.")
        )
        own, look = session.address_of(), st.session_state.get(_LOOK_ONLY, "")
        if session.is_read_only():
            st.code(address.link(study, own, k), language=None, wrap_lines=True)
            return
        only = st.toggle(
            "To look at only", key="strip-link-look", help="Whoever opens it can try everything; nothing they do is saved."
        )  # fmt: skip
        if only and not (look and links.leads_to(look, study.id)):
            look = st.session_state[_LOOK_ONLY] = links.make(study, frozen=False)
        st.code(address.link(study, look if only else own, k), language=None, wrap_lines=True)
        if not only:
            st.caption("Whoever opens it can change this study.")


def another_view() -> None:
    """Say what a link shows otherwise than the study has it, and offer both ways on."""
    wanted = address.wanted()
    if not wanted:
        return
    said = join_and(in_words(session.saved(), wanted), most=9)
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="another-view"):
        stays = "" if session.is_read_only() else " The study itself is unchanged."
        st.markdown(f":material/link: {escape(f'This link shows {said}.{stays}')}", width="stretch")
        if not session.is_read_only():
            st.button("Keep it so", key="view-keep", on_click=session.keep_view, help="The study then has what the link shows.")  # fmt: skip
        st.button("Back to the study", key="view-leave", icon=":material/undo:", on_click=session.leave_view)


def _shown_k(study: Study) -> int | None:
    """The number of segments on the screen, chosen or suggested."""
    try:
        return questions.chosen_k(cached.matrix(study.data_digest, study.matrix_spec()))
    except SegcoreError:
        return None
