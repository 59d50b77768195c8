"""What was left out, repaired and noticed, each with its count; what is a choice has its control beside it."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.ui.parts import widgets
from pages.ui.parts.text import escape
from pages.ui.shell import session
from segcore.language.words import plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segcore.intake import Finding
    from segcore.intake.loaded import Loaded

FEW_FINDINGS = 6
BY_FILE = "decided by the file"
# Every choice of the intake that can be undone: what the control says, and its options.
CHOICES: dict[str, tuple[str, dict[Any, str]]] = {
    "returns": ("Returns are", {"net": "taken off the purchases", "drop": "left out", "keep": "counted as purchases"}),
    "duplicates": ("Repeated lines are", {"keep": "kept", "drop": "left out"}),
    "spellings": ("Spellings are", {"merge": "merged", "keep": "kept apart"}),
    "day_first": ("Dates are", {None: BY_FILE, True: "day first (31/12)", False: "month first (12/31)"}),
    "decimal": ("Decimals follow", {None: BY_FILE, ",": "a comma (1.234 is a thousand)", ".": "a point (1.234 is one)"}),
    "amount_is": ("The money is", {"total": "for the whole line", "each": "for one piece"}),
    "lists": ("Lists in a cell are", {None: BY_FILE, "split": "taken apart", "keep": "kept whole"}),
    "no_purchases": ("Such lines are", {"drop": "left out", "keep": "counted as purchases"}),
    "blanks": ("Blanks below a label are", {None: BY_FILE, "fill": "filled with it", "leave": "left blank"}),
}  # fmt: skip


def questions(loaded: Loaded) -> None:
    """What the file cannot tell: read one way for now, asked before anything else is shown."""
    asked = loaded.report.questions
    if not asked:
        return
    with st.container(border=True):
        head = "One thing only you can know" if len(asked) == 1 else f"{len(asked)} things only you can know"
        st.markdown(f"**{head}**")
        for finding in asked:
            _with_control(finding, loaded, "asked")


def repairs(loaded: Loaded) -> None:
    """Everything that was left out, repaired or noticed, with an undo where there is a choice."""
    report = loaded.report
    groups = (
        ("Left out", ":material/block:", report.left_out),
        ("Repaired", ":material/build:", report.repairs),
        ("Good to know", ":material/info:", report.notes),
    )
    if all(finding.ask for *_, findings in groups for finding in findings):
        st.caption("Nothing had to be repaired and nothing was left out.")
        return
    told = {finding.choice for finding in report.questions}
    for title, icon, findings in groups:
        listed = [finding for finding in findings if not finding.ask]
        if not listed:
            continue
        few = len(listed) <= FEW_FINDINGS
        with st.expander(f"{title}: {plural(len(listed), 'thing')}", icon=icon, expanded=few):
            told |= _list(listed, loaded, told)


def _list(findings: Sequence[Finding], loaded: Loaded, told: set[str]) -> set[str]:
    """One line a finding; the first of each choice carries its control."""
    for finding in findings:
        if finding.choice in CHOICES and finding.choice not in told:
            told = told | {finding.choice}
            _with_control(finding, loaded, "undo")
        else:
            st.markdown(f"- {_sentence(finding, loaded)}")
    return told


def _sentence(finding: Finding, loaded: Loaded) -> str:
    """The finding in words; where there is one file only, its name need not be said each time."""
    files = loaded.report.files
    where = finding.where.removeprefix(files[0].name).lstrip(", ") if len(files) == 1 else finding.where
    return escape(replace(finding, where=where[:1].upper() + where[1:]).restyled.sentence)


def _with_control(finding: Finding, loaded: Loaded, place: str) -> None:
    label, options = CHOICES[finding.choice]
    current = getattr(loaded.roles, finding.choice)
    said, control = st.columns([5, 2], vertical_alignment="center", gap="medium")
    said.markdown(f"- {_sentence(finding, loaded)}")
    kinds = list(options)
    key = f"{place}-{finding.choice}"
    control.selectbox(
        label, kinds, kinds.index(current), format_func=options.__getitem__, key=key,
        on_change=widgets.hand_over, args=(key, lambda value: read_again(**{finding.choice: value})),
    )  # fmt: skip


def read_again(**choices: Any) -> None:
    """Read the study's files again with another choice; the study keeps what was chosen on its pages."""
    study, loaded = session.study(), session.loaded()
    if study is not None and loaded is not None:
        session.change(pending=study.files, pending_roles=asdict(replace(loaded.roles, **choices)))
