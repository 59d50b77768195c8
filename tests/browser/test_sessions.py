"""Two people, a reload, a second tab, a restarted server, a dropped line: long work stays out of everybody's way and is found again."""

import json
import random
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from segcore import studies
from segcore.storage import machine
from tests.bad_files import bom
from tests.browser.helpers import settled
from tests.browser.serve import Server, serve
from tests.browser.steps import (
    answer,
    choose,
    chosen,
    finished,
    load,
    no_error,
    open_page,
    page_text,
    press,
    question,
)
from tests.browser.wire import wire_to

LEVELS, HOW_MANY = "At which level do tastes show?", "How many kinds of customers do we have?"
PATIENCE = 60_000

# Remembers for the life of the page whether a progress bar was ever drawn.
_REMEMBER_PROGRESS = """
new MutationObserver(() => {
  if (document.querySelector('[data-testid="stProgress"]')) window.__sawProgress = true;
}).observe(document, {childList: true, subtree: true});
"""


@pytest.fixture(scope="module")
def quiet_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of these tests' own: whatever still runs here at the end, ends with it."""
    with serve(tmp_path_factory.mktemp("sessions")) as running:
        yield running


@pytest.fixture(scope="module")
def large_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Purchases whose sweep keeps a worker busy for far longer than a click takes."""
    chance = random.Random(7)
    path = tmp_path_factory.mktemp("large") / "many customers.csv"
    with path.open("w", encoding="utf-8") as out:
        out.write("customer,product\n")
        for customer in range(20_000):
            first = chance.randrange(160)
            for _ in range(8):
                product = (
                    (first + chance.randrange(30)) % 200 if chance.random() < 0.7 else chance.randrange(200)
                )
                out.write(f"c{customer},product {product}\n")
    return path


def small_file(folder: Path) -> Path:
    """Twelve customers and six products."""
    return bom(folder).path


def progress(page: Page) -> Locator:
    """The bar of a running job."""
    return page.get_by_test_id("stProgress")


def start_sweep(page: Page) -> str:
    """Open How many and wait until its job runs, also where it was stopped before; returns the job's key."""
    page.get_by_test_id("stTopNav").get_by_role("link", name="How many", exact=True).click()
    go_on = page.get_by_role("button", name="Go on")
    expect(progress(page).or_(go_on)).to_be_visible(timeout=PATIENCE)
    if go_on.is_visible():
        go_on.click()
    expect(progress(page)).to_be_visible(timeout=PATIENCE)
    return key_on_screen(page)


def key_on_screen(page: Page) -> str:
    """The key of the job that the Cancel button on screen would end."""
    classes = page.locator('[class*="st-key-cancel-"]').first.get_attribute("class", timeout=PATIENCE)
    return re.search(r"st-key-cancel-(\S+)", classes).group(1)


def progress_file(server: Server, key: str) -> dict:
    """What the job writes into the store while it runs."""
    files = [path for path in server.workspace.rglob("progress.json") if key in str(path)]
    assert len(files) == 1, files
    return json.loads(files[0].read_text(encoding="utf-8"))


def run_of(server: Server, key: str) -> str:
    """Which run of the job writes the progress file in the store."""
    return progress_file(server, key)["run"]


def running(page: Page) -> None:
    """Wait until the job has left the line and reports its work."""
    expect(progress(page)).to_contain_text("%", timeout=PATIENCE)


def cancel(page: Page) -> None:
    """Press Cancel and wait for the page's word."""
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_test_id("stMain")).to_contain_text("What was finished is kept", timeout=PATIENCE)
    settled(page)


def test_a_sweep_stops_nobody_and_cancel_frees_its_place(
    quiet_server: Server, visit: Callable[..., Page], large_file: Path, tmp_path: Path
):
    other = load(visit(quiet_server), small_file(tmp_path))
    page = load(visit(quiet_server), large_file)
    start_sweep(page)
    running(page)

    open_page(other, "Product level")
    assert question(other) == LEVELS
    expect(other.get_by_test_id("stPlotlyChart").first).to_be_visible()
    assert progress(page).count() == 1, "the sweep was over before the other session had its answer"

    cancel(page)
    finished(open_page(other, "How many"))
    assert question(other) == HOW_MANY
    assert "capture" in answer(other) or "segment" in answer(other)
    no_error(other)
    page.get_by_role("button", name="Go on").click()
    expect(progress(page)).to_be_visible(timeout=PATIENCE)
    cancel(page)


def test_reload_finds_the_running_sweep(quiet_server: Server, visit: Callable[..., Page], large_file: Path):
    page = load(visit(quiet_server), large_file)
    key = start_sweep(page)
    running(page)
    run = run_of(quiet_server, key)
    page.reload()
    expect(progress(page)).to_be_visible(timeout=PATIENCE)
    assert key_on_screen(page) == key
    running(page)
    assert run_of(quiet_server, key) == run, "the job was started a second time"

    second = visit(quiet_server, page.url.removeprefix(quiet_server.url), wait=False)
    expect(progress(second)).to_be_visible(timeout=PATIENCE)
    assert key_on_screen(second) == key
    cancel(page)
    second.reload()
    running(second)
    assert run_of(quiet_server, key) == run, "one who cancels stops it for themselves alone"
    worker = progress_file(quiet_server, key)["pid"]
    assert machine.alive(worker)
    cancel(second)
    deadline = time.monotonic() + PATIENCE / 1000
    while machine.alive(worker) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not machine.alive(worker), "tabs that were reloaded kept it alive"


def test_second_tab_shows_the_same_place(quiet_server: Server, visit: Callable[..., Page], tmp_path: Path):
    page = load(visit(quiet_server), small_file(tmp_path))
    finished(open_page(page, "How many"))
    choose(page, "Work with", "3 segments")
    assert re.search(r"[?&]study=[\w-]{22}$", page.url)
    tab = visit(quiet_server, page.url.removeprefix(quiet_server.url))
    finished(tab)
    assert page_text(tab) == page_text(page)
    assert "3 segments" in page_text(tab)
    finished(open_page(tab, "Segments"))
    assert question(tab) == "Who are our three kinds of customers?"


def test_restarted_server_answers_from_the_store(visit: Callable[..., Page], tmp_path: Path):
    with serve(tmp_path / "first", workspace=tmp_path / "workspace") as server:
        page = load(visit(server), small_file(tmp_path))
        finished(open_page(page, "How many"))
        choose(page, "Work with", "3 segments")
        place, said = page.url.removeprefix(server.url), page_text(page)
        page.goto("about:blank")
    with serve(tmp_path / "second", workspace=tmp_path / "workspace") as server:
        page = visit(server, "/")
        page.context.add_init_script(_REMEMBER_PROGRESS)
        page.goto(server.url + place)
        finished(page)
        assert page_text(page) == said
        assert not page.evaluate("window.__sawProgress === true"), "the sweep was computed again"
        finished(open_page(page, "Segments"))
        assert question(page) == "Who are our three kinds of customers?"
        page.goto("about:blank")


def test_reloading_keeps_every_choice(quiet_server: Server, visit: Callable[..., Page], tmp_path: Path):
    page = load(visit(quiet_server), small_file(tmp_path))
    finished(open_page(page, "Product level"))
    choose(page, "What a purchase counts", "Rare tastes: unusual products count most")
    finished(open_page(page, "Rules"))
    slider = page.get_by_test_id("stSlider").filter(has_text="Confidence").get_by_role("slider")
    slider.focus()
    page.keyboard.press("ArrowRight")
    finished(page)
    assert slider.input_value() == "55"
    page.reload()
    finished(page)
    assert slider.input_value() == "55"
    finished(open_page(page, "Product level"))
    assert chosen(page, "What a purchase counts").startswith("Rare tastes")
    press(page, re.compile("How many kinds"))
    no_error(page)


def connection(page: Page, *, whole: bool) -> None:
    """Wait until the page knows how its connection stands."""
    state = expect(page.get_by_test_id("stApp"))
    check = state.to_have_attribute if whole else state.not_to_have_attribute
    check("data-test-connection-state", "CONNECTED", timeout=PATIENCE)


def study_at(page: Page, server: Server) -> studies.Study:
    """The study in the address, as it lies on disk."""
    return studies.load(re.search(r"study=([\w-]{22})", page.url).group(1), server.workspace)


def test_a_dropped_connection_loses_nothing(quiet_server: Server, visit: Callable[..., Page], tmp_path: Path):
    with wire_to(quiet_server.port) as wire:
        page = load(visit(replace(quiet_server, url=f"http://localhost:{wire.port}")), small_file(tmp_path))
        finished(open_page(page, "How many"))
        choose(page, "Work with", "3 segments")
        said, before = page_text(finished(page)), study_at(page, quiet_server)

        wire.cut()
        connection(page, whole=False)
        assert "3 segments" in page_text(page), "what was on screen must stay readable"
        page.wait_for_timeout(2_000)
        wire.mend()
        connection(page, whole=True)
        finished(page)
        assert wire.refused, "the page never tried again while the line was cut"
        assert page_text(page) == said
        assert study_at(page, quiet_server) == before
        choose(page, "Work with", "4 segments")
        assert study_at(page, quiet_server).k == 4


def test_work_goes_on_while_the_line_is_cut(
    quiet_server: Server, visit: Callable[..., Page], large_file: Path
):
    with wire_to(quiet_server.port) as wire:
        page = load(visit(replace(quiet_server, url=f"http://localhost:{wire.port}")), large_file)
        key = start_sweep(page)
        running(page)
        run = run_of(quiet_server, key)
        wire.cut()
        connection(page, whole=False)
        wire.mend()
        connection(page, whole=True)
        expect(progress(page)).to_be_visible(timeout=PATIENCE)
        assert key_on_screen(page) == key
        assert run_of(quiet_server, key) == run, "the job was started a second time"
        cancel(page)
