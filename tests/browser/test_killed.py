"""The server dies ten times while somebody works, each time in the midst of an act: nothing that was done is lost."""

import os
import random
import signal
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page

from segcore import studies
from tests.browser.serve import Server, free_port, serve
from tests.browser.steps import choose, finished, no_error, open_page, page_text, settled, view

WAIT = 300

# Words on the page, or in one of its fields.
_SHOWS = """
words => {
  const main = document.querySelector('[data-testid="stMain"]');
  return main.innerText.includes(words) || [...main.querySelectorAll('input')].some(one => one.value.includes(words));
}
"""


@dataclass(frozen=True)
class Act:
    """One thing a person does: the way there, the last click, and how the study and the screen show it was done."""

    name: str
    prepare: Callable[[Page], None]
    begin: Callable[[Page], None]
    kept: Callable[[studies.Study], bool]
    seen: str


def purchases(path: Path) -> Path:
    """Forty customers with three tastes, twelve products on six shelves; days that can be read both ways."""
    chance = random.Random(5)
    rows = ["customer,product,shelf,date,amount"]
    for customer in range(40):
        for _ in range(6):
            taste = customer % 3 if chance.random() < 0.85 else chance.randrange(3)
            product = taste * 4 + chance.randrange(4)
            day = f"{1 + chance.randrange(9):02d}/{1 + chance.randrange(9):02d}/2024"
            rows.append(
                f"c{customer:02d},product {product:02d},shelf {product // 2},{day},{2 + product % 7}.50"
            )
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def to(title: str) -> Callable[[Page], None]:
    """The way to a page; none where it is open."""

    def go(page: Page) -> None:
        here = page.get_by_test_id("stTopNav").locator('a[aria-current="page"]')
        if title not in here.inner_text():
            open_page(page, title, WAIT)
        finished(page, WAIT)

    return go


def levels(page: Page) -> None:
    """The way to the levels, without the quick trial of each: a level is chosen, not judged."""
    open_page(page, "Product level", WAIT)
    cancel = page.get_by_role("button", name="Cancel")
    if cancel.count():
        cancel.click()
    finished(page, WAIT)


def option(label: str, wanted: str) -> Callable[[Page], None]:
    """Click an option of a list and wait for nothing."""

    def click(page: Page) -> None:
        page.get_by_test_id("stSelectbox").filter(has_text=label).locator("input").first.click()
        page.get_by_role("option", name=wanted, exact=True).click()

    return click


def write(label: str, text: str) -> Callable[[Page], None]:
    def fill(page: Page) -> None:
        page.get_by_label(label, exact=True).fill(text)
        page.keyboard.press("Enter")

    return fill


def compared(page: Page) -> None:
    to("How many")(page)
    drawer = page.get_by_test_id("stExpander").filter(has_text="Compare two or three")
    if not drawer.get_by_text("Can we name them?").first.is_visible():
        drawer.locator("summary").click()
    finished(page, WAIT)


def other_range(page: Page) -> None:
    to("What if")(page)
    view(page, "Another range", WAIT)
    choose(page, "Number of segments", "3 segments, looked for anew", WAIT)
    page.get_by_label("Keep what is on the screen as").fill("Only three")


def lots(page: Page) -> None:
    to("Offers")(page)
    page.get_by_role("tab", name="Test & learn").click()
    finished(page, WAIT)


def names_drawer(page: Page) -> None:
    to("Segments")(page)
    page.get_by_text("Read names from a file").click()
    settled(page)


def acts(folder: Path) -> list[Act]:
    file, names = purchases(folder / "shelves.csv"), folder / "names.csv"
    names.write_text("segment,name\n1,The early birds\n2,The night owls\n", encoding="utf-8")
    return [
        Act(
            "a file is dropped",
            lambda page: settled(page) and None,
            lambda page: page.get_by_test_id("stFileUploaderDropzoneInput").first.set_input_files(file),
            lambda study: bool(study.files or study.pending),
            "40 customers",
        ),
        Act(
            "a repair is chosen",
            to("Data"),
            option("Dates are", "month first (12/31)"),
            lambda study: (study.pending_roles or study.roles)["day_first"] is False,
            "month first (12/31)",
        ),
        Act("a level", levels, option("Work at", "shelf"), lambda s: s.level == "shelf", "level: shelf"),
        Act("a number", to("How many"), option("Work with", "4 segments"), lambda s: s.k == 4, "4 segments"),
        Act(
            "a vote",
            compared,
            lambda page: page.get_by_test_id("stExpander").filter(has_text="Compare two").get_by_text("yes", exact=True).first.click(),
            lambda study: any(vote.nameable == "yes" for vote in study.votes),
            "they have names",
        ),
        Act(
            "names",
            names_drawer,
            lambda page: page.get_by_test_id("stFileUploaderDropzoneInput").last.set_input_files(names),
            lambda study: {"The early birds", "The night owls"} <= {one.name for one in study.identities},
            "The early birds",
        ),
        Act(
            "a note",
            to("Share"),
            write("Note", "Ask the buyers"),
            lambda study: any(entry.what == "Ask the buyers" for entry in study.log),
            "Ask the buyers",
        ),
        Act(
            "a scenario",
            other_range,
            lambda page: page.get_by_role("button", name="Keep", exact=True).click(),
            lambda study: any(one.name == "Only three" and one.k == 3 for one in study.what_if.kept),
            "",
        ),
        Act(
            "a test of an offer",
            lots,
            lambda page: page.get_by_role("button", name="Draw lots and keep the test").click(),
            lambda study: len(study.offer_tests) == 1,
            "",
        ),
        Act(
            "a name for the study",
            to("Share"),
            write("Name of this study", "Shelves in spring"),
            lambda study: study.name == "Shelves in spring",
            "Shelves in spring",
        ),
    ]  # fmt: skip


def study_of(page: Page, workspace: Path) -> studies.Study | None:
    """The study in the address as it lies on disk."""
    found = parse_qs(urlsplit(page.url).query).get("study")
    return studies.load(found[0], workspace) if found else None


@pytest.mark.long
@pytest.mark.timeout(3_000)
def test_killed_ten_times_and_nothing_is_lost(visit: Callable[..., Page], tmp_path: Path):
    luck, workspace, port = random.Random(20), tmp_path / "workspace", free_port()
    done: list[Act] = []
    with ExitStack() as running:

        def start() -> Server:
            return running.enter_context(
                serve(tmp_path / f"run-{len(done)}-{luck.random()}", workspace=workspace, port=port)
            )

        server = start()
        page = visit(server)
        page.set_default_timeout(60_000)
        for act in acts(tmp_path):
            act.prepare(page)
            act.begin(page)
            page.wait_for_timeout(luck.random() * 1_500)
            os.killpg(server.pid, signal.SIGKILL)
            server = start()
            page.reload()
            finished(page, WAIT)
            no_error(page)
            found = study_of(page, workspace)
            lost = [earlier.name for earlier in done if not earlier.kept(found)]
            assert lost == [], f"killed during {act.name}"
            if found is None or not act.kept(found):  # it was killed before the click was heard
                act.prepare(page)
                act.begin(page)
                finished(page, WAIT)
            done.append(act)
            found = study_of(page, workspace)
            assert [one.name for one in done if not one.kept(found)] == []
            page.wait_for_function(_SHOWS, arg=act.seen, timeout=WAIT * 1_000)
        assert len(done) == 10
        tab = page.context.new_page()
        tab.goto(page.url)
        page.close()
        said = page_text(finished(tab, WAIT))
        assert "Shelves in spring" in said and "level: shelf" in said and "4 segments" in said
        assert "The night owls" in page_text(finished(open_page(tab, "Segments", WAIT), WAIT))
        tab.goto("about:blank")
