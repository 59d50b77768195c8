"""Reading what the host has configured: choosing a table or a path, waiting for it, reading it again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from pages.ui.data import sources
from pages.ui.parts import cached
from pages.ui.parts.answers import ask
from pages.ui.parts.text import escape
from pages.ui.shell import header, session
from segcore.choices.read_from import DATABASE, FOLDER, ReadFrom, now
from segcore.choices.study import StudyFile
from segcore.errors import SegcoreError
from segcore.language.words import join_and, plural, size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segcore.choices.study import Study
    from segcore.sources.allowed import Allowed, Folder
    from segcore.sources.folders import Entry


def choose() -> tuple[StudyFile, ...]:
    """Tables and server files to choose from where the host has configured any; those just asked for, else nothing."""
    if session.is_read_only():
        return ()
    allowed = sources.allowed()
    asked = [*_tables(allowed), *_paths(allowed)]
    for problem in allowed.problems:
        st.caption(f":material/warning: {escape(problem)}")
    return tuple(StudyFile("", one.name, "", one) for one in asked)


def _tables(allowed: Allowed) -> list[ReadFrom]:
    if not allowed.databases:
        return []
    with st.expander("Or read from a database", icon=":material/database:"):
        one = _one_of("Database", allowed.databases, "database")
        only = list(one.tables) if len(one.tables) == 1 else []
        tables = st.multiselect(
            "Tables or views", one.tables, only, key=f"source-tables-{one.name}",
            placeholder="The purchases, and what describes customers or products",
        )  # fmt: skip
        st.caption("Only reads; equal rows are counted in the database and travel once.")
        pressed = st.button(
            "Read these tables", icon=":material/download:", key="source-read-database", disabled=not tables
        )
    return [ReadFrom(DATABASE, one.name, table, now()) for table in tables] if pressed else []


def _paths(allowed: Allowed) -> list[ReadFrom]:
    if not allowed.folders:
        return []
    with st.expander("Or read from a folder on this server", icon=":material/folder_open:"):
        one = _one_of("Folder", allowed.folders, "folder")
        entries = {entry.item: entry for entry in _entries(one)}
        if not entries:
            st.caption("Nothing in it can be read: no Parquet, CSV or Excel file.")
            return []
        items = st.multiselect(
            "Files, or folders of Parquet files", list(entries), key=f"source-paths-{one.name}",
            format_func=lambda item: _described(entries[item]),
            placeholder="The purchases, and what describes customers or products",
        )  # fmt: skip
        pressed = st.button(
            "Read these files", icon=":material/download:", key="source-read-folder", disabled=not items
        )
    return [ReadFrom(FOLDER, one.name, item, now()) for item in items] if pressed else []


def _one_of(label: str, places: Sequence, key: str):
    """The place chosen by its name; one alone is only named."""
    if len(places) == 1:
        st.markdown(f"{label} **{escape(places[0].name)}**")
        return places[0]
    named = {place.name: place for place in places}
    return named[st.selectbox(label, list(named), key=f"source-{key}")]


def _entries(folder: Folder) -> tuple[Entry, ...]:
    try:
        return cached.folder_entries(folder)
    except SegcoreError as error:
        st.error(escape(error.sentence), icon=":material/error:")
        return ()


def _described(entry: Entry) -> str:
    name = "The whole folder" if entry.item == "." else entry.item
    return (
        f"{name} ({plural(entry.files, 'Parquet file')}, {size(entry.size)})"
        if entry.files
        else f"{name} ({size(entry.size)})"
    )


def waiting(study: Study) -> bool:
    """Whether a source is still being read; shows where that stands, and takes over what has come."""
    wanted = tuple(file.source for file in study.pending if not file.stored)
    if not wanted:
        return False
    found = ask(sources.fetch(wanted))
    if found is not None:
        come = iter(found)
        session.change(pending=tuple(file if file.stored else next(come) for file in study.pending))
        st.rerun()
    return True


def about(study: Study) -> None:
    """Where the purchases came from and when, what has changed, and reading them again."""
    found = sources.of_files(study.files)
    if not found:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(_came_from(found, study.base_digest))
        if not session.is_read_only():
            st.button(
                "Read again",
                icon=":material/refresh:",
                key="source-again",
                on_click=_again,
                args=(study, None),
            )


def _came_from(found: tuple[ReadFrom, ...], digest: str) -> str:
    first = found[0]
    said = f"Read from {escape(join_and([one.words for one in found]))}, at {_moment(first.asked)}."
    changed = sources.what_changed(first, digest)
    return f"{said} {escape(changed)} since {_moment(first.earlier_asked)}." if changed else said


def _moment(asked: str) -> str:
    """When it was asked for; a study of another hand need not say."""
    return header.clock(asked) if asked else "a time that was not kept"


def title(study: Study) -> str:
    """The question of the page, in the word for what was read."""
    kinds = {one.kind for one in sources.of_files(study.files)}
    return (
        "What is in this table?" if kinds == {DATABASE} and len(study.files) == 1 else "What is in this file?"
    )


def unread(study: Study) -> None:
    """Columns that did not travel, to be asked for."""
    left = {one.same_place: one for one in sources.of_files(study.files) if one.unread}
    if not left or session.is_read_only():
        return
    number = sum(len(one.unread) for one in left.values())
    with st.expander(f"{plural(number, 'column')} not read", icon=":material/view_column:"):
        st.caption("They seem to say nothing of who bought what. Choose those that matter.")
        more = {
            place: tuple(
                st.multiselect(f"Columns of {escape(one.item)}", one.unread, key=f"source-more-{one.item}")
            )
            for place, one in left.items()
        }
        if st.button(
            "Read with these", icon=":material/refresh:", disabled=not any(more.values()), key="source-more"
        ):
            _again(study, more)
            st.rerun()


def _again(study: Study, more: dict[tuple[str, str, str], tuple[str, ...]] | None) -> None:
    """Ask for every source of the study anew; with ``more`` columns they are to be judged anew too."""
    more = more or {}

    def fresh(file: StudyFile) -> StudyFile:
        if not file.source.is_source:
            return file
        added = more.get(file.source.same_place, ())
        source = file.source.again(study.base_digest, (*file.source.columns, *added))
        return replace(file, stored="", digest="", source=source)

    roles = {} if any(more.values()) else dict(study.roles)
    session.change(pending=tuple(map(fresh, study.files)), pending_roles=roles)
