"""Work that lasts: versions, two writers, a killed writer, a flipped bit, one file to send, deleting for good."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from segcore import studies
from segcore.choices.level_edits import LevelEdits, ProductMap
from segcore.choices.packed_ids import pack_ids
from segcore.errors import StoreError
from segcore.hierarchy import profile_levels
from segcore.intake.columns.roles import Roles
from segcore.intake.loaded import Loaded
from segcore.intake.report import IntakeReport, SourceFile
from segcore.purchases import make_purchases
from segcore.purchases.edited import edited_digest
from segcore.purchases.kept import keep_purchases, load_purchases, purchases_key
from segcore.storage import files, space, workspace
from segcore.storage.store import Store, default_store
from segcore.studies import StudyFile, archive, diary, links, opening, saved, shelf
from segcore.studies.start import Start
from segcore.studies.starts import keep_start

ROOT = Path(__file__).resolve().parents[2]
SCORES = pd.DataFrame(
    np.full((3, 4), 0.25), index=pd.Index(["Bag", "Bun", "Tea"], dtype="str"), columns=range(1, 5)
)
REPORT = IntakeReport((SourceFile("autumn.csv", "a" * 64, 13),), 21, 20, 1, 1, "customers")
OLD, OLDER = "0" * 32, "1" * 32
FILE = StudyFile("a" * 64 + ".csv", "autumn.csv", "a" * 64)


def small_purchases(customers: int = 6):
    return make_purchases([f"c{n % customers}" for n in range(20)], [f"p{n % 7}" for n in range(20)])


def older(path: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


def test_a_version_is_kept_after_a_pause_and_only_the_last_three(tmp_path):
    study = studies.save(studies.new_study(k=2), tmp_path)
    for k in range(3, 8):
        study = studies.save(study.with_(k=k), tmp_path)  # at once: still the same sitting
        study = studies.save(study.with_(k=k + 100), tmp_path)
        older(saved.study_path(study.id, tmp_path), saved.PAUSE + 1)
    assert [version.k for version in studies.versions(study.id, tmp_path)] == [106, 105, 104]
    assert studies.load(study.id, tmp_path).k == 107


def test_what_stood_before_other_data_is_kept_at_once(tmp_path):
    study = studies.save(studies.new_study(k=4, data_digest="d" * 32), tmp_path)
    studies.save(study.with_(data_digest="e" * 32, k=None), tmp_path)
    assert [version.k for version in studies.versions(study.id, tmp_path)] == [4]


def test_two_tabs_that_act_at_once_both_keep_what_they_did(tmp_path):
    study = studies.save(studies.new_study(), tmp_path)
    names = [f"p{n}" for n in range(40)]

    def leave_out(name: str) -> None:
        studies.update(study.id, lambda now: now.with_(sample=now.sample + name + " "), tmp_path)

    threads = [threading.Thread(target=leave_out, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(studies.load(study.id, tmp_path).sample.split()) == sorted(names)


@pytest.mark.long
def test_a_writer_killed_a_hundred_times_leaves_a_readable_study(tmp_path):
    study = studies.save(studies.new_study(level="x" * 20_000), tmp_path)
    code = (
        "import sys; from pathlib import Path; from segcore import studies\n"
        "root, study = Path(sys.argv[2]), studies.load(sys.argv[1], Path(sys.argv[2]))\n"
        "print('ready', flush=True)\n"
        "for k in range(1, 10**4): study = studies.save(study.with_(k=k), root)"
    )
    luck, seen = random.Random(7), set()
    for _ in range(100):
        writer = subprocess.Popen([sys.executable, "-c", code, study.id, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE)  # fmt: skip
        assert writer.stdout.readline() == b"ready\n"
        time.sleep(luck.random() * 0.05)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        found = studies.load(study.id, tmp_path)
        assert found.level == study.level
        seen.add(found.k)
    assert len(seen) > 5  # it was killed while it wrote, not before


def test_a_flipped_bit_is_noticed_wherever_it_is(tmp_path):
    luck, store = random.Random(3), Store(tmp_path)
    purchases = small_purchases()
    study = studies.new_study(name="Autumn", files=(FILE,), data_digest=purchases.digest)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEGCORE_WORKSPACE", str(tmp_path))
        keep_purchases(purchases)
        packed = archive.pack(study, {"purchases": purchases_key(purchases.digest)}, store)
    for content, read in [
        (studies.to_bytes(study), studies.from_bytes),
        (packed, lambda changed: opening.unpack(changed, Store(tmp_path / "other"), tmp_path / "other")),
    ]:
        for _ in range(1_000):
            changed = bytearray(content)
            changed[luck.randrange(len(content))] ^= 1 << luck.randrange(8)
            with pytest.raises(StoreError, match="not a study, or it is damaged"):
                read(bytes(changed))
    assert not list((tmp_path / "other").rglob("*.json"))


def test_one_file_carries_choices_and_purchases_to_another_machine(tmp_path, monkeypatch):
    purchases = small_purchases()
    here, there = Store(tmp_path / "here"), Store(tmp_path / "there")
    monkeypatch.setenv("SEGCORE_WORKSPACE", str(here.root))
    keep_purchases(purchases)
    study = studies.save(studies.new_study(name="Autumn", k=3, files=(FILE,), data_digest=purchases.digest))
    keys = {"purchases": purchases_key(purchases.digest)}
    packed = archive.pack(study, keys, here)
    assert packed == archive.pack(study, keys, here)
    monkeypatch.setenv("SEGCORE_WORKSPACE", str(there.root))
    opened = opening.unpack(packed, there)
    assert opened.has_data and opened.study.id != study.id
    assert (opened.study.name, opened.study.k) == ("Autumn", 3)
    assert load_purchases(purchases.digest).lines.equals(purchases.lines)


def test_a_newer_schema_is_refused_politely(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "SCHEMA", studies.SCHEMA + 1)
    packed = archive.pack(studies.new_study(), {}, Store(tmp_path))
    monkeypatch.undo()
    with pytest.raises(StoreError, match="newer version") as caught:
        opening.unpack(packed, Store(tmp_path), tmp_path)
    assert "Update" in caught.value.remedy


def test_the_list_finds_by_name_and_file_and_shows_the_last_changed_first(tmp_path):
    for name in ("Autumn", "Spring", "spring sale"):
        studies.save(studies.new_study(name=name, files=(FILE,)), tmp_path)
    studies.save(studies.new_study(name="empty"), tmp_path)
    assert [study.name for study in shelf.listed(root=tmp_path)] == ["spring sale", "Spring", "Autumn"]
    assert [study.name for study in shelf.listed(" SPRING", tmp_path)] == ["spring sale", "Spring"]
    assert len(shelf.listed("autumn.csv", tmp_path)) == 3
    assert len(shelf.of_files(frozenset({FILE.digest}), tmp_path)) == 3
    assert shelf.of_files(frozenset({"b" * 64}), tmp_path) == ()


def test_a_damaged_study_does_not_hide_the_others(tmp_path):
    good = studies.save(studies.new_study(name="good", files=(FILE,)), tmp_path)
    bad = studies.save(studies.new_study(name="bad", files=(FILE,)), tmp_path)
    saved.study_path(bad.id, tmp_path).write_bytes(b"{")
    assert [study.id for study in shelf.listed(root=tmp_path)] == [good.id]


def test_a_copy_goes_its_own_way(tmp_path):
    first = studies.save(studies.new_study(name="Autumn", k=3, files=(FILE,)), tmp_path)
    second = shelf.copy(first, "Autumn, other k", tmp_path)
    studies.save(second.with_(k=5), tmp_path)
    assert second.id != first.id and studies.load(first.id, tmp_path).k == 3


def test_deleting_can_be_undone_until_it_is_for_good(tmp_path):
    study = studies.save(studies.new_study(name="Autumn", files=(FILE,)), tmp_path)
    shelf.put_away(study.id, tmp_path)
    assert shelf.listed(root=tmp_path) == () and shelf.put_away_ones(tmp_path) == (study,)
    assert not studies.exists(study.id, tmp_path)
    assert shelf.take_back(study.id, tmp_path) == study
    shelf.put_away(study.id, tmp_path)
    shelf.delete(study.id, lambda digest: None, tmp_path)
    with pytest.raises(StoreError, match="deleted for good"):
        shelf.take_back(study.id, tmp_path)


def test_deleting_for_good_removes_what_nobody_else_needs(tmp_path, monkeypatch):
    monkeypatch.setenv("SEGCORE_WORKSPACE", str(tmp_path))
    store, mine, shared = Store(tmp_path), small_purchases(5), small_purchases(6)
    own = store.keep_upload("own.csv", b"own")
    both = store.keep_upload("both.csv", b"both")
    for purchases in (mine, shared):
        keep_purchases(purchases)
        result = store.key("job", digest=purchases.digest)
        store.note_data(result, [purchases.digest])
        store.save(result, (1, 2))
    files = [StudyFile(kept.stored_name, kept.name, kept.digest) for kept in (own, both)]
    gone = studies.save(studies.new_study(files=tuple(files), data_digest=mine.digest))
    stays = studies.save(studies.new_study(files=tuple(files[1:]), data_digest=shared.digest))
    studies.save(gone.with_(data_digest=shared.digest))  # its earlier data is in a version by now
    assert shelf.delete(gone.id, lambda digest: workspace.forget(store, digest)) == (own.stored_name,)
    assert not store.has(purchases_key(mine.digest)) and not store.has(store.key("job", digest=mine.digest))
    assert store.has(purchases_key(shared.digest)) and store.has(store.key("job", digest=shared.digest))
    assert [path.name for path in (tmp_path / "uploads").iterdir()] == [both.stored_name]
    assert studies.exists(stays.id) and studies.versions(gone.id) == ()


def test_deleting_for_good_spares_the_new_customers_of_others_and_takes_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv("SEGCORE_WORKSPACE", str(tmp_path))
    store = Store(tmp_path)
    kept = [store.keep_upload(f"{name}.csv", name.encode()) for name in ("mine", "shared", "new")]
    mine, shared, new = (StudyFile(one.stored_name, one.name, one.digest) for one in kept)
    gone = studies.save(studies.new_study(files=(mine, shared), data_digest="d" * 32, newcomers=(new,)))
    studies.save(studies.new_study(files=(), data_digest="e" * 32, newcomers=(shared,)))
    forgotten = []
    removed = shelf.delete(gone.id, forgotten.append)
    assert set(removed) == {mine.stored, new.stored} and new.digest in forgotten
    assert shared.digest not in forgotten
    assert [path.name for path in (tmp_path / "uploads").iterdir()] == [shared.stored]


def test_deleting_for_good_spares_what_frozen_links_and_earlier_states_show(tmp_path, monkeypatch):
    monkeypatch.setenv("SEGCORE_WORKSPACE", str(tmp_path))
    store = Store(tmp_path)
    kept = [store.keep_upload(f"{name}.csv", name.encode()) for name in ("old", "older", "now")]
    old, older_one, now = (StudyFile(one.stored_name, one.name, one.digest) for one in kept)
    other = studies.save(studies.new_study(files=(old,), data_digest=OLD))
    links.make(other, frozen=True)
    moved = studies.save(other.with_(files=(now,), data_digest="c" * 32))
    for version in (tmp_path / "studies" / "versions").iterdir():
        version.unlink()  # as if three more sittings had come since
    again = studies.save(studies.new_study(files=(older_one,), data_digest=OLDER))
    studies.save(again.with_(files=(now,), data_digest="c" * 32))
    gone = studies.save(studies.new_study(files=(old, older_one), data_digest=OLD))
    forgotten = []
    assert shelf.delete(gone.id, forgotten.append) == () and not {OLD, OLDER} & set(forgotten)
    assert [study.data_digest for study in links.frozen()] == [OLD] and studies.exists(moved.id)


def test_the_longest_unused_results_go_first_and_the_data_of_studies_stays(tmp_path):
    store = Store(tmp_path)
    keys = [store.key("result", number=number) for number in range(4)]
    for age, key in enumerate(reversed(keys)):
        store.save(key, b"0" * 10_000)
        older(store.folder(key) / "result.json", 7_200 + age * 3_600)
    store.load(keys[0])  # the oldest is looked at once more
    needed = frozenset({keys[1]})
    most = space.usage(store.root).total - 12_000
    assert workspace.evict(store, needed, most) >= 12_000
    assert [store.has(key) for key in keys] == [True, True, False, False]
    assert workspace.evict(store, needed, most) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="rights are those of the user's folder there")
def test_the_workspace_is_private_to_its_owner_from_the_first_file_on(tmp_path, monkeypatch):
    monkeypatch.setenv("SEGCORE_WORKSPACE", str(tmp_path / "deep" / "ws"))
    default_store().keep_upload("a.csv", b"x")
    assert (tmp_path / "deep" / "ws").stat().st_mode & 0o777 == 0o700
    (tmp_path / "open").mkdir(mode=0o755)
    files.make_private(tmp_path / "open")
    assert (tmp_path / "open").stat().st_mode & 0o777 == 0o700


def test_a_full_workspace_never_takes_what_studies_and_uploads_need(tmp_path):
    store = Store(tmp_path)
    kept = store.keep_upload("a.csv", b"0" * 50_000)
    study = studies.save(everything(tmp_path, "d" * 32), tmp_path)
    for key in archive.contents(study).values():
        store.save(key, b"1" * 20_000)
    other = store.key("result", number=1)
    store.save(other, b"2" * 20_000)
    for folder in (tmp_path / "results").glob("??/*"):
        older(folder / "result.json", 90_000)
    workspace.evict(store, frozenset(archive.contents(study).values()), most=1)
    assert not store.has(other) and all(store.has(key) for key in archive.contents(study).values())
    assert store.upload_path(kept.stored_name).is_file() and studies.load(study.id, tmp_path) == study


def test_a_link_shows_a_study_and_does_not_tell_its_address(tmp_path):
    study = studies.save(studies.new_study(name="Autumn", k=3), tmp_path)
    follows = links.make(study, frozen=False, root=tmp_path)
    frozen = links.make(study, frozen=True, root=tmp_path)
    studies.save(study.with_(k=5), tmp_path)
    assert (links.look(follows, tmp_path).k, links.look(frozen, tmp_path).k) == (5, 3)
    assert study.id not in follows + frozen and links.is_link(follows) and not links.is_link(study.id)
    assert not studies.exists(follows, tmp_path)
    assert links.withdraw(study.id, tmp_path) == 2
    with pytest.raises(StoreError, match="no study behind this link"):
        links.look(follows, tmp_path)


@pytest.mark.parametrize("address", ["", "../../etc/passwd", "a" * 22, "a" * 23, "a" * 22 + "/"])
def test_no_other_text_opens_a_link(tmp_path, address):
    with pytest.raises(StoreError, match="no study behind"):
        links.look(address, tmp_path)


def test_every_choice_is_in_the_log_with_what_it_replaced():
    study = studies.new_study(data_digest="d", level="Varietal", k=None, author="Ada")
    log = []
    for change in [
        {"k": 3},
        {"k": 5},
        {"level": "Offer", "k": None},
        {"filters": studies.Filters(left_out=("Bag", "Deposit"))},
        {"votes": (studies.Vote("s", 5, nameable="yes", distinct="unsure"),)},
        {"balance": 0.2},
    ]:
        study = diary.with_choices_noted(study, study.with_(**change))
        log = [entry.what for entry in study.log]
    assert log == [
        "Chose 5 segments instead of 3.",
        "Chose the level “Offer” instead of “Varietal”.",
        "Filters: leaves out 2 products.",
        "Vote on 5 segments: can we name them: yes; are they distinct: not sure.",
    ]
    assert {entry.who for entry in study.log} == {"Ada"}
    one = diary.with_choices_noted(study, study.with_(filters=studies.Filters(1, 2, ("Bag",))))
    assert one.log[-1].what == "Filters: keeps customers with 2 products or more, leaves out 1 product."
    back = diary.with_choices_noted(one, one.with_(filters=studies.Filters(1, 1)))
    assert "keeps customers with 1 product or more" in back.log[-1].what
    capped = diary.with_choices_noted(back, back.with_(filters=studies.Filters(cap_products=200)))
    assert "lets customers with more than 200 products weigh like one with 200" in capped.log[-1].what
    full = diary.with_choices_noted(capped, capped.with_(filters=studies.Filters(max_products=300)))
    assert "leaves out customers with more than 300 products" in full.log[-1].what
    assert "lets every customer weigh in full" in full.log[-1].what
    noted = diary.with_note(study, " Ask sales about Champagne ", "Segments")
    assert (noted.log[-1].what, noted.log[-1].page) == ("Ask sales about Champagne", "Segments")


def test_a_study_file_of_schema_2_opens_for_ever(tmp_path, monkeypatch):
    monkeypatch.setenv("SEGCORE_WORKSPACE", str(tmp_path))
    content = Path(__file__).with_name("schema-2.study").read_bytes()
    monkeypatch.setattr(
        "segcore.storage.store.ALGORITHM_VERSION", 10_000
    )  # as a much later version would open it
    opened = opening.unpack(content, Store(tmp_path))
    assert (opened.study.name, opened.study.level, opened.study.k) == ("Schema 2", "Product", 3)
    assert opened.study.names_of("s").names == {1: "Reds"} and opened.study.votes[0].nameable == "yes"
    assert load_purchases(opened.study.data_digest).n_lines == 20


def everything(tmp_path: Path, digest: str) -> studies.Study:
    """A study in which every field says something, its uploads and kept segments in the store."""
    store = Store(tmp_path)
    bought, new = store.keep_upload("autumn.csv", b"who,what\n1,2\n"), store.keep_upload("new.csv", b"x\n")
    start = keep_start(Start.of(SCORES), store)
    edits = LevelEdits(digest, (ProductMap.of("mine", {"p1": "a"}),))
    scenario = studies.Scenario(
        "no bags", "s", left_out=("Bag",), k=4, edits=(studies.Edit("merge", (1, 2)),)
    )
    return studies.new_study(
        name="Autumn",
        files=(StudyFile(bought.stored_name, bought.name, bought.digest),),
        newcomers=(StudyFile(new.stored_name, new.name, new.digest),),
        sample="wine_merchant",
        data_digest=edited_digest(digest, edits),
        loaded_key=store.key("loaded"),
        roles={"customer": "who"},
        level="Product",
        weighting="rare",
        filters=studies.Filters(2, 3, ("Bag",), "2024-01-01", "2024-02-01", 90),
        sweep=studies.SweepOptions(max_k=7, seed=3, start_key=start, start_k=4),
        k=4,
        names=(studies.Names("s", {1: "Reds"}, {1: "They buy red."}, {1: 1}, {1: 2}),),
        rules=studies.RuleOptions(0.1, products={"require": ("Tea",)}),
        votes=(studies.Vote("s", 4, "yes", "no", "unsure"),),
        identities=(studies.Identity(1, "Reds", 2, "They buy red.", True, 0.5, {"Product": {"Tea": 0.5}}),),
        shown=("s", "t"),
        balance=0.75,
        what_if=studies.WhatIf((scenario,), 1, (scenario,), (studies.Basket(("Tea",), "c1"),), ("2024-01-01",)),
        log=(diary.Entry("2024-01-01T00:00:00+00:00", "Chose 4 segments.", "Ada", "k", "How many"),),
        author="Ada",
        offers=studies.OfferOptions("taste", 5, product="Tea", take=20, margins={"Tea": 0.5}, bundles=(studies.SavedBundle("s", 1, ("Tea", "Bun")),)),
        offer_tests=(studies.OfferTest("t", "2024-01-01", "Tea", 0.1, 0.05, 0.2, 7, (studies.TestedSegment("Reds", pack_ids(["a"]), pack_ids(["b"]), 8, 2, 4, 1),), "out.csv"),),
        level_edits=edits,
        other_data=studies.OtherData("Summer", ("s.csv",), {"customers": 5}, digest, ("filters",), ("1 vote",)),
    )  # fmt: skip


def test_scenarios_offers_tests_and_all_else_arrive_as_they_left(tmp_path, monkeypatch):
    purchases, here, there = small_purchases(), tmp_path / "here", tmp_path / "there"
    monkeypatch.setenv("SEGCORE_WORKSPACE", str(here))
    keep_purchases(purchases)
    study = studies.save(everything(here, purchases.digest))
    loaded = Loaded(purchases.digest, Roles(customer="who"), REPORT, profile_levels(purchases))
    Store(here).save(study.loaded_key, loaded)
    plain = studies.new_study()
    silent = [one.name for one in fields(study) if getattr(study, one.name) == getattr(plain, one.name)]
    assert silent == ["schema", "pending", "pending_roles"]  # whoever adds a field adds it to ``everything``

    packed = archive.pack(study, archive.contents(study), Store(here))
    monkeypatch.setenv("SEGCORE_WORKSPACE", str(there))
    store = Store(there)
    opened = opening.unpack(packed, store).study
    assert replace(studies.load(opened.id), id=study.id, loaded_key=study.loaded_key) == study
    assert [store.upload_path(file.stored).read_bytes() for file in (*opened.files, *opened.newcomers)] == [b"who,what\n1,2\n", b"x\n"]  # fmt: skip
    again = store.load(opened.loaded_key)
    assert (again.digest, again.roles, again.report.lines_read) == (purchases.digest, loaded.roles, 21)
    assert again.levels.equals(loaded.levels)
    assert store.load(opened.sweep.start_key).product_scores.equals(SCORES)
    assert load_purchases(purchases.digest).lines.equals(purchases.lines)


def test_uploads_too_large_to_travel_stay_behind_and_the_rest_opens(tmp_path, monkeypatch):
    purchases = small_purchases()
    monkeypatch.setenv("SEGCORE_WORKSPACE", str(tmp_path / "here"))
    monkeypatch.setattr(archive, "MOST_UPLOADS", 5)
    keep_purchases(purchases)
    store = Store(tmp_path / "here")
    kept = store.keep_upload("autumn.csv", b"who,what\n1,2\n")
    study = studies.new_study(
        files=(StudyFile(kept.stored_name, kept.name, kept.digest),), data_digest=purchases.digest
    )
    packed = archive.pack(study, {"purchases": purchases_key(purchases.digest)}, store)
    monkeypatch.setenv("SEGCORE_WORKSPACE", str(tmp_path / "there"))
    assert opening.unpack(packed, Store(tmp_path / "there")).has_data
    assert not list((tmp_path / "there" / "uploads").glob("*"))
