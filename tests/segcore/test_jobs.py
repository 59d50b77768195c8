"""Jobs run beside the server: seen while they run, cancelled, crashed, joined, and gone when the server is gone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from segcore.errors import JobError, SpecError, StoreError
from segcore.jobs import Request, Runner, Status, shared, start, table, worker
from segcore.jobs import queue as line
from segcore.jobs.queue import Waiting
from segcore.storage import machine
from segcore.storage.store import Store
from tests.segcore.job_tasks import Job
from tests.segcore.job_tasks import asked as task

ROOT = Path(__file__).resolve().parents[2]
TASKS = "tests.segcore.job_tasks"
PATIENCE = 180  # seconds; reached only when something is broken
METHODS = [m for m in ("forkserver", "spawn") if m == "spawn" or sys.platform == "linux"]
posix = pytest.mark.skipif(os.name == "nt", reason="signals and process numbers as POSIX has them")


def eventually(seen: Callable[[], object], what: str = "") -> object:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = seen()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError(f"never seen: {what or seen}")


@pytest.fixture(scope="module", params=METHODS)
def jobs(request, tmp_path_factory):
    """One runner with one worker for the whole module, once a start method."""
    made = Runner(Store(tmp_path_factory.mktemp("store")), workers=1, method=request.param, modules=(TASKS,))
    yield made
    made.shutdown()


@pytest.fixture
def gate(tmp_path) -> Path:
    return tmp_path / "gate"


def run(jobs: Runner, request: Request, **options) -> Status:
    return jobs.wait(jobs.ask(request, **options).key, PATIENCE)


def at_the_gate(jobs: Runner, key: str) -> Status:
    eventually(lambda: jobs.status(key).message == "Waiting at the gate", "the job at its gate")
    return jobs.status(key)


def test_a_job_gives_its_result_its_points_and_then_the_stored_answer(jobs):
    request = task("points", n=3, mark="k")
    status = run(jobs, request)
    assert (status.state, status.fraction, status.parts_count) == ("done", 1.0, 3)
    pd.testing.assert_frame_equal(
        jobs.result(status.key), pd.DataFrame({"k": range(1, 4)}, index=pd.RangeIndex(3, name="k"))
    )
    assert [part["k"] for part in jobs.store.parts(status.key)] == [1, 2, 3]
    assert jobs.ask(request).state == "done"


def test_a_worker_is_nice_single_threaded_preloaded_and_does_not_run_the_main_script(jobs):
    seen = jobs.result(run(jobs, task("surroundings")).key)
    assert seen["threads"] == [1] and seen["variable"] == "1"
    assert seen["workspace"] == str(jobs.store.root)
    assert seen["main"] != sys.modules["__main__"].__file__
    assert seen["nice"] is None or seen["nice"] >= 10
    assert jobs.result(run(jobs, task("preloaded")).key) is True


def test_progress_and_points_are_seen_while_it_runs_by_another_runner_too(jobs, gate):
    key = jobs.ask(task("until", gate=str(gate), mark="seen", title="A sweep")).key
    status = at_the_gate(jobs, key)
    assert (status.state, status.fraction, status.parts_count) == ("running", 0.25, 1)
    assert status.remaining is not None and status.elapsed > 0
    restarted = Runner(Store(jobs.store.root), workers=1)
    assert (restarted.status(key).state, restarted.status(key).parts_count) == ("unknown", 1)
    assert restarted.store.parts(key) == ["seen"]
    gate.touch()
    assert jobs.wait(key, PATIENCE).state == "done"
    assert restarted.status(key).state == "done" and restarted.result(key) == "seen"


def test_the_same_question_from_eight_threads_is_one_run(jobs, gate):
    request, keys = task("until", gate=str(gate), mark="shared"), []
    barrier = threading.Barrier(8)

    def visitor() -> None:
        barrier.wait()
        keys.append(jobs.ask(request).key)

    threads = [threading.Thread(target=visitor) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    at_the_gate(jobs, keys[0])
    gate.touch()
    assert jobs.wait(keys[0], PATIENCE).state == "done"
    assert len(keys) == 8 and len(set(keys)) == 1
    assert len(Path(f"{gate}.runs").read_text().splitlines()) == 1


def test_short_requests_overtake_long_ones_and_everybody_knows_the_place(jobs, gate):
    later = gate.with_name("later")
    first = jobs.ask(task("until", gate=str(gate), mark="first")).key
    at_the_gate(jobs, first)
    asked = {
        mark: jobs.ask(task("until", gate=str(later), mark=mark, short=mark == "short", seconds=20)).key
        for mark in ("long one", "long two", "short")
    }
    places = {mark: jobs.status(key).place for mark, key in asked.items()}
    assert places == {"short": 1, "long one": 2, "long two": 3}
    assert jobs.status(asked["short"]).message.startswith("Next in line")
    assert jobs.status(asked["long one"]).message.startswith("2nd in line, about ")
    assert jobs.status(asked["long two"]).remaining > jobs.status(asked["long one"]).remaining > 20
    later.touch()
    gate.touch()
    assert [jobs.wait(key, PATIENCE).state for key in asked.values()] == ["done"] * 3
    ran = [text.rpartition(" ")[0] for text in Path(f"{later}.runs").read_text().splitlines()]
    assert ran == ["short", "long one", "long two"]


def test_a_cancelled_job_leaves_the_line(jobs, gate):
    running = jobs.ask(task("until", gate=str(gate), mark="running")).key
    waiting = jobs.ask(task("until", gate=str(gate), mark="waiting")).key
    behind = jobs.ask(task("until", gate=str(gate), mark="behind")).key
    at_the_gate(jobs, running)
    assert jobs.status(behind).place == 2
    assert jobs.cancel(waiting).state == "cancelled"
    assert jobs.status(behind).place == 1
    gate.touch()
    assert jobs.wait(behind, PATIENCE).state == "done"
    assert jobs.status(waiting).state == "cancelled"
    assert "waiting" not in Path(f"{gate}.runs").read_text()


def test_cancel_ends_a_job_inside_compiled_code_and_frees_the_slot(jobs):
    key = jobs.ask(task("in_compiled_code", mark="cancelled")).key
    eventually(lambda: jobs.status(key).message == "Inside")
    begun = time.monotonic()
    assert jobs.cancel(key).state == "cancelled"
    assert run(jobs, task("points", n=1, mark="after the cancelled one")).state == "done"
    assert time.monotonic() - begun < PATIENCE  # the call itself would take ten minutes
    assert jobs.status(key).state == "cancelled"
    with pytest.raises(JobError, match="cancelled"):
        jobs.result(key)


def test_a_cancelled_job_keeps_its_points_and_runs_again_only_when_asked_again(jobs, gate):
    request = task("until", gate=str(gate), mark="twice")
    key = jobs.ask(request).key
    at_the_gate(jobs, key)
    status = jobs.cancel(key)
    assert (status.state, status.parts_count) == ("cancelled", 1)
    assert jobs.ask(request).state == "cancelled"
    gate.touch()
    assert run(jobs, request, again=True).state == "done"
    assert len(Path(f"{gate}.runs").read_text().splitlines()) == 2


@pytest.mark.parametrize(
    ("request_", "word"),
    [
        (task("leave", code=3), "code 3"),
        (task("segfault"), "SIGSEGV" if os.name != "nt" else "code"),
        pytest.param(task("leave", code=0), "without a word", marks=posix),
    ],
    ids=["exit", "segfault", "silent exit"],
)
def test_a_crash_fails_only_its_own_job(jobs, gate, request_, word):
    failed = jobs.ask(request_).key
    beside = jobs.ask(task("points", n=2, mark=f"behind {request_}")).key
    status = jobs.wait(failed, PATIENCE)
    assert status.state == "failed" and word in status.error.sentence and status.error.remedy
    assert jobs.wait(beside, PATIENCE).state == "done"
    assert jobs.ask(request_).state == "failed"
    with pytest.raises(JobError, match="unexpectedly"):
        jobs.result(failed)


def test_an_error_of_ours_reaches_the_person_whole(jobs):
    status = run(jobs, task("complain"))
    assert status.state == "failed"
    assert (status.error.what, status.error.where, status.error.remedy) == (
        "Nine segments are too many.",
        "k",
        "Choose at most four.",
    )
    assert status.message == status.error.sentence


def test_any_other_error_is_one_sentence_and_its_traceback_goes_to_the_log(jobs):
    status = run(jobs, task("stumble"))
    assert status.state == "failed" and "(ZeroDivisionError)" in status.error.what
    assert "secret" not in status.error.sentence and "Traceback" not in status.error.sentence
    log = (jobs.store.folder(status.key) / "job.log").read_text()
    assert "Traceback" in log and "a secret of the inside" in log


def test_too_much_memory_is_said_as_such(jobs):
    status = run(jobs, task("exhaust"))
    assert status.state == "failed" and "more memory" in status.error.what


def test_what_cannot_be_stored_fails_the_job_not_the_server(jobs):
    status = run(jobs, task("unstorable"))
    assert status.state == "failed" and "cannot be stored" in status.error.what


def test_only_questions_of_the_product_are_worked_on(tmp_path):
    strict = Runner(Store(tmp_path), workers=1, method=METHODS[0])
    try:
        status = run(strict, task("points", n=1))
        assert status.state == "failed" and "is not a question of this product" in status.error.what
        assert not strict.store.has(status.key)
    finally:
        strict.shutdown()


@posix
def test_an_idle_worker_killed_from_outside_is_replaced(jobs, gate, monkeypatch):
    monkeypatch.setattr(table, "START_WITHIN", 20.0 if jobs.method == "forkserver" else 60.0)
    gate.touch()

    def who(mark: str) -> int:
        key = run(jobs, task("until", gate=str(gate), mark=mark)).key
        assert jobs.result(key) == mark
        return int(Path(f"{gate}.runs").read_text().split()[-1])

    before = who("before")
    os.kill(before, signal.SIGKILL)
    eventually(lambda: not machine.alive(before))
    assert who("after") != before


@posix
def test_a_worker_that_does_not_take_its_job_is_replaced(tmp_path, gate, monkeypatch):
    """As when another process died with the pool's locks in hand: nothing is dead, nothing moves."""
    sleepy = Runner(Store(tmp_path), workers=1, method=METHODS[0], modules=(TASKS,))
    gate.touch()
    try:
        run(sleepy, task("until", gate=str(gate), mark="awake"))
        asleep = int(Path(f"{gate}.runs").read_text().split()[-1])
        os.kill(asleep, signal.SIGSTOP)
        monkeypatch.setattr(table, "START_WITHIN", 5.0)
        assert run(sleepy, task("until", gate=str(gate), mark="after the sleeper")).state == "done"
        assert int(Path(f"{gate}.runs").read_text().split()[-1]) != asleep
    finally:
        sleepy.shutdown()


def locks_lost(jobs: Runner) -> None:
    """Leave the pool's locks as a process does that dies with them in hand: taken, by nobody who lives."""
    mutex = jobs._pool._pool_manager.worker_manager.workers_channel.mutex
    thread = threading.Thread(target=mutex.acquire, kwargs={"timeout": PATIENCE})
    thread.start()
    thread.join()


@posix
@pytest.mark.parametrize("end", ["cancelled", "at its time limit"])
def test_a_job_is_ended_also_where_the_pool_has_lost_its_locks(tmp_path, gate, monkeypatch, end):
    monkeypatch.setattr(table, "LEAVE_WITHIN", 1.0)
    seconds = 5.0 if end == "at its time limit" else None
    jammed = Runner(Store(tmp_path), workers=1, seconds=seconds, method=METHODS[0], modules=(TASKS,))
    try:
        key = jammed.ask(task("until", gate=str(gate), mark="never")).key
        at_the_gate(jammed, key)
        holder = int(Path(f"{gate}.runs").read_text().split()[-1])
        locks_lost(jammed)
        if seconds is None:
            jammed.cancel(key)
        eventually(lambda: not machine.alive(holder), "the end of its process")
        status = jammed.wait(key, PATIENCE)
        assert status.state == "cancelled" if seconds is None else "time limit" in status.error.what
        assert run(jammed, task("points", n=1, mark="afterwards")).state == "done"
    finally:
        jammed.shutdown()


def test_a_time_limit_ends_a_job_with_a_sentence(tmp_path):
    limited = Runner(Store(tmp_path), workers=1, seconds=3, modules=(TASKS,))
    try:
        status = run(limited, task("until", gate=str(tmp_path / "never")))
        assert status.state == "failed" and "time limit" in status.error.what
        assert run(limited, task("points", n=1)).state == "done"
    finally:
        limited.shutdown()


def test_two_workers_run_two_jobs_at_once_and_shutdown_ends_them(tmp_path):
    pair = Runner(Store(tmp_path), workers=2, modules=(TASKS,))
    keys = [pair.ask(task("until", gate=str(tmp_path / "never"), mark=mark)).key for mark in "ab"]
    for key in keys:
        at_the_gate(pair, key)
    pids = [int(text.split()[1]) for text in (tmp_path / "never.runs").read_text().splitlines()]
    assert len(set(pids)) == 2
    pair.shutdown()
    assert [pair.status(key).state for key in keys] == ["cancelled", "cancelled"]
    if os.name != "nt":
        eventually(lambda: not any(map(machine.alive, pids)), "the end of both workers")
    with pytest.raises(JobError, match="shutting down"):
        pair.ask(task("points", n=1, mark="too late"))


def test_eight_threads_make_one_runner(monkeypatch, tmp_path):
    monkeypatch.setenv("SEGCORE_WORKSPACE", str(tmp_path))
    monkeypatch.setattr(shared, "_runner", None)
    barrier, found = threading.Barrier(8), []

    def visitor() -> None:
        barrier.wait()
        found.append(shared.runner())

    threads = [threading.Thread(target=visitor) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8 and len(set(map(id, found))) == 1
    assert found[0].store.root == tmp_path
    found[0].shutdown()
    assert shared.runner() is not found[0]


# No ``if __name__ == "__main__"``: like a page in the place of __main__, it must not be run again by its workers.
SERVER = """
import sys, time
from segcore.jobs import Runner
from segcore.storage.store import Store
from tests.segcore.job_tasks import asked

store, method, gate, tasks = sys.argv[1:]
print("started", flush=True)
jobs = Runner(Store(store), workers=1, method=method, modules=(tasks,))
key = jobs.ask(asked("until", gate=gate)).key
while jobs.status(key).message != "Waiting at the gate":
    time.sleep(0.02)
print("ready", flush=True)
time.sleep(600)
"""


@posix
@pytest.mark.parametrize("method", METHODS)
def test_no_worker_outlives_a_killed_server(tmp_path, method):
    script, gate = tmp_path / "server.py", tmp_path / "gate"
    script.write_text(SERVER)
    server = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path / "store"), method, str(gate), TASKS],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    try:
        assert [server.stdout.readline().strip() for _ in range(2)] == ["started", "ready"]
        pid = int(Path(f"{gate}.runs").read_text().split()[-1])
        assert machine.alive(pid)
    finally:
        server.kill()
        server.wait()
        server.stdout.close()
    eventually(lambda: not machine.alive(pid), "the end of the orphaned worker")


def test_where_the_start_method_comes_from(monkeypatch):
    monkeypatch.delenv("SEGCORE_START_METHOD", raising=False)
    assert start.start_method() == ("forkserver" if sys.platform == "linux" else "spawn")
    for platform in ("darwin", "win32"):
        with monkeypatch.context() as patch:
            patch.setattr(sys, "platform", platform)
            assert start.start_method() == "spawn"
    monkeypatch.setenv("SEGCORE_START_METHOD", "spawn")
    assert start.start_method() == "spawn"
    monkeypatch.setenv("SEGCORE_START_METHOD", "fork")
    with pytest.raises(SpecError, match="SEGCORE_START_METHOD"):
        start.start_method()


def test_limits_are_said_in_words_and_honestly(monkeypatch, tmp_path):
    said = Runner(Store(tmp_path), workers=2, seconds=1800).limits
    assert "2 jobs at a time" in said and "30 min" in said
    assert ("GB of address space" in said) == (sys.platform == "linux")
    monkeypatch.setattr(sys, "platform", "darwin")
    assert worker.memory_limit() is None
    assert "not limited" in Runner(Store(tmp_path), method="spawn").limits


def test_keys_follow_the_question_not_its_wording(tmp_path):
    store = Store(tmp_path)
    key = task("points", n=2, mark="d").key(store)
    assert task("points", mark="d", n=2, title="Sweep", seconds=3, short=True).key(store) == key
    assert task("points", n=3, mark="d").key(store) != key != task("until", n=2, mark="d").key(store)
    assert Request.about(Job("points", (("mark", "d"), ("n", 2)))).key(store) == key
    with pytest.raises(StoreError, match="cannot be stored"):
        task("points", n=object()).key(store)


def waiting(key: str, sequence: int, asked: float, short: bool, seconds: float | None) -> Waiting:
    return Waiting(key, sequence, asked, short, seconds)


def test_nobody_is_overtaken_for_ever():
    patient = waiting("long", 1, 0.0, False, 20)
    short = waiting("short", 2, 1.0, True, 1)
    assert [one.key for one in line.in_order([patient, short], now=10.0)] == ["short", "long"]
    assert [one.key for one in line.in_order([patient, short], now=line.PATIENCE + 1)] == ["long", "short"]


def test_waits_add_up_over_slots():
    queue = [waiting(str(i), i, 0.0, False, 10) for i in range(4)]
    assert line.waits(queue, [5, 8], slots=2) == [5, 8, 15, 18]
    assert line.waits(queue, [5], slots=2) == [0, 5, 10, 15]
    assert line.waits(queue, [None], slots=1) == [None] * 4
    unknown = [waiting("a", 1, 0.0, False, None), *queue[:2]]
    assert line.waits(unknown, [5], slots=1) == [5, None, None]


@pytest.mark.parametrize(
    ("place", "wait", "words"),
    [
        (1, None, "Next in line"),
        (1, 1.0, "Next in line, a moment"),
        (2, 19.0, "2nd in line, about 20 s"),
        (3, 7.4, "3rd in line, about 7 s"),
        (11, 100, "11th in line, about 2 min"),
        (22, None, "22nd in line"),
    ],
)
def test_place_in_words(place, wait, words):
    assert line.place_in_words(place, wait) == words


def group(tmp_path: Path, own: str, files: dict[str, str]) -> tuple[Path, Path]:
    for name, text in files.items():
        path = tmp_path / "tree" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / "own").write_text(own)
    return tmp_path / "tree", tmp_path / "own"


def test_a_container_of_version_2_limits_cores_and_memory(tmp_path):
    files = {
        "a/b/memory.max": "max\n",
        "a/memory.max": "3000000000\n",
        "a/b/cpu.max": "150000 100000\n",
        "a/cpu.max": "max 100000",
    }
    tree = group(tmp_path, "0::/a/b\n", files)
    assert machine.container_memory(*tree) == 3_000_000_000
    assert machine.container_cores(*tree) == 1.5


def test_a_container_of_version_1_limits_cores_and_memory(tmp_path):
    files = {
        "memory/a/memory.limit_in_bytes": "2000000000",
        "memory/memory.limit_in_bytes": "9223372036854771712",
        "cpu/cpu.cfs_quota_us": "-1",
        "cpu/cpu.cfs_period_us": "100000",
    }
    tree = group(tmp_path, "4:memory:/a\n2:cpu,cpuacct:/\n", files)
    assert machine.container_memory(*tree) == 2_000_000_000
    assert machine.container_cores(*tree) is None


def test_this_machine_has_cores_and_memory():
    assert 1 <= machine.cores() <= (os.cpu_count() or 1)
    assert machine.memory_bytes() > 2**28


@posix
def test_a_number_used_again_is_not_the_same_process():
    assert machine.alive(os.getpid()) and machine.alive(os.getpid(), machine.born(os.getpid()))
    if sys.platform == "linux":
        assert not machine.alive(os.getpid(), "1")
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    assert not machine.alive(done.pid)


def test_importing_the_runner_stays_light():
    heavy = "sklearn mlxtend plotly scipy streamlit".split()
    code = (
        "import sys, segcore.jobs; segcore.jobs.runner, segcore.jobs.Request;"
        f"print([m for m in {heavy} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_worker_passes_through_here_without_numpy():
    code = "import sys, segcore.jobs.worker; print('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@posix
def test_what_a_cancelled_job_wrote_for_itself_is_gone(jobs):
    """It is killed in mid-air, so the worker in its place tidies up; and until then nobody else may look."""
    key = jobs.ask(task("scribble", mark=jobs.method)).key
    eventually(lambda: jobs.status(key).message.startswith("Wrote "), "a temporary file")
    path = Path(jobs.status(key).message.removeprefix("Wrote "))
    assert path.is_file() and path.is_relative_to(jobs.store.root)
    assert path.relative_to(jobs.store.root).parts[0] == "scratch"
    assert (jobs.store.root / "scratch").stat().st_mode & 0o777 == 0o700
    jobs.cancel(key)
    eventually(lambda: not path.exists(), "its temporary file gone")
    assert run(jobs, task("points", n=1, mark=f"after {jobs.method}")).state == "done"


def test_a_password_is_forgotten_with_the_end_of_its_job(tmp_path):
    known = table.Table(Store(tmp_path), 1)
    for key, state in (("a" * 64, "done"), ("b" * 64, "failed"), ("c" * 64, "cancelled")):
        known.enter(key, Request.about(Job("points", (("n", 1),), (("word", "sesame"),))), again=False)
        job = known.begin()
        assert dict(job.request.question.private()) == {"told": (("word", "sesame"),)}
        known.end(job, state)
        assert known.get(key).request.question.private() == ()
