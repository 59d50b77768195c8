"""Pages with nothing to show yet: each says so and shows the way."""

import pytest

from segcore import studies
from tests.pages.conftest import FILES, OpenPage

NEED_DATA = [title for title in FILES if title not in ("Data", "Help")]


@pytest.mark.parametrize("title", NEED_DATA)
def test_page_without_a_study_shows_the_way_to_data(open_page: OpenPage, title: str):
    page = open_page(title)
    assert not page.exception
    assert page.title[0].value.endswith("?")
    assert "no purchase file yet" in page.info[0].value
    assert [button.label for button in page.button] == ["Go to Data"]


@pytest.mark.parametrize("title", FILES)
def test_unknown_study_is_no_error(open_page: OpenPage, title: str):
    page = open_page(title, "A" * 22)
    assert not page.exception
    assert not page.error
    assert len(page.title) == 1


def test_data_page_offers_a_drop_zone_and_two_samples(open_page: OpenPage):
    page = open_page("Data")
    assert not page.exception
    assert [one.label.split(" ")[0] for one in page.get("file_uploader")] == ["Purchases", "A"]
    assert {"A wine merchant", "Real households"} <= {button.label for button in page.button}


@pytest.mark.parametrize("title", FILES)
def test_study_whose_file_was_never_read_is_no_error(open_page: OpenPage, title: str):
    empty = studies.save(studies.new_study(loaded_key="0" * 64, data_digest="0" * 32))
    page = open_page(title, empty.id)
    assert not page.exception
    assert len(page.title) == 1
