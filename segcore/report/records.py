"""What a story is made of: chapters with a finding, sentences, one chart as plain numbers, one table, talking points.

The same story is a page to scroll, slides and a presentation on screen; each draws it in its own way, so the numbers
cannot differ.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from segcore.choices.matrix import MatrixSpec
from segcore.choices.offer_records import OfferTest
from segcore.choices.scenarios import Scenario
from segcore.figures.chart_data import ChartData


@dataclass(frozen=True, eq=False)
class Chapter:
    """One step of the story.

    Attributes
    ----------
    kind : str
        "overview", "number", "segment", "rules", "offers" (their back-test), "next" (what to offer), "bundles",
        "target", "tests", "scenarios", "decisions", "method" or "record".
    heading : str
        The finding, as one would say it.
    sentences : tuple of str
        What follows from the numbers.
    points : tuple of str
        What a presenter says besides.
    segment : int
        Which segment, 0 for none.
    """

    kind: str
    heading: str
    sentences: tuple[str, ...] = ()
    chart: ChartData | None = None
    table: pd.DataFrame | None = None
    points: tuple[str, ...] = ()
    segment: int = 0


@dataclass(frozen=True, eq=False)
class Story:
    """Everything that leaves the house, in order."""

    title: str
    subtitle: str
    day: str
    chapters: tuple[Chapter, ...]
    record: dict[str, str] = field(default_factory=dict)

    def chapter(self, kind: str) -> Chapter | None:
        """The first chapter of a kind."""
        return next((one for one in self.chapters if one.kind == kind), None)


@dataclass(frozen=True)
class VoteSaid:
    """One vote in words."""

    k: int
    answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class BundleKeys:
    """Where the bundles of one segment are: those somebody put together, "" for none, and the proposed ones."""

    segment: int
    own: str
    proposed: str


@dataclass(frozen=True)
class OfferKeys:
    """Where the offers are in the store, "" for what nobody has asked for.

    Attributes
    ----------
    everyone : str
        Offers of all customers; without them the others are not told either.
    target : str
        The target list.
    take : int
        Customers taken from it, 0 for as many as are suggested.
    """

    everyone: str = ""
    target: str = ""
    take: int = 0
    bundles: tuple[BundleKeys, ...] = ()


@dataclass(frozen=True)
class KeptScenario:
    """A scenario kept by name, and where its outcome is, "" where it is gone."""

    scenario: Scenario
    key: str = ""


@dataclass(frozen=True)
class StorySpec:
    """The frozen choices behind a story: which results, under which names and colours.

    Attributes
    ----------
    names, colours : tuple of (segment, text)
    sweep_key, rules_key, backtest_key : str
        Keys in the store, "" where there is no such result.
    tests : tuple of OfferTest
        Tests with a hold-out, without the ids of who is in them.
    log : tuple of (day, who, what)
        The decision log, oldest first.
    """

    title: str
    day: str
    files: tuple[str, ...]
    digest: str
    matrix: MatrixSpec
    segments_key: str
    names: tuple[tuple[int, str], ...]
    colours: tuple[tuple[int, str], ...]
    balance: float = 0.5
    sweep_key: str = ""
    rules_key: str = ""
    rules_filter: object = None
    rules_rank: str = "beyond"
    backtest_key: str = ""
    offers: OfferKeys = OfferKeys()
    tests: tuple[OfferTest, ...] = ()
    scenarios: tuple[KeptScenario, ...] = ()
    votes: tuple[VoteSaid, ...] = ()
    log: tuple[tuple[str, str, str], ...] = ()
