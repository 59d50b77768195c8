"""Files of other shapes go through all five pages: baskets without a header, two files at once, a matrix of money."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.serve import Server
from tests.browser.steps import (
    all_words,
    chosen,
    finished,
    load,
    no_error,
    open_page,
    page_text,
    question,
    shot,
    view,
    walk,
)

GROCERIES = (
    pytest.param(("groceries.csv",), id="baskets without a header", marks=pytest.mark.long),
    pytest.param(("transactions.csv", "items.csv"), id="lines and a product table"),
)


@pytest.mark.parametrize("names", GROCERIES)
def test_groceries_go_through_all_pages(
    server: Server, visit: Callable[..., Page], data_dir: Path, names: tuple[str, ...]
):
    page = visit(server)
    load(page, [data_dir / "groceries" / name for name in names])
    words = page_text(page)
    assert "9,835" in words and "169" in words
    assert "baskets" in words
    said = walk(page, f"groceries-{len(names)}")
    assert all(said.values())
    # 170 rules are published for support 1 % and confidence 25 %, where baskets start; two of them have lift below 1.2.
    page.get_by_test_id("stCheckbox").filter(has_text="Doubtful ones too").locator("label").click()
    finished(page)
    assert page_text(page).count("168 of ") == 1
    expect(page.get_by_test_id("stPlotlyChart").first).to_be_visible()
    no_error(page)
    if len(names) == 2:
        finished(open_page(page, "Product level"))
        assert all(level in all_words(page) for level in ("item", "level2", "level1"))


def test_wholesale_spend_is_weighed_by_money(server: Server, visit: Callable[..., Page], data_dir: Path):
    page = visit(server)
    load(page, data_dir / "wholesale" / "Wholesale customers data.csv")
    words = page_text(page)
    assert "440" in words
    metrics = page.get_by_test_id("stMetric").filter(has_text="products")
    assert metrics.get_by_test_id("stMetricValue").inner_text() == "6", "Channel and Region are no products"
    said = walk(page, "wholesale")
    assert all(said.values())

    finished(open_page(page, "Product level"))
    words = page_text(page)
    assert "Every cell is filled, so “bought or not” would make all customers look the same" in words
    assert chosen(page, "What a purchase counts").startswith("Money spent, damped")
    box = page.get_by_test_id("stSelectbox").filter(has_text="What a purchase counts")
    box.locator("input").click()
    expect(page.get_by_role("option").first).to_be_visible()
    offered = page.get_by_role("option").all_inner_texts()
    assert not [option for option in offered if option.startswith("Bought or not")], offered
    page.keyboard.press("Escape")

    finished(open_page(page, "How many"))
    for name in ("Stability", "Over chance", "Smallest", "K-means"):
        view(page, name)
        no_error(page)
    assert "adjusted Rand index" in page_text(page)
    shot(page, "wholesale-kmeans", whole=True)
    assert question(page) == "How many kinds of customers do we have?"
