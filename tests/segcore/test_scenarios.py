"""Steps tried out on the What if page: back, forward, kept by name, and never mixed with those of other segments."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segcore.studies import Edit, Scenario, WhatIf

A = Scenario(base="a")


@given(st.lists(st.sampled_from(["drop", "undo", "redo"]), max_size=30))
def test_undo_and_redo_behave_as_a_list_with_a_finger_in_it(acts):
    whatif, states, at = WhatIf(), [A], 0
    for number, act in enumerate(acts):
        if act == "drop":
            step = replace(A, left_out=(f"p{number}",))
            whatif = whatif.then(step)
            states, at = [*states[: at + 1], step], at + 1
        elif act == "undo" and at:
            whatif, at = whatif.undone(), at - 1
        elif act == "redo" and at < len(states) - 1:
            whatif, at = whatif.redone(), at + 1
        assert whatif.now("a") == states[at]
        assert whatif.can_undo("a") == (at > 0)
        assert whatif.can_redo("a") == (at < len(states) - 1)


def test_the_same_again_is_no_step():
    whatif = WhatIf().then(A)
    assert whatif == WhatIf()
    step = replace(A, k=3)
    assert WhatIf().then(step).then(step).steps == (step,)


def test_steps_on_other_segments_do_not_count():
    whatif = WhatIf().then(replace(A, k=3))
    assert whatif.now("b") == Scenario(base="b")
    assert not whatif.can_undo("b")
    other = whatif.then(Scenario(base="b", k=2))
    assert other.steps == (Scenario(base="b", k=2),)


def test_scenarios_are_kept_by_name():
    first, second = replace(A, name="no bags", k=2), replace(A, name="no bags", k=4)
    whatif = WhatIf().keep(first).keep(replace(A, name="other")).keep(second)
    assert [(one.name, one.k) for one in whatif.kept] == [("other", None), ("no bags", 4)]
    assert whatif.forget("no bags", "a").kept == (replace(A, name="other"),)


def test_a_name_is_not_part_of_the_question():
    assert replace(A, name="x", k=2).question == Scenario(k=2)
    assert A.is_empty and not replace(A, edits=(Edit("lock", (1,)),)).is_empty
    with pytest.raises(ValueError, match="not an edit"):
        Edit("explode")
