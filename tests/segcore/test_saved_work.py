"""Work that lasts: versions, two writers, a killed writer, a flipped bit, one file to send, deleting for good."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from segcore import studies, workspace
from segcore.errors import StoreError
from segcore.purchases import make_purchases
from segcore.store import Store
from segcore.studies import StudyFile, archive, diary, links, saved, shelf
from segcore.tasks.data import keep_purchases, load_purchases, purchases_key

ROOT = Path(__file__).resolve().parents[2]
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
    study = studies.save(studies.new_study(k=4, data_digest="d" * 64), tmp_path)
    studies.save(study.with_(data_digest="e" * 64, k=None), tmp_path)
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
    study = studies.save(studies.new_study(name="x" * 20_000), tmp_path)
    code = (
        "import sys; from pathlib import Path; from segcore import studies\n"
        "root, study = Path(sys.argv[2]), studies.load(sys.argv[1], Path(sys.argv[2]))\n"
        "print('ready', flush=True)\n"
        "for k in range(10**9): study = studies.save(study.with_(k=k), root)"
    )
    luck, seen = random.Random(7), set()
    for _ in range(100):
        writer = subprocess.Popen([sys.executable, "-c", code, study.id, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE)  # fmt: skip
        assert writer.stdout.readline() == b"ready\n"
        time.sleep(luck.random() * 0.05)
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        found = studies.load(study.id, tmp_path)
        assert found.name == study.name
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
        (packed, lambda changed: archive.unpack(changed, Store(tmp_path / "other"), tmp_path / "other")),
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
    opened = archive.unpack(packed, there)
    assert opened.has_data and opened.study.id != study.id
    assert (opened.study.name, opened.study.k) == ("Autumn", 3)
    assert load_purchases(purchases.digest).lines.equals(purchases.lines)


def test_a_newer_schema_is_refused_politely(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "SCHEMA", studies.SCHEMA + 1)
    packed = archive.pack(studies.new_study(), {}, Store(tmp_path))
    monkeypatch.undo()
    with pytest.raises(StoreError, match="newer version") as caught:
        archive.unpack(packed, Store(tmp_path), tmp_path)
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


def test_the_longest_unused_results_go_first_and_the_data_of_studies_stays(tmp_path):
    store = Store(tmp_path)
    keys = [store.key("result", number=number) for number in range(4)]
    for age, key in enumerate(reversed(keys)):
        store.save(key, b"0" * 10_000)
        older(store.folder(key) / "result.json", 7_200 + age * 3_600)
    store.load(keys[0])  # the oldest is looked at once more
    needed = frozenset({keys[1]})
    most = workspace.usage(store).total - 12_000
    assert workspace.evict(store, needed, most) >= 12_000
    assert [store.has(key) for key in keys] == [True, True, False, False]
    assert workspace.evict(store, needed, most) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="rights are those of the user's folder there")
def test_the_workspace_is_private_to_its_owner(tmp_path):
    workspace.make_private(tmp_path / "ws")
    assert (tmp_path / "ws").stat().st_mode & 0o077 == 0


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
    noted = diary.with_note(study, " Ask sales about Champagne ", "Segments")
    assert (noted.log[-1].what, noted.log[-1].page) == ("Ask sales about Champagne", "Segments")


def test_a_study_file_of_schema_2_opens_for_ever(tmp_path, monkeypatch):
    monkeypatch.setenv("SEGCORE_WORKSPACE", str(tmp_path))
    content = Path(__file__).with_name("schema-2.study").read_bytes()
    monkeypatch.setattr("segcore.store.ALGORITHM_VERSION", 10_000)  # as a much later version would open it
    opened = archive.unpack(content, Store(tmp_path))
    assert (opened.study.name, opened.study.level, opened.study.k) == ("Schema 2", "Product", 3)
    assert opened.study.names_of("s").names == {1: "Reds"} and opened.study.votes[0].nameable == "yes"
    assert load_purchases(opened.study.data_digest).n_lines == 20
