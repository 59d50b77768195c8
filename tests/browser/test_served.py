"""Served to others without sign-in: no list, no place on disk; a study opens by its link alone, and some links only show."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from segcore import studies
from segcore.studies import links
from tests.browser.serve import Server, serve
from tests.browser.steps import finished, load, open_page, page_text, settled
from tests.files import three_tastes

LIST, PLACE = "Go on with earlier work", "Where this work is kept"


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Server]]:
    """One workspace behind two servers: one answers this machine alone, the other the whole network."""
    folder = tmp_path_factory.mktemp("served")
    workspace = folder / "workspace"
    with (
        serve(folder / "own", workspace=workspace) as own,
        serve(folder / "open", workspace=workspace, options=("--server.address", "0.0.0.0")) as shared,
    ):
        yield own, shared


def test_others_see_no_list_and_open_a_study_by_its_link(
    both: tuple[Server, Server], visit: Callable[..., Page], tmp_path: Path
):
    own, shared = both
    page = load(visit(own), three_tastes(tmp_path / "secret customers.csv"))
    at = "?" + page.url.split("?")[1]
    assert own.workspace.stat().st_mode & 0o777 == 0o700
    second = visit(own)
    assert LIST in page_text(second) and "secret customers" in page_text(second)
    finished(open_page(page, "Share"))
    assert PLACE in page_text(page)
    page.get_by_text(PLACE).click()
    said = page_text(settled(page))
    assert str(own.workspace) in said and "Nothing leaves this machine" in said and " in use (" in said

    stranger = visit(shared)
    assert LIST not in page_text(stranger) and "secret" not in page_text(stranger)
    finished(load(stranger, three_tastes(tmp_path / "secret customers.csv")))
    assert "opened this file before" not in page_text(stranger)
    guest = finished(visit(shared, "/share" + at))
    assert "secret customers" in page_text(guest) and PLACE not in page_text(guest)
    assert str(own.workspace) not in guest.content()
    finished(open_page(guest, "Data"))
    assert LIST not in page_text(guest)

    study = studies.load(at.split("study=")[1], own.workspace)
    looked = finished(visit(shared, f"/share?study={links.make(study, frozen=False, root=own.workspace)}"))
    assert "read only" in page_text(looked) and study.id not in looked.content()
    expect(looked.get_by_role("button", name="Delete this study")).to_have_count(0)
    looked.get_by_label("Note").fill("Written by a stranger")
    looked.keyboard.press("Enter")
    finished(looked)
    assert studies.load(study.id, own.workspace).log == study.log


def test_a_proxy_in_front_of_a_local_server_shows_no_list(
    both: tuple[Server, Server], visit: Callable[..., Page], tmp_path: Path
):
    own, _ = both
    load(visit(own), three_tastes(tmp_path / "kept here.csv"))
    context = visit(own).context
    assert LIST in page_text(context.pages[0])
    context.set_extra_http_headers({"X-Forwarded-For": "203.0.113.7"})
    page = context.new_page()
    page.goto(own.url)
    assert LIST not in page_text(settled(page))


_WATCH = """
import os, sys
LOCAL = ("localhost", "127.", "::1", "0.0.0.0", "::")
def _note(*words):
    with open(os.environ["WATCHED"], "a", encoding="utf-8") as out:
        print(os.getpid(), *words, file=out)
def _watch(event, args):
    if event == "socket.connect" and isinstance(args[1], tuple) and not str(args[1][0]).startswith(LOCAL):
        _note("connects to", args[1][0])
    elif event == "socket.getaddrinfo" and args[0] and not str(args[0]).startswith(LOCAL):
        _note("asks for", args[0])
_note("is watched")
sys.addaudithook(_watch)
"""


def test_neither_the_server_nor_a_job_asks_another_machine(
    visit: Callable[..., Page], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Every Python process of the app tells of each address it looks up or connects to; the browser is watched always."""
    hooks, watched = tmp_path / "hooks", tmp_path / "watched.txt"
    hooks.mkdir()
    (hooks / "sitecustomize.py").write_text(_WATCH, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(hooks))
    monkeypatch.setenv("WATCHED", str(watched))
    call = "import socket; s = socket.socket(); s.setblocking(False); s.connect_ex(('192.0.2.1', 9))"
    subprocess.run([sys.executable, "-c", call], check=True)
    assert "connects to 192.0.2.1" in watched.read_text(encoding="utf-8"), "the watch sees nothing"
    watched.unlink()

    with serve(tmp_path / "watched") as server:
        page = load(visit(server), three_tastes(tmp_path / "tastes.csv"))
        for title in ("How many", "Segments", "Share"):
            finished(open_page(page, title, 240), 240)
        page.goto("about:blank")
    said = watched.read_text(encoding="utf-8").splitlines()
    assert [line for line in said if not line.endswith("is watched")] == []
    assert len({line.split()[0] for line in said}) >= 2, "no job ran in a process of its own"
