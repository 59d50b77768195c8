"""The study a browser tab is looking at: found by its id in the URL, read anew on every run, saved at every act."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.ui import cached
from segcore import studies
from segcore.errors import SegcoreError
from segcore.studies import diary, links

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
_ID, _LOOKED_AT, _SEEN = "study-id", "study-looked-at", "study-seen"
_PRESENT = "present"
_LASTING = (_ID, _LOOKED_AT, _SEEN, "tour")  # what forgetting widgets leaves
_LOCAL = ("localhost", "127.0.0.1", "::1")


def restore() -> None:
    """Take the study's id from the URL, or put it back there after a change of page."""
    in_url = st.query_params.get(PARAMETER)
    if in_url and in_url != st.session_state.get(_ID) and _is_address(in_url):
        open_study(in_url)
    elif _ID in st.session_state and in_url != st.session_state[_ID]:
        st.query_params[PARAMETER] = st.session_state[_ID]


def open_study(address: str) -> None:
    """Look at another study, or at one through a link."""
    forget_widgets()
    st.session_state.pop(_LOOKED_AT, None)
    st.session_state.pop(_SEEN, None)
    st.session_state[_ID] = address
    st.query_params[PARAMETER] = address


def leave_study() -> None:
    """Look at no study: the next file begins a new one."""
    forget_widgets()
    for key in (_ID, _LOOKED_AT, _SEEN):
        st.session_state.pop(key, None)
    st.query_params.pop(PARAMETER, None)


def _is_address(text: str) -> bool:
    return studies.exists(text) or links.is_link(text)


def query() -> dict[str, str]:
    """What the URL must carry for another page to find the study."""
    return {PARAMETER: st.session_state[_ID]} if _ID in st.session_state else {}


def is_read_only() -> bool:
    """Whether the study is looked at through a link: everything can be tried, nothing is saved."""
    return links.is_link(st.session_state.get(_ID, ""))


def is_local() -> bool:
    """Whether this server answers this machine alone; only then are studies listed."""
    return st.get_option("server.address") in _LOCAL


def presenting() -> int | None:
    """The step of a presentation on the wall, from the URL so that a refresh stays there; None while nobody presents."""
    step = st.query_params.get(_PRESENT, "")
    here = (st.context.url or "").split("?")[0].rstrip("/")
    return int(step) if step.isdecimal() and here.endswith("/share") else None


def present(step: int | None) -> None:
    """Go to a step of the presentation, or end it."""
    if step is None:
        st.query_params.pop(_PRESENT, None)
    else:
        st.query_params[_PRESENT] = str(step)


def study() -> Study | None:
    """Return the saved study; None before the first act."""
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
    return update(lambda now: now.with_(**changes))


def update(act: Callable[[Study], Study]) -> Study:
    """Save what an act makes of the newest state of the study; under a link it is only tried."""
    if is_read_only():
        st.session_state[_LOOKED_AT] = act(_looked_at())
        return st.session_state[_LOOKED_AT]
    if study() is None:
        changed = studies.save(act(studies.new_study()))
    else:
        changed = studies.update(st.session_state[_ID], lambda now: diary.with_choices_noted(now, act(now)))
    st.session_state[_ID], st.session_state[_SEEN] = changed.id, changed.updated
    st.query_params[PARAMETER] = changed.id
    return changed


def loaded() -> Loaded | None:
    """What is known of the study's file; None where nothing has been read yet."""
    current = study()
    if current is None or not current.loaded_key:
        return None
    from segcore.tasks.data import keep_edited, purchases_key

    # A later version keeps purchases under other keys: what was read is then gone, and is read again.
    if not all(cached.store().has(key) for key in (current.loaded_key, purchases_key(current.base_digest))):
        return None
    if (
        not current.level_edits.is_empty
    ):  # a study from another machine brings its edits along, not what they made
        keep_edited(current.level_edits.base, current.level_edits)
    return cached.result(current.loaded_key)


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
    from pages.ui import carry

    same = study().base_digest == result.digest
    kept = {} if same else carry.kept_choices(study(), result, files)
    fresh = _first_choices(result, files) if kept is None else kept
    change(
        files=files,
        roles=asdict(roles),
        pending=(),
        pending_roles={},
        loaded_key=key,
        **({"data_digest": study().data_digest if same else result.digest} | fresh),
    )
    forget_widgets()


def _first_choices(result: Loaded, files: tuple[studies.StudyFile, ...]) -> dict[str, Any]:
    """What a study starts with: the recommended level, the weighting that fits, thresholds that find rules."""
    from segcore.weighting import offered

    bought = cached.purchases(result.digest)
    level = str(result.levels.index[result.levels["recommended"]][0])
    rules = BASKET_RULES if bought.row_kind == "basket" else studies.RuleOptions()
    return {
        "name": files[0].name if files[0].source.is_source else files[0].name.rsplit(".", 1)[0],
        "level": level,
        "weighting": offered(bought.has("amount"), bought.has("quantity"), is_full(result.levels, level))[0],
        "filters": studies.Filters(),
        "level_edits": studies.LevelEdits(),
        "k": None,
        "rules": rules,
    }


def is_full(levels: pd.DataFrame, level: str) -> bool:
    return bool(levels.loc[level, "density"] > 0.95)


def forget_widgets() -> None:
    """Let every widget start from the study again."""
    # A zone's turn stays: a browser remembers what was dropped on the zone of an earlier turn.
    for key in [key for key in st.session_state if key not in _LASTING and not str(key).endswith("-turn")]:
        del st.session_state[key]
