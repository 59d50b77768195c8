"""Tests that were begun: who is in them, the outcome, and what may be said of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import streamlit as st

from pages.ui.offers import list_tab
from pages.ui.parts import cached
from pages.ui.parts.answers import ask
from pages.ui.parts.text import escape
from pages.ui.shell import locale as reader
from pages.ui.shell import session
from segcore.choices.packed_ids import unpack_ids
from segcore.errors import SegcoreError
from segcore.language.file_names import file_name
from segcore.language.words import count, plural, readable
from segcore.offers.uplift import bought_ids, outcome_table, uplift_of, verdict
from segcore.questions.offers import ReadOutcome
from segcore.report.export import table_csv

if TYPE_CHECKING:
    import pandas as pd

    from pages.ui.offers.context import Room
    from segcore.choices.offer_records import OfferTest


def draw(room: Room) -> None:
    """Every test of the study, the newest first."""
    tests = tuple({test.id: test for test in room.view.study.offer_tests}.values())
    if not tests:
        return
    st.subheader("Tests", anchor=False)
    for at, test in enumerate(reversed(tests)):
        name = readable(test.product, room.view.study.level)
        title = f"{escape(name)} · {reader.day(datetime.fromisoformat(test.created))} · {count(test.n_treated)} with the offer, {count(test.n_held_out)} held out"
        with st.expander(title, expanded=at == 0, icon=":material/science:"):
            _lists(room, test)
            if test.outcome:
                _outcome(room, test)
            _upload(test)
            st.button(
                "Delete this test",
                icon=":material/delete:",
                key=f"offers-test-delete-{test.id}",
                on_click=_delete,
                args=(test.id,),
            )


def arms_of(test: OfferTest) -> pd.DataFrame:
    """Everybody in a test with segment and arm."""
    import pandas as pd

    rows = [
        (one, group.segment, arm)
        for group in test.groups
        for packed, arm in ((group.treated, "treated"), (group.held_out, "held out"))
        for one in unpack_ids(packed)
    ]
    return pd.DataFrame(rows, columns=["customer", "segment", "arm"]).set_index("customer")


def _lists(room: Room, test: OfferTest) -> None:
    """The files of both arms."""
    study, day = room.view.study, test.created[:10]
    sides = (("Send to these", "treated"), ("Leave these in peace", "held out"))
    columns = st.columns([1, 1, 1])
    for column, (label, arm) in zip(columns, sides, strict=False):
        column.download_button(
            label, lambda arm=arm: list_tab.ids_file(_ids(test, arm)), icon=":material/download:", width="stretch",
            file_name=file_name(study.name, f"{arm} {test.product}", day, "csv"), mime="text/csv", on_click="ignore",
            key=f"offers-test-{arm}-{test.id}",
        )  # fmt: skip
    columns[2].download_button(
        "Both, with segments", lambda: table_csv(arms_of(test)), icon=":material/download:", width="stretch",
        file_name=file_name(study.name, f"test {test.product}", day, "csv"), mime="text/csv", on_click="ignore",
        key=f"offers-test-both-{test.id}",
    )  # fmt: skip


def _ids(test: OfferTest, arm: str) -> list[str]:
    packed = [group.treated if arm == "treated" else group.held_out for group in test.groups]
    return [one for each in packed for one in unpack_ids(each)]


def _outcome(room: Room, test: OfferTest) -> None:
    """What the test brought, overall and in each segment."""
    word = room.view.matrix.row_word
    st.markdown(f"**{escape(verdict(uplift_of(test.groups), word))}**")
    table = outcome_table(test.groups)
    st.dataframe(
        table, hide_index=True, height="content", alt="The outcome in every segment, with intervals."
    )
    st.caption(
        escape(
            f"95 % intervals (Newcombe 1998), read from {test.outcome}. One segment among several may look good by luck."
        )
    )


def _upload(test: OfferTest) -> None:
    """Read who bought from a file, once."""
    file = st.file_uploader(
        "Who bought? A list of ids, or a table with ids and a yes-or-no column", key=f"offers-outcome-{test.id}",
        type=["csv", "txt", "tsv", "xlsx", "xls"],
    )  # fmt: skip
    if file is None:
        return
    kept = cached.store().keep_upload(file.name, file)
    table = ask(ReadOutcome(((kept.name, kept.stored_name),)))
    if table is None:
        return
    arms = arms_of(test)
    try:
        bought, strangers = bought_ids(table, arms.index)
    except SegcoreError as error:
        st.error(escape(error.sentence), icon=":material/error:")
        return
    if strangers:
        st.caption(
            f"{plural(strangers, 'row of the file is', 'rows of the file are')} of nobody in this test and left aside."
        )
    read = _with_outcome(test, bought, file.name)
    if read != test:
        session.update(
            lambda now: now.with_(offer_tests=tuple(read if t.id == test.id else t for t in now.offer_tests))
        )
        st.rerun()


def _with_outcome(test: OfferTest, bought: frozenset[str], name: str) -> OfferTest:
    groups = tuple(
        replace(
            group,
            bought_treated=len(bought & set(unpack_ids(group.treated))),
            bought_held_out=len(bought & set(unpack_ids(group.held_out))),
        )
        for group in test.groups
    )
    return replace(test, groups=groups, outcome=name)


def _delete(test_id: str) -> None:
    session.update(lambda now: now.with_(offer_tests=tuple(t for t in now.offer_tests if t.id != test_id)))
