"""The study a browser tab is looking at: found by its id in the URL, read anew on every run, saved at every act."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.ui import cached
from segcore import studies
from segcore.errors import SegcoreError

if TYPE_CHECKING:
    import pandas as pd

    from segcore.intake import Roles
    from segcore.matrix import MatrixSpec, PurchaseMatrix
    from segcore.purchases import Purchases
    from segcore.rules import RuleSpec
    from segcore.studies import Study
    from segcore.sweep import SweepSpec
    from segcore.tasks import Loaded

PARAMETER = "study"
_ID = "study-id"
SAFE_ROWS = 50  # rules are mined down to 2 % or 50 rows where that is safe, so that sliders answer at once


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
    """Make freshly read files the study's data; choices that no longer fit start anew."""
    from segcore.weighting import offered

    old = study()
    bought = cached.purchases(result.digest)
    recommended = str(result.levels.index[result.levels["recommended"]][0])
    same_levels = old.level in result.levels.index
    weighting = offered(bought.has("amount"), bought.has("quantity"), _is_full(result.levels, recommended))[0]
    change(
        files=files,
        roles=asdict(roles),
        pending=(),
        pending_roles={},
        name=old.name or files[0].name.rsplit(".", 1)[0],
        data_digest=result.digest,
        loaded_key=key,
        level=old.level if same_levels and old.data_digest == result.digest else recommended,
        weighting=old.weighting if old.data_digest == result.digest else weighting,
        filters=old.filters if old.data_digest == result.digest else studies.Filters(),
        k=old.k if old.data_digest == result.digest else None,
    )
    forget_widgets()


def _is_full(levels: pd.DataFrame, level: str) -> bool:
    return bool(levels.loc[level, "density"] > 0.95)


def forget_widgets() -> None:
    """Let every widget start from the study again."""
    for key in [key for key in st.session_state if key != _ID]:
        del st.session_state[key]


# Level, weighting, filters


def levels() -> pd.DataFrame:
    """Return every level with its figures, with the study's own combination among them."""
    import pandas as pd

    table, current = loaded().levels, study()
    if current.level in table.index:
        return table
    own = cached.level_facts(current.data_digest, current.level).assign(recommended=False)
    return pd.concat([table, own]).sort_values("products", ascending=False, kind="stable")


def change_level(level: str) -> None:
    """Work at another level; what depends on the old one's products is dropped."""
    current = study()
    if level == current.level:
        return
    full = _is_full(levels(), level) if level in levels().index else False
    bought = purchases()
    from segcore.weighting import offered

    can = offered(bought.has("amount"), bought.has("quantity"), full)
    change(
        level=level,
        k=None,
        filters=replace(current.filters, left_out=()),
        weighting=current.weighting if current.weighting in can else can[0],
    )
    st.session_state.pop("filter-left_out", None)
    st.session_state.pop("weighting", None)


def change_combination(parts: list[str]) -> None:
    """Work at a combination of attributes once two are chosen."""
    from segcore.hierarchy import COMBINE

    if len(parts) > 1:
        change_level(COMBINE.join(parts))


def matrix_spec() -> MatrixSpec:
    """Return the study's level, weighting and filters as the core takes them."""
    return study().matrix_spec()


def weightings() -> tuple[str, ...]:
    """Weightings that can work on the study's data at its level."""
    from segcore.weighting import offered

    bought, current = purchases(), study()
    return offered(bought.has("amount"), bought.has("quantity"), _is_full(levels(), current.level))


def has_filters() -> bool:
    """Whether any filter is set."""
    return study().filters != studies.Filters()


def level_products() -> list[str]:
    """Every product at the study's level."""
    from segcore.hierarchy import level_codes

    return list(level_codes(purchases(), study().level)[1])


def change_filter(name: str, key: str) -> None:
    """Save one filter from its widget."""
    value = st.session_state[key]
    value = tuple(value) if isinstance(value, list) else int(value)
    change(filters=replace(study().filters, **{name: value}))


def window(first: dt.date, last: dt.date) -> tuple[dt.date, dt.date]:
    """Return the date window as two days."""
    chosen = study().filters
    return (
        dt.date.fromisoformat(chosen.date_from) if chosen.date_from else first,
        dt.date.fromisoformat(chosen.date_to) if chosen.date_to else last,
    )


def change_window(key: str, first: dt.date, last: dt.date) -> None:
    """Save the date window once both ends are chosen; the whole span is no filter."""
    days = st.session_state[key]
    if len(days) != 2:
        return
    change(
        filters=replace(
            study().filters,
            date_from=None if days[0] <= first else days[0].isoformat(),
            date_to=None if days[1] >= last else days[1].isoformat(),
        )
    )


# How many


def sweep_spec(shape: tuple[int, int]) -> SweepSpec:
    """Return what to try, never more segments than customers or products."""
    from segcore.factorization import NMFSpec
    from segcore.sweep import SweepSpec

    wanted = study().sweep
    most = max(2, min(wanted.max_k, *shape))
    nmf = NMFSpec(
        k=1,
        loss=wanted.loss,
        initialisation=wanted.initialisation,
        restarts=wanted.restarts,
        seed=wanted.seed,
    )
    return SweepSpec(tuple(range(2, most + 1)), nmf)


def change_sweep(**options: Any) -> None:
    """Save the options of the sweep."""
    change(sweep=replace(study().sweep, **options))


def change_k(k: int) -> None:
    """Choose a number of segments."""
    change(k=int(k))


def chosen_k(matrix: PurchaseMatrix) -> int | None:
    """Return the study's k; failing that, the suggestion of a sweep that has already run."""
    from pages.ui import ask
    from segcore.selection import judge

    current = study()
    if current.k is not None:
        return min(current.k, *matrix.shape)
    key = ask.sweep(current, matrix).key(cached.store())
    if not cached.store().has(key):
        return None
    sweep = cached.result(key)
    return judge(sweep.table, sweep.baseline, matrix.row_word).suggested


# Names


def names_for(key: str, proposed: dict[int, str]) -> dict[int, str]:
    """Names of one segmentation: as edited, else as proposed."""
    edited = study().names_of(key).names
    return {number: edited.get(number, name) for number, name in proposed.items()}


def change_names(key: str, wanted: dict[int, str], proposed: dict[int, str]) -> None:
    """Save edited names, trimmed and unique."""
    from segcore.names import clean_names

    current = study()
    cleaned = clean_names(wanted, proposed)
    studies.save(current.with_names(replace(current.names_of(key), names=cleaned)))


# Rules


def change_rules(wanted: dict[str, Any]) -> None:
    """Save thresholds of the rule explorer when they moved."""
    current = study().rules
    moved = replace(current, **wanted)
    if moved != current:
        change(rules=moved)


def rule_spec(wanted: dict[str, Any]) -> RuleSpec:
    """Return what to mine: once at a low floor, so that thresholds above it are only a filter."""
    from segcore.rules import RuleSpec

    current, bought = study(), purchases()
    n = (
        len(bought.orders)
        if wanted["per"] == "order" and bought.orders is not None
        else len(bought.customers)
    )
    floor = max(0.02, min(0.05, SAFE_ROWS / max(n, 1)) if n > 1_000 else 0.02)
    return RuleSpec(
        level=current.level,
        min_support=min(wanted["min_support"], floor),
        min_confidence=min(wanted["min_confidence"], 0.2),
        per=wanted["per"],
        max_length=max(int(wanted["max_length"]), 4),
        left_out=current.filters.left_out,
    )


def run_record(view: Any) -> dict[str, Any]:
    """Return what makes the figures of an export again."""
    from segcore import __version__

    current = study()
    return {
        "Study": current.name,
        "Files": ", ".join(file.name for file in current.files),
        "Data digest": current.data_digest,
        "Level": current.level,
        "Weighting": current.weighting,
        "Filters": str(asdict(current.filters)),
        "Segments (k)": view.segmentation.k,
        "Seed": view.segmentation.spec.seed,
        "Loss": view.segmentation.spec.loss,
        "Explained share": view.segmentation.explained_share,
        "Version": __version__,
        "Saved": current.updated,
    }
