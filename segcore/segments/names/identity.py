"""Who the segments of a run are: known from before, with name and colour, or new; kept in the study.

A name given once is shown wherever this segment turns up again, and its colour goes with it. What a study remembers of
a segment is what it bought when it was first seen at a level, so that many small changes cannot lead a name astray.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from segcore.choices.segment_records import Identity, Names
from segcore.choices.study import Study
from segcore.matrix import PurchaseMatrix
from segcore.purchases import Purchases
from segcore.segments.names.edit import clean_names
from segcore.segments.names.propose import draft_names, unique_names
from segcore.segments.names.similar import match_identities, profile_of
from segcore.segments.segmentation import Segmentation

COLOURS = 10  # places on the palette
MOST_KEPT = 60  # segments a study remembers
MOST_CUTS = 60  # segmentations whose segments it can name without matching them again


@dataclass(frozen=True)
class Shown:
    """The segments of one run as people know them; ``new`` and ``gone`` against the run looked at before.

    Attributes
    ----------
    names, descriptions : dict
        By segment number.
    colours : dict
        Place on the palette by segment number, 0 beyond it.
    new : tuple of int
        Numbers of segments that the run before did not have; empty where there was none before.
    gone : tuple of str
        Names of segments that only the run before had.
    """

    names: Mapping[int, str]
    descriptions: Mapping[int, str]
    colours: Mapping[int, int]
    new: tuple[int, ...] = ()
    gone: tuple[str, ...] = ()


def recognise(
    study: Study, key: str, purchases: Purchases, matrix: PurchaseMatrix, segmentation: Segmentation
) -> Study:
    """The study knowing who the segments of a run are; the same study where it knew.

    Parameters
    ----------
    key : str
        What this run is called in the study.
    """
    entry, known = study.names_of(key), {one.id: one for one in study.identities}
    if _says_who(entry, {int(n) for n in segmentation.sizes.index}, known):
        return _proposed_anew(study, entry, purchases, matrix, segmentation)
    profiles = profile_of(segmentation)
    matched = match_identities(profiles, matrix.spec.level, tuple(known.values()), purchases)
    chosen = {n: identity for n, (identity, _) in matched.items()}
    given = {n: name for n, name in entry.names.items() if n in profiles}  # named before identities were kept
    taken = {given.get(n, identity.name) for n, identity in chosen.items()}
    drafts = draft_names(purchases, matrix, segmentation, study.balance)
    fresh = {n: ([given[n]] if n in given else []) + drafts[n] for n in profiles if n not in chosen}
    names = unique_names(fresh, taken)
    colours = _colours(profiles, chosen, study.identities)
    free = (number for number in count(1) if number not in known)
    for n in fresh:
        description = entry.descriptions.get(n, "")
        chosen[n] = Identity(next(free), names[n], colours[n], description, n in given, study.balance)
    updated = [
        _seen(
            replace(one, name=given.get(n, one.name), edited=one.edited or n in given),
            matrix.spec.level,
            profiles[n],
        )
        for n, one in chosen.items()
    ]
    entry = replace(
        entry, identities={n: one.id for n, one in sorted(chosen.items())}, colours=colours, names={}
    )
    return _kept(study, entry, updated)


def shown_as(study: Study, key: str) -> Shown:
    """The segments of a run that :func:`recognise` has seen."""
    entry = study.names_of(key)
    known = {identity.id: identity for identity in study.identities}
    mine = {n: known[i] for n, i in entry.identities.items() if i in known}
    before = next((other for other in study.shown if other != key), "")
    then = study.names_of(before).identities.values()
    both = set(then) & set(entry.identities.values())
    names = {n: identity.name for n, identity in mine.items()}
    return Shown(
        clean_names(names, names),
        {n: identity.description for n, identity in mine.items()},
        dict(entry.colours),
        tuple(n for n, i in entry.identities.items() if i not in both) if both else (),
        tuple(known[i].name for i in then if i not in both and i in known) if both else (),
    )


def looked_at(study: Study, key: str) -> Study:
    """The study with this run as the one looked at last; the same study where it was."""
    if study.shown[:1] == (key,):
        return study
    return replace(study, shown=(key, *study.shown[:1]))


def rename(
    study: Study,
    key: str,
    wanted: Mapping[int, str],
    descriptions: Mapping[int, str],
    proposed: Mapping[int, str],
) -> Study:
    """Give names and descriptions; an emptied name goes back to the proposed one. They hold wherever the segment is.

    Of two that want the same name, the one that has it keeps it as it is.
    """
    entry = study.names_of(key)
    now = shown_as(study, key)
    said = {n: " ".join(str(wanted.get(n, now.names[n]) or "").split()) for n in entry.identities}
    asked = {n: name or proposed[n] for n, name in said.items()}
    first = sorted(proposed, key=lambda n: asked.get(n) != now.names.get(n))
    cleaned = clean_names(asked, {n: proposed[n] for n in first})
    number = {i: n for n, i in entry.identities.items()}

    def renamed(one: Identity) -> Identity:
        n = number.get(one.id)
        if n is None:
            return one
        described = " ".join(str(descriptions.get(n, one.description) or "").split())[:300]
        moved = cleaned[n] != now.names[n]
        given = bool(said[n]) and cleaned[n] != proposed[n]
        name, by_hand = (cleaned[n], given) if moved else (one.name, one.edited)
        return replace(one, name=name, edited=by_hand, description=described)

    return replace(study, identities=tuple(renamed(one) for one in study.identities))


def _proposed_anew(
    study: Study,
    entry: Names,
    purchases: Purchases,
    matrix: PurchaseMatrix,
    segmentation: Segmentation,
) -> Study:
    """Names that nobody gave follow the balance of popular and distinctive."""
    known = {identity.id: identity for identity in study.identities}
    mine = {n: known[i] for n, i in entry.identities.items()}
    stale = [n for n, one in mine.items() if not one.edited and one.balance != study.balance]
    if not stale:
        return study
    drafts = draft_names(purchases, matrix, segmentation, study.balance)
    taken = {one.name for n, one in mine.items() if n not in stale}
    names = unique_names({n: drafts[n] for n in stale}, taken)
    changed = {mine[n].id: replace(mine[n], name=names[n], balance=study.balance) for n in stale}
    return replace(study, identities=tuple(changed.get(one.id, one) for one in study.identities))


def _says_who(entry: Names, numbers: Collection[int], known: Collection[int]) -> bool:
    """Whether a run's entry says of each of its segments, and of no others, which known one it is."""
    ids = set(entry.identities.values())
    same = set(entry.identities) == set(entry.colours) == numbers
    return same and len(ids) == len(numbers) and ids <= set(known)


def _colours(
    found: Collection[int], matched: Mapping[int, Identity], known: Sequence[Identity]
) -> dict[int, int]:
    """Known segments keep their colour, the first in line where two want the same; new ones take what is free."""
    colours: dict[int, int] = {}
    for number in sorted(matched):
        wanted = matched[number].colour
        if wanted and wanted not in colours.values():
            colours[number] = wanted
    remembered = {one.colour for one in known}
    for number in sorted(set(found) - set(colours)):
        free = [place for place in range(1, COLOURS + 1) if place not in colours.values()]
        colours[number] = next((p for p in free if p not in remembered), free[0] if free else 0)
    return dict(sorted(colours.items()))


def _seen(identity: Identity, level: str, profile: Mapping[str, float]) -> Identity:
    return replace(identity, profiles={level: profile, **identity.profiles})


def _kept(study: Study, entry: Names, updated: Sequence[Identity]) -> Study:
    """Entry and identities in the study, the oldest that nobody named left behind."""
    entries = (*(other for other in study.names if other.key != entry.key), entry)[-MOST_CUTS:]
    fresh = {one.id: one for one in updated}
    everyone = [one for one in study.identities if one.id not in fresh]
    used = set(fresh)
    for other in reversed(entries):
        if len(used) < MOST_KEPT:
            used |= set(other.identities.values())
    kept = [one for one in everyone if one.id in used or one.edited]
    alive = {one.id for one in kept} | set(fresh)
    entries = tuple(
        other if set(other.identities.values()) <= alive else replace(other, identities={}, colours={})
        for other in entries
    )
    return replace(study, names=entries, identities=(*kept, *fresh.values()))
