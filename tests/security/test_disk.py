"""A full, read-only or missing disk is a sentence with a way out; and nobody else may look at what lies there."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from segcore import studies
from segcore.errors import StoreError
from segcore.jobs import Runner, progress, temporary_files, work
from segcore.jobs.question import Question, question
from segcore.progress import Step
from segcore.storage.store import Store, default_store, used_mark
from segcore.studies import StudyFile, links, shelf

ROOT = Path(__file__).resolve().parents[2]
KEY = "a" * 64
posix = pytest.mark.skipif(sys.platform == "win32", reason="rights and limits of this kind are not there")


@contextmanager
def full_disk() -> Iterator[None]:
    """No file may get a single byte, as on a disk without room."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def read_only() -> Iterator[None]:
    """No name may be made, moved or removed: root passes every right, so the calls themselves refuse."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    with pytest.MonkeyPatch.context() as patch:
        for name in ("replace", "rename", "unlink", "mkdir"):
            patch.setattr(os, name, refuse)
        yield


def tree(root: Path) -> dict[str, bytes]:
    """Every file with its content; locks are empty and stay."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and path.suffix not in (".lock", ".log")
    }


def full_workspace(root: Path) -> tuple[Store, studies.Study, studies.Study]:
    """A workspace with a study, one put away, links, and a result."""
    store = Store(root)
    kept = store.keep_upload("autumn.csv", b"who,what\n1,2\n")
    file = StudyFile(kept.stored_name, kept.name, kept.digest)
    study = studies.save(studies.new_study(files=(file,), data_digest="d" * 32), root)
    away = studies.save(studies.new_study(files=(file,), data_digest="d" * 32), root)
    shelf.put_away(away.id, root)
    links.make(study, frozen=True, root=root)
    store.save(KEY, (1, 2))
    store.note_data(KEY, ["d" * 32])
    return store, study, away


def progress_written(store: Store, *_: object) -> None:
    progress.write(store.folder(KEY), progress.Progress("run", 1, 0.5, "At work"))


WRITING: dict[str, Callable] = {
    "save": lambda store, study, away: studies.save(study.with_(k=3), store.root),
    "update": lambda store, study, away: studies.update(study.id, lambda now: now.with_(k=3), store.root),
    "save other data": lambda store, study, away: studies.save(study.with_(data_digest="e" * 32), store.root),
    "copy": lambda store, study, away: shelf.copy(study, "Copy", store.root),
    "link": lambda store, study, away: links.make(study, frozen=False, root=store.root),
    "frozen link": lambda store, study, away: links.make(study, frozen=True, root=store.root),
    "upload": lambda store, study, away: store.keep_upload("b.csv", b"b"),
    "result": lambda store, study, away: store.save("b" * 64, (3, 4)),
    "point": lambda store, study, away: store.save_part(KEY, 0, (3, 4)),
    "about": lambda store, study, away: store.note_data(KEY, ["e" * 32]),
    "progress": progress_written,
}
MOVING: dict[str, Callable] = {
    "put away": lambda store, study, away: shelf.put_away(study.id, store.root),
    "take back": lambda store, study, away: shelf.take_back(away.id, store.root),
    "delete for good": lambda store, study, away: shelf.delete(study.id, lambda digest: None, store.root),
    "withdraw": lambda store, study, away: links.withdraw(study.id, store.root),
}


def refused(act: Callable, disk: Callable, root: Path) -> StoreError:
    held = full_workspace(root)
    before = tree(root)
    with disk(), pytest.raises(StoreError) as caught:
        act(*held)
    assert tree(root) == before
    return caught.value


@posix
@pytest.mark.parametrize("act", WRITING.values(), ids=WRITING)
def test_a_full_disk_is_a_sentence_and_leaves_everything_as_it_was(tmp_path, act):
    error = refused(act, full_disk, tmp_path)
    assert "(File too large)." in error.what and "Free some disk space" in error.remedy


@pytest.mark.parametrize("act", MOVING.values(), ids=MOVING)
def test_a_read_only_disk_is_a_sentence_and_leaves_everything_as_it_was(tmp_path, act):
    error = refused(act, read_only, tmp_path)
    assert "(Read-only file system)." in error.what and "SEGCORE_WORKSPACE" in error.remedy


@pytest.mark.parametrize("act", WRITING.values(), ids=WRITING)
def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path, act):
    _, study, away = full_workspace(tmp_path / "workspace")
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreError) as caught:
        act(Store(tmp_path / "file"), study, away)
    assert "(File exists)." in caught.value.what and caught.value.remedy


def test_a_study_that_cannot_be_read_is_a_sentence(tmp_path):
    store, study, _ = full_workspace(tmp_path)
    link = links.make(study, frozen=True, root=tmp_path)
    for path in (store.root / "studies" / f"{study.id}.json", store.root / "links" / f"{link}.json"):
        path.unlink()
        path.mkdir()  # as good as a bad sector, and refused to root as well
    for read in (lambda: studies.load(study.id, tmp_path), lambda: links.look(link, tmp_path)):
        with pytest.raises(StoreError, match="could not be read"):
            read()


@posix
def test_reading_never_fails_because_its_mark_cannot_be_written(tmp_path):
    store = full_workspace(tmp_path)[0]
    used_mark(store.folder(KEY)).mkdir()  # root may touch even this, so it must not be a file at all
    used_mark(store.folder(KEY)).rmdir()
    used_mark(store.folder(KEY)).symlink_to(tmp_path / "nowhere" / "at all")
    assert store.load(KEY) == (1, 2)


@pytest.mark.parametrize("where", ["file", "file/below/it"])
def test_a_workspace_that_cannot_be_is_said_at_the_first_touch(tmp_path, monkeypatch, where):
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("SEGCORE_WORKSPACE", str(tmp_path / where))
    for first in (default_store, Runner):
        with pytest.raises(StoreError, match="cannot be made") as caught:
            first()
        assert "SEGCORE_WORKSPACE" in caught.value.remedy


def test_a_read_only_home_is_said_at_the_first_touch(tmp_path, monkeypatch):
    monkeypatch.setenv("SEGCORE_WORKSPACE", str(tmp_path / "home" / "segcore"))
    with read_only(), pytest.raises(StoreError, match="Read-only file system"):
        default_store()


def fills_the_disk() -> Iterator[Step]:
    """A task whose temporary files find no room."""
    yield Step(0.5, "Writing")
    with full_disk(), tempfile.TemporaryFile(buffering=0) as handle:
        handle.write(b"more than there is room for")


def one_point() -> Iterator[Step]:
    yield Step(0.5, "A point", part=1)
    return 1


@question("job on a full disk")
class Job(Question[object]):
    """Run one of the tasks above."""

    task: str

    def words(self) -> str:
        return "A job"

    def seconds(self, size: object) -> float:
        return 1.0

    def work(self, bench: object) -> Iterator[Step]:
        return globals()[self.task]()


def order_of(root: Path, task: str) -> work.Order:
    return work.Order(KEY, "run", Job(task), str(root), (__name__,))


@posix
def test_a_job_on_a_full_disk_ends_in_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, __name__, sys.modules[__name__])
    with full_disk():
        failure = work.carry_out(order_of(tmp_path, "one_point"))
    assert "(File too large)." in failure.what and "Free some disk space" in failure.remedy
    failure = work.carry_out(order_of(tmp_path, "fills_the_disk"))
    assert failure.what == "The work could not write its temporary files (File too large)."
    assert not Store(tmp_path).has(KEY)
    assert work.carry_out(order_of(tmp_path, "one_point")) is None  # and once there is room, all is well


def test_a_job_in_a_workspace_that_went_away_ends_in_a_sentence(tmp_path):
    (tmp_path / "results").write_text("somebody's idea")
    failure = work.carry_out(order_of(tmp_path, "one_point"))
    assert failure.what.startswith("The work could not be begun") and failure.remedy


def test_a_worker_without_a_place_for_temporary_files_starts_all_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", None)
    (tmp_path / "scratch").write_text("in the way")
    mask = os.umask(0o022)
    try:
        temporary_files.settle(tmp_path)
    finally:
        os.umask(mask)
    assert tempfile.tempdir is None


PRYING = """
import os, sys, tempfile
from pathlib import Path
os.umask(0)
from segcore.jobs import progress, temporary_files as scratch, work
from segcore.storage.store import Store, default_store
from segcore.storage import locks; from segcore import studies
from tests.security.test_disk import full_workspace, order_of

root = default_store().root
store, study, away = full_workspace(root)
studies.update(study.id, lambda now: now.with_(data_digest="e" * 32))
store.load("a" * 64)
progress.write(store.folder("a" * 64), progress.Progress("other", os.getpid(), 0.0, "Waiting"), waiting=True)
order = order_of(root, "one_point")
assert work.carry_out(order) is None
scratch.settle(root)
(Path(tempfile.mkdtemp()) / "spilled").write_text("as a library writes it")
"""


@posix
def test_all_that_lies_in_the_workspace_is_for_its_owner_alone(tmp_path):
    root = tmp_path / "home" / "workspace"
    environment = {**os.environ, "SEGCORE_WORKSPACE": str(root), "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", PRYING], cwd=ROOT, env=environment, check=True)
    lying = [root.parent, root, *root.rglob("*")]
    kinds = {path.relative_to(root).parts[0] for path in lying[2:]}
    assert kinds == {"uploads", "studies", "links", "results", "locks", "scratch"}
    names = {path.name for path in lying}
    assert {
        "used",
        "job.log",
        "job.lock",
        "about.json",
        "progress.json",
        "spilled",
        "versions",
        "away",
    } <= names
    assert [str(path) for path in lying if path.stat().st_mode & 0o077] == []
