"""Names: proposed from what a segment buys, edited by people, and carried from one run to the next.

A segment's number means nothing from one run to the next. What stays is what it buys: a run's segments are matched
with those known from before by the cosine of their product scores, and take over name, description and colour.
"""

from segcore.segments.names.edit import clean_names, read_names
from segcore.segments.names.identity import Shown, looked_at, recognise, rename, shown_as
from segcore.segments.names.parents import parents_of
from segcore.segments.names.propose import draft_names, propose_names, sound_alike, unique_names
from segcore.segments.names.similar import SAME, match_identities, profile_of, similarity
from segcore.segments.names.speech import readable_label

__all__ = [
    "SAME",
    "Shown",
    "clean_names",
    "draft_names",
    "looked_at",
    "match_identities",
    "parents_of",
    "profile_of",
    "propose_names",
    "read_names",
    "readable_label",
    "recognise",
    "rename",
    "shown_as",
    "similarity",
    "sound_alike",
    "unique_names",
]
