"""Several people ask the same: one who cancels stops it for themselves, and the work ends with the last of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui.shell import visitor
from segcore.jobs import Request, Runner, shared
from segcore.jobs.queue import SCRIPT
from segcore.storage import machine
from segcore.storage.store import Store
from tests.segcore.job_tasks import asked

TASKS = "tests.segcore.job_tasks"
PATIENCE = 120  # seconds; reached only when something is broken


def eventually(seen: Callable[[], object]) -> object:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if found := seen():
            return found
        time.sleep(0.02)
    raise AssertionError(f"never seen: {seen}")


@pytest.fixture(scope="module")
def jobs(tmp_path_factory) -> Iterator[Runner]:
    made = Runner(Store(tmp_path_factory.mktemp("store")), workers=1, modules=(TASKS,))
    yield made
    made.shutdown()


@pytest.fixture
def gate(tmp_path) -> Path:
    return tmp_path / "gate"


def question(gate: Path) -> Request:
    return asked("until", gate=str(gate), mark=gate.parent.name, title="A long question")


def asked_by(jobs: Runner, request: Request, *askers: str) -> str:
    """The key of a job that several people ask, once it runs."""
    keys = {jobs.ask(request, asker=asker).key for asker in askers}
    assert len(keys) == 1
    key = keys.pop()
    eventually(lambda: jobs.status(key).message == "Waiting at the gate")
    return key


def process(gate: Path) -> int:
    return int(Path(f"{gate}.runs").read_text().split()[-1])


def test_one_of_two_cancels_and_the_other_gets_the_result(jobs, gate):
    key = asked_by(jobs, question(gate), "anna", "ben")
    status = jobs.cancel(key, "anna")
    assert (status.state, status.message, status.active) == ("cancelled", "Cancelled", False)
    assert jobs.ask(question(gate), asker="anna").state == "cancelled", "looking again is not asking again"
    assert jobs.status(key, "ben").state == "running"
    assert machine.alive(process(gate))
    gate.touch()
    assert jobs.wait(key, PATIENCE).state == "done"
    assert jobs.result(key) == gate.parent.name
    assert jobs.status(key, "anna").state == "done", "what is stored is there for everybody"


def test_the_work_ends_when_both_have_cancelled(jobs, gate):
    key = asked_by(jobs, question(gate), "anna", "ben")
    holder = process(gate)
    jobs.cancel(key, "anna")
    assert jobs.status(key, "ben").state == "running"
    assert jobs.cancel(key, "ben").state == "cancelled"
    eventually(lambda: not machine.alive(holder))
    assert {jobs.status(key, asker).state for asker in ("anna", "ben", "cleo")} == {"cancelled"}


def test_who_goes_on_joins_the_work_that_still_runs(jobs, gate):
    key = asked_by(jobs, question(gate), "anna", "ben")
    jobs.cancel(key, "anna")
    assert jobs.ask(question(gate), again=True, asker="anna").state == "running"
    jobs.cancel(key, "ben")
    assert jobs.status(key, "anna").state == "running"
    gate.touch()
    assert jobs.wait(key, PATIENCE).state == "done"
    assert len(Path(f"{gate}.runs").read_text().splitlines()) == 1


def test_who_cancelled_stays_out_when_another_starts_it_again(jobs, gate):
    key = asked_by(jobs, question(gate), "anna", "ben")
    jobs.cancel(key, "anna")
    jobs.cancel(key, "ben")
    assert jobs.ask(question(gate), again=True, asker="ben").active
    assert jobs.ask(question(gate), asker="anna").state == "cancelled"
    assert jobs.cancel(key, "ben").state == "cancelled"
    assert not jobs.status(key, "cleo").active


def test_a_closed_tab_stops_nothing_and_keeps_nothing_alive(jobs, gate):
    key = asked_by(jobs, question(gate), "anna", "closed")
    assert jobs.cancel(key, "anna", lambda asker: True).state == "cancelled"
    assert jobs.status(key, "closed").state == "running"
    jobs.ask(question(gate), again=True, asker="anna")
    jobs.cancel(key, "anna", lambda asker: asker != "closed")
    assert jobs.status(key, "closed").state == "cancelled"


def test_a_waiting_question_leaves_the_line_with_its_last_asker(jobs, gate):
    running = asked_by(jobs, question(gate), "anna")
    waiting = question(gate.with_name("other"))
    key = jobs.ask(waiting, asker="ben").key
    jobs.ask(waiting, asker="cleo")
    jobs.cancel(key, "ben")
    assert jobs.status(key, "cleo").place == 1
    assert jobs.cancel(key, "cleo").state == "cancelled"
    gate.touch()
    assert jobs.wait(running, PATIENCE).state == "done"
    assert not Path(f"{gate.with_name('other')}.runs").exists()


def a_page(gate: str, mark: str) -> None:
    """A page that waits for one result, and says who looks at it."""
    import streamlit as st

    from pages.ui.parts import answers
    from pages.ui.shell import visitor
    from tests.segcore.job_tasks import Job

    st.caption(visitor.name())
    found = answers.ask(Job("until", (("gate", gate), ("mark", mark))))
    if found is not None:
        st.success(found)


def press(app: AppTest, label: str) -> AppTest:
    return next(one for one in app.button if one.label == label).click().run()


def test_cancel_on_a_page_stops_it_for_this_tab_alone(jobs, gate, monkeypatch):
    monkeypatch.setenv("SEGCORE_WORKSPACE", str(jobs.store.root))
    monkeypatch.setattr(shared, "_runner", jobs)
    app = AppTest.from_function(
        a_page, default_timeout=PATIENCE, kwargs={"gate": str(gate), "mark": gate.parent.name}
    ).run()
    assert app.caption[0].value not in ("", "a colleague"), "a tab asks under the name of its session"
    key = asked_by(jobs, question(gate), "a colleague")
    app = press(app, "Cancel")
    assert "What was finished is kept" in app.info[0].value
    assert jobs.status(key, "a colleague").state == "running"
    app = press(app, "Go on")
    assert any(one.label == "Cancel" for one in app.button)
    assert jobs.cancel(key, "a colleague").state == "cancelled"
    assert jobs.status(key, app.caption[0].value).state == "running"
    gate.touch()
    assert jobs.wait(key, PATIENCE).state == "done"
    assert app.run().success[0].value == gate.parent.name
    assert not app.exception


def test_outside_a_page_a_script_asks():
    assert visitor.name() == SCRIPT
    assert visitor.is_here(SCRIPT)
