"""A German browser: sentences, charts and tables all write 1.234,5, and nothing writes 1,234.5."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.serve import Server
from tests.browser.steps import (
    all_words,
    answer,
    finished,
    no_error,
    open_page,
    press,
    read_table,
    shot,
    view,
)

ENGLISH = re.compile(r"(?<![\d.,])\d{1,3}(,\d{3})+\b")
GERMAN = re.compile(r"(?<![\d.,])\d{1,3}(\.\d{3})+\b")
DATA = re.compile(r"“[^”]*”")  # names as the file has them


def written(page: Page) -> str:
    """What is on the page besides data, closed drawers and charts too."""
    no_error(page)
    return DATA.sub("", all_words(page))


def test_numbers_are_the_readers(server: Server, visit: Callable[..., Page]):
    page = press(visit(server, locale="de-DE"), "A wine merchant")
    expect(page.get_by_role("heading", level=1, name="What is in this file?")).to_be_visible()
    assert GERMAN.search(answer(page)), answer(page)
    assert ENGLISH.findall(written(page)) == []
    shot(page, "german-data", whole=True)

    finished(open_page(page, "How many"), timeout=300)
    finished(open_page(page, "Segments"), timeout=300)
    words = written(page)
    assert GERMAN.search(words)
    assert ENGLISH.findall(words) == []

    finished(open_page(page, "Rules"), timeout=300)
    view(page, "Points")
    words = written(page)
    assert re.search(r"Lift \d+,\d \(between \d+,\d and \d+,\d\)", words)
    assert ENGLISH.findall(words) == []
    shot(page, "german-rules", whole=True)


def test_tables_and_sentences_agree(server: Server, visit: Callable[..., Page]):
    page = press(visit(server, locale="de-DE"), "A wine merchant")
    finished(open_page(page, "Rules"), timeout=300)
    frame = page.get_by_test_id("stDataFrame").first
    # A table paints its numbers; what can be read beside the picture are texts as shown and numbers without signs.
    row = read_table(frame, ("lift between",))[0]
    assert re.fullmatch(r"\d+,\d – \d+,\d", row["lift between"])
    shot(page, "german-table")


def test_an_english_reader_beside_a_german_one_keeps_the_comma(server: Server, visit: Callable[..., Page]):
    said = {}
    for locale in ("de-DE", "en-GB"):
        page = press(visit(server, locale=locale), "A wine merchant")
        said[locale] = answer(page)
    assert GERMAN.search(said["de-DE"]) and not ENGLISH.search(said["de-DE"])
    assert ENGLISH.search(said["en-GB"]) and not GERMAN.search(said["en-GB"])
