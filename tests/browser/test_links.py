"""Links bring back page, level, number, segment and filters; they choose what is seen and never what is saved."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from segcore import studies
from tests.browser.helpers import settled
from tests.browser.serve import Server, serve
from tests.browser.steps import (
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
from tests.files import three_tastes

NOTE = "This link shows"


@pytest.fixture(scope="module")
def link_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of these tests' own: what lies in its workspace is theirs."""
    with serve(tmp_path_factory.mktemp("links")) as running:
        yield running


@pytest.fixture
def owner(visit: Callable[..., Page], link_server: Server, tmp_path: Path) -> Page:
    """A small file with three segments, the second looked at."""
    page = load(visit(link_server), three_tastes(tmp_path / "tastes.csv"))
    finished(open_page(page, "How many"))
    choose(page, "Work with", "3 segments")
    finished(open_page(page, "Segments"))
    choose(page, "Segment", second_segment(page))
    return page


def second_segment(page: Page) -> str:
    """What the second segment is called in the list."""
    page.get_by_test_id("stSelectbox").filter(has_text="Segment").locator("input").first.click()
    name = page.get_by_role("option").nth(1).inner_text()
    page.keyboard.press("Escape")
    settled(page)
    return name


def saved(server: Server, page: Page) -> studies.Study:
    """The study behind the page as it lies on disk."""
    return studies.load(parse_qs(urlsplit(page.url).query)["study"][0], server.workspace)


def link_of(page: Page) -> str:
    """The link the page offers, as path and query."""
    press(page, "Link")
    code = page.get_by_test_id("stPopoverBody").get_by_test_id("stCode")
    expect(code).to_contain_text("study=")
    said = code.inner_text().strip()
    page.keyboard.press("Escape")
    settled(page)
    return "/" + said.split("/", 3)[3]


def test_a_link_shows_what_was_seen_and_leaves_the_study_alone(
    owner: Page, visit: Callable[..., Page], link_server: Server
):
    link, second = link_of(owner), chosen(owner, "Segment")
    assert second.startswith("2 · ") and "k=3" in link and "segment=2" in link
    seen = question(owner)
    finished(open_page(owner, "How many"))
    choose(owner, "Work with", "4 segments")

    guest = finished(visit(link_server, link))
    assert question(guest) == seen and chosen(guest, "Segment") == second
    assert f"{NOTE} 3 segments instead of 4" in page_text(guest)
    assert saved(link_server, owner).k == 4
    guest.reload()
    assert question(finished(guest)) == seen and chosen(guest, "Segment") == second
    finished(open_page(guest, "How many"))
    assert chosen(guest, "Work with") == "3 segments" and NOTE in page_text(guest)
    guest.reload()
    assert chosen(finished(guest), "Work with") == "3 segments"
    assert saved(link_server, owner).k == 4

    press(guest, "Back to the study")
    assert chosen(guest, "Work with") == "4 segments" and NOTE not in page_text(guest)
    assert set(parse_qs(urlsplit(guest.url).query)) == {"study"}


def test_bad_values_fall_back_without_a_word(owner: Page, visit: Callable[..., Page], link_server: Server):
    own = parse_qs(urlsplit(owner.url).query)["study"][0]
    junk = (
        "k=99&level=no%20such&segment=x&balance=zz&from=31.12.&buyers=9999&count=moon&without=%00&present=-1"
    )
    guest = finished(visit(link_server, f"/segments?study={own}&{junk}"))
    assert question(guest) == question(owner) and NOTE not in page_text(guest)
    assert chosen(guest, "Segment").startswith("1 · ")
    no_error(guest)
    expect(guest.get_by_test_id("stAlert")).to_have_count(owner.get_by_test_id("stAlert").count())


def test_back_and_forward_go_through_segments_and_pages(owner: Page):
    assert chosen(owner, "Segment").startswith("2 · ") and "segment=2" in owner.url
    finished(open_page(owner, "Rules"))
    for _ in range(4):
        if "/segments" in owner.url and "segment=2" in owner.url:
            break
        owner.go_back()
        finished(owner)
    assert question(owner).startswith("Who are our three") and chosen(owner, "Segment").startswith("2 · ")
    owner.go_back()
    finished(owner)
    assert question(owner).startswith("Who are our three") and chosen(owner, "Segment").startswith("1 · ")
    owner.go_forward()
    finished(owner)
    assert chosen(owner, "Segment").startswith("2 · ")
    for _ in range(6):  # nothing on the way holds somebody back
        if "/sweep" in owner.url:
            break
        owner.go_back()
        finished(owner)
    assert "/sweep" in owner.url and re.search(r"study=[\w-]{22}", owner.url)
    assert chosen(owner, "Work with") == "3 segments"
