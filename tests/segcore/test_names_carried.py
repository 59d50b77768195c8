"""Names and colours stay with what a segment buys: across seeds, numbers of segments, levels, customers."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from segcore import studies
from segcore.matrix import build_matrix
from segcore.purchases import make_purchases
from segcore.segments import segment
from segcore.segments.names import looked_at, profile_of, read_names, recognise, rename, shown_as, similarity
from segcore.segments.names.identity import MOST_KEPT
from segcore.studies import Names
from tests.segcore import known

KINDS = ("red", "white", "sparkling", "rosé", "port")


def shop(k=4, seed=0, per_block=40, keep=None):
    """Purchases with k plain tastes of five products each, a kind above every product."""
    values, _ = known.planted(k, per_block=per_block, products=5, own=0.7, other=0.03, seed=seed)
    labels = [f"{KINDS[j // 5]} {j % 5}" for j in range(5 * k)]
    rows, columns = np.nonzero(values)
    chosen = np.ones(len(rows), dtype=bool) if keep is None else np.isin(rows, keep)
    return make_purchases(
        [f"c{i:04d}" for i in rows[chosen]], [labels[j] for j in columns[chosen]],
        product_attributes=pd.DataFrame({"kind": [name.split()[0] for name in labels]}, index=labels),
    )  # fmt: skip


def run(study, key, purchases, k, level=None, **choices):
    """The study after looking at one run, and the run as people see it."""
    matrix = build_matrix(purchases, level, weighting="bought")
    found = segment(matrix, k=k, **choices)
    study = looked_at(recognise(study, key, purchases, matrix, found), key)
    return study, shown_as(study, key), found


def by_product(found, shown):
    """What a person sees: the name and colour over each segment's strongest product."""
    return {found.product_scores[n].idxmax(): (shown.names[n], shown.colours[n]) for n in found.sizes.index}


def test_the_first_run_takes_proposed_names_and_the_palette_in_order():
    study, shown, _ = run(studies.new_study(), "a", shop(), 4)
    assert set(shown.names.values()) == {"red", "white", "sparkling", "rosé"}
    assert shown.colours == {1: 1, 2: 2, 3: 3, 4: 4}
    assert shown.new == () and shown.gone == ()
    assert study.shown == ("a",)
    again, _, _ = run(study, "a", shop(), 4)
    assert again is study  # nothing to save a second time


def test_another_seed_and_other_customers_keep_every_name_and_colour():
    study, first, found = run(studies.new_study(), "a", shop(), 4)
    study = rename(study, "a", {**first.names, 1: "Our best"}, {1: "they come on Fridays"}, first.names)
    before = by_product(found, shown_as(study, "a"))
    generator = np.random.default_rng(1)
    for number, keep in enumerate((None, generator.permutation(160)[:150], generator.permutation(160)[:100])):
        study, shown, found = run(
            study, f"b{number}", shop(keep=keep), 4, seed=5 + number, initialisation="random"
        )
        assert set(by_product(found, shown).values()) == set(before.values())
        assert shown.new == () and shown.gone == ()
        assert "they come on Fridays" in shown.descriptions.values()


def test_one_more_segment_is_new_and_one_fewer_is_gone():
    purchases = shop(4)
    study, three, _ = run(studies.new_study(), "3", purchases, 3)
    study, four, _ = run(study, "4", purchases, 4)
    assert len(four.new) == 1 and len(set(four.names.values())) == 4
    kept = set(four.names.values()) & set(three.names.values())
    assert len(kept) + len(four.gone) == 3
    assert len(set(four.colours.values())) == 4
    for name in kept:
        colours = [
            shown.colours[next(n for n, called in shown.names.items() if called == name)]
            for shown in (three, four)
        ]
        assert colours[0] == colours[1]
    study, back, _ = run(study, "3 again", purchases, 3, seed=3)
    assert set(back.names.values()) == set(three.names.values())
    assert set(back.gone) == set(four.names.values()) - set(three.names.values())


def test_a_name_given_once_holds_in_every_run():
    purchases = shop(4)
    study, first, _ = run(studies.new_study(), "a", purchases, 4)
    study, second, _ = run(study, "b", purchases, 4, seed=9)
    number = next(n for n, name in second.names.items() if name == "white")
    study = rename(study, "b", {number: "Whites for summer"}, {}, second.names)
    assert "Whites for summer" in shown_as(study, "a").names.values()
    assert "white" not in shown_as(study, "a").names.values()
    study = rename(study, "b", {number: "  "}, {}, second.names)
    assert shown_as(study, "b").names == second.names
    assert set(first.names.values()) == set(shown_as(study, "a").names.values())


def test_who_has_a_name_keeps_it_when_another_is_given_the_same():
    study, first, _ = run(studies.new_study(), "a", shop(), 4)
    named = rename(study, "a", {**first.names, 3: "Mine"}, {}, first.names)
    again = rename(named, "a", {**shown_as(named, "a").names, 1: "Mine"}, {}, first.names)
    assert shown_as(again, "a").names == {**first.names, 3: "Mine", 1: "Mine 2"}
    swapped = rename(again, "a", {**first.names, 1: "Mine", 3: "Mine 2"}, {}, first.names)
    assert shown_as(swapped, "a").names == {**first.names, 1: "Mine", 3: "Mine 2"}


def test_an_emptied_name_is_nobodys_even_where_the_proposed_one_is_taken():
    study, first, _ = run(studies.new_study(), "a", shop(), 4)
    taken = rename(study, "a", {**first.names, 1: "Mine", 2: first.names[1]}, {}, first.names)
    back = rename(taken, "a", {**shown_as(taken, "a").names, 1: ""}, {}, first.names)
    shown = shown_as(back, "a").names
    assert (shown[1], shown[2]) == (f"{first.names[1]} 2", first.names[1])
    mine = {
        n: one for n, i in back.names_of("a").identities.items() for one in back.identities if one.id == i
    }
    assert not mine[1].edited and mine[2].edited


def test_names_outlive_a_change_of_level():
    purchases = shop(3)
    study, fine, _ = run(studies.new_study(), "fine", purchases, 3)
    study = rename(study, "fine", {1: "One", 2: "Two", 3: "Three"}, {}, fine.names)
    level = build_matrix(purchases, "kind", weighting="bought")
    coarse = segment(level, k=3)
    study = recognise(study, "coarse", purchases, level, coarse)
    home = segment(build_matrix(purchases, weighting="bought"), k=3).product_assignment
    called, called_before = shown_as(study, "coarse").names, shown_as(study, "fine").names
    for n in (1, 2, 3):
        kind = str(coarse.product_scores[n].idxmax())
        assert called[n] == called_before[int(home[f"{kind} 0"])]


def test_what_is_bought_by_nobody_before_is_new():
    study, _, _ = run(studies.new_study(), "a", shop(2), 2)
    other = make_purchases([f"x{i}" for i in range(40) for _ in range(2)], ["tea", "honey"] * 40)
    study, shown, _ = run(study, "b", other, 1)
    assert next(iter(shown.names.values())) not in ("red", "white")
    assert shown.colours == {1: 3}  # no colour of a segment somebody knows
    assert shown.new == () and shown.gone == ()  # nothing in common: another shop, not a change


def test_names_of_a_study_saved_before_identities_are_kept():
    old = studies.new_study().with_names(Names("a", {1: "Firsts", 2: "Seconds"}, {2: "why"}))
    study, shown, _ = run(old, "a", shop(3), 3)
    assert shown.names[1] == "Firsts" and shown.names[2] == "Seconds" and shown.descriptions[2] == "why"
    study = study.with_(balance=0.0)
    _, shown, _ = run(study, "a", shop(3), 3)
    assert shown.names[1] == "Firsts"


def test_names_nobody_gave_follow_the_balance():
    values, _ = known.planted(2, per_block=60, products=4, own=0.5, other=0.05, seed=1)
    values = np.hstack([np.ones((120, 1)), values])
    labels = ["bread", *[f"{'wine' if j < 4 else 'beer'} {j}" for j in range(8)]]
    rows, columns = np.nonzero(values)
    purchases = make_purchases([f"c{i:03d}" for i in rows], [labels[j] for j in columns])
    study, distinct, _ = run(studies.new_study(balance=0.0), "a", purchases, 2)
    study, _, _ = run(replace(study, balance=1.0), "a", purchases, 2)
    assert {one.balance for one in study.identities} == {1.0}
    assert len(set(distinct.names.values())) == 2


def test_a_study_remembers_a_bounded_number_of_segments():
    study = studies.new_study()
    generator = np.random.default_rng(0)
    for number in range(30):
        names = [f"p{number}-{j}" for j in range(6)]
        purchases = make_purchases(
            [f"c{i}" for i in range(20) for _ in range(3)],
            generator.choice(names, 60),
            product_label="Product",
        )
        study, _, _ = run(study, str(number), purchases, 3)
    assert len(study.identities) <= MOST_KEPT + 3
    assert studies.from_bytes(studies.to_bytes(study)) == study


def test_similarity_is_the_cosine_by_hand():
    assert similarity(
        [{"a": 3.0, "b": 4.0}], [{"a": 1.0}, {"c": 2.0}, {"a": 6.0, "b": 8.0}]
    ) == pytest.approx(np.array([[0.6, 0.0, 1.0]]))
    found = segment(known.matrix_of(np.kron(np.eye(2), np.ones((5, 3)))), k=2)
    assert all(len(profile) == 3 for profile in profile_of(found).values())


def test_names_from_a_file():
    now = {1: "Red & white", 2: "Fizz"}
    read = read_names(
        [
            ["segment", "name"],
            ["fizz", " Party  people ", "They celebrate"],
            ["1.0", "Classics"],
            ["9", "x"],
            [""],
        ],
        now,
    )
    assert read.names == {2: "Party people", 1: "Classics"}
    assert read.descriptions == {2: "They celebrate"}
    assert read.unknown == ("9",)
    assert read_names([["Segment 2", "New"]], now).names == {2: "New"}
