"""The decision log: what was chosen, when, instead of what, and why; and notes anywhere.

Choices are written down by comparing a study before and after an act, so no page can forget to.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from segcore.choices.log import MOST, Entry
from segcore.language.words import count, plural

if TYPE_CHECKING:
    from segcore.choices.segment_records import Vote
    from segcore.choices.study import Study

_ANSWERED = {"yes": "yes", "no": "no", "unsure": "not sure"}
_ASKED = {
    "nameable": "can we name them",
    "distinct": "are they distinct",
    "recognised": "does the business see itself",
}


def with_choices_noted(before: Study | None, after: Study) -> Study:
    """The study with a line for every choice an act changed."""
    lines = [Entry(after.updated, what, after.author, about) for about, what in _choices(before, after)]
    if not lines:
        return after
    log = list(after.log)
    for line in lines:
        # Trying one value after the other is one choice: the last one, as long as nothing else came between.
        if (
            log
            and log[-1].about == line.about
            and log[-1].about in ("k", "weighting")
            and _same_minute(log[-1], line)
        ):
            log.pop()
        log.append(line)
    return replace(after, log=tuple(log[-MOST:]))


def with_note(study: Study, text: str, page: str) -> Study:
    """The study with a note."""
    note = Entry(study.with_().updated, text.strip(), study.author, "note", page)
    return study.with_(log=(*study.log, note)[-MOST:])


def _choices(before: Study | None, after: Study) -> list[tuple[str, str]]:
    if before is None or not after.data_digest:
        return []
    if before.base_digest != after.base_digest:
        names = ", ".join(file.name for file in after.files)
        places = {file.source.same_place for file in before.files if file.source.is_source}
        if any(file.source.same_place in places for file in after.files):
            return [("data", f"Read {names} again.")]
        carried = (
            f" with the choices of “{after.other_data.study}”"
            if after.other_data.digest == after.base_digest
            else ""
        )
        return [("data", f"Opened {names}{carried}.")]
    found = []
    if before.level_edits != after.level_edits:
        found.append(("hierarchy", "Changed the product hierarchy."))
    if before.level != after.level:
        found.append(("level", f"Chose the level “{after.level}” instead of “{before.level}”."))
    if before.weighting != after.weighting and before.level == after.level:
        found.append(
            ("weighting", f"Weighs purchases as “{after.weighting}” instead of “{before.weighting}”.")
        )
    if before.k != after.k and after.k is not None:
        instead = f" instead of {before.k}" if before.k else ""
        found.append(("k", f"Chose {after.k} segments{instead}."))
    if before.filters != after.filters and before.level == after.level:
        found.append(("filters", _filters(before, after)))
    found += [("vote", _vote(vote)) for vote in after.votes if vote not in before.votes]
    old = {names.key: names for names in before.names}
    for named in after.names:
        earlier = old[named.key].names if named.key in old else {}
        for number, name in named.names.items():
            if number in earlier and earlier[number] != name:
                found.append(("name", f"Renamed “{earlier[number]}” to “{name}”."))
    return found


def _filters(before: Study, after: Study) -> str:
    old, new = asdict(before.filters), asdict(after.filters)
    most, cap = (plural(n, "product") for n in (after.filters.max_products, after.filters.cap_products))
    changed = [name for name in new if new[name] != old[name]]
    said = {
        "min_customers": f"keeps products with {plural(after.filters.min_customers, 'customer')} or more",
        "min_products": f"keeps customers with {plural(after.filters.min_products, 'product')} or more",
        "left_out": f"leaves out {plural(len(after.filters.left_out), 'product')}",
        "max_products": f"leaves out customers with more than {most}"
        if new["max_products"]
        else "leaves out no giants",
        "cap_products": f"lets customers with more than {cap} weigh like one with {count(new['cap_products'])}"
        if new["cap_products"]
        else "lets every customer weigh in full",
        "date_from": f"begins on {after.filters.date_from or 'the first day'}",
        "date_to": f"ends on {after.filters.date_to or 'the last day'}",
    }
    parts = [said.get(name, f"changed “{name.replace('_', ' ')}”") for name in changed]
    return f"Filters: {', '.join(parts)}."


def _vote(vote: Vote) -> str:
    answers = [
        f"{question}: {_ANSWERED[getattr(vote, name)]}"
        for name, question in _ASKED.items()
        if getattr(vote, name)
    ]
    return f"Vote on {vote.k} segments: {'; '.join(answers)}."


def _same_minute(one: Entry, other: Entry) -> bool:
    return one.when[:16] == other.when[:16]
