"""A saved study as its data can show it: what they do not have is passed over, as in an address."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from pages.ui.parts import cached
from segcore.errors import SegcoreError

if TYPE_CHECKING:
    from segcore.choices.study import Study


def fitted(study: Study) -> Study:
    """The study with something that can be in place of what cannot; as it is where its data are not here."""
    if not study.data_digest:
        return study
    try:
        return replace(study, **_instead(study.data_digest, study.level, study.weighting))
    except SegcoreError:
        return study


@st.cache_data(max_entries=64, show_spinner=False)
def _instead(digest: str, level: str, weighting: str) -> dict[str, str]:
    from segcore.studies.fitting import instead

    return instead(cached.purchases(digest), level, weighting)
