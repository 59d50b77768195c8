"""Two servers on one workspace: every act of both is kept, and neither breaks the other's jobs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from segcore import studies
from segcore.errors import StoreError
from segcore.jobs import Runner, progress, work
from segcore.storage import locks
from segcore.storage.files import write_atomic
from segcore.storage.store import Store, job_lock
from tests.segcore.job_tasks import asked

ROOT = Path(__file__).resolve().parents[2]
TASKS = "tests.segcore.job_tasks"
PATIENCE = 120.0  # seconds: busy machines are slow, and nothing here waits that long unless it is broken

# No ``if __name__ == "__main__"``: like a page in the place of __main__, it must not be run again by its workers.
SERVER = """
import json, sys, threading, time
from pathlib import Path
from segcore import studies
from segcore.jobs import Runner
from segcore.storage.store import Store
from tests.segcore.job_tasks import asked

root, study, name, tasks = sys.argv[1:]
root = Path(root)
jobs = Runner(Store(root), workers=1, modules=(tasks,))
jobs.wait(jobs.ask(asked("points", n=1, mark=name)).key)
(root / name).touch()
while not (root / "go").exists():
    time.sleep(0.001)


def act():
    for number in range(60):
        studies.update(study, lambda now: now.with_(sample=f"{now.sample}{name}{number} "), root)


acting = threading.Thread(target=act)
acting.start()
ended = []
for number in range(8):
    key = jobs.ask(asked("points", n=25, mark=str(number))).key
    status = jobs.wait(key, 60)
    ended.append([status.state, status.message, len(jobs.store.parts(key))])
acting.join()
print(json.dumps(ended), flush=True)
jobs.shutdown()
"""


def server(script: Path, root: Path, study: str, name: str) -> subprocess.Popen:
    script.write_text(SERVER)
    return subprocess.Popen(
        [sys.executable, str(script), str(root), study, name, TASKS],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def eventually(done, what: str) -> None:
    until = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < until, f"waited in vain for {what}"
        time.sleep(0.01)


def test_two_servers_keep_every_act_and_finish_every_job(tmp_path):
    root = tmp_path / "workspace"
    study = studies.save(studies.new_study(), root)
    pair = [server(tmp_path / f"{name}.py", root, study.id, name) for name in "ab"]
    try:
        eventually(lambda: all((root / name).exists() for name in "ab"), "both servers")
        (root / "go").touch()
        said = [json.loads(one.communicate(timeout=PATIENCE)[0]) for one in pair]
    finally:
        for one in pair:
            one.kill()
            one.wait()
    assert [job for jobs in said for job in jobs] == [["done", "Done", 25]] * 16
    acts = studies.load(study.id, root).sample.split()
    assert sorted(acts) == sorted(f"{name}{number}" for name in "ab" for number in range(60))
    assert not list(root.rglob("*.tmp")) and not list(root.rglob("waiting-*"))


def test_a_job_leaves_what_another_living_process_is_writing(tmp_path):
    store = Store(tmp_path)
    key = store.key("contested")
    half = []

    def other_save(handle) -> None:
        handle.write(b"half")
        store.clear_parts(key)  # as at the start of the same job elsewhere
        half.extend(store.folder(key).glob(".*.tmp"))
        handle.write(b" and whole")

    kept = write_atomic(store.folder(key) / "whole", other_save)
    assert half and kept.read_bytes() == b"half and whole"


def test_a_second_process_waits_for_the_answer_of_the_first_and_says_so(tmp_path):
    store = Store(tmp_path)
    request = asked("points", n=2)
    key = request.key(store)
    folder = store.folder(key)
    folder.mkdir(parents=True)
    order = work.Order(key, "run", request.question, str(tmp_path), (TASKS,))
    ended: list[object] = []
    second = threading.Thread(target=lambda: ended.append(work.carry_out(order)))
    with locks.alone(job_lock(folder), lambda: None):
        store.save_part(key, 0, "a point of the first")
        progress.write(folder, progress.Progress("first", os.getpid(), 0.5, "At work"))
        second.start()
        eventually(lambda: progress.read(folder, "run") is not None, "its word")
        assert progress.read(folder, "run").message == work.ELSEWHERE
        assert progress.read(folder, "first").message == "At work"
        assert store.parts(key) == ["a point of the first"]
        store.save(key, "the answer of the first")
    second.join()
    assert ended == [None] and store.load(key) == "the answer of the first"


HOLDER = """
import sys, time
from pathlib import Path
from segcore.storage import locks
with locks.in_turn(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


def test_a_killed_process_gives_its_turn_away_and_a_hanging_one_is_said(tmp_path):
    lock = tmp_path / "locks" / "studies.lock"
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(lock)], cwd=ROOT, stdout=subprocess.PIPE)
    try:
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(StoreError, match="Another process") as caught, locks.in_turn(lock, patience=0.05):
            pytest.fail("two processes have the turn")
        assert "end the other server" in caught.value.remedy
    finally:
        holder.kill()
        holder.wait()
        holder.stdout.close()
    with locks.in_turn(lock):
        studies.save(studies.new_study(), tmp_path)  # whoever has the turn may ask for it again


def test_a_second_server_leaves_the_temporary_files_of_the_first(tmp_path):
    first = Runner(Store(tmp_path), workers=1, modules=(TASKS,))
    second = Runner(Store(tmp_path), workers=1, modules=(TASKS,))
    try:
        key = first.ask(asked("scribble", mark="")).key
        eventually(lambda: first.status(key).message.startswith("Wrote "), "a temporary file")
        path = Path(first.status(key).message.removeprefix("Wrote "))
        assert second.wait(second.ask(asked("points", n=1)).key, PATIENCE).state == "done"
        second.shutdown()
        assert path.is_file()
    finally:
        second.shutdown()
        first.shutdown()


def test_a_result_that_is_being_computed_again_is_not_evicted(tmp_path):
    from segcore.storage import workspace

    store = Store(tmp_path)
    key = store.key("again")
    store.save(key, np.zeros(1000))
    for path in (*store.folder(key).iterdir(), store.folder(key)):
        os.utime(path, (0, 0))
    with locks.alone(job_lock(store.folder(key)), lambda: None):
        assert workspace.evict(store, frozenset(), most=0) == 0 and store.has(key)
    assert workspace.evict(store, frozenset(), most=0) > 0 and not store.has(key)
