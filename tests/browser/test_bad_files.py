"""Files that cannot be used: one sentence with a remedy, and what was loaded before is still there."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.bad_files import Truth, html_xls, leading_zeros, locked_xlsx, one_product
from tests.browser.helpers import finished, upload
from tests.browser.serve import Server
from tests.browser.steps import load, open_page, page_text, press, shot

BAD = (locked_xlsx, html_xls, one_product)
TRACES = ("Traceback", "Error:", 'File "', "segcore.", ".py")


def refused(page: Page, truth: Truth) -> str:
    """The one sentence on screen about a file that cannot be used."""
    finished(upload(page, truth.path))
    errors = page.get_by_test_id("stAlertContentError")
    expect(errors).to_have_count(1)
    shot(page, f"refused-{truth.path.stem}", whole=True)
    words = page_text(page)
    assert not [trace for trace in TRACES if trace in words.replace(truth.path.name, "")], words
    return errors.inner_text()


def check_sentence(said: str, truth: Truth) -> None:
    """What happened and where, then a remedy: at least two sentences, short, naming the file."""
    assert truth.says in said
    assert truth.path.name in said
    assert 2 <= said.count(".") - truth.path.name.count(".") <= 5, said
    assert len(said) < 400


@pytest.mark.parametrize("make", BAD, ids=lambda make: make.__name__)
def test_first_file_is_refused_in_words(
    server: Server, visit: Callable[..., Page], tmp_path: Path, make: Callable[[Path], Truth]
):
    truth = make(tmp_path)
    page = visit(server)
    check_sentence(refused(page, truth), truth)
    press(page, "Choose another file")
    expect(page.get_by_test_id("stFileUploaderDropzone").first).to_be_visible()
    load(page, leading_zeros(tmp_path).path)


def test_earlier_data_survive_every_bad_file(server: Server, visit: Callable[..., Page], tmp_path: Path):
    good = leading_zeros(tmp_path)
    page = visit(server)
    load(page, good.path)
    before = page_text(page)
    address = page.url
    for make in BAD:
        truth = make(tmp_path)
        page.get_by_test_id("stExpander").filter(has_text="Open another file").locator(
            "summary"
        ).first.click()
        check_sentence(refused(page, truth), truth)
        assert "Your earlier data and choices are still here." in page_text(page)
        press(page, "Back to the earlier data")
        assert good.path.name in page_text(page)
        assert page_text(page).split(" · saved ")[0] == before.split(" · saved ")[0]
        assert page.url == address
    finished(open_page(page, "Product level"))
    assert f"{good.path.name} · {good.customers} customers" in page_text(page)


def test_other_pages_keep_working_while_a_bad_file_waits(
    server: Server, visit: Callable[..., Page], tmp_path: Path
):
    good, bad = leading_zeros(tmp_path), locked_xlsx(tmp_path)
    page = visit(server)
    load(page, good.path)
    page.get_by_test_id("stExpander").filter(has_text="Open another file").locator("summary").first.click()
    refused(page, bad)
    finished(open_page(page, "Rules"))
    assert good.path.name in page_text(page)
    assert page.get_by_test_id("stException").count() == 0
    finished(open_page(page, "Data"))
    expect(page.get_by_test_id("stAlertContentError")).to_have_count(1)
