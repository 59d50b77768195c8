"""One rule: in words, as a picture, who is behind it, and how it stands in each segment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from pages.ui.parts import cached, widgets
from pages.ui.parts.text import escape
from pages.ui.rules import asking
from pages.ui.shell import navigation
from segcore.language.file_names import file_name
from segcore.language.words import count, decimal, of, percent, plural

if TYPE_CHECKING:
    from pages.ui.parts.view import View
    from segcore.choices.study import Study
    from segcore.rules import Rules

MOST_NAMES = 500
CIRCULAR = (
    "Segments were made from the same purchases as the rules. In a segment that was built around these products nearly "
    "everybody buys both, so the lift inside it is near 1: the segment already says what the rule says."
)


def card(rules: Rules, position: int, study: Study, view: View | None, key: str) -> None:
    """The sentence, its marks, then one of three looks."""
    from segcore.rules import rule_sentence

    with st.container(border=True):
        st.markdown(f"**{escape(rule_sentence(rules, position))}**")
        st.caption(escape(_certainty(rules, position)))
        for mark in marks(rules, position):
            st.caption(mark)
        looks = ["Picture", f"Which {rules.row_word}", "In each segment"]
        if rules.spec.shuffled:
            looks = looks[:1]
        look = st.segmented_control(
            "Look",
            looks,
            default=looks[0],
            key="rule-look",
            label_visibility="collapsed",
            format_func=widgets.quiet,
        )
        if look == looks[0] or look is None:
            # Of so many who bought the left side, how many bought the right; of everybody, how many.
            widgets.chart(cached.rule_picture(key, position, widgets.theme()), key="rule-picture")
        elif look == looks[-1]:
            in_segments(rules, position, study, view)
        else:
            behind(rules, position, study)


def _one(rules: Rules) -> str:
    return rules.row_word.removesuffix("s")


def _certainty(rules: Rules, position: int) -> str:
    """What activity explains, and how sure confidence and lift are."""
    low, high = (side[position] for side in rules.confidence_interval)
    expected, beyond = rules.expected[position], rules.beyond[position]
    explained = (
        f"Popularity and activity explain {decimal(expected)} {rules.row_word} with all of it; there are "
        f"{count(rules.n_both[position])}, {decimal(beyond)} times as many."
    )
    lift = f"Lift {decimal(rules.lift[position])} (between {decimal(rules.lift_low[position])} and {decimal(rules.lift_high[position])})"
    return f"{explained} With 95 % certainty the confidence is between {percent(low)} and {percent(high)}. {lift}."


def marks(rules: Rules, position: int) -> list[str]:
    """Why a rule is to be doubted, in sentences."""
    from segcore.rules.filters import repeats, says_something

    said, place = [], np.array([position])
    if repeats(rules, place)[0]:
        said.append("A shorter rule says it as well.")
    elif rules.may_be_chance[position]:
        said.append(
            f"May be chance: {count(rules.tested)} rules were possible, and some look this good by luck."
        )
    elif not says_something(rules, place)[0]:
        said.append("Hardly more than popularity and activity explain.")
    elif rules.length[position] > 2 and np.count_nonzero(rules.antecedent[position] >= 0) > 1:
        better = rules.confidence[position] - rules.improvement[position]
        said.append(
            f"The best rule with fewer products on the left reaches {percent(better, int(rules.n_antecedent[position]))}."
        )
    return said


def behind(rules: Rules, position: int, study: Study) -> None:
    """The customers or orders that hold the rule, and those who have only the left side: whom to offer it to."""
    from segcore.report.export import table_csv
    from segcore.rules.inside import rows_behind

    table = asking.table(study, rules.spec)
    whole, left_only = rows_behind(table.values, rules, position)
    bought = cached.purchases(study.data_digest)
    labels = bought.customers if rules.spec.per == "customer" else bought.orders
    said = {
        "both": f"Bought all of it ({count(len(whole))})",
        "left": f"Only the left side so far ({count(len(left_only))})",
    }
    which = st.radio(
        "Who", list(said), format_func=said.get, horizontal=True, key="rule-who", label_visibility="collapsed"
    )
    rows = table.rows[whole if which == "both" else left_only]
    frame = pd.DataFrame({_one(rules): labels[rows].astype(str)})
    frame["products"] = np.diff(table.values.indptr)[whole if which == "both" else left_only]
    st.dataframe(
        frame.head(MOST_NAMES), hide_index=True, height=260,
        alt=f"The {rules.row_word} behind the rule and how many products each has.",
    )  # fmt: skip
    st.download_button(
        "As a list", lambda: table_csv(frame), icon=":material/download:", mime="text/csv", on_click="ignore",
        file_name=file_name(study.name, f"{rules.row_word} of a rule", study.updated[:10], "csv"),
    )  # fmt: skip


def in_segments(rules: Rules, position: int, study: Study, view: View | None) -> None:
    """The rule's lift inside each segment, with intervals and the reason for caution."""
    from segcore.figures.rule_segments import rule_segments
    from segcore.rules.inside import contrast

    if view is None:
        no_segments(study)
        return
    values = asking.table(study, rules.spec).values
    group = asking.segment_of_rows(study, rules.spec, view)
    found = contrast(values, rules, np.array([position]), group, view.segmentation.k)
    low, high = found.interval
    table = pd.DataFrame(
        {
            "name": [view.names[number] for number in view.segmentation.sizes.index],
            "lift": found.lift[0], "low": low[0], "high": high[0], "n_both": found.both[0],
            "n_antecedent": found.left[0],
        },
        index=view.segmentation.sizes.index,
    )  # fmt: skip
    widgets.chart(
        rule_segments(
            table, float(rules.lift[position]), view.colours, theme=widgets.theme(), wrap=60,
            title=_in_one_sentence(table, float(rules.lift[position])),
            subtitle="Lift inside each segment with its 95 % interval; right: who bought all of it, of those with the left side",
        ),
        key="rule-segments",
    )  # fmt: skip
    st.caption(CIRCULAR)


def no_segments(study: Study) -> None:
    """What is missing before a rule can be seen in each segment, and the way there."""
    if study.k is None:
        said, page, words = "There are no segments yet.", navigation.HOW_MANY, "How many kinds are there?"
    else:
        said, page, words = (
            f"The {study.k:d} segments have not been found yet.",
            navigation.SEGMENTS,
            "Find the segments",
        )
    st.info(said, icon=":material/info:")
    if st.button(words, icon=":material/arrow_forward:", key="rule-to-segments"):
        navigation.go_to(page)


def _in_one_sentence(table: pd.DataFrame, overall: float) -> str:
    """Where the rule holds within a segment, too."""
    holds = table[table["lift"].notna() & (table["low"] > 1)]
    if not len(holds):
        return "Inside no segment alone is the lift surely above 1"
    if len(holds) == len(table):
        return f"It holds inside every segment; among everybody the lift is {decimal(overall)}"
    best = holds["n_both"].idxmax()
    return f"It holds inside {of(len(holds), len(table)).split(' (')[0]} {plural(2, 'segment').split()[1]}, most in “{holds.loc[best, 'name']}”"
