"""The pieces of the Rules page: thresholds that answer at once, the scatter, one rule in words, the table."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from pages.ui import cached, choices, widgets
from pages.ui.text import escape
from segcore.studies import Filters
from segcore.words import count, of, percent, plural, readable

if TYPE_CHECKING:
    from segcore.rules import RuleFilter, Rules
    from segcore.studies import Study

MOST_ROWS = 2_000
SIDES = {
    "require": "Must contain",
    "exclude": "Must not contain",
    "require_left": "Who buys … must contain",
    "exclude_left": "Who buys … must not contain",
    "require_right": "Also buys … must contain",
    "exclude_right": "Also buys … must not contain",
}
ALL_AT_ONCE = 20  # rows shown without a scroll bar of their own
SUPPORTS = (*(n / 1000 for n in (1, 2, 5)), *(n / 100 for n in range(1, 11)), 0.15, 0.2, 0.3, 0.5)


def thresholds(study: Study) -> dict[str, object]:
    """Support, confidence, lift, length, and what a basket is."""
    wanted = study.rules
    basket = "customer" if cached.purchases(study.data_digest).row_kind == "customer" else "basket"
    per = wanted.per
    if cached.purchases(study.data_digest).orders is not None:
        words = {"customer": f"ever by one {basket}", "order": "in one order"}
        key = widgets.remembered("rules-per", per)
        per = st.radio("Bought together", list(words), format_func=words.get, key=key)
    options = sorted({*SUPPORTS, wanted.min_support})
    support = st.select_slider(
        "Support, at least", options, key=widgets.remembered("rules-support", wanted.min_support),
        format_func=lambda share: f"{share:.1%}".replace("%", " %"), help=widgets.help_for("support"),
    )  # fmt: skip
    confidence = st.slider(
        "Confidence, at least", 0, 100, step=5, format="%d %%", help=widgets.help_for("confidence"),
        key=widgets.remembered("rules-confidence", round(100 * wanted.min_confidence)),
    )  # fmt: skip
    lift = st.slider(
        "Lift, at least", 0.0, 5.0, step=0.1, help=widgets.help_for("lift"),
        key=widgets.remembered("rules-lift", float(wanted.min_lift)),
    )  # fmt: skip
    length = st.select_slider(
        "Products in a rule, at most",
        [2, 3, 4, 5, 6],
        key=widgets.remembered("rules-length", wanted.max_length or 4),
    )
    chosen = {
        "per": per, "min_support": float(support), "min_confidence": confidence / 100, "min_lift": float(lift),
        "max_length": int(length),
    }  # fmt: skip
    choices.change_rules(chosen)
    return chosen


def narrowed(rules: Rules, wanted: dict[str, object]) -> RuleFilter:
    """The thresholds, with products required or excluded and the marks respected."""
    from segcore.rules import RuleFilter

    items = list(rules.items)
    with st.expander("Products and marks", icon=":material/filter_alt:"):
        named = partial(readable, level=rules.spec.level)
        asked = {
            name: tuple(
                st.multiselect(words, items, key=f"rules-{name}", placeholder="Any", format_func=named)
            )
            for name, words in SIDES.items()
        }
        single = st.checkbox("Only one product on the right", key="rules-single")
        chance = st.checkbox("Hide what may be chance", key="rules-chance")
        redundant = st.checkbox("Hide what a shorter rule says as well", key="rules-redundant")
    return RuleFilter(
        min_support=wanted["min_support"], min_confidence=wanted["min_confidence"], min_lift=wanted["min_lift"],
        max_length=wanted["max_length"], single_consequent=single, survives_chance=chance, hide_redundant=redundant,
        **asked,
    )  # fmt: skip


def answer(rules: Rules, positions: np.ndarray) -> str:
    """The strongest rule as people say it."""
    from segcore.rules import leading_rule, rule_sentence

    if not len(positions):
        return "Nothing is bought together often enough for these thresholds."
    first = leading_rule(rules, positions)
    if not worth_drawing(rules, positions):
        return f"Nothing in particular: all {rules.row_word} buy all of these products."
    doubt = "None of these is clearly more than chance. " if rules.may_be_chance[first] else ""
    return doubt + rule_sentence(rules, first)


def filters_note(study: Study) -> list[str]:
    """Rules count baskets, not customers with a taste; say which of the filters they do not follow."""
    if replace(study.filters, left_out=()) == Filters():
        return []
    return [
        "Of the filters, rules follow only the products left out: they count all customers and all dates."
    ]


def worth_drawing(rules: Rules, positions: np.ndarray) -> bool:
    """Whether any rule says more than that everybody buys everything."""
    return len(positions) > 0 and not np.allclose(rules.lift[positions], 1)


def list_head(rules: Rules, positions: np.ndarray, study: Study) -> None:
    """How many rules of how many are shown, what limits them, and what to do where none is."""
    st.markdown(f"**{count(len(positions))}** of {plural(len(rules), 'rule')} shown")
    for note in (*rules.notes, *filters_note(study)):
        st.caption(escape(note))
    if len(positions) and not worth_drawing(rules, positions):
        st.info(
            f"All {rules.row_word} bought all of these products, so no rule tells anybody apart. How much they buy does: "
            "see the segments.",
            icon=":material/info:",
        )
    if not len(positions):
        st.info(nothing(rules), icon=":material/info:")
        if len(rules):
            st.button(
                "Show every rule found", icon=":material/expand_content:", on_click=_show_all, args=(rules,)
            )


def _show_all(rules: Rules) -> None:
    """Move every threshold down to what was mined and ask for no product."""
    for key in [key for key in st.session_state if str(key).startswith("rules-") and key != "rules-per"]:
        del st.session_state[key]
    spec = rules.spec
    choices.change_rules(
        {
            "min_support": spec.min_support,
            "min_confidence": spec.min_confidence,
            "min_lift": 0.0,
            "max_length": 4,
        }
    )


def nothing(rules: Rules) -> str:
    """What to do about an empty list."""
    if not len(rules):
        return (
            f"No two products were bought together by {count(rules.floor)} {rules.row_word} or more with this "
            "confidence. Lower the support or the confidence, or choose a coarser product level."
        )
    return "The rules found do not pass these choices. Lower a threshold or clear the products asked for."


def scatter(rules: Rules, positions: np.ndarray) -> int:
    """All rules shown, the leading one or the one clicked marked."""
    from segcore.figures.rules_scatter import rules_scatter
    from segcore.rules import leading_rule

    shown, chosen = positions[:MOST_ROWS], st.session_state.get("rule-chosen")
    if chosen not in shown:
        chosen = leading_rule(rules, positions)
    if chosen not in shown:
        shown = np.append(shown[:-1], chosen)
    surviving = int((~rules.may_be_chance[positions]).sum())
    few = f", the {count(len(shown))} with the highest lift" if len(positions) > len(shown) else ""

    def choose(place: float) -> None:
        st.session_state["rule-chosen"] = int(shown[int(place)])

    widgets.chart(
        rules_scatter(
            rules.rows(shown), int((shown == chosen).argmax()), level=rules.spec.level,
            title=f"{of(surviving, len(positions))} rules are more than chance",
            subtitle=f"Each point is a rule{few}; click one to read it", theme=widgets.theme(), wrap=70,
        ),
        key="rules-scatter", on_click=choose,
    )  # fmt: skip
    return int(chosen)


def one_rule(rules: Rules, position: int) -> None:
    """One rule in words with its counts, and its picture."""
    from segcore.figures.rule_picture import rule_picture
    from segcore.rules import rule_sentence

    row = rules.rows(np.array([position])).iloc[0]
    with st.container(border=True):
        st.markdown(f"**{escape(rule_sentence(rules, position))}**")
        if rules.may_be_chance[position]:
            st.caption(
                f"May be chance: {count(rules.tested)} rules were possible, and some look this good by luck."
            )
        if rules.redundant[position]:
            st.caption("A shorter rule says it as well.")
        widgets.chart(
            rule_picture(
                *(
                    [readable(item, rules.spec.level) for item in row[side]]
                    for side in ("antecedents", "consequents")
                ),
                int(row["n_both"]), int(row["n_antecedent"]),
                int(row["n_consequent"]), rules.n_rows, row_word=rules.row_word,
                title=f"{percent(row['confidence'], int(row['n_antecedent']))} instead of "
                f"{percent(row['consequent support'], rules.n_rows)}",
                subtitle="Buyers of the left side, and everybody", theme=widgets.theme(), wrap=60,
            ),
            key="rule-picture",
        )  # fmt: skip


def table(rules: Rules, positions: np.ndarray, study: Study) -> None:
    """The list, and all of it as a file."""
    from segcore.export import file_name, table_csv
    from segcore.rules import as_text

    shown = widgets.in_percent(as_text(rules, positions[:MOST_ROWS]), ["support", "confidence"])
    shown.insert(
        2, "counts", [f"{b:,} of {a:,}" for a, b in zip(shown["n_antecedent"], shown["n_both"], strict=True)]
    )
    chance = np.where(shown.pop("may be chance"), "may be chance", "")
    shown["note"] = np.where(shown.pop("redundant"), "a shorter rule says it", chance)
    st.dataframe(
        shown.drop(columns=["n_antecedent", "n_consequent", "n_both"]), hide_index=True,
        height="content" if len(shown) <= ALL_AT_ONCE else 520,
        alt="Every rule shown, with its counts, support, confidence and lift.",
        column_config={
            "support": st.column_config.NumberColumn(format="%.1f %%", help=widgets.help_for("support")),
            "confidence": st.column_config.NumberColumn(format="%.1f %%", help=widgets.help_for("confidence")),
            "lift": st.column_config.NumberColumn(format="%.2f", help=widgets.help_for("lift")),
            "note": st.column_config.TextColumn(
                help="Among so many possible rules some look this good by luck; a longer rule often repeats a shorter one."
            ),
        },
    )  # fmt: skip
    if len(positions) > MOST_ROWS:
        st.caption(f"The first {count(MOST_ROWS)} of {count(len(positions))}; the download has them all.")
    st.download_button(
        "All rules as CSV", lambda: table_csv(as_text(rules, positions)), icon=":material/download:",
        file_name=file_name(study.name, "rules", study.updated[:10], "csv"), mime="text/csv", on_click="ignore",
    )  # fmt: skip
