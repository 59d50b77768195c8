"""The chapter on how many kinds there are: the verdict, its lines, the votes, what was not chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from segcore.figures.chart_data import Bars, ChartData
from segcore.language.words import percent, plural
from segcore.report.records import Chapter, StorySpec, VoteSaid

if TYPE_CHECKING:
    from segcore.matrix import PurchaseMatrix
    from segcore.selection.sweep import Sweep


def number_chapter(spec: StorySpec, sweep: Sweep, matrix: PurchaseMatrix, k: int) -> Chapter:
    """Why this number of segments and no other."""
    table = sweep.table[sweep.table["failure"] == ""]
    verdict = sweep.verdict(matrix)
    chart = ChartData(
        "lines",
        tuple(str(one) for one in table.index),
        (
            Bars("Explained share", _percent(table["explained_share"])),
            Bars("Stability of the worst segment", _percent(table["stability_worst"])),
        ),
        "percent",
        f"What each number of segments explains, and how surely all of them come back on other {matrix.row_word}",
        str(k),
    )
    chosen = "" if verdict.suggested == k else f"Chosen were {k}."
    said = tuple(
        part for part in (chosen, *verdict.reasons, *(_vote(vote, k) for vote in spec.votes)) if part
    )
    return Chapter("number", verdict.sentence, said, chart, _numbers(table, spec), _points(table, k))


def _numbers(table: pd.DataFrame, spec: StorySpec) -> pd.DataFrame:
    votes = {vote.k: ", ".join(f"{asked} {answer}" for asked, answer in vote.answers) for vote in spec.votes}
    shown = pd.DataFrame(
        {
            "segments": table.index.to_numpy(),
            "explained share": table["explained_share"].to_numpy(),
            "stability (worst) share": table["stability_worst"].to_numpy(),
            "smallest segment share": table["smallest_share"].to_numpy(),
        }
    )
    if votes:
        shown["votes"] = [votes.get(int(k), "") for k in table.index]
    return shown


def _vote(vote: VoteSaid, k: int) -> str:
    said = "; ".join(f"{asked}: {answer}" for asked, answer in vote.answers)
    taken = "chosen" if vote.k == k else "not chosen"
    return f"Vote in the room on {plural(vote.k, 'segment')} ({taken}): {said}."


def _points(table: pd.DataFrame, k: int) -> tuple[str, ...]:
    points = []
    for other, word in ((k - 1, "fewer"), (k + 1, "more")):
        if other in table.index and k in table.index:
            difference = abs(table.loc[k, "explained_share"] - table.loc[other, "explained_share"])
            points.append(f"One segment {word} changes what is explained by {percent(difference)}.")
    return tuple(points)


def _percent(values: pd.Series) -> tuple[float, ...]:
    return tuple(round(100 * float(value), 1) for value in values)
