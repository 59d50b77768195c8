"""A German export dropped on the page: right totals, a readable list of repairs, the next step, without any help."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from segcore.intake import read
from tests.browser.german_export import German, german_export
from tests.browser.helpers import open_page
from tests.browser.serve import Server
from tests.browser.steps import answer, choose, load, no_error, page_text, question, shot

SIX = (
    "read as Windows-1252",
    "above the header passed over as title",
    "had a decimal comma",
    "had a currency sign",
    "merged into the usual one",
    "with totals",
)


@pytest.fixture
def export(tmp_path: Path) -> German:
    return german_export(tmp_path)


def test_its_totals_are_right(export: German):
    bought = read(export.path).purchases
    assert (len(bought.customers), len(bought.products), bought.n_lines) == (
        export.customers, export.products, export.lines,
    )  # fmt: skip
    assert bought.lines["amount"].sum() == pytest.approx(export.revenue)
    assert bought.customers[0] == "000017" and bought.customer_name(["000017"])[0] == "Firma 17"


def test_dropped_on_the_page_it_needs_no_help(server: Server, visit: Callable[..., Page], export: German):
    page = load(visit(server), export.path)
    no_error(page)
    shot(page, "german-export", whole=True)
    words = page_text(page)
    assert (
        f"{export.lines:,} purchase lines of {export.customers} customers and {export.products} products"
        in answer(page)
    )
    for repair in SIX:
        assert repair in words, repair
    assert f"{export.returns} lines with a negative quantity or amount" in words
    assert "only you can know" not in words
    box = page.get_by_test_id("stSelectbox").filter(has_text="Returns are")
    expect(box).to_have_count(1)
    choose(page, "Returns are", "left out")
    assert f"{export.returns} returns left out" in page_text(page)
    assert f"{export.lines - export.returns:,} purchase lines" in answer(page)
    open_page(page, "Product level")
    no_error(page)
    assert "level" in question(page).lower() or "product" in question(page).lower()
