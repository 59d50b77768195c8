"""What a study holds."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Annotated, Any

from segcore.choices.bounds import (
    Count,
    Day,
    Digest,
    FileDigest,
    Key,
    Label,
    Length,
    Moment,
    Name,
    Number,
    OneOf,
    Range,
    Sentence,
    Share,
    StoredName,
    StudyId,
)
from segcore.choices.level_edits import LevelEdits
from segcore.choices.log import MOST, Entry
from segcore.choices.matrix import MatrixSpec
from segcore.choices.offer_records import OfferOptions, OfferTest
from segcore.choices.offered import INITIALISATIONS, LOSSES, METHODS, PER, WEIGHTINGS
from segcore.choices.other_data import OtherData
from segcore.choices.read_from import ReadFrom
from segcore.choices.scenarios import WhatIf
from segcore.choices.segment_records import Identity, Names, Vote

SCHEMA = 2  # raised with every change of what a study holds; see segcore/studies/migrations.py
Penalty = Annotated[float, Range(0, 1_000_000)]


@dataclass(frozen=True)
class StudyFile:
    """A file of the study: its name in the uploads folder, the person's name for it, its digest, its source if it has one.

    ``stored`` and ``digest`` are "" while a source has been asked for and not been read yet.
    """

    stored: StoredName
    name: Name
    digest: FileDigest
    source: ReadFrom = field(default_factory=ReadFrom)


@dataclass(frozen=True)
class Filters:
    """What is left out before anything is counted; dates as ISO text."""

    min_customers: Annotated[int, Range(1, 10_000)] = 1
    min_products: Annotated[int, Range(1, 10_000)] = 1
    left_out: tuple[Label, ...] = ()
    date_from: Day | None = None
    date_to: Day | None = None
    max_products: Count = 0
    cap_products: Count = 0


@dataclass(frozen=True)
class SweepOptions:
    """How the number of segments is looked for; restarts None lets the data decide.

    ``start_key`` names segments in the store that ``start_k`` segments go on from, keeping their order; "" is none.
    """

    max_k: Annotated[int, Range(2, 100)] = 10
    loss: Annotated[str, OneOf(tuple(LOSSES))] = "squared"
    initialisation: Annotated[str, OneOf(tuple(INITIALISATIONS))] = "nndsvda"
    restarts: Annotated[int, Range(1, 50)] | None = None
    seed: Annotated[int, Range(0, 1_000_000)] = 0
    sparsity_products: Penalty = 0.0
    sparsity_customers: Penalty = 0.0
    evenness: Penalty = 0.0
    start_key: Key = ""
    start_k: Number = 0


@dataclass(frozen=True)
class RuleOptions:
    """What the rule explorer shows; ``per`` is "customer" or "order", the rest as in ``segcore.rules``.

    Attributes
    ----------
    everything : bool
        Also what may be chance or repeats a shorter rule.
    rank : str
        The measure the list is sorted by.
    products : dict
        Products required and excluded, by the filter's field.
    """

    min_support: Share = 0.05
    min_confidence: Share = 0.5
    min_lift: Annotated[float, Range(0, 5)] = 1.2
    max_length: Annotated[int, Range(2, 6)] | None = None
    per: Annotated[str, OneOf(PER)] = "customer"
    everything: bool = False
    one_to_one: bool = False
    rank: Name = "beyond"
    also_level: Label = ""
    method: Annotated[str, OneOf(METHODS)] = "own"
    without_giants: bool = False
    products: Mapping[Name, tuple[Label, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Study:
    """Saved work.

    Attributes
    ----------
    files : tuple of StudyFile
        The uploads it was made from, in order.
    pending, pending_roles
        Uploads that are being read, or could not be, with the roles somebody gave them; they take the place of
        ``files`` and ``roles`` once they can be read.
    sample : str
        Name of the sample it was made from instead, "" where there is none.
    data_digest : str
        Digest of the purchases, "" before they are read.
    loaded_key : str
        Key in the store of what the intake found, "" before; it may be gone on another machine.
    roles : dict
        Column roles, opaque here: any JSON, for example ``codec.encode(roles)[0]``.
    level : str
        Product level, "" while the recommended one is followed.
    k : int or None
        Number of segments, None before it is chosen.
    names : tuple of Names
        One entry a segmentation, so that going back to an earlier k finds its names again.
    votes : tuple of Vote
        One entry a segmentation that somebody voted on.
    identities : tuple of Identity
        Every segment anybody has seen, so that a later run finds its name and colour again.
    shown : tuple of str
        Keys of the segmentation looked at last and of the one before it.
    balance : float
        What product lists and proposed names put first: 1 the popular, 0 the distinctive products.
    what_if : WhatIf
        What is being tried out, and the scenarios kept by name.
    log : tuple of Entry
        What was chosen, when and instead of what; and notes.
    author : str
        Who writes the log, "" where nobody said.
    offers : OfferOptions
        Choices of the Offers page.
    offer_tests : tuple of OfferTest
        Tests with a hold-out, in the order they were begun.
    level_edits : LevelEdits
        What was changed about the product hierarchy; ``data_digest`` is of the purchases under it.
    other_data : OtherData
        Where the choices come from, where they were made on other data.
    """

    id: StudyId
    created: Moment
    updated: Moment
    schema: Count = SCHEMA
    name: Name = ""
    files: tuple[StudyFile, ...] = ()
    pending: tuple[StudyFile, ...] = ()
    pending_roles: Mapping[Name, Any] = field(default_factory=dict)
    sample: Sentence = ""
    data_digest: Digest = ""
    loaded_key: Key = ""
    roles: Mapping[Name, Any] = field(default_factory=dict)
    level: Label = ""
    weighting: Annotated[str, OneOf(tuple(WEIGHTINGS))] = "balanced"
    filters: Filters = Filters()
    sweep: SweepOptions = SweepOptions()
    k: Annotated[int, Range(1, 10_000)] | None = None
    names: tuple[Names, ...] = ()
    rules: RuleOptions = RuleOptions()
    votes: tuple[Vote, ...] = ()
    identities: tuple[Identity, ...] = ()
    shown: tuple[Name, ...] = ()
    balance: Share = 0.25
    what_if: WhatIf = field(default_factory=WhatIf)
    newcomers: tuple[StudyFile, ...] = ()
    log: Annotated[tuple[Entry, ...], Length(MOST)] = ()
    author: Name = ""
    offers: OfferOptions = field(default_factory=OfferOptions)
    offer_tests: tuple[OfferTest, ...] = ()
    level_edits: LevelEdits = field(default_factory=LevelEdits)
    other_data: OtherData = field(default_factory=OtherData)

    @property
    def base_digest(self) -> str:
        """Digest of the purchases as they were read, whatever was changed about their hierarchy since."""
        return self.level_edits.base or self.data_digest

    def with_(self, **changes: Any) -> Study:
        """An updated copy with a new time of change."""
        return replace(self, **{"updated": _now(), **changes})

    def matrix_spec(self) -> MatrixSpec:
        """Level, weighting and filters as the core takes them; SpecError where they cannot work."""
        return MatrixSpec(self.level, self.weighting, **vars(self.filters))

    def names_of(self, key: str) -> Names:
        """What the segments of one segmentation were called; empty where nobody named them."""
        return next((names for names in self.names if names.key == key), Names(key))

    def with_names(self, names: Names) -> Study:
        """A copy in which one segmentation is named anew; the names of the others stay."""
        return self.with_(names=(*(other for other in self.names if other.key != names.key), names))

    def vote_of(self, key: str, k: int) -> Vote:
        """What was voted on one segmentation; without answers where nobody has."""
        return next((vote for vote in self.votes if vote.key == key), Vote(key, k))

    def with_vote(self, vote: Vote) -> Study:
        """A copy in which one segmentation is voted on anew; without any answer its vote is gone."""
        others = tuple(other for other in self.votes if other.key != vote.key)
        return self.with_(votes=(*others, vote) if any(vote.answers) else others)


def new_study(**choices: Any) -> Study:
    """An empty study with a fresh id that nobody can guess."""
    now = _now()
    return Study(id=secrets.token_urlsafe(16), created=now, updated=now, **choices)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds")
