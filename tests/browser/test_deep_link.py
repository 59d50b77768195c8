"""The first visitor after a start follows a link to a page other than the first.

Streamlit then finds the folder ``pages`` and would serve it in its older way, without our navigation, to everybody.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.helpers import PAGES, open_page
from tests.browser.serve import Server


def navigation(page: Page) -> list[str]:
    """Page names in the top navigation, in order."""
    return page.get_by_test_id("stTopNavLink").locator("p").all_inner_texts()


@pytest.mark.parametrize("path", ["/segments", "/rules"])
def test_first_request_to_a_cold_server_is_a_deep_link(
    cold_server: Server, visit: Callable[..., Page], path: str
):
    page = visit(cold_server, path)
    assert navigation(page) == list(PAGES)
    expect(page.get_by_test_id("stSidebarNav")).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    assert page.url.removeprefix(cold_server.url).startswith(path)


def test_after_a_cold_deep_link_every_page_opens_for_the_next_visitor(
    cold_server: Server, visit: Callable[..., Page]
):
    visit(cold_server, "/segments")
    second = visit(cold_server, "/")
    questions = []
    for title in PAGES:
        open_page(second, title)
        questions.append(second.get_by_role("heading", level=1).inner_text())
    assert len(set(questions)) == len(PAGES)
