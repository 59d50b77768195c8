"""What is stored outlives the code that stored it: records have names, keys and cuts do not know where a class lies."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from segcore.errors import StoreError
from segcore.factorization import NMFSpec
from segcore.matrix import MatrixSpec
from segcore.purchases import make_purchases
from segcore.purchases.kept import keep_edited, keep_purchases, load_purchases, purchases_key
from segcore.storage import codec, store
from segcore.storage.codec import first_homes, names
from segcore.storage.store import Store
from segcore.studies import cuts, opening

EVERYTHING = Path(__file__).with_name("schema-2-everything.study")
MATRIX, NMF = MatrixSpec("product", "balanced"), NMFSpec(k=3)
# Made by the code as it stood when what people did was filed under keys of results.
FILED_THEN = "45477b1bab4ff49427798acb05d16f1acbb8c3668ee28ea8f7b18ff86aef973d"


@pytest.mark.parametrize("name", names.HOMES)
def test_every_name_leads_to_a_frozen_record(name: str):
    module, _, cls = names.HOMES[name].partition(":")
    found = getattr(importlib.import_module(module), cls)
    assert (
        found.__dataclass_params__.frozen and f"{found.__module__}:{found.__qualname__}" == names.HOMES[name]
    )


def test_names_and_earlier_paths_mean_one_record_each():
    assert len(set(names.HOMES.values())) == len(names.HOMES)
    assert set(first_homes.FIRST_HOMES.values()) <= set(names.HOMES)
    assert {name for name, _ in names.MIGRATIONS} <= set(names.VERSIONS) <= set(names.HOMES)


@pytest.fixture
def moved(monkeypatch: pytest.MonkeyPatch) -> None:
    """The module of the matrix's choices lies elsewhere from now on."""
    here = names.HOMES["matrix spec"]
    monkeypatch.setitem(sys.modules, "segcore.elsewhere", sys.modules[MatrixSpec.__module__])
    monkeypatch.setattr(MatrixSpec, "__module__", "segcore.elsewhere")
    monkeypatch.setitem(names.HOMES, "matrix spec", "segcore.elsewhere:MatrixSpec")
    monkeypatch.setitem(codec._NAMES, "segcore.elsewhere:MatrixSpec", "matrix spec")
    monkeypatch.delitem(codec._NAMES, here)


def test_a_class_that_moves_takes_its_records_keys_and_cuts_along(
    tmp_path: Path, request: pytest.FixtureRequest
):
    before, stored = Store(tmp_path), codec.encode(MATRIX)[0]
    key, cut = before.key("job", matrix=MATRIX, nmf=NMF), cuts.cut_of("d" * 32, MATRIX, NMF)
    request.getfixturevalue("moved")
    assert codec.encode(MATRIX)[0] == stored and codec.decode(stored, {}) == MATRIX
    assert before.key("job", matrix=MATRIX, nmf=NMF) == key and cuts.cut_of("d" * 32, MATRIX, NMF) == cut
    assert "segcore" not in str(stored)


def test_what_was_stored_under_the_path_of_a_class_is_read(request: pytest.FixtureRequest):
    fields = codec.encode(MATRIX)[0]["v"]
    earlier = {"t": "record", "c": "segcore.matrix:MatrixSpec", "v": fields}
    assert codec.decode(earlier, {}) == MATRIX
    request.getfixturevalue("moved")
    assert codec.decode(earlier, {}) == MATRIX


def test_a_record_of_an_earlier_version_is_brought_along_and_a_later_one_refused(
    monkeypatch: pytest.MonkeyPatch,
):
    stored = codec.encode(MATRIX)[0]
    monkeypatch.setitem(names.VERSIONS, "matrix spec", 3)
    monkeypatch.setitem(names.MIGRATIONS, ("matrix spec", 1), lambda parts: {**parts, "min_customers": 5})
    monkeypatch.setitem(
        names.MIGRATIONS,
        ("matrix spec", 2),
        lambda parts: {**parts, "min_products": parts["min_customers"] + 1},
    )
    read = codec.decode(stored, {})
    assert (read.min_customers, read.min_products) == (5, 6)
    assert codec.encode(MATRIX)[0]["version"] == 3
    for version in (4, 0, "1", True, None):
        with pytest.raises(StoreError, match="does not have the form"):
            codec.decode({**stored, "version": version}, {})


def test_a_choice_at_its_default_is_no_part_of_a_cut():
    assert cuts.cut_of("d", MATRIX, NMF) == cuts.cut_of(
        "d", MatrixSpec("product", max_products=0), NMFSpec(3, seed=0)
    )
    others = {
        cuts.cut_of("e", MATRIX, NMF),
        cuts.cut_of("d", MatrixSpec("product", "rare"), NMF),
        cuts.cut_of("d", MATRIX, NMFSpec(k=4)),
        cuts.cut_of("d", MATRIX, NMF, "a" * 64),
        cuts.cut_of("d", MATRIX, NMF),
    }
    assert len(others) == 5


def test_purchases_are_found_whatever_the_version_and_under_the_key_of_before(workspace: Path, monkeypatch):
    bought = make_purchases(["a", "a", "b"], ["x", "y", "x"])
    keep_purchases(bought)
    key = purchases_key(bought.digest)
    monkeypatch.setattr(store, "ALGORITHM_VERSION", 10_000)
    assert purchases_key(bought.digest) == key and load_purchases(bought.digest).digest == bought.digest

    from segcore.storage.codec.legacy import key_of_version

    here = store.default_store()
    earlier = key_of_version(14, "purchases", {"digest": bought.digest})
    here.folder(earlier).parent.mkdir(parents=True, exist_ok=True)
    here.folder(key).rename(here.folder(earlier))
    assert not here.has(key) and load_purchases(bought.digest).n_lines == 3


def test_the_file_of_schema_2_with_every_record_opens_for_ever(workspace: Path, monkeypatch):
    monkeypatch.setattr(store, "ALGORITHM_VERSION", 10_000)
    opened = opening.unpack(EVERYTHING.read_bytes(), store.default_store())
    study, here = opened.study, store.default_store()
    assert opened.has_data and study.name == "Schema 2, everything"
    assert (study.votes[0].key, study.offers.bundles[0].key) == (FILED_THEN, FILED_THEN)
    assert [one.name for one in study.identities] == ["Taste 1", "Taste 2", "Taste 3"]
    assert study.what_if.kept[0].name == "no product 1" and study.offer_tests[0].groups[0].n_treated == 8
    assert here.load(study.loaded_key).report.lines_kept == load_purchases(study.base_digest).n_lines
    assert here.load(study.sweep.start_key).product_scores.shape[1] == study.sweep.start_k == 4
    assert keep_edited(study.base_digest, study.level_edits) == study.data_digest
    assert "mine" in load_purchases(study.data_digest).attributes
    assert all(here.upload_path(file.stored).is_file() for file in (*study.files, *study.newcomers))


def test_what_was_filed_under_keys_is_found_under_cuts(workspace: Path):
    study = opening.unpack(EVERYTHING.read_bytes(), store.default_store()).study
    assert cuts.key_as_filed(study.data_digest, MATRIX, NMF, 20) == FILED_THEN
    cut = cuts.cut_of(study.data_digest, MATRIX, NMF)
    now = cuts.refiled(study, {FILED_THEN: cut, study.what_if.kept[0].base: cut})
    assert (now.votes[0].key, now.offers.bundles[0].key, now.what_if.steps[0].base) == (cut, cut, cut)
    assert cuts.refiled(now, {FILED_THEN: cut}) is now
