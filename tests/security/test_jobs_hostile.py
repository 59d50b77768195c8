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
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segcore.jobs import Request, Runner, progress, table
from segcore.jobs.discretion import discreet
from segcore.sources.allowed import Allowed, Database
from segcore.storage import machine
from segcore.storage.store import Store

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
    known.enter(KEY, Request.of("segcore.tasks.data:sample", title="Work"), again=False)
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
    key = jobs.ask(Request.of(f"{TASKS}:until", gate=str(gate), mark="vanished")).key
    eventually(lambda: jobs.status(key).message == "Waiting at the gate")
    shutil.rmtree(jobs.store.folder(key))
    assert jobs.status(key).state == "running"
    gate.touch()
    assert jobs.wait(key, PATIENCE).state == "done"
    assert jobs.result(key) == "vanished"


def test_a_job_whose_place_is_taken_fails_with_a_sentence(jobs):
    request = Request.of(f"{TASKS}:points", n=1, mark="taken")
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
from segcore.sources.allowed import Allowed, Database
from segcore.storage.store import Store

store, address, word = sys.argv[1:]
jobs = Runner(Store(store), workers=1, modules=({TASKS!r},))
secret = Allowed((Database("shop", address, ("lines",)),))
for task, told in (
    ("quote", dict(address=address, secret=secret)), ("panic", dict(secret=word)), ("admit", dict(secret=word)),
):
    request = Request.of({TASKS!r} + ":" + task).with_private(**told)
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


# Names of tasks


@cache
def calls() -> tuple[tuple[str, ast.Call, dict[str, object]], ...]:
    """Every call in what ships, with its file and the constants of that file."""
    found = []
    for path in (ROOT / "app.py", *(ROOT / "pages").rglob("*.py"), *(ROOT / "segcore").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        constants = {
            ast.unparse(node.targets[0]): node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        }
        name = path.relative_to(ROOT).as_posix()
        found += [(name, node, constants) for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return tuple(found)


def called(call: ast.Call) -> str:
    """The last two names of what is called: ``Request.of``, ``work.Order``."""
    match call.func:
        case ast.Attribute(value=ast.Name(id=before), attr=last):
            return f"{before}.{last}"
        case ast.Attribute(attr=last) | ast.Name(id=last):
            return last
    return ""


def text(node: ast.expr, constants: dict[str, object]) -> str:
    """What an expression of constants says; "" where anything else has a part in it."""
    match node:
        case ast.JoinedStr(values=parts):
            said = [text(part, constants) for part in parts]
            return "".join(said) if all(said) else ""
        case ast.FormattedValue(value=inner):
            return text(inner, constants)
        case ast.Name(id=name):
            return str(constants.get(name, ""))
        case ast.Constant(value=value):
            return str(value)
    return ""


def test_every_task_is_named_in_the_code_and_nowhere_else():
    """So that nothing read from a file, a study or an address decides what a worker runs."""
    named = {
        f"{file}:{call.lineno}": text(call.args[0], constants)
        for file, call, constants in calls()
        if called(call) in ("Request.of", "Request", "records.Request")
    }
    assert len(named) > 20
    assert {place for place, name in named.items() if not name.startswith("segcore.tasks.")} == set()


def test_no_request_gets_another_task_and_no_order_comes_from_elsewhere():
    assert [file for file, call, _ in calls() if any(word.arg == "task" for word in call.keywords)] == []
    orders = [file for file, call, _ in calls() if called(call).rpartition(".")[2] in ("Order", "carry_out")]
    assert orders == ["segcore/jobs/runners.py"]


@pytest.mark.parametrize(
    "name", ["segcore.selection.sweep:sweeping", "segcore.jobs.work:carry_out", "segcore.tasks", "os:system"]
)
def test_only_what_lies_among_the_tasks_is_imported_for_a_job(jobs, name):
    status = jobs.wait(jobs.ask(Request.of(name)).key, PATIENCE)
    assert status.state == "failed" and "is not a task" in status.error.what
