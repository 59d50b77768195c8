"""The What if page in a real browser: a basket that answers, a range with a way back, a scenario kept over a reload."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.serve import Server
from tests.browser.steps import (
    choose,
    finished,
    load,
    no_error,
    open_page,
    page_text,
    press,
    shot,
    upload,
    view,
)


def pick(page: Page, box: Locator, option: str) -> None:
    """Search an option in a list and take it."""
    box.locator("input").first.click()
    page.keyboard.type(option)
    page.get_by_role("option").filter(has_text=option).first.click()
    page.keyboard.press("Escape")
    finished(page)


def said(page: Page, words: str) -> None:
    """The answer says this, at once or when its job is done."""
    expect(page.get_by_role("heading", level=5).filter(has_text=words).first).to_be_visible(timeout=60_000)


def test_what_if_on_the_wine_list(server: Server, visit: Callable[..., Page], data_dir: Path, tmp_path: Path):
    page = visit(server)
    load(page, data_dir / "wine" / "WineKMC.xlsx")
    finished(open_page(page, "How many"), 300)
    choose(page, "Work with", "4 segments", 120)
    finished(open_page(page, "What if"))
    pick(page, page.locator('[class*="st-key-basket-0-customer"]'), "Garcia")
    said(page, "This is a basket of")
    expect(page.get_by_text("Exactly what Garcia bought.")).to_be_visible()
    page.locator('[class*="st-key-basket-0-add-0"] button').click()
    expect(page.get_by_text("What Garcia bought, with 1 added and 0 taken out.")).to_be_visible()
    shot(page, "what-if-basket", whole=True)

    view(page, "Another range")
    choose(page, "Drop a whole", "Varietal")
    pick(page, page.locator('[class*="st-key-range-without-Varietal"]'), "Pinot Noir")
    said(page, "dissolves")
    no_error(page)
    shot(page, "what-if-range", whole=True)
    page.get_by_label("Keep what is on the screen as").fill("No Pinot Noir")
    press(page, "Keep")
    press(page, "Undo")
    said(page, "Nothing is changed yet")
    page.reload()
    finished(page)
    view(page, "Another range")
    expect(page.get_by_text("No Pinot Noir").first).to_be_visible()
    press(page, "Redo")
    said(page, "dissolves")

    view(page, "New customers")
    file = tmp_path / "new.csv"
    file.write_text(
        "Customer Last Name,Offer #\nNewman,24\nNewman,26\nNewman,17\nNovak,22\n", encoding="utf-8"
    )
    upload(page, file, zone="Purchases of new customers")
    finished(page)
    said(page, "Of 2 customers in the file")
    no_error(page)
    assert "described worse" in page_text(page)
    shot(page, "what-if-new", whole=True)
