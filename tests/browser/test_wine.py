"""The wine workbook from a cold start: upload, level, number of segments, segments, and exactly the published rules."""

import json
import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.serve import Server
from tests.browser.steps import (
    answer,
    chart,
    choose,
    finished,
    load,
    no_error,
    open_page,
    page_text,
    question,
    read_table,
    shot,
    view,
)
from tests.browser.wine_clicks import LEVEL, garcias_offer, the_rules, to_offers

RULE = ("who buys", "also buys", "counts", "confidence")


def published_rules(data_dir: Path) -> set[tuple[str, str, str]]:
    """Left side, right side and "both of left" for each of the 15 rules."""
    expected = json.loads((data_dir / "wine" / "expected.json").read_text(encoding="utf-8"))
    return {
        (
            ", ".join(sorted(rule["antecedents"])),
            ", ".join(sorted(rule["consequents"])),
            f"{rule['n_both']} of {rule['n_antecedent']}",
        )
        for rule in expected["apriori"]["rules"]
    }


def test_from_the_workbook_to_the_published_rules(
    cold_server: Server, visit: Callable[..., Page], data_dir: Path
):
    page = visit(cold_server)
    load(page, data_dir / "wine" / "WineKMC.xlsx")
    words = page_text(page)
    assert "324" in words and "100" in words
    shot(page, "wine-data", whole=True)

    finished(open_page(page, "Product level"))
    choose(page, "Work at", LEVEL)
    assert f"At “{LEVEL}”" in answer(page)
    assert f"level: {LEVEL}" in page_text(page)
    shot(page, "wine-level", whole=True)
    no_error(page)

    finished(open_page(page, "How many"), timeout=300)
    assert question(page) == "How many kinds of customers do we have?"
    expect(chart(page, "explained").first).to_be_visible()
    shot(page, "wine-how-many", whole=True)
    choose(page, "Work with", "3 segments")
    no_error(page)

    finished(open_page(page, "Segments"))
    assert question(page) == "Who are our three kinds of customers?"
    expect(chart(page, "Customer basis")).to_be_visible()
    shot(page, "wine-segments-customers", whole=True)
    view(page, "Products")
    expect(chart(page, "Product basis")).to_be_visible()
    shot(page, "wine-segments-products", whole=True)
    no_error(page)

    finished(open_page(page, "Rules"))
    shot(page, "wine-rules", whole=True)
    no_error(page)
    surviving = read_table(page.get_by_test_id("stDataFrame"), RULE)
    assert 1 <= len(surviving) < 15
    page.get_by_test_id("stCheckbox").filter(has_text="Doubtful ones too").locator("label").click()
    finished(page)
    rows = read_table(page.get_by_test_id("stDataFrame"), RULE)
    shown = {(row["who buys"], row["also buys"], row["counts"]): row["confidence"] for row in rows}
    assert len(rows) == 15
    assert set(shown) == published_rules(data_dir)
    germany, italy = "Pinot Noir (Germany)", "Pinot Noir (Italy)"
    assert shown[germany, italy, "7 of 7"].startswith("100")
    assert shown[italy, germany, "7 of 12"].startswith("58")
    the_seeds_three_groups(page)


def test_from_cold_to_garcias_offer(cold_server: Server, visit: Callable[..., Page], data_dir: Path):
    page = the_rules(visit(cold_server), data_dir / "wine" / "WineKMC.xlsx")
    shown = {
        (row["who buys"], row["also buys"], row["counts"])
        for row in read_table(page.get_by_test_id("stDataFrame"), RULE)
    }
    assert shown == published_rules(data_dir)
    garcias_offer(to_offers(page))
    shot(page, "wine-garcia", whole=True)
    no_error(page)


def the_seeds_three_groups(page: Page) -> None:
    """The 15 rules in their three groups, each found by a click on the chart."""
    view(page, "Groups")
    drawn = chart(page, "15 rules fall into three groups")
    expect(drawn).to_be_visible()
    shot(page, "wine-rule-groups", whole=True)
    for leads_to in ("Champagne (France)", "Pinot Noir (Italy)", "Malbec (France)"):
        page.get_by_role("heading", name="15 rules fall into three groups").scroll_into_view_if_needed()
        row = drawn.locator(
            ".annotation-text", has_text=re.compile(rf"^{re.escape(leads_to)}$")
        ).bounding_box()
        bubbles = [point.bounding_box() for point in drawn.locator(".scatterlayer .point").all()]
        middle = row["y"] + row["height"] / 2
        bubble = min(bubbles, key=lambda box: abs(box["y"] + box["height"] / 2 - middle))
        page.mouse.click(bubble["x"] + bubble["width"] / 2, bubble["y"] + bubble["height"] / 2)
        finished(page)
        rows = read_table(page.get_by_test_id("stDataFrame"), RULE)
        assert len(rows) == 5
        assert leads_to in {row["also buys"] for row in rows}
    no_error(page)
