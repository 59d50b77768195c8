"""The study a browser tab is looking at: found by its id in the URL, read anew on every run, saved at every act."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.ui.parts import cached, refusals
from pages.ui.shell import address, fitting, local
from segcore import studies
from segcore.errors import SegcoreError, SpecError
from segcore.studies import diary, links
from segcore.studies.address import whole

if TYPE_CHECKING:
    import pandas as pd

    from segcore.choices.study import Study
    from segcore.intake import Roles
    from segcore.intake.loaded import Loaded
    from segcore.purchases import Purchases

PARAMETER = address.STUDY
_ID, _LOOKED_AT, _SEEN = "study-id", "study-looked-at", "study-seen"
_PRESENT = "present"
_MOST_STEPS = 999  # whatever the address says; a story has a few dozen
_LASTING = (_ID, _LOOKED_AT, _SEEN, address.VIEW, "tour")  # what forgetting widgets leaves


def restore() -> None:
    """Take study and view from the URL, or put them back there after a change of page."""
    in_url = st.query_params.get(PARAMETER)
    opened = bool(in_url and in_url != st.session_state.get(_ID) and _is_address(in_url))
    if opened:
        _look_at(in_url)
    elif _ID in st.session_state and in_url != st.session_state[_ID]:
        st.query_params.from_dict({**st.query_params.to_dict(), **query()})
    if opened or (in_url and address.went_back()):
        current = saved()
        if current is not None and address.take(current):
            forget_widgets()


def open_study(at: str) -> None:
    """Look at another study, or at one through a link."""
    address.drop()
    _look_at(at)
    st.query_params[PARAMETER] = at


def _look_at(at: str) -> None:
    forget_widgets()
    for key in (_LOOKED_AT, _SEEN, address.VIEW):
        st.session_state.pop(key, None)
    st.session_state[_ID] = at


def leave_study() -> None:
    """Look at no study: the next file begins a new one."""
    address.drop()
    forget_widgets()
    for key in (_ID, _LOOKED_AT, _SEEN):
        st.session_state.pop(key, None)
    st.query_params.pop(PARAMETER, None)


def _is_address(text: str) -> bool:
    return studies.exists(text) or links.is_link(text)


def query() -> dict[str, Any]:
    """What the URL must carry for another page to find the study, and the view where a link has set one."""
    if _ID not in st.session_state:
        return {}
    return {PARAMETER: st.session_state[_ID], **address.query()}


def address_of() -> str:
    """The id or the link under which the study is looked at; "" where there is none."""
    return st.session_state.get(_ID, "")


def is_read_only() -> bool:
    """Whether the study is looked at through a link: everything can be tried, nothing is saved."""
    return links.is_link(st.session_state.get(_ID, ""))


def is_local() -> bool:
    """Whether it is the only user of this server who asks, from its own machine; only then is anything listed."""
    asked = st.context.headers
    return local.may_list(
        {name: ", ".join(asked.get_all(name)) for name in asked},
        bound=st.get_option("server.address"),
        port=st.get_option("server.port"),
        remote=st.context.ip_address,
    )


def presenting() -> int | None:
    """The step of a presentation on the wall, from the URL so that a refresh stays there; None while nobody presents."""
    step = whole(st.query_params.get(_PRESENT, ""), 0, _MOST_STEPS)
    here = (st.context.url or "").split("?")[0].rstrip("/")
    return step if here.endswith("/share") else None


def present(step: int | None) -> None:
    """Go to a step of the presentation, or end it."""
    if step is None:
        st.query_params.pop(_PRESENT, None)
    else:
        st.query_params[_PRESENT] = str(step)


def study() -> Study | None:
    """Return the study as it is shown, without what its data do not have; None before the first act."""
    current = saved()
    return None if current is None else address.laid_over(fitting.fitted(current))


def saved() -> Study | None:
    """Return the study as it is saved, whatever a link wants shown."""
    if _ID not in st.session_state:
        return None
    try:
        return _looked_at() if is_read_only() else studies.load(st.session_state[_ID])
    except SegcoreError:
        return None


def _looked_at() -> Study:
    """The study behind a link, with what was tried on it in this tab; its own address stays behind."""
    if _LOOKED_AT not in st.session_state:
        link = st.session_state[_ID]
        st.session_state[_LOOKED_AT] = replace(links.look(link), id=link[:-1])
    return st.session_state[_LOOKED_AT]


def changed_elsewhere() -> str:
    """When another tab, or somebody else, last changed the study since this tab looked; "" where nobody did."""
    current = study()
    if current is None or is_read_only():
        return ""
    seen, st.session_state[_SEEN] = st.session_state.get(_SEEN), current.updated
    if seen in (None, current.updated):
        return ""
    forget_widgets()  # they still hold what this tab saw
    return current.updated


def problem() -> str:
    """Why the study in the URL cannot be opened, in a sentence; "" where it can, or where none is asked for."""
    asked = st.query_params.get(PARAMETER)
    if not asked:
        return ""
    try:
        links.look(asked) if links.is_link(asked) else studies.load(asked)
    except SegcoreError as error:
        return error.sentence
    return ""


def change(**changes: Any) -> Study:
    """Save a change at once; the first one makes the study."""
    return update(lambda now: now.with_(**changes), named=changes)


def update(act: Callable[[Study], Study], named: Collection[str] = ()) -> Study:
    """Save what an act makes of the newest state of the study; under a link it is only tried.

    ``named`` are fields the act is about: one that a link has set otherwise makes the study's what is shown. Where a
    widget's act cannot be saved, the study stays as it is.
    """
    with refusals.said():
        return _update(act, named)
    return study() or studies.new_study()


def _update(act: Callable[[Study], Study], named: Collection[str]) -> Study:
    taken_over = False

    def acted(now: Study) -> Study:
        nonlocal taken_over
        kept, taken_over = address.settle(now, named, act(address.laid_over(now)))
        return kept

    if is_read_only():
        changed = st.session_state[_LOOKED_AT] = acted(_looked_at())
    elif saved() is None:
        changed = studies.save(acted(studies.new_study()))
    else:
        changed = studies.update(st.session_state[_ID], lambda now: diary.with_choices_noted(now, acted(now)))
    if taken_over:
        address.drop()
    if not is_read_only():
        st.session_state[_ID], st.session_state[_SEEN] = changed.id, changed.updated
        st.query_params[PARAMETER] = changed.id
    return address.laid_over(changed)


def keep_view() -> None:
    """Make what the link shows the study's own."""
    change(**address.wanted())
    forget_widgets()


def leave_view() -> None:
    """Show the study as it is saved, not as the link wants it."""
    address.drop()
    forget_widgets()


def loaded() -> Loaded | None:
    """What is known of the study's file; None where nothing has been read yet."""
    current = study()
    if current is None or not current.loaded_key:
        return None
    from segcore.intake.loaded import Loaded
    from segcore.purchases.kept import keep_edited, purchases_key

    # A later version keeps purchases under other keys: what was read is then gone, and is read again.
    if not all(cached.store().has(key) for key in (current.loaded_key, purchases_key(current.base_digest))):
        return None
    if (
        not current.level_edits.is_empty
    ):  # a study from another machine brings its edits along, not what they made
        keep_edited(current.level_edits.base, current.level_edits)
    found = cached.result(current.loaded_key)
    return found if isinstance(found, Loaded) else None


def files_of(files: tuple[studies.StudyFile, ...]) -> tuple[tuple[str, str], ...]:
    """Uploads by the person's name and their name in the store, as jobs take them."""
    return tuple((file.name, file.stored) for file in files)


def roles_of(saved: dict[str, Any]) -> Roles:
    """Column roles as the intake takes them.

    Raises
    ------
    SpecError
        They are of no form that a column can have.
    """
    from segcore.intake import Roles
    from segcore.studies.decode import Misfit, record

    try:
        return record(Roles, saved)
    except Misfit as error:
        raise SpecError(
            "What the columns mean was not kept in a form that can be read.",
            where=error.where,
            remedy="Open the file again on the Data page.",
        ) from error


def purchases() -> Purchases:
    """Return the study's purchases."""
    return cached.purchases(study().data_digest)


def is_full(levels: pd.DataFrame, level: str) -> bool:
    return bool(levels.loc[level, "density"] > 0.95)


def forget_widgets() -> None:
    """Let every widget start from the study again."""
    # A zone's turn stays: a browser remembers what was dropped on the zone of an earlier turn.
    for key in [key for key in st.session_state if key not in _LASTING and not str(key).endswith("-turn")]:
        del st.session_state[key]
