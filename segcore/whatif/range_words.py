"""What comes of a scenario, in sentences."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from segcore.choices.scenarios import Edit, Scenario
from segcore.language.words import count, decimal, join_and, of, percent, plural, readable
from segcore.whatif.outcome import NONE, Outcome

MOST_NAMED = 3


def names_of(outcome: Outcome, names: Mapping[int, str]) -> dict[int, str]:
    """A name for every identity: the study's own, "A and B" for merged ones, the proposed one for new ones."""
    known = dict(names)
    for number, name in outcome.proposed.items():
        known[number] = _free(name, known)
    for number, parts in outcome.merged.items():
        known[number] = " and ".join(_called(part, known, outcome.scenario.edits) for part in parts)
    return known


def _called(number: int, names: Mapping[int, str], edits: tuple[Edit, ...], level: str = "") -> str:
    """A segment's name; one that is no more, or never had one, is called after the edit that made it."""
    if number in names:
        return names[number]
    made = next((edit for edit in edits if edit.makes == number), None)
    if made is None:
        return f"Segment {number}"
    if made.kind == "pin":
        return f"the one defined by {_products(made.products, level)}"
    others = tuple(edit for edit in edits if edit is not made)
    return f"the other half of {_called(made.segments[0], names, others, level)}"


def _free(name: str, taken: Mapping[int, str]) -> str:
    """The name, numbered where another segment already has it."""
    free, again = name, 2
    while free in taken.values():
        free, again = f"{name} {again}", again + 1
    return free


def outcome_sentence(outcome: Outcome, names: Mapping[int, str], row_word: str) -> str:
    """The finding: what dissolves and where its customers go, what appears, how many move."""
    names = names_of(outcome, names)
    said = [_gone(outcome, names, number, row_word) for number in outcome.gone]
    said += [_new(outcome, names, number, row_word) for number in outcome.new]
    if not said:
        said.append("No segment dissolves and none appears")
    return "; ".join([*said, _moves(outcome, row_word)]) + "."


def largest_move(flows: pd.DataFrame, names: Mapping[int, str]) -> str:
    """The largest group that changes segment, as a title."""
    moved = flows[~flows["stays"]]
    if not len(moved):
        return "Nobody changes segment"
    row = moved.loc[moved["customers"].idxmax()]
    start, end = (
        "no segment" if row[side] == NONE else f"“{names[int(row[side])]}”" for side in ("from", "to")
    )
    return f"The largest move: {count(row['customers'])} from {start} to {end}"


def _moves(outcome: Outcome, row_word: str) -> str:
    if not outcome.compared:
        return f"no {row_word} are in a segment before and after"
    moved = f"{of(outcome.moved, outcome.compared)} {row_word} change segment"
    if not outcome.moved:
        moved = f"none of {plural(outcome.compared, _one(row_word))} changes segment"
    elif outcome.wobble:  # the headline must not credit the change with what looking again does by itself
        moved += f" ({count(outcome.wobble)} would with nothing changed, only by looking again)"
    tell_lost = outcome.lost and not outcome.gone  # where a segment dissolves, that was said
    return f"{moved}, {count(outcome.lost)} {_be(outcome.lost)} in none any more" if tell_lost else moved


def _gone(outcome: Outcome, names: Mapping[int, str], number: int, row_word: str) -> str:
    rows = outcome.flows[outcome.flows["from"] == number].sort_values(
        "customers", ascending=False, kind="stable"
    )
    size = int(outcome.table.loc[number, "before"])
    if len(rows) == 1:
        end = int(rows["to"].iloc[0])
        everybody = "its one " + _one(row_word) if size == 1 else f"all its {count(size)} {row_word}"
        where = f"{_be(size)} in no segment then" if end == NONE else f"{_go(size)} to “{names[end]}”"
        return f"“{names[number]}” dissolves: {everybody} {where}"
    went = [
        f"{count(row.customers)} {_go(row.customers)} to {'no segment' if row.to == NONE else f'“{names[row.to]}”'}"
        for row in rows.head(MOST_NAMED).itertuples()
    ]
    if rest := int(rows["customers"].iloc[MOST_NAMED:].sum()):
        went.append(f"{count(rest)} {_go(rest)} elsewhere")
    return f"“{names[number]}” dissolves: of its {count(size)} {row_word} {join_and(went)}"


def _be(n: int) -> str:
    return "is" if n == 1 else "are"


def _go(n: int) -> str:
    return "goes" if n == 1 else "go"


def _one(row_word: str) -> str:
    """One of the rows: ``customer``, ``basket``."""
    return row_word.removesuffix("s")


def _new(outcome: Outcome, names: Mapping[int, str], number: int, row_word: str) -> str:
    rows = outcome.flows[outcome.flows["to"] == number].sort_values(
        "customers", ascending=False, kind="stable"
    )
    size = int(outcome.table.loc[number, "after"])
    came = ""
    if len(rows):
        source = int(rows["from"].iloc[0])
        where = "no segment" if source == NONE else f"“{names[source]}”"
        first = int(rows["customers"].iloc[0])
        came = f", {count(first)} of them from {where}" if first < size else f", all from {where}"
        came = f" from {where}" if size == 1 else came
    return f"“{names[number]}” appears with {plural(size, _one(row_word))}{came}"


def cost_sentence(outcome: Outcome) -> str:
    """What changes by hand cost of the explained share; "" where none were made."""
    if all(edit.kind == "lock" for edit in outcome.scenario.edits) or not outcome.scenario.edits:
        return ""
    before, after = outcome.explained_unedited, outcome.explained
    points = abs(100 * (after - before))
    change = "costs" if after < before else "adds"
    size = f"under {decimal(0.1)}" if points < 0.1 else decimal(points)
    return (
        f"Edited by hand: this {change} {size} points of what is explained "
        f"({percent(before)} before, {percent(after)} now)."
    )


def changes_in_words(
    scenario: Scenario, names: Mapping[int, str], level: str = "", row_word: str = "customers"
) -> list[str]:
    """Everything that is different from the study, one short sentence each; ``level`` names bare numbers."""
    said = []
    if scenario.left_out:
        said.append(f"Without {_products(scenario.left_out, level)}")
    said += [f"Without {group.attribute} “{group.value}”" for group in scenario.without]
    if scenario.brought_back:
        said.append(f"With {_products(scenario.brought_back, level)} again")
    if scenario.date_from or scenario.date_to:
        said.append(f"Purchases from {scenario.date_from or 'the start'} to {scenario.date_to or 'the end'}")
    if scenario.min_products:
        said.append(f"Only {row_word} with {plural(scenario.min_products, 'product')} or more")
    if scenario.k:
        said.append(f"{plural(scenario.k, 'segment')}, looked for anew")
    return said + [_edit_in_words(edit, names, scenario.edits, level) for edit in scenario.edits]


def _products(products: tuple[str, ...], level: str) -> str:
    return join_and([readable(product, level) for product in products], most=4)


def _edit_in_words(edit: Edit, names: Mapping[int, str], edits: tuple[Edit, ...], level: str) -> str:
    called = join_and([f"“{_called(number, names, edits, level)}”" for number in edit.segments])
    if edit.kind == "pin":
        return f"A segment defined by {_products(edit.products, level)}"
    return {"merge": f"Merged {called}", "split": f"Split {called}", "lock": f"Locked {called}"}[edit.kind]
