"""The study a browser tab is looking at: found by its id in the URL, read anew on every run, saved at every act."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.ui import cached
from segcore import studies
from segcore.errors import SegcoreError

if TYPE_CHECKING:
    import pandas as pd

    from segcore.intake import Roles
    from segcore.purchases import Purchases
    from segcore.studies import Study
    from segcore.tasks.data import Loaded

PARAMETER = "study"
BASKET_RULES = studies.RuleOptions(
    min_support=0.01, min_confidence=0.25
)  # one visit holds far less than a customer
_ID = "study-id"


def restore() -> None:
    """Take the study's id from the URL, or put it back there after a change of page."""
    in_url = st.query_params.get(PARAMETER)
    if in_url and in_url != st.session_state.get(_ID) and studies.exists(in_url):
        st.session_state[_ID] = in_url
    elif _ID in st.session_state and in_url != st.session_state[_ID]:
        st.query_params[PARAMETER] = st.session_state[_ID]


def query() -> dict[str, str]:
    """What the URL must carry for another page to find the study."""
    return {PARAMETER: st.session_state[_ID]} if _ID in st.session_state else {}


def study() -> Study | None:
    """Return the saved study; None before the first act."""
    if _ID not in st.session_state:
        return None
    try:
        return studies.load(st.session_state[_ID])
    except SegcoreError:
        return None


def problem() -> str:
    """Why the study in the URL cannot be opened, in a sentence; "" where it can, or where none is asked for."""
    asked = st.query_params.get(PARAMETER)
    if not asked:
        return ""
    try:
        studies.load(asked)
    except SegcoreError as error:
        return error.sentence
    return ""


def change(**changes: Any) -> Study:
    """Save a change at once; the first one makes the study."""
    changed = studies.save((study() or studies.new_study()).with_(**changes))
    st.session_state[_ID] = changed.id
    st.query_params[PARAMETER] = changed.id
    return changed


def loaded() -> Loaded | None:
    """What is known of the study's file; None where nothing has been read yet."""
    current = study()
    if current is None or not current.loaded_key:
        return None
    return cached.result(current.loaded_key) if cached.store().has(current.loaded_key) else None


def files_of(files: tuple[studies.StudyFile, ...]) -> tuple[tuple[str, str], ...]:
    """Names and places of uploads, as the intake takes them."""
    folder = cached.store().root / "uploads"
    return tuple((file.name, str((folder / file.stored).absolute())) for file in files)


def roles_of(saved: dict[str, Any]) -> Roles:
    """Column roles as the intake takes them."""
    from segcore.intake import Roles

    return Roles(**saved)


def purchases() -> Purchases:
    """Return the study's purchases."""
    return cached.purchases(study().data_digest)


def open_data(key: str, result: Loaded, files: tuple[studies.StudyFile, ...], roles: Roles) -> None:
    """Make freshly read files the study's data; choices made on other data start anew."""
    fresh = {} if study().data_digest == result.digest else _first_choices(result, files)
    change(
        files=files,
        roles=asdict(roles),
        pending=(),
        pending_roles={},
        data_digest=result.digest,
        loaded_key=key,
        **fresh,
    )
    forget_widgets()


def _first_choices(result: Loaded, files: tuple[studies.StudyFile, ...]) -> dict[str, Any]:
    """What a study starts with: the recommended level, the weighting that fits, thresholds that find rules."""
    from segcore.weighting import offered

    bought = cached.purchases(result.digest)
    level = str(result.levels.index[result.levels["recommended"]][0])
    rules = BASKET_RULES if bought.row_kind == "basket" else studies.RuleOptions()
    return {
        "name": files[0].name.rsplit(".", 1)[0],
        "level": level,
        "weighting": offered(bought.has("amount"), bought.has("quantity"), is_full(result.levels, level))[0],
        "filters": studies.Filters(),
        "k": None,
        "rules": rules,
    }


def is_full(levels: pd.DataFrame, level: str) -> bool:
    return bool(levels.loc[level, "density"] > 0.95)


def forget_widgets() -> None:
    """Let every widget start from the study again."""
    for key in [key for key in st.session_state if key != _ID]:
        del st.session_state[key]
