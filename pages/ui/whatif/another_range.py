"""Another range: drop and bring back products, groups, days and thin customers; see who moves."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from pages.ui.parts import cached, widgets
from pages.ui.parts import level_choices as working_level
from pages.ui.parts.answers import ask
from pages.ui.parts.text import escape
from pages.ui.shell import locale as reader
from pages.ui.whatif import changes, kept, outcome
from pages.ui.whatif.steps import way_back
from segcore.choices.scenarios import Group, Scenario
from segcore.language.words import plural, readable
from segcore.whatif.changed import values_of
from segcore.whatif.range_words import cost_sentence, outcome_sentence

if TYPE_CHECKING:
    from pages.ui.parts.view import View

MOST_VALUES = 300  # values of an attribute that make a list to choose from
MOST_K = 12


def show(view: View) -> None:
    """Controls on the left, what comes of them on the right, scenarios below."""
    scenario = changes.now(view)
    head = st.container()
    left, right = st.columns([2, 5], gap="large")
    with left:
        with st.container(border=True):
            _products(view, scenario)
            _groups(view, scenario)
            _days(view, scenario)
            _customers(view, scenario)
            _number(view, scenario)
        way_back(view, scenario)
    with right:
        known = answered(view, scenario, head, "range", f"Drop a product, a group or a period, and see which {view.matrix.row_word} move.")  # fmt: skip
    kept.show(view, scenario, waiting=not known)


def answered(
    view: View, scenario: Scenario, head: st.delta_generator.DeltaGenerator, key: str, empty: str
) -> bool:
    """The answer at the head and its picture here; a job's progress while it is found, and False."""
    if scenario.is_empty:
        with head:
            outcome.answer(f"Nothing is changed yet. {empty}")
        st.info("What comes of a change stands here: who moves, which segment dissolves, sizes and money.", icon=":material/moving:")  # fmt: skip
        return True
    found = ask(changes.scenario_of(view, scenario))
    if found is None:
        with head:
            outcome.answer("Finding the segments of the changed range.")
        return False
    with head:
        outcome.answer(outcome_sentence(found, view.names, view.matrix.row_word), cost_sentence(found))
    outcome.result(view, found, key)
    return True


def _change(view: View, field: str, value: object) -> None:
    changes.step(changes.base_of(view), **{field: value})


def _products(view: View, scenario: Scenario) -> None:
    """Products of the level, the best-known first; those the study leaves out can come back."""
    order = (-view.matrix.buyers).argsort(kind="stable")
    listed = [str(product) for product in view.matrix.products[order]]
    named = partial(readable, level=view.study.level)
    key = widgets.remembered("range-left_out", [p for p in scenario.left_out if p in set(listed)])
    st.multiselect(
        "Drop products", listed, key=key, placeholder="Search a product", on_change=widgets.hand_over, format_func=named,
        args=(key, lambda chosen: _change(view, "left_out", tuple(chosen))),
        help="They stay in the file; the segments are found as if they had never been sold.",
    )  # fmt: skip
    out = list(view.study.filters.left_out)
    if out:
        key = widgets.remembered("range-brought_back", [p for p in scenario.brought_back if p in out])
        st.multiselect(
            "Bring back", out, key=key, placeholder="Products the study leaves out", on_change=widgets.hand_over,
            format_func=named, args=(key, lambda chosen: _change(view, "brought_back", tuple(chosen))),
        )  # fmt: skip


def _groups(view: View, scenario: Scenario) -> None:
    """A whole brand or category, by any attribute the file has."""
    bought = cached.purchases(view.study.data_digest)
    offered = [a for a in bought.attributes if 1 < bought.products[a].nunique() <= MOST_VALUES]
    if not offered:
        return
    first = next((group.attribute for group in scenario.without if group.attribute in offered), offered[0])
    attribute = st.selectbox("Drop a whole", offered, key=widgets.remembered("range-attribute", first))
    values = values_of(bought, attribute)
    own = [group.value for group in scenario.without if group.attribute == attribute]
    key = widgets.remembered(f"range-without-{attribute}", [value for value in own if value in values])
    others = tuple(group for group in scenario.without if group.attribute != attribute)

    def save(chosen: list[str]) -> None:
        _change(view, "without", (*others, *(Group(attribute, value) for value in chosen)))

    st.multiselect(
        f"Which {escape(attribute)}", values, key=key, label_visibility="collapsed", placeholder=f"Search a {attribute}",
        on_change=widgets.hand_over, args=(key, save),
    )  # fmt: skip


def _days(view: View, scenario: Scenario) -> None:
    span = cached.purchases(view.study.data_digest).date_span
    if span is None:
        return
    first, last = (moment.date() for moment in span)
    own = view.study.filters
    usual = working_level.days_within(own.date_from, own.date_to, first, last)
    starts = scenario.date_from or usual[0].isoformat(), scenario.date_to or usual[1].isoformat()
    chosen = working_level.days_within(*starts, first, last)
    key = widgets.remembered("range-days", chosen)

    def save(days: tuple[dt.date, ...]) -> None:
        if len(days) != 2:
            return
        # Beside a window of the study's own an end left open would mean the study's, not the file's.
        open_ends = usual == (first, last) or tuple(days) == usual
        start, end = (
            None if open_ends and day == whole else day.isoformat()
            for day, whole in zip(days, usual, strict=True)
        )
        changes.step(changes.base_of(view), date_from=start, date_to=end)

    st.date_input(
        "Only purchases between", min_value=first, max_value=last, key=key, format=reader.field_format(), on_change=widgets.hand_over, args=(key, save)
    )  # fmt: skip


def _customers(view: View, scenario: Scenario) -> None:
    usual = max(view.study.filters.min_products, 1)
    key = widgets.remembered("range-min_products", max(scenario.min_products, usual))

    def save(least: int) -> None:
        _change(view, "min_products", 0 if int(least) == usual else int(least))

    st.number_input(
        f"Leave out {view.matrix.row_word} with fewer products than", usual, 1_000, key=key,
        on_change=widgets.hand_over, args=(key, save),
    )  # fmt: skip


def _number(view: View, scenario: Scenario) -> None:
    most = min(MOST_K, *view.matrix.shape)
    key = widgets.remembered("range-k", scenario.k or 0)
    st.selectbox(
        "Number of segments", [0, *range(2, most + 1)], key=key,
        format_func=lambda k: plural(k, "segment") + ", looked for anew" if k else "as many as stay",
        on_change=widgets.hand_over, args=(key, partial(_save_number, view)),
        help="Usually the segments are found from where they are, so that each keeps its name; one whose products are "
        "gone dissolves. Another number is looked for from the start.",
    )  # fmt: skip


def _save_number(view: View, k: int) -> None:
    _change(view, "k", int(k) or None)
