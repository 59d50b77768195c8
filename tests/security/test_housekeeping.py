"""What goes by itself and what never does: temporary files, uploads nobody names, old results, the data of studies."""

from __future__ import annotations

import io
import os
import random
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from segcore import studies
from segcore.errors import StoreError
from segcore.jobs import work
from segcore.purchases.kept import Edited, purchases_key
from segcore.questions.data import Sample
from segcore.storage import files, space, uploads, workspace, writers
from segcore.storage.store import Store, used_mark
from segcore.studies import StudyFile, archive, housekeeping, links, needed, saved, shelf

ROOT = Path(__file__).resolve().parents[2]
DAY = 86_400


def older(path: Path, seconds: float) -> Path:
    then = time.time() - seconds
    os.utime(path, (then, then))
    return path


def kept_file(store: Store, name: str) -> StudyFile:
    kept = store.keep_upload(name, name.encode())
    older(Path(kept.path), 2 * DAY)
    return StudyFile(kept.stored_name, kept.name, kept.digest)


def old_result(store: Store, key: str, age: float = 2 * DAY, value: object = b"0" * 5_000) -> str:
    store.save(key, value)
    for path in (*store.folder(key).iterdir(), store.folder(key)):
        older(path, age)
    return key


def there(store: Store) -> set[str]:
    return {path.name for path in (store.root / "uploads").iterdir()}


@pytest.fixture
def store(workspace: Path) -> Store:
    return Store(workspace)


def test_temporary_files_of_killed_writers_are_swept_everywhere(store):
    gone = subprocess.run(
        [sys.executable, "-c", "from segcore.storage import writers; print(writers.mine())"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    key, swept, stay = store.key("x"), [], []
    for place in ("uploads", "studies", "studies/versions", "studies/away", "links", store.folder(key), store.folder(key) / "parts"):  # fmt: skip
        folder = store.root / place
        files.make_folder(folder)
        for mark, age, goes in (
            (f"{gone}.aa", DAY, True),
            ("0123456789abcdef", DAY, True),  # as earlier versions named them
            ("1-2-elsewhere.bb", DAY, True),
            (f"{gone}.cc", 60, False),
            (f"{writers.mine()}.dd", DAY, False),
        ):
            path = folder / f".{mark}.tmp"
            path.write_bytes(b"half of it")
            (swept if goes else stay).append(older(path, age))
    housekeeping.tidy_up(store)
    assert [path for path in swept if path.exists()] == []
    assert [path for path in stay if not path.exists()] == []


def test_a_killed_writer_leaves_a_file_that_names_it(tmp_path):
    code = (
        "import os, sys; from pathlib import Path; from segcore.storage.files import write_atomic\n"
        "write_atomic(Path(sys.argv[1]) / 'whole', lambda handle: os._exit(9))"
    )
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, check=False).returncode == 9
    (left,) = tmp_path.iterdir()
    assert not files.has_living_writer(left)
    assert files.sweep(tmp_path) == 0 and files.sweep(tmp_path, time.time() + DAY) == 1


def test_uploads_that_no_study_names_go_after_a_day_and_all_others_stay(store):
    names = "files pending newcomers version away away_version frozen".split()
    held = {name: kept_file(store, f"{name}.csv") for name in names}
    nobody = kept_file(store, "nobody.csv")
    now = store.keep_upload("just now.csv", b"just now")
    (store.root / "uploads" / "README").write_text("not one of ours")
    older(store.root / "uploads" / "README", 2 * DAY)
    first = studies.save(studies.new_study(files=(held["version"],), data_digest="a" * 32))
    studies.save(first.with_(files=(held["files"],), pending=(held["pending"],), newcomers=(held["newcomers"],), data_digest="b" * 32))  # fmt: skip
    away = studies.save(studies.new_study(files=(held["away_version"],), data_digest="c" * 32))
    studies.save(away.with_(files=(held["away"],), data_digest="d" * 32))
    shelf.put_away(away.id)
    links.make(studies.new_study(files=(held["frozen"],)), frozen=True)
    links.make(first, frozen=False)
    housekeeping.tidy_up(store)
    assert there(store) == {file.stored for file in held.values()} | {now.stored_name, "README"}
    assert nobody.stored not in there(store)


def test_what_was_fetched_into_uploads_that_went_is_fetched_again(store):
    """A sample's files are a stored answer; the answer must not outlive them."""
    order = work.Order(store.key("sample"), "run", Sample("wine_merchant"), str(store.root))
    assert work.carry_out(order) is None and store.has(order.key)
    for upload in store.load(order.key):
        older(Path(upload.path), 2 * DAY)
    housekeeping.tidy_up(store)
    assert there(store) == set() and not store.has(order.key)


def test_a_file_that_would_not_fit_beside_files_and_studies_is_refused_in_a_sentence(store, monkeypatch):
    monkeypatch.setenv("SEGCORE_WORKSPACE_GB", str(100_000 / 2**30))
    first = store.keep_upload("first.csv", b"1" * 60_000)
    old_result(store, store.key("results make room"), value=b"2" * 90_000)
    for content in (b"3" * 60_000, io.BytesIO(b"3" * 60_000)):
        with pytest.raises(StoreError, match="no room left") as caught:
            store.keep_upload("second.csv", content)
        assert caught.value.where == "second.csv" and "SEGCORE_WORKSPACE_GB" in caught.value.remedy
        assert "Delete studies for good" in caught.value.remedy
    assert there(store) == {first.stored_name}
    assert store.keep_upload("again.csv", b"1" * 60_000).path == first.path
    store.keep_upload("small.csv", b"4" * 30_000)
    studies.save(studies.new_study(level="x" * 12_000))
    with pytest.raises(StoreError, match="full of files and studies"):
        store.keep_upload("one more.csv", b"5")


@pytest.mark.parametrize("said", ["", "nan", "inf", "-1", "0", "much"])
def test_a_limit_that_is_none_is_the_usual_one(monkeypatch, said):
    monkeypatch.setenv("SEGCORE_WORKSPACE_GB", said)
    assert space.limit() == int(space.LIMIT_GB * 2**30)


def test_what_is_on_a_screen_counts_as_used(store, monkeypatch):
    from pages.ui.parts import cached

    monkeypatch.setattr(cached, "store", lambda: store)
    keys = [store.key("result", number=number) for number in range(2)]
    for key in keys:
        store.save(key, b"0" * 5_000)
        assert cached.result(key) == b"0" * 5_000
        for path in (*store.folder(key).iterdir(), store.folder(key)):
            older(path, DAY)
    monkeypatch.setattr("segcore.storage.store.USED_EVERY", 0.0)  # as if minutes had passed
    assert cached.result(keys[0]) == b"0" * 5_000  # held in memory, shown again
    workspace.evict(store, frozenset(), most=0)
    assert [store.has(key) for key in keys] == [True, False]


def test_a_result_on_a_screen_is_marked_seldom(store):
    key = store.key("result")
    store.save(key, 1)
    store.note_use(key)
    mark = older(used_mark(store.folder(key)), DAY)
    before = mark.stat().st_mtime
    for _ in range(100):
        store.note_use(key)
    assert mark.stat().st_mtime == before


@pytest.mark.parametrize("ahead", ["used", "everything"])
def test_marks_in_the_future_keep_nothing_for_ever(store, ahead):
    key, other = old_result(store, store.key("result")), old_result(store, store.key("other"), age=60)
    paths = [used_mark(store.folder(key))]
    paths[0].touch()
    if ahead == "everything":
        paths = [*store.folder(key).iterdir(), store.folder(key)]
    for path in reversed(sorted(paths)):
        older(path, -365 * DAY)
    if ahead == "used":
        older(store.folder(key) / "result.json", 2 * DAY)
    workspace.evict(store, frozenset(), most=0)
    assert not store.has(key) and store.has(other)


def test_a_clock_a_little_ahead_is_now(store):
    key = old_result(store, store.key("result"))
    used_mark(store.folder(key)).touch()
    older(used_mark(store.folder(key)), -30)
    assert workspace.evict(store, frozenset(), most=0) == 0 and store.has(key)


def damaged(path: Path, how: str) -> None:
    content, luck = path.read_bytes(), random.Random(5)
    if how == "one bit":
        place = content.index(b'"level"') + 2
        path.write_bytes(content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :])
    elif how == "a page of noise":
        path.write_bytes(luck.randbytes(300) + content[300:])
    else:
        path.write_bytes(b"")


@pytest.mark.parametrize("how", ["one bit", "a page of noise", "nothing left"])
@pytest.mark.parametrize("place", ["studies", "away", "versions"])
def test_a_damaged_study_keeps_its_purchases_and_files(store, monkeypatch, how, place):
    upload = kept_file(store, "autumn.csv")
    study = studies.new_study(files=(upload,), data_digest="d" * 32, loaded_key="e" * 64, level="n" * 400)
    path = saved.study_path(studies.save(study).id)
    if place == "away":
        shelf.put_away(study.id)
        path = path.parent / "away" / path.name
    elif place == "versions":
        studies.save(study.with_(data_digest="f" * 32, files=(), loaded_key=""))
        (path,) = (path.parent / "versions").iterdir()
    source = Edited("d" * 32, study.level_edits)
    for key in archive.contents(study).values():
        old_result(store, key, value=source)
    other = old_result(store, store.key("result"))
    damaged(path, how)
    monkeypatch.setenv("SEGCORE_WORKSPACE_GB", str(1 / 2**30))
    with pytest.raises(StoreError):
        studies.from_bytes(path.read_bytes())
    housekeeping.tidy_up(store)
    assert not store.has(other)
    assert store.upload_path(upload.stored) and all(
        store.has(key) for key in archive.contents(study).values()
    )


def test_deleting_for_good_spares_what_a_damaged_study_names(store):
    upload = kept_file(store, "both.csv")
    gone = studies.save(studies.new_study(files=(upload,), data_digest="d" * 32))
    bad = saved.study_path(
        studies.save(replace(studies.new_study(), files=(upload,), data_digest="d" * 32)).id
    )
    damaged(bad, "one bit")
    forgotten: list[str] = []
    assert shelf.delete(gone.id, forgotten.append) == () and forgotten == []
    assert store.upload_path(upload.stored).is_file()


def test_where_a_study_cannot_be_read_at_all_nothing_is_removed(store, monkeypatch, caplog):
    upload, result = kept_file(store, "autumn.csv"), old_result(store, store.key("result"))
    study = saved.study_path(studies.save(studies.new_study(files=(upload,))).id)
    monkeypatch.setenv("SEGCORE_WORKSPACE_GB", str(1 / 2**30))
    real = Path.read_bytes

    def refused(path: Path) -> bytes:  # a bad sector: nothing a test can make
        if path == study:
            raise OSError(5, "Input/output error")
        return real(path)

    monkeypatch.setattr(Path, "read_bytes", refused)
    housekeeping.tidy_up(store)
    assert "cannot be read" in caplog.text
    monkeypatch.undo()
    assert upload.stored in there(store) and store.has(result)


def test_needed_says_what_it_cannot_tell(store):
    study = studies.save(studies.new_study(data_digest="d" * 32))
    assert needed.needed() == needed.Needed(
        frozenset({purchases_key("d" * 32)}), digests=frozenset({"d" * 32})
    )
    path = saved.study_path(study.id)
    path.write_bytes(b"\0" * 2_000)
    (path.parent / "folder.json").mkdir()
    assert needed.needed() == needed.Needed(damaged=(path,))
    assert uploads.GRACE == DAY
