"""What a study holds."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from segcore.level_edits import LevelEdits
from segcore.sources.record import ReadFrom
from segcore.studies.diary import Entry
from segcore.studies.migrations import SCHEMA
from segcore.studies.offer_records import OfferOptions, OfferTest
from segcore.studies.other_data import OtherData
from segcore.studies.scenarios import WhatIf

if TYPE_CHECKING:
    from segcore.matrix import MatrixSpec


@dataclass(frozen=True)
class StudyFile:
    """A file of the study: its name in the uploads folder, the person's name for it, its digest, its source if it has one.

    ``stored`` and ``digest`` are "" while a source has been asked for and not been read yet.
    """

    stored: str
    name: str
    digest: str
    source: ReadFrom = field(default_factory=ReadFrom)


@dataclass(frozen=True)
class Filters:
    """What is left out before anything is counted; dates as ISO text."""

    min_customers: int = 1
    min_products: int = 1
    left_out: tuple[str, ...] = ()
    date_from: str | None = None
    date_to: str | None = None
    max_products: int = 0
    cap_products: int = 0


@dataclass(frozen=True)
class SweepOptions:
    """How the number of segments is looked for; restarts None lets the data decide.

    ``start_key`` names segments in the store that ``start_k`` segments go on from, keeping their order; "" is none.
    """

    max_k: int = 10
    loss: str = "squared"
    initialisation: str = "nndsvda"
    restarts: int | None = None
    seed: int = 0
    sparsity_products: float = 0.0
    sparsity_customers: float = 0.0
    evenness: float = 0.0
    start_key: str = ""
    start_k: int = 0


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

    min_support: float = 0.05
    min_confidence: float = 0.5
    min_lift: float = 1.2
    max_length: int | None = None
    per: str = "customer"
    everything: bool = False
    one_to_one: bool = False
    rank: str = "extra"
    also_level: str = ""
    method: str = "own"
    without_giants: bool = False
    products: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Identity:
    """A segment as people know it, in whichever run it turns up: its name and colour stay with what it buys.

    Attributes
    ----------
    colour : int
        Place on the palette from 1, 0 beyond it.
    edited : bool
        Whether a person gave the name; otherwise it was proposed at ``balance``.
    profiles : dict
        By product level, the scores of its strongest products when it was first seen there.
    """

    id: int
    name: str
    colour: int
    description: str = ""
    edited: bool = False
    balance: float = 0.25
    profiles: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Names:
    """What a person called the segments of one segmentation; ``key`` says of which.

    ``identities`` and ``colours`` say which :class:`Identity` each segment is and which place on the palette it has.
    """

    key: str = ""
    names: Mapping[int, str] = field(default_factory=dict)
    descriptions: Mapping[int, str] = field(default_factory=dict)
    identities: Mapping[int, int] = field(default_factory=dict)
    colours: Mapping[int, int] = field(default_factory=dict)


ANSWERS = ("yes", "no", "unsure")


@dataclass(frozen=True)
class Vote:
    """What people in the room think of one segmentation; ``key`` says of which, "" is not answered yet.

    Attributes
    ----------
    nameable, distinct, recognised : {"", "yes", "no", "unsure"}
        Can we name the segments, are they distinct, does the business see itself?
    """

    key: str
    k: int
    nameable: str = ""
    distinct: str = ""
    recognised: str = ""

    def __post_init__(self) -> None:
        if not {self.nameable, self.distinct, self.recognised} <= {"", *ANSWERS}:
            raise ValueError("not an answer")

    @property
    def answers(self) -> tuple[str, str, str]:
        """The three answers, in the order they are asked."""
        return (self.nameable, self.distinct, self.recognised)


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

    id: str
    created: str
    updated: str
    schema: int = SCHEMA
    name: str = ""
    files: tuple[StudyFile, ...] = ()
    pending: tuple[StudyFile, ...] = ()
    pending_roles: Mapping[str, Any] = field(default_factory=dict)
    sample: str = ""
    data_digest: str = ""
    loaded_key: str = ""
    roles: Mapping[str, Any] = field(default_factory=dict)
    level: str = ""
    weighting: str = "balanced"
    filters: Filters = Filters()
    sweep: SweepOptions = SweepOptions()
    k: int | None = None
    names: tuple[Names, ...] = ()
    rules: RuleOptions = RuleOptions()
    votes: tuple[Vote, ...] = ()
    identities: tuple[Identity, ...] = ()
    shown: tuple[str, ...] = ()
    balance: float = 0.25
    what_if: WhatIf = field(default_factory=WhatIf)
    newcomers: tuple[StudyFile, ...] = ()
    log: tuple[Entry, ...] = ()
    author: str = ""
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
        from segcore.matrix import MatrixSpec  # not at the top: a study is read before anything is computed

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
