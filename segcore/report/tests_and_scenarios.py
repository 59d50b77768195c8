"""The chapters on what was tested on customers with a hold-out, and on what was only tried out under What if."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from segcore.language.words import count, number_word, percent, readable
from segcore.offers.uplift import outcome_table, uplift_of, verdict
from segcore.report.records import Chapter, KeptScenario
from segcore.whatif.range_words import changes_in_words, outcome_sentence

if TYPE_CHECKING:
    from segcore.choices.offer_records import OfferTest
    from segcore.whatif.outcome import Outcome

GONE = "Its outcome is not in the workspace any more; the What if page finds it again."


def tests_chapter(tests: Sequence[OfferTest], level: str, row_word: str) -> Chapter:
    """Every test, read or still running."""
    read = [test for test in tests if test.outcome]
    whole = number_word(len(tests)).capitalize()
    so_far = number_word(len(read)) if read else "none"
    heading = (
        f"{whole} {'offer was' if len(tests) == 1 else 'offers were'} tested against a hold-out"
        if len(read) == len(tests)
        else f"{whole} {'test' if len(tests) == 1 else 'tests'} with a hold-out, {so_far} read so far"
    )
    sentences = tuple(_said(test, level, row_word) for test in tests)
    tables = []
    for test in read:
        table = outcome_table(test.groups)
        table.insert(0, "offer", readable(test.product, level))
        tables.append(table)
    table = pd.concat(tables, ignore_index=True) if tables else None
    return Chapter("tests", heading, sentences, None, table, sentences[:1])


def _said(test: OfferTest, level: str, row_word: str) -> str:
    name = f"{readable(test.product, level)} ({test.created[:10]})"
    if test.outcome:
        return f"{name}: {verdict(uplift_of(test.groups), row_word)}"
    return f"{name}: {count(test.n_treated)} {row_word} with the offer, {count(test.n_held_out)} held out; the outcome is still to come."


def scenarios_chapter(
    kept: Sequence[KeptScenario],
    outcomes: Sequence[Outcome | None],
    names: Mapping[int, str],
    row_word: str,
    *,
    level: str,
) -> Chapter:
    """Every scenario that was kept: its name, what changed, what moved."""
    sentences, rows = [], []
    for one, outcome in zip(kept, outcomes, strict=True):
        changed = "; ".join(changes_in_words(one.scenario, names, level, row_word)) or "Nothing changed"
        moved = GONE if outcome is None else outcome_sentence(outcome, names, row_word)
        sentences.append(f"“{one.scenario.name}” ({changed}): {moved}")
        explained = "" if outcome is None else percent(outcome.explained)
        rows.append((one.scenario.name, changed, moved, explained))
    table = pd.DataFrame(rows, columns=["scenario", "what changed", "what moves", "explains"])
    heading = (
        f"What if: “{kept[0].scenario.name}”"
        if len(kept) == 1
        else f"{number_word(len(kept)).capitalize()} what-ifs were tried and kept"
    )
    return Chapter("scenarios", heading, tuple(sentences), None, table, tuple(sentences[:1]))
