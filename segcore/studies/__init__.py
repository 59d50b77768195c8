"""A study: every choice a person would miss, saved at once and found again by an unguessable id.

A study holds choices, not results: those are in the store and can be computed again. It is one JSON file, in the
workspace and as a download alike, and carries its schema version, so that later versions can still open it. There is
no list of studies: whoever has the id has the study.
"""

from segcore.studies.migrations import SCHEMA, migrate
from segcore.studies.record import (
    ANSWERS,
    Filters,
    Identity,
    Names,
    RuleOptions,
    Study,
    StudyFile,
    SweepOptions,
    Vote,
    new_study,
)
from segcore.studies.saved import exists, from_bytes, load, save, to_bytes

__all__ = [
    "ANSWERS",
    "SCHEMA",
    "Filters",
    "Identity",
    "Names",
    "RuleOptions",
    "Study",
    "StudyFile",
    "SweepOptions",
    "Vote",
    "exists",
    "from_bytes",
    "load",
    "migrate",
    "new_study",
    "save",
    "to_bytes",
]
