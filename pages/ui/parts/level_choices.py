"""Level, weighting and filters of the study: what the pages read and what an act on them changes."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.ui.parts import answers, cached
from pages.ui.shell import session
from segcore.choices.offered import offered
from segcore.choices.study import Filters
from segcore.language.words import numbers_in_english, restyled
from segcore.questions.levels import TryLevels

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from segcore.choices.level_edits import LevelEdits
    from segcore.choices.matrix import MatrixSpec


def counted() -> pd.DataFrame:
    """Return every level with its plain figures, the study's own among them where it is not one of the usual."""
    import pandas as pd

    current = session.study()
    table = cached.levels_of(current.data_digest, session.loaded())
    if current.level in table.index:
        return table
    own = cached.level_facts(current.data_digest, current.level).assign(recommended=False)
    return pd.concat([table, own]).sort_values("products", ascending=False, kind="stable")


def groups(table: pd.DataFrame) -> list[pd.DataFrame]:
    """The levels that are tried together: the usual ones, then the study's own if it is none of them."""
    usual = cached.levels_of(session.study().data_digest, session.loaded()).index
    parts = [table[table.index.isin(usual)], table[~table.index.isin(usual)]]
    return [part for part in parts if len(part)]


def levels() -> pd.DataFrame:
    """Return every level with its figures and what has already been tried; nothing is started."""
    current, table = session.study(), counted()
    asked = (trials_of(current.data_digest, part) for part in groups(table))
    trials = [trial for one in asked for trial in answers.ask(one, answers.ONLY_IF_KNOWN) or ()]
    return with_trials(table, trials, session.purchases().row_word)


def trials_of(digest: str, counted: pd.DataFrame) -> TryLevels:
    """Ask for a trial of these levels."""
    return TryLevels(digest, tuple(map(str, counted.index)))


def with_trials(counted: pd.DataFrame, trials: Iterable[Any], row_word: str) -> pd.DataFrame:
    """The table of levels with the trials so far."""
    from segcore.hierarchy import with_trials as merge

    with (
        numbers_in_english()
    ):  # as the levels that were measured with the file, so that all are restyled alike
        table = merge(counted, trials, row_word)
    return table.assign(reason=table["reason"].map(restyled))


def change_level(level: str) -> None:
    """Work at another level; what depends on the old one's products is dropped."""
    current = session.study()
    if level == current.level:
        return

    known, bought = levels(), session.purchases()
    full = level in known.index and session.is_full(known, level)
    can = offered(bought.has("amount"), bought.has("quantity"), full)
    stays = current.weighting in can and full == session.is_full(known, current.level)
    session.change(
        level=level,
        k=None,
        filters=replace(current.filters, left_out=()),
        weighting=current.weighting if stays else can[0],
        sweep=replace(current.sweep, start_key="", start_k=0),  # segments of other products start nothing
    )
    st.session_state.pop("filter-left_out", None)
    for key in ("weighting", "combination"):
        st.session_state.pop(key, None)


def combined() -> list[str]:
    """The attributes the study's level combines; none where it is a single one."""
    from segcore.purchases.levels import level_parts

    parts = list(level_parts(session.purchases(), session.study().level))
    return parts if len(parts) > 1 else []


def change_combination(parts: list[str]) -> None:
    """Work at a combination of attributes once two are chosen."""
    from segcore.purchases.levels import COMBINE

    if len(parts) > 1:
        change_level(COMBINE.join(parts))


def change_edits(edits: LevelEdits) -> None:
    """Save a changed hierarchy; level and number of segments stay where they still mean the same."""
    import numpy as np

    from segcore.errors import SpecError
    from segcore.purchases.kept import keep_edited
    from segcore.purchases.levels import level_codes

    current, before = session.study(), session.purchases()
    base = current.base_digest
    edits = replace(edits, base="" if edits.is_empty else base)
    digest = keep_edited(base, edits)
    changes: dict[str, Any] = {"level_edits": edits, "data_digest": digest}
    old = level_codes(before, current.level)
    try:
        new = level_codes(cached.purchases(digest), current.level)
        if not (new[1].equals(old[1]) and np.array_equal(new[0], old[0])):
            changes["k"] = None
    except SpecError:  # the level went with the map it was
        table = cached.levels_of(digest, session.loaded())
        level = str(table.index[table["recommended"]][0])
        changes |= {"level": level, "k": None, "filters": replace(current.filters, left_out=())}
    session.change(**changes)
    for key in ("filter-left_out", "combination"):
        st.session_state.pop(key, None)


def matrix_spec() -> MatrixSpec:
    """Return the study's level, weighting and filters as the core takes them."""
    return session.study().matrix_spec()


def weightings() -> tuple[str, ...]:
    """Weightings that can work on the study's data at its level."""
    bought, current = session.purchases(), session.study()
    return offered(bought.has("amount"), bought.has("quantity"), session.is_full(levels(), current.level))


def has_filters() -> bool:
    """Whether any filter is set."""
    return session.study().filters != Filters()


def filters_open() -> bool:
    """Whether the filters stand open: once one was set they stay, so that taking it back closes nothing."""
    st.session_state["filters-open"] = st.session_state.get("filters-open", False) or has_filters()
    return st.session_state["filters-open"]


def level_products() -> list[str]:
    """Every product at the study's level."""
    from segcore.purchases.levels import level_codes

    return list(level_codes(session.purchases(), session.study().level)[1])


def change_weighting(weighting: str) -> None:
    """Save what a purchase counts."""
    session.change(weighting=weighting)


def change_filter(name: str, value: int | list[str]) -> None:
    """Save one filter."""
    value = tuple(value) if isinstance(value, list) else int(value)
    session.change(filters=replace(session.study().filters, **{name: value}))


def leave_out(products: Sequence[str]) -> None:
    """Leave these products out besides what is left out already."""
    current = session.study().filters
    session.change(filters=replace(current, left_out=tuple(sorted({*current.left_out, *products}))))
    st.session_state.pop("filter-left_out", None)


def take_back_products() -> None:
    """Leave no product out by name any more."""
    session.change(filters=replace(session.study().filters, left_out=()))
    st.session_state.pop("filter-left_out", None)


def change_giants(*, leave_out_above: int = 0, count_as: int = 0) -> None:
    """Leave customers with more products out, or let them weigh as much as one with that many; neither undoes both."""
    current = session.study().filters
    session.change(filters=replace(current, max_products=leave_out_above, cap_products=count_as))


def window(first: dt.date, last: dt.date) -> tuple[dt.date, dt.date]:
    """Return the date window as two days."""
    chosen = session.study().filters
    return days_within(chosen.date_from, chosen.date_to, first, last)


def days_within(start: str | None, end: str | None, first: dt.date, last: dt.date) -> tuple[dt.date, dt.date]:
    """Two ISO days as a calendar from ``first`` to ``last`` can show them: an end that is open, or outside, is its own."""
    begin = min(max(dt.date.fromisoformat(start), first), last) if start else first
    finish = min(max(dt.date.fromisoformat(end), first), last) if end else last
    return (begin, finish) if begin <= finish else (first, last)


def change_window(first: dt.date, last: dt.date, days: Sequence[dt.date]) -> None:
    """Save the date window once both ends are chosen; the whole span is no filter."""
    if len(days) != 2:
        return
    session.change(
        filters=replace(
            session.study().filters,
            date_from=None if days[0] <= first else days[0].isoformat(),
            date_to=None if days[1] >= last else days[1].isoformat(),
        )
    )
