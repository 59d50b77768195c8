"""Turns in the line of jobs: many questions of one person starve nobody, and everybody's place is the true one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from hypothesis import given
from hypothesis import strategies as st

from segcore.jobs import queue as line
from segcore.jobs import table
from segcore.jobs.queue import Waiting
from segcore.storage.store import Store
from tests.segcore.job_tasks import asked

PEOPLE = ("anna", "ben", "cleo", "dora")
askers = st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=2, unique=True).map(tuple)
turns = st.dictionaries(st.sampled_from(PEOPLE), st.integers(1, 60))


@st.composite
def lines(draw: st.DrawFn) -> list[Waiting]:
    """Waiting jobs, some asked by two people, some so long ago that they are not overtaken any more."""
    size = draw(st.integers(0, 14))
    ages = sorted(draw(st.lists(st.floats(0, 3 * line.PATIENCE), min_size=size, max_size=size)), reverse=True)
    return [Waiting(str(n), n, -age, draw(st.booleans()), 1.0, draw(askers)) for n, age in enumerate(ages, 1)]


@dataclass
class Office:
    """A line that is served: questions come, and now and then the front of it is begun."""

    count: int = 0
    waiting: list[Waiting] = field(default_factory=list)
    turns: dict[str, int] = field(default_factory=dict)

    def ask(self, who: tuple[str, ...], short: bool) -> None:
        self.count += 1
        self.waiting.append(Waiting(str(self.count), self.count, 0.0, short, 1.0, who))

    def begin(self) -> Waiting:
        one = line.in_order(self.waiting, 0.0, self.turns)[0]
        self.waiting.remove(one)
        self.count += 1
        self.turns.update(dict.fromkeys(one.askers, self.count))
        return one


asks = st.tuples(askers, st.booleans())
events = st.builds(
    lambda queue, later: [*queue, *later, *[None] * (len(queue) + len(later))],
    st.lists(asks, min_size=2, max_size=10),
    st.lists(st.none() | asks, max_size=20),
)


def begun(happens: Sequence[tuple[tuple[str, ...], bool] | None]) -> Iterator[tuple[Waiting, list[Waiting]]]:
    """Each job that is begun, to the last, and who still waits then."""
    office = Office()
    for event in happens:
        if event is not None:
            office.ask(*event)
        elif office.waiting:
            yield office.begin(), list(office.waiting)


@given(events)
def test_between_two_jobs_of_one_person_everybody_else_who_waits_gets_one(happens):
    """The second being theirs alone: what they share with another comes with the turn of that one, too."""
    history = list(begun(happens))
    for start, (one, still) in enumerate(history):
        for whose in one.askers:
            following = range(start + 1, len(history))
            end = next(
                (n for n in following if whose in history[n][0].askers and history[n][0].short == one.short),
                None,
            )
            if end is None or history[end][0].askers != (whose,):
                continue
            had_one = {asker for job, _ in history[start : end + 1] for asker in job.askers}
            passed_over = {
                asker
                for other in still
                if other.short == one.short and other in history[end][1]
                for asker in other.askers
            }
            assert passed_over <= had_one


@given(lines(), turns, st.randoms())
def test_the_line_holds_everybody_once_in_an_order_that_depends_on_nothing_else(waiting, had, chance):
    found = line.in_order(waiting, 0.0, had)
    assert sorted(found, key=lambda one: one.sequence) == waiting
    shuffled = chance.sample(waiting, len(waiting))
    assert line.in_order(shuffled, 0.0, had) == found


@given(lines(), turns)
def test_the_places_said_are_the_order_in_which_jobs_begin(waiting, had):
    said = line.in_order(waiting, 0.0, had)
    office = Office(count=100, waiting=list(waiting), turns=dict(had))
    for place in range(len(said)):
        assert office.begin() == said[place]


@given(lines())
def test_who_had_no_turn_yet_is_overtaken_by_nobody_who_asked_later(waiting):
    """Among short and long-suffering jobs; these are before all others."""
    found = line.in_order(waiting, 0.0)
    first = [one for one in found if one.short or -one.asked > line.PATIENCE]
    assert found[: len(first)] == first
    for whose in PEOPLE:
        own = [one for one in first if whose in one.askers]
        if own:
            oldest = min(own, key=lambda one: one.sequence)
            before = first[: first.index(oldest)]
            assert all(one.sequence < oldest.sequence for one in before)


def test_a_newcomer_is_served_after_one_of_twenty_questions_and_told_so(tmp_path):
    known = table.Table(Store(tmp_path), slots=1)
    keys = [(f"{n:064x}", "anna") for n in range(20)] + [("f" * 64, "ben")]
    for key, asker in keys:
        known.enter(key, asked("points", n=1, title="Work", seconds=10), False, asker)
    assert known.status("f" * 64, "ben").place == 2
    assert known.status("f" * 64, "ben").message == "2nd in line, about 10 s"
    places = {key: known.status(key, asker).place for key, asker in keys}
    served = []
    while (job := known.begin()) is not None:
        served.append(job.key)
        known.end(job, "cancelled")
    assert served == sorted(places, key=places.__getitem__)


def test_a_job_taken_back_from_a_broken_pool_has_had_no_turn(tmp_path):
    known = table.Table(Store(tmp_path), slots=1)
    for key, asker in (("a" * 64, "anna"), ("b" * 64, "ben")):
        known.enter(key, asked("points", n=1), False, asker)
    job = known.begin()
    known.put_back(job)
    assert known.begin().key == job.key == "a" * 64


def test_what_two_ask_comes_with_the_first_turn_of_either():
    first = [Waiting(str(n), n, 0.0, True, 1.0, ("anna",)) for n in range(1, 20)]
    shared = replace(first[-1], key="shared", sequence=20, askers=("anna", "ben"))
    assert line.in_order([*first, shared], 0.0).index(shared) == 1
