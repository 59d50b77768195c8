"""Every view of Help opens: the method, the example worked through by a job, the words."""

from streamlit.testing.v1 import AppTest

from tests.pages.conftest import OpenPage, until_still


def said(page: AppTest) -> str:
    return " ".join(element.value for element in (*page.markdown, *page.caption)).replace("\\", "")


def test_the_method_and_the_words_are_there(open_page: OpenPage):
    page = open_page("Help")
    assert not page.exception and not page.error
    assert [title.value for title in page.subheader][:2] == ["What is done", "What the figures mean"]
    assert "**support**" in said(page) and "**elbow**" in said(page)
    page.text_input(key="glossary-search").set_value("no such word at all")
    assert "No such word here." in said(until_still(page))


def test_the_example_is_worked_through_with_planted_tastes_found(open_page: OpenPage):
    page = open_page("Help")
    press = next(button for button in page.button if button.label == "Work it through")
    page = until_still(press.click().run())
    assert not page.exception and [error.value for error in page.error] == []
    assert "Five tastes were planted" in said(page)
    agreement = float(said(page).split("the agreement is ")[1].split(":")[0])
    assert agreement > 0.5
    (table,) = page.dataframe
    assert table.value.to_numpy().sum() > 500 and table.value.shape[0] == 5
