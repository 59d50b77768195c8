"""How many rules are shown, what limits them, the list itself and all of it as a file."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from pages.ui.parts import widgets
from pages.ui.parts.text import escape
from pages.ui.rules import controls
from segcore.choices.study import Filters
from segcore.language.file_names import file_name
from segcore.language.words import count, decimal, plural, restyled
from segcore.report.export import table_csv
from segcore.rules import RANKS, as_text, filter_rules, filters, leading_rule, rule_sentence, with_intervals
from segcore.rules.sentences import beyond_chance, how_many_beyond, left_in_draws, without_doubt

if TYPE_CHECKING:
    from segcore.choices.rules import RuleFilter
    from segcore.choices.study import Study
    from segcore.rules import Rules

MOST_ROWS = 500
MANY, ENOUGH, HIGHEST_LIFT = 1_000, 300, 5.0
ALL_AT_ONCE = 20  # rows shown without a scroll bar of their own


def answer(rules: Rules, positions: np.ndarray, choice: RuleFilter | None = None) -> str:
    """The leading rule as people say it."""
    if not len(positions):
        told = how_many_beyond(rules, choice) if choice is not None else ""
        if told:
            return told
        if len(rules):
            return "Nothing here is bought together more than chance, at these thresholds."
        return "Nothing is bought together often enough for these thresholds."
    if not worth_drawing(rules, positions):
        if everybody_has_all(rules, positions):
            return f"Nothing in particular: all {rules.row_word} buy all of these products."
        return "Nothing in particular: these are bought together just as often as chance alone would have it."
    first = leading_rule(rules, positions)
    doubt = "None of these is clearly more than chance. " if rules.may_be_chance[first] else ""
    return doubt + rule_sentence(rules, first)


def answer_shuffled(draws: list[Rules], choice: RuleFilter) -> str:
    """What is left of the rules once the purchases are dealt anew, in every draw."""
    left = [len(filter_rules(rules, choice)) for rules in draws]
    return left_in_draws(left, [len(filter_rules(rules, without_doubt(choice))) for rules in draws])


def worth_drawing(rules: Rules, positions: np.ndarray) -> bool:
    """Whether any rule says more than chance alone does."""
    return len(positions) > 0 and not np.allclose(rules.lift[positions], 1)


def everybody_has_all(rules: Rules, positions: np.ndarray) -> bool:
    """Whether every row holds every product of these rules."""
    return bool((rules.n_both[positions] == rules.n_rows).all())


def head(rules: Rules, positions: np.ndarray, study: Study, choice: RuleFilter) -> None:
    """How many rules of how many are shown, and why not the others."""
    words = f"**{count(len(positions))}** of {plural(len(rules), 'rule')} shown"
    if (rules.spec.shuffled or not study.rules.everything) and len(rules) > len(positions):
        words += ": beyond chance, each pair once, and no repeat of a shorter one"
    st.markdown(words)
    if not rules.spec.shuffled:
        _the_others(rules, positions, choice)
    said = " ".join((*map(restyled, rules.notes), *filters_note(study)))
    if set(rules.spec.left_out) - set(study.filters.left_out):
        said += f" Products without a {study.level} take no part."
    if said:
        st.caption(escape(said.strip()))
    _fewer(rules, positions)
    if len(positions) and not worth_drawing(rules, positions) and everybody_has_all(rules, positions):
        st.info(
            f"All {escape(rules.row_word)} bought all of these products, so no rule tells anybody apart. How much they buy does: "
            "see the segments.",
            icon=":material/info:",
        )


def _the_others(rules: Rules, positions: np.ndarray, choice: RuleFilter) -> None:
    """How many of the rules at these thresholds are beyond chance; one click shows the others, marked."""
    sure, n = beyond_chance(rules, choice)
    if len(positions) and sure < n:  # above an empty list the answer says it
        st.markdown(escape(how_many_beyond(rules, choice)))
    if sure < n and len(positions) < n:
        st.button(
            f"Show all {count(n)}" if n > 1 else "Show it", icon=":material/expand_content:", key="rules-others",
            on_click=_doubtful_too,
        )  # fmt: skip


def _doubtful_too() -> None:
    controls.save(everything=True)
    st.session_state.pop("rules-everything", None)


def _fewer(rules: Rules, positions: np.ndarray) -> None:
    """Where thousands pass, one click to the lift that leaves some hundreds."""
    if len(positions) <= MANY:
        return
    lift = np.ceil(10 * np.partition(rules.lift[positions], -ENOUGH)[-ENOUGH]) / 10
    if lift > HIGHEST_LIFT:
        return
    left = int((rules.lift[positions] >= lift).sum())
    if left:
        st.button(
            f"Only lift from {decimal(lift)}: {plural(left, 'rule')}", icon=":material/filter_alt:", key="rules-fewer",
            on_click=_raise_lift, args=(float(lift),),
        )  # fmt: skip


def _raise_lift(lift: float) -> None:
    controls.save(min_lift=lift)
    st.session_state.pop("rules-lift", None)


def filters_note(study: Study) -> list[str]:
    """Rules count baskets, not customers with a taste; say which of the filters they do not follow."""
    if replace(study.filters, left_out=()) == Filters():
        return []
    return [
        "Of the filters, rules follow only the products left out: they count all customers and all dates."
    ]


def ranking(study: Study) -> str:
    """What the list is sorted by, kept in the study."""
    key = widgets.remembered("rules-rank", study.rules.rank if study.rules.rank in RANKS else "beyond")
    by = st.selectbox(
        "Sorted by", list(RANKS), format_func=RANKS.get, key=key,
        help="Times expected: how many times as many bought both as popularity and activity explain. More than expected: how "
        "many more. Lift, cautious: the low end of the lift's 95 % interval, so that few cases count less.",
    )  # fmt: skip
    controls.save(rank=by)
    return by


def table(rules: Rules, ranked: np.ndarray, study: Study) -> None:
    """The list, and all of it as a file."""
    shown = ranked[:MOST_ROWS]
    text = widgets.in_percent(as_text(rules, shown), ["support", "confidence"], digits=1)
    pairs = zip(text["n_antecedent"], text["n_both"], strict=True)
    text.insert(2, "counts", [f"{count(both)} of {count(left)}" for left, both in pairs])
    text.insert(3, "expected", rules.expected[shown].round(1))  # a table cuts digits off
    text.insert(4, "times expected", rules.beyond[shown].round(2))
    text["lift"] = text["lift"].round(2)
    ends = zip(*(side[shown] for side in rules.confidence_interval), strict=True)
    between = [f"{count(100 * low)} – {count(100 * high)} %" for low, high in ends]
    text.insert(text.columns.get_loc("lift"), "confidence between", between)
    ends = zip(rules.lift_low[shown], rules.lift_high[shown], strict=True)
    text["lift between"] = [f"{decimal(low)} – {decimal(high)}" for low, high in ends]
    text["note"] = np.where(
        filters.repeats(rules, shown), "a shorter rule says it",
        np.where(rules.may_be_chance[shown], "may be chance", ""),
    )  # fmt: skip
    dropped = ["n_antecedent", "n_consequent", "n_both", "may be chance", "redundant"]
    st.dataframe(
        text.drop(columns=dropped), hide_index=True,
        height="content" if len(text) <= ALL_AT_ONCE else 520,
        alt="Every rule shown, with its counts, support, confidence and lift.", column_config=_columns(),
    )  # fmt: skip
    if len(ranked) > MOST_ROWS:
        st.caption(f"The first {count(MOST_ROWS)} of {count(len(ranked))}; the download has them all.")
    st.download_button(
        "All rules as CSV", lambda: table_csv(with_intervals(rules, ranked)), icon=":material/download:",
        file_name=file_name(study.name, "rules", study.updated[:10], "csv"), mime="text/csv", on_click="ignore",
    )  # fmt: skip


def _columns() -> dict:
    interval = "With 95 % certainty it lies between these two."
    return {
        "support": widgets.share_column(1, help=widgets.help_for("support")),
        "confidence": widgets.share_column(1, help=widgets.help_for("confidence")),
        "lift": widgets.decimals(2, help=widgets.help_for("lift")),
        "confidence between": st.column_config.TextColumn(help=interval),
        "lift between": st.column_config.TextColumn(help=interval),
        "expected": widgets.decimals(1, help="How many would buy both by popularity and activity alone."),
        "times expected": widgets.decimals(2, help=widgets.help_for("times expected")),
        "note": st.column_config.TextColumn(
            help="Among so many possible rules some look this good by luck; a longer rule often repeats a shorter one."
        ),
    }
