"""What the address of the page wants shown otherwise than the study has it; and the address of what is shown.

The address chooses the view, the study holds the work: a link with ``k=5`` shows five segments and changes nothing.
The first choice somebody makes of what the link has set makes the study's what they see.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import streamlit as st

from pages.ui.parts import cached
from segcore.errors import SegcoreError
from segcore.studies import address

if TYPE_CHECKING:
    from segcore.choices.study import Study

STUDY, SEGMENT = "study", "segment"
VIEW = "study-view"  # in the session: what differs, by the study's field; and how the address said it


def wanted() -> dict[str, Any]:
    """The fields of the study that are shown otherwise than they are saved."""
    return st.session_state.get(VIEW, ({}, {}))[0]


def query() -> dict[str, list[str]]:
    """What the address of another page must carry of this view."""
    return st.session_state.get(VIEW, ({}, {}))[1]


def laid_over(study: Study) -> Study:
    """The study as the address wants it seen."""
    return replace(study, **wanted())


def take(study: Study) -> bool:
    """Take from the address what it wants otherwise than the study has it; whether there is anything."""
    before = wanted()
    asked = {name: st.query_params.get_all(name) for name in address.PARAMETERS if name in st.query_params}
    found = _possible(asked, study) if asked else {}
    if found:
        st.session_state[VIEW] = (found, asked)
    else:  # the study says it already, or it cannot be
        drop()
    return found != before


def drop() -> None:
    """Show the study as it is saved."""
    st.session_state.pop(VIEW, None)
    for name in address.PARAMETERS:
        st.query_params.pop(name, None)


def settle(before: Study, named: Collection[str], after: Study) -> tuple[Study, bool]:
    """What to save of an act on what is shown, and whether the act took over what the address had set.

    Parameters
    ----------
    before : Study
        As it is saved.
    named : collection of str
        Fields the act was about.
    after : Study
        What the act made of the study as it is shown.
    """
    view = wanted()
    if not view or set(named) & set(view) or any(getattr(after, name) != view[name] for name in view):
        return after, bool(view)
    return replace(after, **{name: getattr(before, name) for name in view}), False


def link(study: Study, at: str, k: int | None) -> str:
    """The whole address of what is shown: page, study, choices, and the segment where one is looked at."""
    query = {STUDY: [at], **address.written(study, k)}
    if segment := st.query_params.get(SEGMENT):
        query[SEGMENT] = [segment]
    return f"{st.context.url.split('?')[0]}?{urlencode(query, doseq=True)}"


def went_back() -> bool:
    """Whether this run answers the browser's back or forward: only then does the address know better than the page."""
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    context = get_script_run_ctx(suppress_warning=True)
    return bool(context is not None and context.is_history_navigation)


def _possible(asked: dict[str, list[str]], study: Study) -> dict[str, Any]:
    """What the address wants and the data allow; nothing where the data are not here."""
    try:
        found = address.read(asked, study, cached.purchases(study.data_digest))
        try:
            cached.matrix(study.data_digest, replace(study, **found).matrix_spec())
        except SegcoreError:  # filters that leave nothing
            found = address.read(
                {name: said for name, said in asked.items() if name in ("level", "k", "count", "balance")},
                study,
                cached.purchases(study.data_digest),
            )
    except SegcoreError:
        return {}
    return found
