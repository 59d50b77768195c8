"""Jobs on an unlucky day: files that anybody may have written, processes that come back, passwords in errors."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segcore.jobs import Runner, progress, table, work
from segcore.jobs.discretion import discreet
from segcore.sources.allowed import Allowed, Database
from segcore.storage import machine
from segcore.storage.store import Store
from tests.segcore.job_tasks import Job, asked

ROOT = Path(__file__).resolve().parents[2]
TASKS = "tests.segcore.job_tasks"
PATIENCE = 120  # seconds; reached only when something is broken
KEY = "a" * 64


@pytest.fixture(scope="module")
def jobs(tmp_path_factory) -> Iterator[Runner]:
    made = Runner(Store(tmp_path_factory.mktemp("store")), workers=1, modules=(TASKS,))
    yield made
    made.shutdown()


def eventually(seen: Callable[[], object]) -> object:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if found := seen():
            return found
        time.sleep(0.02)
    raise AssertionError(f"never seen: {seen}")


# What lies in the folder of a job


GOOD = {"run": "r", "pid": 1, "fraction": 0.5, "message": "Half"}
WRONG = [
    {**GOOD, name: value}
    for name, values in {
        "fraction": [
            float("nan"),
            float("inf"),
            -0.1,
            1.5,
            1e308,
            10**400,
            "0.5",
            None,
            True,
            [0.5],
            {"a": 1},
        ],
        "pid": [0, -1, 2**70, 1.0, "1", None, True, [1]],
        "message": [None, 5, ["Half"], {"a": "b"}, "\ud800", "x" * 100_000],
        "run": [None, 1, ["r"]],
    }.items()
    for value in values
]
WRITTEN = [
    *(json.dumps(one).encode() for one in (*WRONG, [], [GOOD], "r", 5, None, {}, GOOD | {"further": 1})),
    b"",
    b"\xff\xfe\xfa",
    b"[" * 100_000,
    b'{"run": "r", "pid": ' + b"9" * 5_000 + b"}",
    b" " * 5_000_000 + json.dumps(GOOD).encode(),
]


@pytest.mark.parametrize("content", WRITTEN, ids=lambda content: repr(content[:60]))
def test_what_is_no_progress_is_not_read_as_any(tmp_path, content):
    (tmp_path / progress.NAME).write_bytes(content)
    assert progress.read(tmp_path, "r") is None


def test_progress_is_read_as_it_was_written(tmp_path):
    for message in ("Half", "x" * 100_000, "𝄞" * 2_000, "half a letter: \udcff"):
        progress.write(tmp_path, progress.Progress("r", os.getpid(), 0.5, message))
        found = progress.read(tmp_path, "r")
        assert (found.pid, found.fraction) == (os.getpid(), 0.5)
        assert found.message.encode().decode()[:4] == message[:4]
        assert progress.read(tmp_path, "another run") is None


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.fixed_dictionaries({name: json_like | st.just(good) for name, good in GOOD.items()}))
def test_the_status_of_a_running_job_is_always_one_that_a_page_can_show(tmp_path, said):
    known = table.Table(Store(tmp_path), slots=1)
    known.enter(KEY, asked("points", n=1, title="Work"), again=False)
    job = known.begin()
    folder = known.store.folder(KEY)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / progress.NAME).write_text(json.dumps(said | {"run": job.run}), encoding="utf-8")
    status = known.status(KEY)
    assert status.state == "running" and 0 <= status.fraction <= 1
    assert f"{status.fraction:.0%}" and status.message.encode()
    known.lost(), known.unheard()


@pytest.mark.parametrize(
    "name", ["٣", "0٣", "1x", "0" * 240, "9" * 240, "-00001", "00001", "0000001", "²", "1_0", "a"]
)
def test_a_strange_name_among_the_points_is_no_point(tmp_path, name):
    store = Store(tmp_path)
    store.save_part(KEY, 7, "seven")
    (store.folder(KEY) / "parts" / f"{name}.json").write_text("{}", encoding="utf-8")
    assert store.part_indexes(KEY) == [7]
    assert store.parts(KEY) == ["seven"]


def test_a_job_whose_folder_vanishes_goes_on(jobs, tmp_path):
    gate = tmp_path / "gate"
    key = jobs.ask(asked("until", gate=str(gate), mark="vanished")).key
    eventually(lambda: jobs.status(key).message == "Waiting at the gate")
    shutil.rmtree(jobs.store.folder(key))
    assert jobs.status(key).state == "running"
    gate.touch()
    assert jobs.wait(key, PATIENCE).state == "done"
    assert jobs.result(key) == "vanished"


def test_a_job_whose_place_is_taken_fails_with_a_sentence(jobs):
    request = asked("points", n=1, mark="taken")
    folder = jobs.store.folder(request.key(jobs.store))
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("in the way")
    status = jobs.wait(jobs.ask(request).key, PATIENCE)
    assert status.state == "failed"
    assert status.error.what and status.error.remedy


# Processes


@pytest.mark.parametrize("system", ["linux", "windows", "macos"])
def test_only_the_same_process_is_alive(monkeypatch, system):
    """Elsewhere than on Linux there is no /proc, and on Windows no signal that asks without harm."""
    if system != "linux":
        monkeypatch.setattr(machine.Path, "exists", lambda path: False)
    elif not Path("/proc/self/stat").exists():
        pytest.skip("not Linux")
    if system == "windows":
        monkeypatch.setattr(machine, "os", SimpleNamespace(name="nt"))
    mine = machine.born(os.getpid())
    assert mine and mine == machine.born(os.getpid())
    assert machine.alive(os.getpid()) and machine.alive(os.getpid(), mine)
    assert not machine.alive(os.getpid(), mine + "1"), "the number was used again"
    done = subprocess.Popen([sys.executable, "-S", "-c", ""])
    eventually(lambda: not machine.alive(done.pid))  # ended, though nobody has taken note of it yet
    done.wait()
    assert not machine.alive(done.pid) and machine.born(done.pid) == ""


@pytest.mark.parametrize("number", [-1, 2**31, 2**70])
def test_what_is_no_number_of_a_process_is_not_alive(monkeypatch, number):
    assert not machine.alive(number)
    monkeypatch.setattr(machine.Path, "exists", lambda path: False)
    assert not machine.alive(number)


def test_a_worker_on_linux_starts_without_psutil():
    code = "import sys, segcore.jobs.worker as w; w.machine.born(1); print('psutil' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(sys.platform != "linux")


# Passwords

# No ``if __name__ == "__main__"``: like a page in the place of __main__, it must not be run again by its workers.
SERVER = f"""
import sys
from segcore.jobs import Request, Runner
from tests.segcore.job_tasks import Job
from segcore.sources.allowed import Allowed, Database
from segcore.storage.store import Store

store, address, word = sys.argv[1:]
jobs = Runner(Store(store), workers=1, modules=({TASKS!r},))
secret = Allowed((Database("shop", address, ("lines",)),))
for task, told in (
    ("quote", dict(address=address, secret=secret)), ("panic", dict(secret=word)), ("admit", dict(secret=word)),
):
    request = Request.about(Job(task, told=tuple(told.items())))
    status = jobs.wait(jobs.ask(request).key, {PATIENCE})
    print(status, request, jobs._table.get(status.key), jobs, vars(jobs), secret, flush=True)
jobs.shutdown()
"""


def test_a_password_is_nowhere_when_its_job_has_failed(tmp_path):
    """Not in the workspace, not in what the server says or logs, whole or in the part a driver stumbles on."""
    word, half = "s3same'open", "0pen-wide"
    address = f"postgresql://reader:{quote(word)}@{half}@db.invalid/shop"
    script, store = tmp_path / "server.py", tmp_path / "workspace"
    script.write_text(SERVER)
    done = subprocess.run(
        [sys.executable, str(script), str(store), address, word],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.count("state='failed'") >= 3
    written = {path: path.read_bytes() for path in store.rglob("*") if path.is_file()}
    for secret in (address, word, quote(word), half, repr(word)[1:-1]):
        assert [path for path, content in written.items() if secret.encode() in content] == []
        assert [path for path in written if secret in str(path)] == []
        assert secret not in done.stdout + done.stderr
    logs = [content.decode() for path, content in written.items() if path.name == "job.log"]
    assert sorted("Traceback" in log for log in logs) == [False, True, True]


@pytest.mark.parametrize(
    ("told", "text"),
    [
        ("sesame", "refused: sesame"),
        ("host=db password=sesame user=u", "password sesame is wrong"),
        ("host=db password = 'sesame' user=u", "password sesame is wrong"),
        ("postgresql://u:s%65same@db/shop", "no sesame, no s%65same"),
        ("postgresql://db/shop?user=u&password=sesame", "sesame!"),
        ({"a": [("sesame",)]}, "sesame"),
        (Allowed((Database("shop", "postgresql://u:sesame@db/shop"),)), "for sesame of u"),
        ("postgresql://[u:sesame@db/shop", "bad address postgresql://[u:sesame@db/shop"),
    ],
)
def test_however_it_was_told_a_password_is_not_quoted(told, text):
    assert "same" not in discreet(text, (("word", told),))


def test_a_sentence_keeps_what_people_may_read():
    told = (("allowed", Allowed((Database("shop", "postgresql://u:sesame@db/shop", ("lines",)),))),)
    sentence = "The table “lines” of the database “shop” is gone."
    assert discreet(sentence, told) == sentence
    assert discreet(sentence, ()) == sentence


# What a worker runs


def calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call in what ships, with its file."""
    for path in (ROOT / "app.py", *(ROOT / "pages").rglob("*.py"), *(ROOT / "segcore").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        name = path.relative_to(ROOT).as_posix()
        yield from ((name, node) for node in ast.walk(tree) if isinstance(node, ast.Call))


def called(call: ast.Call) -> str:
    """The last name of what is called: ``question``, ``Order``."""
    match call.func:
        case ast.Attribute(attr=last) | ast.Name(id=last):
            return last
    return ""


def test_questions_are_registered_among_the_questions_and_nowhere_else():
    """So that nothing read from a file, a study or an address decides what a worker runs."""
    named = [
        (file, ast.unparse(call.args[0]), isinstance(call.args[0], ast.Constant))
        for file, call in calls()
        if called(call) == "question" and isinstance(call.func, ast.Name)
    ]
    assert len(named) > 20 and len({name for _, name, _ in named}) == len(named)
    assert [one for one in named if not (one[0].startswith("segcore/questions/") and one[2])] == []


def test_no_order_comes_from_elsewhere_and_no_question_is_looked_up_by_a_name():
    orders = [file for file, call in calls() if called(call) in ("Order", "carry_out")]
    assert orders == ["segcore/jobs/runners.py"]
    assert [file for file, call in calls() if called(call) == "registered"] == []


def test_what_is_no_question_of_the_product_is_not_begun(tmp_path):
    stranger = work.Order(KEY, "run", Job("points", (("n", 1),)), str(tmp_path))
    failure = work.carry_out(stranger)
    assert "is not a question of this product" in failure.what and not Store(tmp_path).has(KEY)
    assert work.carry_out(replace(stranger, modules=(TASKS,))) is None and Store(tmp_path).has(KEY)
