"""Work as steps: run to its end, or passed on as a part of larger work."""

import pytest

from segcore.progress import Step, finished, part_of


def work():
    yield Step(0.5, "Half", part="kept")
    yield Step(1.0, "Whole")
    return 42


def test_work_runs_to_its_end_and_hands_back_what_it_returns():
    assert finished(work()) == 42


def test_a_part_of_larger_work_fills_its_own_share():
    seen = []

    def larger():
        result = yield from part_of(work(), 0.4, start=0.2)
        seen.append(result)

    steps = list(larger())
    assert [step.fraction for step in steps] == pytest.approx([0.4, 0.6])
    assert [(step.message, step.part) for step in steps] == [("Half", "kept"), ("Whole", None)]
    assert seen == [42]
