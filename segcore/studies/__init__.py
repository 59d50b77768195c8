"""A study: every choice a person would miss, saved at once and found again by an unguessable id.

A study holds choices, not results: those are in the store and can be computed again. It is one sealed JSON file in
the workspace, and carries its schema version, so that later versions can still open it. ``archive`` makes one file
to send of it, with the purchases; ``shelf`` lists, copies and deletes studies; ``links`` gives addresses under which
a study can be looked at and not changed.
"""

from segcore.choices.level_edits import LevelEdits
from segcore.choices.offer_records import OfferOptions, OfferTest, SavedBundle, TestedSegment
from segcore.choices.other_data import OtherData
from segcore.choices.scenarios import Basket, Edit, Group, Scenario, WhatIf
from segcore.choices.segment_records import ANSWERS, Identity, Names, Vote
from segcore.choices.study import (
    SCHEMA,
    Filters,
    RuleOptions,
    Study,
    StudyFile,
    SweepOptions,
    new_study,
)
from segcore.studies.migrations import migrate
from segcore.studies.saved import exists, from_bytes, load, save, to_bytes, update, versions

__all__ = [
    "ANSWERS",
    "SCHEMA",
    "Basket",
    "Edit",
    "Filters",
    "Group",
    "Identity",
    "LevelEdits",
    "Names",
    "OfferOptions",
    "OfferTest",
    "OtherData",
    "RuleOptions",
    "SavedBundle",
    "Scenario",
    "Study",
    "StudyFile",
    "SweepOptions",
    "TestedSegment",
    "Vote",
    "WhatIf",
    "exists",
    "from_bytes",
    "load",
    "migrate",
    "new_study",
    "save",
    "to_bytes",
    "update",
    "versions",
]
