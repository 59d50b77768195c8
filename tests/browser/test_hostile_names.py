"""Names from a file are text: nothing in them is obeyed, on any page, and nothing is fetched from elsewhere.

The harness fails the test for every request to another machine.
"""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.serve import Server
from tests.browser.steps import (
    all_words,
    choose,
    finished,
    load,
    no_error,
    open_page,
    page_text,
    question,
    shot,
    view,
)
from tests.hostile_names import HEADERS, NAMES

PRODUCTS = NAMES
KINDS = ("<a href=http://evil.example/k>kind</a>", "![kind](http://evil.example/k.png)")


def hostile_file(folder: Path) -> Path:
    """Two tastes, so that every product stands in some segment, chart, list and rule."""
    path = folder / ":red[file] <b>of $x$ names.csv"
    rows = [",".join(HEADERS)]
    for customer in range(40):
        own = PRODUCTS[customer % 2 :: 2]
        for at, product in enumerate(own):
            if (customer // 2 + at) % 3:
                cells = (f"{NAMES[customer]} {customer}", product, KINDS[PRODUCTS.index(product) % 2])
                rows.append(",".join('"' + cell.replace('"', '""') + '"' for cell in cells))
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def harmless(page: Page) -> None:
    """No name became a link, a picture, a formula, a script or a style."""
    no_error(page)
    words = page.get_by_test_id("stMain")
    assert words.locator("[href*='evil.example'], [src*='evil.example'], .katex").count() == 0
    assert page.evaluate("window.hacked") is None
    svg_links = page.evaluate(
        "[...document.querySelectorAll('a')].filter(a => (a.getAttribute('href') || a.getAttribute('xlink:href') || '')"
        ".includes('evil.example')).length"
    )
    assert svg_links == 0
    styled = words.locator(
        "b, code, em, strong strong, tspan[style*='bold'], [class*='colored-text'], span[style*='color: red']"
    )
    obeyed = [
        text
        for text in styled.all_text_contents()
        if (text or "").strip() in {"bold", "x", "code", "slanted", "fat", "of"}
    ]
    assert not obeyed, obeyed


@pytest.fixture
def loaded(server: Server, visit: Callable[..., Page], tmp_path: Path) -> Page:
    return load(visit(server), hostile_file(tmp_path))


def test_hostile_names_are_text_on_every_page(loaded: Page):
    page = loaded
    harmless(page)
    finished(open_page(page, "Product level"))
    harmless(page)
    assert ":red[file] <b>of $x$ names.csv" in page_text(page)
    assert "<b>kind</b>" in page_text(page)
    choose(page, "Work at", HEADERS[1])
    page.get_by_test_id("stExpander").filter(has_text="Filters").locator("summary").click()
    finished(page)
    page.get_by_test_id("stMultiSelect").filter(has_text="Leave out single products").locator("input").click()
    expect(page.get_by_role("option").first).to_be_visible()
    offered = page.get_by_role("option").all_inner_texts()
    assert len(offered) >= 10, offered
    harmless(page)
    page.keyboard.press("Escape")

    finished(open_page(page, "How many"))
    harmless(page)
    choose(page, "Work with", "3 segments")  # names like these hold no taste, so nothing is suggested
    finished(open_page(page, "Customers"))
    harmless(page)
    finished(open_page(page, "Segments"))
    for name in ("Products", "Sizes", "Customers"):
        view(page, name)
        shot(page, f"hostile-segments-{name}", whole=True)
        harmless(page)
        assert any(product in all_words(page) for product in PRODUCTS), all_words(page)
    chart = page.get_by_test_id("stPlotlyChart").first
    box = chart.locator(".nsewdrag").first.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 4, box["y"] + box["height"] / 3)
    finished(page)
    harmless(page)
    shot(page, "hostile-segments-customer", whole=True)

    for title in ("Rules", "What if", "Offers", "Share", "Help"):
        finished(open_page(page, title), 240)
        shot(page, f"hostile-{title}", whole=True)
        harmless(page)
    finished(open_page(page, "Data"))
    harmless(page)


def test_hostile_address_shows_the_way_in(server: Server, visit: Callable[..., Page]):
    for place in ("/rules?study=%3Cscript%3E", "/?study=../../etc/passwd", "/sweep?study=" + "A" * 22):
        page = visit(server, place)
        no_error(page)
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        assert question(page)
        words = page_text(page)
        assert "Drop" in words, words
        assert "passwd" not in words and "<script>" not in words
