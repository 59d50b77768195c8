"""Sources the host has configured: read from the secrets here and nowhere else, and handed on as a frozen spec."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.ui.parts import cached
from segcore.questions.sources import FetchSources
from segcore.sources.allowed import Allowed, allowed_by

if TYPE_CHECKING:
    from segcore.choices.read_from import ReadFrom
    from segcore.choices.study import StudyFile


def allowed() -> Allowed:
    """What this server may read besides uploads; nothing where the secrets and the environment name nothing."""
    return allowed_by(st.secrets.to_dict() if st.secrets.load_if_toml_exists() else {})


def fetch(wanted: tuple[ReadFrom, ...]) -> FetchSources:
    """Ask for a copy of some sources; passwords go along in memory only."""
    return FetchSources(wanted, allowed().only({one.place for one in wanted}))


def of_files(files: tuple[StudyFile, ...]) -> tuple[ReadFrom, ...]:
    """The sources among some files."""
    return tuple(file.source for file in files if file.source.is_source)


def what_changed(source: ReadFrom, digest: str) -> str:
    """What a source holds now that it did not when it was last read, in a sentence; "" where that is not known any more."""
    from segcore.purchases.kept import purchases_key

    if not source.earlier:
        return ""
    if source.earlier == digest:
        return "Nothing in it has changed"
    known = cached.store().has(purchases_key(source.earlier)) and cached.store().has(purchases_key(digest))
    return cached.changes(source.earlier, digest) if known else ""
