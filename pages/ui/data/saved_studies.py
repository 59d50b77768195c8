"""Earlier work: the list of studies, and one study's name, versions, file, links and end."""

from __future__ import annotations

import io
import secrets
from typing import TYPE_CHECKING

import streamlit as st

from pages.ui.data import upload_zone
from pages.ui.parts import cached, refusals
from pages.ui.parts.answers import ask
from pages.ui.parts.text import escape
from pages.ui.shell import header, session
from segcore import studies
from segcore.errors import SegcoreError
from segcore.language.file_names import file_name
from segcore.language.words import join_and, plural
from segcore.questions.studies import OpenStudy
from segcore.studies import archive, links, shelf

if TYPE_CHECKING:
    from segcore.choices.study import Study

MOST_LISTED = 12
SEARCH_FROM = 6  # fewer are seen at a glance
_OPENING = "study-opening"


def earlier_work() -> None:
    """Studies to go on with, where this server answers its own machine alone; and a downloaded one to open."""
    if session.is_local():
        _list(shelf.listed())
        _deleted()
        _set_aside()
    _open_file()


def _list(found: tuple[Study, ...]) -> None:
    current = session.study()
    others = [study for study in found if current is None or study.id != current.id]
    if not others and not st.session_state.get("study-away"):
        return
    st.subheader("Go on with earlier work", anchor=False)
    _undo()
    search = ""
    if len(others) >= SEARCH_FROM:
        search = st.text_input(
            "Find a study",
            key="study-search",
            placeholder="Its name or its file",
            label_visibility="collapsed",
        )
    shown = [study for study in others if search.casefold().strip() in _text(study)]
    for study in shown[:MOST_LISTED]:
        _row(study)
    if len(shown) > MOST_LISTED:
        st.caption(f"{len(shown) - MOST_LISTED} more: search for their name or file.")
    if search and not shown:
        st.caption("No study has this in its name or files.")


def _text(study: Study) -> str:
    return " ".join([study.name, *(file.name for file in study.files)]).casefold()


def _row(study: Study) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        _named(study)
        st.button("Open", key=f"open-{study.id}", icon=":material/folder_open:", on_click=session.open_study, args=(study.id,))  # fmt: skip
        st.button(
            "Delete", key=f"away-{study.id}", icon=":material/delete:", type="tertiary", on_click=put_away, args=(study.id, study.name)
        )  # fmt: skip


def _named(study: Study) -> None:
    """Name, file, level, number and time of a study, in two lines."""
    about = [join_and([file.name for file in study.files], most=1)]
    if study.level:
        about.append(f"level: {study.level}")
    if study.k:
        about.append(f"{study.k} segments")
    about.append(header.clock(study.updated))
    with st.container(gap="xxsmall"):
        st.markdown(f"**{escape(study.name or study.files[0].name)}**")
        st.caption(escape("  ·  ".join(about)))


def put_away(study_id: str, name: str) -> None:
    """Take a study off the list; the list offers to take it back."""
    with refusals.said():
        shelf.put_away(study_id)
        st.session_state["study-away"] = (study_id, name)


def _undo() -> None:
    away = st.session_state.get("study-away")
    if not away:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.info(escape(f"“{away[1]}” is deleted."), icon=":material/delete:")
        st.button("Undo", key="study-undo", icon=":material/undo:", on_click=_take_back, args=(away[0],))
        st.button("Delete for good", key="study-for-good", icon=":material/delete_forever:", on_click=_for_good, args=(away[0],))  # fmt: skip


def _deleted() -> None:
    """Studies off the list that are still on disk: back, or gone for good, also after a refresh."""
    just = st.session_state.get("study-away", ("",))[0]
    away = sorted(
        (study for study in shelf.put_away_ones() if study.id != just),
        key=lambda study: study.updated,
        reverse=True,
    )
    if not away:
        return
    with st.expander(f"Deleted: {plural(len(away), 'study', 'studies')}", icon=":material/auto_delete:"):
        st.caption("They keep their place on disk until they are deleted for good.")
        for study in away[:MOST_LISTED]:
            with st.container(border=True, horizontal=True, vertical_alignment="center"):
                _named(study)
                st.button("Take back", key=f"back-{study.id}", icon=":material/undo:", on_click=_take_back, args=(study.id,))  # fmt: skip
                st.button("Delete for good", key=f"end-{study.id}", icon=":material/delete_forever:", type="tertiary", on_click=_for_good, args=(study.id,))  # fmt: skip
        if len(away) > MOST_LISTED:
            st.caption(f"{len(away) - MOST_LISTED} older ones follow once these are gone.")


def _set_aside() -> None:
    """Say which saved studies cannot be read: they stand in nobody's way and are not touched."""
    damaged = shelf.unreadable()
    if damaged:
        some = join_and([f"{one.name} ({one.where})" if one.where else one.name for one in damaged], most=3)
        files = plural(len(damaged), "saved study is", "saved studies are")
        st.caption(
            escape(
                f"{files} damaged and set aside: {some}. An earlier state may still open from its own address."
            )
        )


def _take_back(study_id: str) -> None:
    with refusals.said():
        shelf.take_back(study_id)
        st.session_state.pop("study-away", None)


def _for_good(study_id: str) -> None:
    from segcore.storage import workspace

    store = cached.store()
    with refusals.said():
        links.withdraw(study_id)
        shelf.delete(study_id, lambda digest: workspace.forget(store, digest))
        st.session_state.pop("study-away", None)


def _open_file() -> None:
    """Open a study that came as one file: a job checks it, for it may be anybody's."""
    with st.expander("Open a saved study file", icon=":material/inventory_2:"):
        key = f"study-file-{st.session_state.setdefault('study-file-turn', 0)}"
        given = st.file_uploader(
            "A study that was downloaded from the Share page", type=[archive.EXTENSION, "json"], key=key
        )
        if isinstance(given, io.IOBase):
            kept = upload_zone.keep([(given.name, given)])
            upload_zone.release(key, [given])
            st.session_state["study-file-turn"] += 1
            if kept:
                st.session_state[_OPENING] = (kept[0].stored_name, secrets.token_hex(8))
                st.rerun()
    if _OPENING in st.session_state:
        found = ask(OpenStudy(*st.session_state[_OPENING]))
        if found is not None:
            del st.session_state[_OPENING]
            session.open_study(found[0])
            st.rerun()


def this_study(study: Study) -> None:
    """Name, file, links, versions and end of the study that is open."""
    if session.is_read_only():
        st.info(
            "You look at this study through a link. A copy is yours to change.", icon=":material/visibility:"
        )
        st.button("Make my own copy", icon=":material/content_copy:", on_click=_copy, args=(study,))
        return
    name, copy, file = st.columns([5, 2, 3], vertical_alignment="bottom")
    name.text_input(
        "Name of this study", value=study.name, key=f"study-name-{study.id}", max_chars=80, on_change=_rename, args=(study.id,)
    )  # fmt: skip
    copy.button("Make a copy", icon=":material/content_copy:", width="stretch", on_click=_copy, args=(study,))
    _download(study, file)
    _links(study)
    _versions(study)
    st.button(
        "Delete this study", icon=":material/delete:", type="tertiary", key="study-delete",
        on_click=_end, args=(study,), help="It can be taken back on the Data page, or deleted there for good.",
    )  # fmt: skip


def answer(study: Study) -> str:
    """Where this work stands, in one sentence."""
    if session.is_read_only():
        return f"You look at “{study.name}” through a link: try anything, nothing is saved."
    return f"“{study.name}” is saved on this machine, last at {header.clock(study.updated)}; nothing has to be saved by hand."


def has_segments() -> bool:
    """Whether a number of segments is chosen or suggested for the study."""
    from pages.ui.parts import level_choices as working_level
    from pages.ui.parts import questions

    try:
        study = session.study()
        return questions.chosen_k(cached.matrix(study.data_digest, working_level.matrix_spec())) is not None
    except SegcoreError:
        return False


def _rename(study_id: str) -> None:
    wanted = st.session_state[f"study-name-{study_id}"].strip()
    if wanted:
        session.change(name=wanted)


def _copy(study: Study) -> None:
    with refusals.said():
        session.open_study(shelf.copy(study, f"{study.name} (copy)"[:80]).id)


def _end(study: Study) -> None:
    with refusals.said():
        shelf.put_away(study.id)
        session.leave_study()
        st.session_state["study-away"] = (study.id, study.name)


def _download(study: Study, place: st.delta_generator.DeltaGenerator) -> None:

    store = cached.store()
    keys = {name: key for name, key in archive.contents(study).items() if name != "start" or store.has(key)}
    place.download_button(
        "Download as one file", lambda: archive.pack(study, keys, store),
        file_name=file_name(study.name, "study", study.updated[:10], archive.EXTENSION), mime=archive.MIME,
        icon=":material/download:", width="stretch", on_click="ignore",
        help="Choices and purchases together; it opens on any machine with this product, on the Data page.",
    )  # fmt: skip


def _links(study: Study) -> None:
    """Addresses to send: to look at, not to change."""
    with st.expander("Links to look at it", icon=":material/link:"):
        st.caption("Whoever opens such a link can click and try everything; nothing they do is saved here.")
        follow, freeze, end = st.columns(3)
        if follow.button("Link that follows this study", icon=":material/link:", width="stretch"):
            st.session_state["study-link"] = links.make(study, frozen=False)
        if freeze.button("Link to it as it is now", icon=":material/lock_clock:", width="stretch"):
            st.session_state["study-link"] = links.make(study, frozen=True)
        if end.button("Withdraw all links", icon=":material/link_off:", width="stretch"):
            st.session_state.pop("study-link", None)
            st.caption(f"{links.withdraw(study.id)} withdrawn.")
        if made := st.session_state.get("study-link"):
            st.code(f"{st.context.url.split('?')[0]}?{session.PARAMETER}={made}", language=None)


def _versions(study: Study) -> None:
    kept = studies.versions(study.id)
    if not kept:
        return
    with st.expander("Earlier states of this study", icon=":material/history:"):
        for version in kept:
            about = f"{header.clock(version.updated)}: level “{version.level}”" + (
                f", {version.k} segments" if version.k else ""
            )
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(escape(about), width="stretch")
                st.button(
                    "Open as a copy", key=f"version-{version.updated}", icon=":material/history:",
                    on_click=_open_version, args=(version,),
                )  # fmt: skip


def _open_version(version: Study) -> None:
    name = f"{version.name} as of {header.clock(version.updated)}"[:80]
    with refusals.said():
        session.open_study(shelf.copy(version, name).id)
