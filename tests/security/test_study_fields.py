"""A saved or sent study holds only what its fields allow; one that does not is set aside and stops nothing."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from segcore import studies
from segcore.choices.level_edits import LevelEdits, Move, OneParent, ProductMap, Rename
from segcore.choices.packed_ids import pack_ids, unpack_ids
from segcore.choices.read_from import ReadFrom
from segcore.errors import StoreError
from segcore.studies import StudyFile, diary, links, shelf
from tests.security.crafted import sealed

DIGEST, FILE = "d" * 32, "f" * 64
MISSING = object()
# JSON of every kind, as wrong as it can be where another kind is due.
STRANGE: tuple[Any, ...] = (
    None, True, False, -1, 0, 7, 10**30, -(10**30), 1.5, 1e300, "", "x", "7", "/etc/passwd", "\x00", "\ud800",
    "a" * 40_000, [], [1], ["x"], [None], [[]], {}, {"x": 1}, {"x": None}, {"1": "x"},
)  # fmt: skip
MAY_BE_NONE = {"k", "date_from", "date_to", "restarts", "max_length", "weeks"}
OPAQUE = {"roles", "pending_roles"}


def everything() -> studies.Study:
    """A study in which every field says something."""
    scenario = studies.Scenario(
        "no bags", "s", ("Bag",), ("Tea",), (studies.Group("brand", "b"),), "2024-01-01", "2024-02-01", 2, 4,
        (studies.Edit("merge", (1, 2), ("Tea",), 3),),
    )  # fmt: skip
    asked = ReadFrom(
        "database", "shop", "public.sales", "2024-01-01T00:00:00+00:00", ("a",), ("b",), DIGEST, "2024-01-01"
    )
    return studies.new_study(
        name="Autumn", files=(StudyFile(FILE + ".csv", "autumn.csv", FILE, asked),),
        pending=(StudyFile(FILE, "b", FILE),), newcomers=(StudyFile(FILE, "c", FILE),),
        sample="wine_merchant", data_digest=DIGEST, loaded_key=FILE, roles={"customer": "who"},
        pending_roles={"product": "what"}, level="Product", weighting="rare", k=4, balance=0.75, author="Ada",
        filters=studies.Filters(2, 3, ("Bag",), "2024-01-01", "2024-02-01", 90, 9),
        sweep=studies.SweepOptions(7, "squared", "random", 3, 5, 0.5, 0.25, 0.125, FILE, 4),
        names=(studies.Names("s", {1: "Reds"}, {1: "They buy red."}, {1: 1}, {1: 2}),), shown=("s", "t"),
        rules=studies.RuleOptions(0.1, 0.5, 1.5, 3, "order", True, True, "lift", "Brand", "hmine", True, {"require": ("Tea",)}),
        votes=(studies.Vote("s", 4, "yes", "no", "unsure"),),
        identities=(studies.Identity(1, "Reds", 2, "They buy red.", True, 0.5, {"Product": {"Tea": 0.5}}),),
        what_if=studies.WhatIf((scenario,), 1, (scenario,), (studies.Basket(("Tea",), "c1"),), ("2024-01-01",)),
        log=(diary.Entry("2024-01-01T00:00:00+00:00", "Chose 4 segments.", "Ada", "k", "How many"),),
        offers=studies.OfferOptions("taste", 5, True, 7, ("Bag",), "margin", {"Tea": 0.5}, 8, 12, "Tea", 20, (studies.SavedBundle("s", 1, ("Tea",)),)),
        offer_tests=(studies.OfferTest("t", "2024-01-01", "Tea", 0.1, 0.05, 0.2, 7, (studies.TestedSegment("Reds", pack_ids("a"), pack_ids("b"), 8, 2, 4, 1),), "out.csv"),),
        level_edits=LevelEdits(DIGEST, (ProductMap.of("mine", {"p": "a"}),), (Rename("l", "a", "b"),), (OneParent("l", "m"),), (Move("l", "a", "m", "c"),)),
        other_data=studies.OtherData("Summer", ("s.csv",), {"customers": 5}, DIGEST, ("filters",), ("1 vote",)),
    )  # fmt: skip


def raw() -> dict[str, Any]:
    """The same as plain JSON."""
    return json.loads(studies.to_bytes(everything()).rpartition(b"\nsha256 ")[0])


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in the JSON, records, lists and single values alike."""
    if path:
        yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inside:
        yield from places(one, (*path, name))


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for name in path:
        value = value[name]
    return value


def changed(original: dict[str, Any], path: tuple[Any, ...], put: Any) -> dict[str, Any]:
    found = copy.deepcopy(original)
    at(found, path[:-1])[path[-1]] = put
    return found


def kind(value: Any) -> str:
    """What JSON calls it; a whole number may stand where any number may."""
    if isinstance(value, bool) or value is None:
        return str((value is None and "null") or "bool")
    return {int: "whole", float: "number", str: "text", list: "list", dict: "table"}[type(value)]


def may_stand(original: Any, put: Any, path: tuple[Any, ...]) -> bool:
    """Whether a value of this kind may be there at all, judged without the code that reads it."""
    if path[0] in OPAQUE and len(path) > 1:
        return True
    if put is None:
        return path[-1] in MAY_BE_NONE
    return kind(put) == kind(original) or (kind(original), kind(put)) == ("number", "whole")


def variants(original: dict[str, Any], most: int) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """So many of all pairs of a place and a strange value, every place and every value often among them."""
    pairs = [(path, put) for path in places(original) for put in STRANGE]
    yield from random.Random(12).sample(pairs, min(most, len(pairs)))


@pytest.mark.parametrize("most", [2_400, pytest.param(10_000, marks=pytest.mark.long)])
def test_values_of_the_wrong_kind_are_refused_and_others_are_as_they_would_be_written(most):
    original, wrongly, accepted = raw(), [], 0
    for path, put in variants(original, most):
        try:
            study = studies.from_bytes(sealed(changed(original, path, put)))
        except StoreError as error:
            assert error.remedy
            continue
        accepted += 1
        if not may_stand(at(original, path), put, path):
            wrongly.append((path, put))
        assert studies.from_bytes(studies.to_bytes(study)) == study
    assert wrongly == [] and accepted > 100


@pytest.mark.parametrize(
    ("place", "put"),
    [
        (("files", 0, "stored"), "/etc/passwd"),
        (("files", 0, "stored"), "../studies/" + "a" * 22 + ".json"),
        (("pending", 0, "stored"), "~/.streamlit/secrets.toml"),
        (("newcomers", 0, "stored"), "file:///etc/passwd"),
        (("files", 0, "stored"), FILE + "/../x"),
        (("files", 0, "stored"), FILE + ".csv\n"),
        (("files", 0, "stored"), FILE.upper()),
        (("data_digest",), '"; import os #'),
        (("level_edits", "base"), "x" * 32),
        (("loaded_key",), "../../x"),
        (("sweep", "start_key"), "/x"),
        (("updated",), "soon"),
        (("created",), 5),
        (("id",), "../" + "a" * 19),
        (("name",), "n" * 201),
        (("author",), "n" * 201),
        (("k",), 0),
        (("filters", "date_from"), "2024-02-30"),
        (("rules", "min_lift"), 7),
        (("weighting",), "by the moon"),
        (("log", 0, "when"), "yesterday"),
    ],
)
def test_a_field_that_opens_a_door_is_refused_and_named(place, put):
    with pytest.raises(StoreError, match="not a study, or it is damaged") as caught:
        studies.from_bytes(sealed(changed(raw(), place, put)))
    assert str(place[0]) in caught.value.where


@pytest.mark.parametrize(
    "text",
    [
        b'{"k": NaN}', b'{"balance": Infinity}', b'{"k": 1' + b"0" * 5_000 + b"}", b'{"k": 3, "k": 4}', b"[" * 5_000,
        b'{"name": "' + b"n" * (5 << 20) + b'"}', b"\xff\xfe{}", b"null", b"7",
    ],
)  # fmt: skip
def test_json_that_no_study_is_gets_a_sentence(text):
    with pytest.raises(StoreError, match="not a study, or it is damaged"):
        studies.from_bytes(text)


def test_what_could_not_be_read_again_is_not_written_and_nothing_before_is_lost(tmp_path):
    study = studies.save(everything(), tmp_path)
    for change in (
        {"name": "n" * 300},
        {"k": "3"},
        {"level": "\ud800"},
        {"balance": float("nan")},
        {"author": "a" * (5 << 20)},
    ):
        with pytest.raises(StoreError, match="cannot be kept"):
            studies.save(study.with_(**change), tmp_path)
        assert studies.load(study.id, tmp_path) == study


@pytest.mark.parametrize("field", ["updated", "files", "name", "level", "k", "created"])
def test_one_damaged_study_stops_no_list_and_is_said(tmp_path: Path, field: str):
    good = studies.save(everything(), tmp_path)
    bad = replace(good, id="b" * 22)
    folder = tmp_path / "studies"
    (folder / f"{bad.id}.json").write_bytes(sealed({**raw(), "id": bad.id, field: {"x": 1}}))
    (folder / "away").mkdir()
    (folder / "away" / f"{'c' * 22}.json").write_bytes(sealed({**raw(), field: ["x"]}))
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / f"{'l' * 23}.json").write_bytes(sealed({**raw(), field: True}))
    assert [study.id for study in shelf.listed(root=tmp_path)] == [good.id]
    assert shelf.put_away_ones(tmp_path) == () and links.frozen(tmp_path) == ()
    assert [(one.name, field in one.where) for one in shelf.unreadable(tmp_path)] == [
        (f"{bad.id}.json", True)
    ]
    with pytest.raises(StoreError, match="damaged"):
        studies.load(bad.id, tmp_path)


def test_lists_of_customers_that_unfold_without_end_are_empty():
    import base64
    import zlib

    bomb = base64.b64encode(zlib.compress(b"\0" * (200 << 20), 9)).decode()
    assert (
        unpack_ids(bomb) == () and unpack_ids("no base64!") == () and unpack_ids(pack_ids("ab")) == ("a", "b")
    )
