"""What looked again by itself is forgotten with the page it stood on, also where a page stops early."""

from tests.pages.conftest import OpenPage


def test_a_panel_that_is_gone_is_not_drawn_into_what_stands_there_now(open_page: OpenPage):
    page = open_page("Rules")  # without a study it says where to begin, and stops
    parts = page._fragment_storage  # the session's own, where Streamlit looks up what is to be drawn again
    parts.register("a panel of the run before", lambda: None)
    page.run()
    assert not parts.contains("a panel of the run before")
