"""What an act on the What if page changes in the study, and the questions it asks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.ui.shell import session
from segcore.choices.scenarios import Basket, Edit, Scenario, WhatIf
from segcore.choices.study import StudyFile
from segcore.questions.whatif import ComparePeriods, ReadNewcomers, TryScenario

if TYPE_CHECKING:
    from pages.ui.parts.view import View

SEEDED = ("range-", "hand-")  # widgets that show the scenario tried out


def tried() -> WhatIf:
    """Everything that is tried out in this study."""
    return session.study().what_if


def base_of(view: View) -> str:
    """Which segmentation this is, in every version of the program: its data and choices, not where it is stored."""
    return view.cut


def now(view: View) -> Scenario:
    """The scenario on the screen."""
    return tried().now(base_of(view))


def step(base: str, **changes: Any) -> None:
    """Change the scenario on the screen; what it was can be had back."""
    session.change(what_if=tried().then(replace(tried().now(base), **changes)))


def edit(base: str, made: Edit) -> None:
    """Change the segments by hand."""
    step(base, edits=(*tried().now(base).edits, made))
    reseed()


def lock(base: str, locked: list[int]) -> None:
    """Hold exactly these segments."""
    others = tuple(one for one in tried().now(base).edits if one.kind != "lock")
    locks = (Edit("lock", tuple(sorted(locked))),) if locked else ()
    step(base, edits=(*locks, *others))


def go(way: str, base: str) -> None:
    """Undo, redo or reset."""
    if way == "reset":
        session.change(what_if=tried().then(Scenario(base=base)))
    else:
        session.change(what_if=tried().undone() if way == "undo" else tried().redone())
    reseed()


def keep(base: str, name: str) -> None:
    """Keep the scenario on the screen under a name."""
    session.change(what_if=tried().keep(replace(tried().now(base), name=" ".join(name.split())[:60])))


def open_kept(base: str, scenario: Scenario) -> None:
    """Put a kept scenario on the screen."""
    session.change(what_if=tried().then(replace(scenario, name="", base=base)))
    reseed()


def forget(base: str, name: str) -> None:
    """Drop a kept scenario."""
    session.change(what_if=tried().forget(name, base))


def reseed() -> None:
    """Let the widgets show the scenario as it is now."""
    for key in [key for key in st.session_state if str(key).startswith(SEEDED) and key != "range-attribute"]:
        del st.session_state[key]


def change_basket(at: int, basket: Basket) -> None:
    """Save one of the baskets."""
    baskets = list(tried().baskets) or [Basket()]
    baskets[at : at + 1] = [basket]
    session.change(what_if=replace(tried(), baskets=tuple(baskets)))


def second_basket(wanted: bool) -> None:
    """Put a second basket beside the first, a copy to start with, or take it away."""
    first = (tried().baskets or (Basket(),))[0]
    session.change(what_if=replace(tried(), baskets=(first, first) if wanted else (first,)))


def change_days(days: tuple[str, ...]) -> None:
    """Save the two periods compared."""
    session.change(what_if=replace(tried(), days=days))


def take_newcomers(files: tuple[StudyFile, ...]) -> None:
    """Save which files of new customers are looked at."""
    session.change(newcomers=files)


def scenario_of(view: View, scenario: Scenario) -> TryScenario:
    """Ask what comes of a scenario."""
    return TryScenario(view.asked, scenario.question)


def newcomers_of(view: View, files: tuple[StudyFile, ...]) -> ReadNewcomers:
    """Ask who the new customers are."""
    return ReadNewcomers(view.asked, session.files_of(files), session.roles_of(dict(view.study.roles)))


def periods_of(view: View, days: tuple[str, ...]) -> ComparePeriods:
    """Ask who moved between two periods."""
    return ComparePeriods(view.asked, (days[0], days[1]), (days[2], days[3]))
