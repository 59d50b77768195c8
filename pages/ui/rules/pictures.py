"""The rules as pictures: points, groups, a matrix, a net. A click on any of them chooses a rule or a group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from pages.ui.parts import widgets
from segcore.language.words import count, join_and, number_word, of, plural, readable

if TYPE_CHECKING:
    from segcore.rules import Rules
    from segcore.rules.groups import RuleGroups

MOST_POINTS, MOST_GROUPED, MOST_DRAWN = 500, 300, 200
WRAP = 70
MEASURES = {
    "support": "Support",
    "confidence": "Confidence",
    "lift": "Lift",
    "lift_low": "Lift, cautious",
    "beyond": "Times expected",
    "extra": "More than expected",
}
MOST_GROUPS, MOST_RIGHTS = 10, 14


def chosen_rule(rules: Rules, ranked: np.ndarray, key: str) -> int:
    """The rule clicked last in this list, else the leading one."""
    from segcore.rules import leading_rule

    where, position = st.session_state.get("rule-chosen", ("", -1))
    return position if where == key and position in ranked else leading_rule(rules, ranked)


def choose(key: str, position: int) -> None:
    """Remember a clicked rule; positions mean something in one list only."""
    st.session_state["rule-chosen"] = (key, int(position))


def _rows(rules: Rules, positions: np.ndarray) -> pd.DataFrame:
    rows = rules.rows(positions)
    return rows.assign(
        extra=rules.extra[positions], lift_low=rules.lift_low[positions], beyond=rules.beyond[positions]
    )


def _with(shown: np.ndarray, chosen: int) -> np.ndarray:
    return shown if chosen in shown else np.append(shown[:-1], chosen)


def scatter(rules: Rules, ranked: np.ndarray, chosen: int, key: str) -> None:
    """Every rule a point, on axes of choice."""
    from segcore.figures.rules_scatter import rules_scatter

    shown = _with(ranked[:MOST_POINTS], chosen)
    surviving = int((~rules.may_be_chance[ranked]).sum())
    few = f", the first {count(len(shown))}" if len(ranked) > len(shown) else ""
    with st.popover("Axes", icon=":material/straighten:"):
        names = list(MEASURES)
        x, y, colour = (
            st.selectbox(
                words, names, index=names.index(first), format_func=MEASURES.get, key=f"rules-axis-{words}"
            )
            for words, first in (("Across", "support"), ("Up", "confidence"), ("Colour", "beyond"))
        )
    widgets.chart(
        rules_scatter(
            _rows(rules, shown), int((shown == chosen).argmax()), level=rules.spec.level, across=x, vertical=y,
            colour=colour, title=_surviving(surviving, len(ranked)),
            subtitle=f"Each point is a rule{few}; click one to read it", theme=widgets.theme(), wrap=WRAP,
        ),
        key="rules-scatter", on_click=lambda place: choose(key, shown[int(place)]),
    )  # fmt: skip


def _surviving(surviving: int, n: int) -> str:
    if surviving == n:
        return "This rule is beyond chance" if n == 1 else f"All {count(n)} rules are beyond chance"
    return f"{of(surviving, n)} rules are beyond chance"


def matrix(rules: Rules, ranked: np.ndarray, chosen: int, key: str) -> None:
    """Left sides against right sides."""
    from segcore.figures.rule_matrix import rule_matrix

    shown = _with(ranked[:MOST_DRAWN], chosen)
    table = _rows(rules, shown)
    rights = len({side for side in table["consequents"]})
    widgets.chart(
        rule_matrix(
            table, int((shown == chosen).argmax()), level=rules.spec.level, theme=widgets.theme(), wrap=WRAP,
            title=f"The strongest rules lead to {plural(rights, 'product')}",
            subtitle="Who buys what stands left also buys what stands below; click a square to read the rule",
        ),
        key="rules-matrix", on_click=lambda place: choose(key, shown[int(place)]),
    )  # fmt: skip


def network(rules: Rules, ranked: np.ndarray, chosen: int, key: str) -> None:
    """The strongest rules as a net of products."""
    from segcore.figures.rule_network import rule_network
    from segcore.rules.net import rule_net

    most = st.slider("Rules in the picture", 5, 60, 20, step=5, key="rules-net") if len(ranked) > 5 else 5
    shown = _with(ranked[: int(most)], chosen)
    net = rule_net(rules, shown)
    names = [readable(str(name), rules.spec.level) for name in rules.items[net.items]]
    widgets.chart(
        rule_network(
            _rows(rules, shown), net.rule_xy, names, net.item_xy, net.edges, int((shown == chosen).argmax()),
            level=rules.spec.level, theme=widgets.theme(), wrap=WRAP,
            title=f"{plural(len(shown), 'rule ties', 'rules tie')} {plural(len(names), 'product')} together",
            subtitle="Each dot is a rule; its arrow points to what is bought as well; larger = more people; click to read",
        ),
        key="rules-network", on_click=lambda place: choose(key, shown[int(place)]),
    )  # fmt: skip


def groups_of(rules: Rules, ranked: np.ndarray) -> RuleGroups:
    """The strongest rules in groups."""
    from segcore.rules.groups import rule_groups

    return rule_groups(rules, ranked[:MOST_GROUPED])


def group_title(rules: Rules, found: RuleGroups, number: int) -> str:
    """What a group is about: the products it leads to most."""
    names = [readable(str(name), rules.spec.level) for name in rules.items[found.products[number - 1]]]
    return join_and(names, most=1) if len(names) > 2 else join_and(names)


def groups(rules: Rules, ranked: np.ndarray, key: str) -> np.ndarray:
    """Groups against what they lead to; a click narrows the list to one group. Returns the rules of that group."""
    from segcore.figures.rule_groups import rule_groups_chart

    found = groups_of(rules, ranked)
    shown = list(range(1, min(len(found), MOST_GROUPS) + 1))
    titles = {number: group_title(rules, found, number) for number in shown}
    where, chosen = st.session_state.get("rules-group", ("", 0))
    chosen = chosen if where == key and chosen in shown else 0
    many = f"{number_word(len(found))} groups" if len(found) != 1 else "one group"
    few = (
        f"the strongest {count(len(found.positions))} rules"
        if len(ranked) > MOST_GROUPED
        else f"{plural(len(ranked), 'rule')}"
    )
    widgets.chart(
        rule_groups_chart(
            _cells(rules, found, shown), titles, chosen or None, theme=widgets.theme(), wrap=WRAP,
            title=f"{few.capitalize()} fall into {many}" if len(ranked) != 1 else "One rule, one group",
            subtitle="Columns are groups of products that rules tie together, rows what they lead to; click to see one group",
        ),
        key="rules-groups", on_click=lambda number: st.session_state.update({"rules-group": (key, int(number))}),
    )  # fmt: skip
    options = [0, *shown]
    said = {0: "All groups"} | {n: f"{n}: {titles[n]} ({plural(len(found.of(n)), 'rule')})" for n in shown}
    picked = st.selectbox(
        "Group",
        options,
        index=options.index(chosen),
        format_func=said.get,
        key=f"rules-group-{key[:8]}-{chosen}",
    )
    if picked != chosen:
        st.session_state["rules-group"] = (key, picked)
        st.rerun(scope="fragment")
    return found.of(chosen) if chosen else ranked


def _cells(rules: Rules, found: RuleGroups, shown: list[int]) -> pd.DataFrame:
    """One row for each group and right side, the strongest right sides of each group only."""
    from segcore.rules.wording import side_text

    table = pd.DataFrame(
        {
            "group": found.group, "lift": rules.lift[found.positions], "n_both": rules.n_both[found.positions],
            "right": side_text(rules, rules.consequent[found.positions]),
        }
    )  # fmt: skip
    table = table[table["group"].isin(shown)]
    cells = table.groupby(["group", "right"], sort=False).agg(
        n_rules=("lift", "size"), n_both=("n_both", "max"), lift=("lift", "max")
    )
    each = max(2, MOST_RIGHTS * 2 // max(len(shown), 1))
    cells = cells.reset_index().sort_values(
        ["group", "n_rules", "lift"], ascending=[True, False, False], kind="stable"
    )
    return cells.groupby("group").head(each).reset_index(drop=True)
