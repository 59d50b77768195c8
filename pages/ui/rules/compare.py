"""Two further views: rules inside segments, and what is bought instead."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from pages.ui.parts import widgets
from pages.ui.parts.answers import BUTTON, ask
from pages.ui.parts.text import escape
from pages.ui.rules import asking, controls, one
from segcore.language.words import count, decimal, plural, readable

if TYPE_CHECKING:
    from pages.ui.parts.view import View
    from segcore.choices.rules import RuleFilter
    from segcore.choices.study import Study
    from segcore.rules import Rules

MOST_COMPARED = 40


def by_segment(rules: Rules, ranked: np.ndarray, study: Study, view: View | None, choice: RuleFilter) -> None:
    """Lift of the strongest rules inside every segment; a segment's own rules on request."""
    if view is None:
        one.no_segments(study)
        return
    _contrast_table(rules, ranked[:MOST_COMPARED], study, view)
    st.caption(one.CIRCULAR)
    names = {int(n): view.names[int(n)] for n in view.segmentation.sizes.index}
    segment = st.selectbox(
        "A segment’s own rules", list(names), format_func=names.get, key="rules-own-segment"
    )
    asked = asking.inside(rules.spec, view, int(segment))
    own = ask(asked, BUTTON(f"Find rules inside “{names[segment]}”"))
    if own is not None:
        _own_rules(own, choice, names[segment])


def _contrast_table(rules: Rules, shown: np.ndarray, study: Study, view: View) -> None:
    from segcore.rules import as_text
    from segcore.rules.inside import contrast

    group = asking.segment_of_rows(study, rules.spec, view)
    found = contrast(asking.table(study, rules.spec).values, rules, shown, group, view.segmentation.k)
    text = as_text(rules, shown)[["who buys", "also buys", "lift"]].rename(columns={"lift": "everybody"})
    text.insert(0, "rule", text.pop("who buys") + " → " + text.pop("also buys"))
    low = found.interval[0]
    columns = {}
    for at, number in enumerate(view.segmentation.sizes.index):
        name = f"in “{view.names[int(number)]}”"
        text[name] = [
            "–" if np.isnan(lift) else f"{decimal(lift)}{' sure' if sure > 1 else ''}"
            for lift, sure in zip(found.lift[:, at], low[:, at], strict=True)
        ]
        columns[name] = st.column_config.TextColumn(
            help="Lift inside this segment; “sure”: above 1 with 95 % certainty; – one side is not bought there."
        )
    st.markdown(f"#### The {plural(len(shown), 'strongest rule', 'strongest rules')} inside each segment")
    st.dataframe(
        text, hide_index=True, height="content" if len(text) <= 20 else 520,
        alt="Rules, with their lift among everybody and inside each segment.",
        column_config={"everybody": widgets.decimals(1)} | columns,
    )  # fmt: skip


def _own_rules(own: Rules, choice: RuleFilter, name: str) -> None:
    from segcore.rules import as_text, filter_rules, rank_rules

    known = set(own.items)
    asked = {side: tuple(p for p in getattr(choice, side) if p in known) for side in controls.SIDES}
    kept = rank_rules(own, filter_rules(own, replace(choice, **asked)), most=MOST_COMPARED)
    if not len(kept):
        st.info(
            escape(f"Inside “{name}” ({count(own.n_rows)} {own.row_word}) no rule passes these choices."),
            icon=":material/info:",
        )
        return
    text = widgets.in_percent(as_text(own, kept), ["support", "confidence"])
    st.dataframe(
        text[["who buys", "also buys", "n_both", "n_antecedent", "confidence", "lift"]].rename(
            columns={"n_both": "bought all", "n_antecedent": "of"}
        ),
        hide_index=True, height="content" if len(text) <= 20 else 520,
        alt=f"Rules among the customers of {name} alone.",
        column_config=widgets.percent_columns(["confidence"]) | {"lift": widgets.decimals(2)},
    )  # fmt: skip


def instead(study: Study, rules: Rules) -> None:
    """Products of one group that keep apart more than chance."""
    levels = controls.coarser_levels(study)
    if not levels:
        st.info(
            "Substitutes are looked for within a group of products, and this file has no level above the one in use.",
            icon=":material/info:",
        )
        return
    parent = st.selectbox("Within the same", levels, key="rules-parent")
    found = ask(asking.substitutes(study, rules.spec, parent))
    if found is None:
        return
    if not found.tested:
        st.info(
            escape(
                f"No two products of one {parent} are bought often enough to tell whether they keep apart."
            ),
            icon=":material/info:",
        )
        return
    st.markdown(f"#### {escape(_instead_sentence(found.table, study.level, rules.row_word, parent))}")
    st.caption(
        escape(
            f"{plural(found.tested, 'pair')} of products within one {parent} were tested. Shown are those that fewer "
            f"{rules.row_word} have than popularity and activity explain, whose whole interval lies below, beyond luck over all "
            "pairs tested."
        )
    )
    if len(found.table):
        _instead_table(found.table, study.level)


def _instead_sentence(table: pd.DataFrame, level: str, row_word: str, parent: str) -> str:
    if not len(table):
        return f"Nothing in one {parent} is bought instead of another more than chance"
    best = table.iloc[0]
    one_name, other = readable(best["one"], level), readable(best["other"], level)
    return (
        f"{one_name} or {other}: {_who(int(best['n_both']), row_word)} both, by popularity and activity it would be "
        f"{count(best['expected'])}"
    )


def _who(n: int, row_word: str) -> str:
    """``1 customer has``, ``12 orders have``."""
    return plural(n, f"{row_word.removesuffix('s')} has", f"{row_word} have")


def _instead_table(table: pd.DataFrame, level: str) -> None:
    shown = pd.DataFrame(
        {
            "bought": [readable(name, level) for name in table["one"]],
            "or instead": [readable(name, level) for name in table["other"]],
            "have both": table["n_both"], "expected": table["expected"].round(),
            "times expected": table["ratio"].round(2), "from": table["low"].round(2), "to": table["high"].round(2),
            "buyers of either": table["n_one"] + table["n_other"] - table["n_both"],
            "group": table["group"],
        }
    )  # fmt: skip
    st.dataframe(
        shown, hide_index=True, height="content" if len(shown) <= 20 else 520,
        alt="Pairs of products that are bought instead of each other.",
        column_config={
            "expected": widgets.decimals(0),
            **{name: widgets.decimals(2) for name in ("times expected", "from", "to")},
        },
    )  # fmt: skip
