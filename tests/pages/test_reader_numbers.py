"""Every page as a German browser is shown it: one style of numbers, wherever a sentence was made."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from segcore import studies
from segcore.samples import wine_merchant_file
from segcore.storage.store import default_store
from tests.pages.conftest import FILES, PATIENCE, ROOT, until_still

ENGLISH = re.compile(r"\d,\d{3}\b|(?<![\d.,])\d+\.\d{1,2}(?!\d|\.)")
GERMAN = re.compile(r"\d\.\d{3}\b|\d,\d\b")
# What is no number of ours: quoted data, and a line of the file as an example.
DATA = re.compile(r"“[^”]*”|Example: .*")


@pytest.fixture(scope="module")
def merchant(shared_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A study with the wine merchant's file, five segments chosen."""
    path = tmp_path_factory.mktemp("file") / "wine merchant.csv"
    wine_merchant_file(path)
    with path.open("rb") as content:
        kept = default_store().keep_upload(path.name, content)
    file = studies.StudyFile(kept.stored_name, kept.name, kept.digest)
    saved = studies.save(studies.new_study(pending=(file,)))
    opened(saved.id, "Data", "en-US")
    studies.update(saved.id, lambda now: now.with_(k=5))
    opened(saved.id, "Segments", "en-US")
    return saved.id


def opened(study: str, title: str, language: str, **state: str) -> AppTest:
    """A page as this reader sees it, once no job works for it; ``state`` is what a tab or a view stands at."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    app.context = {"locale": language}
    app.query_params["study"] = study
    app = until_still(app).switch_page(f"pages/{FILES[title]}")
    for key, value in state.items():
        app.session_state[key] = value
    app = until_still(app)
    assert not app.exception
    return app


def said(app: AppTest) -> list[str]:
    """Every sentence, figure and label on the page, those inside charts too."""
    shown = [
        getattr(element.proto, field)
        for kind in ("title", "heading", "markdown", "caption", "metric", "alert", "button", "expander", "checkbox",
                     "selectbox", "selectSlider", "toggle")
        for element in app.get(kind)
        for field in ("body", "label", "delta", "help")
        if isinstance(getattr(element.proto, field, None), str)
    ]  # fmt: skip
    shown += [text for chart in app.get("plotly_chart") for text in _strings(json.loads(chart.proto.spec))]
    return [DATA.sub("", text.replace("\\", "")) for text in shown]


def _strings(value: object) -> Iterator[str]:
    """The words in a figure, without its colours and formats."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in {"text", "ticktext", "hovertext", "hovertemplate", "customdata", "alt", "title"}:
                yield from _strings(inner)
            elif isinstance(inner, dict | list):
                yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
    elif isinstance(value, str) and not value.startswith(("#", "rgba")):
        yield value


@pytest.mark.parametrize("title", FILES)
def test_a_german_reader_sees_german_numbers_alone(merchant: str, title: str):
    texts = said(opened(merchant, title, "de-DE"))
    assert [text for text in texts if ENGLISH.search(text)] == []


@pytest.mark.parametrize("tab", ["Does it work?", "Bundles", "Who gets it", "Test & learn"])
def test_so_do_the_tabs_of_offers(merchant: str, tab: str):
    texts = said(opened(merchant, "Offers", "de-DE", **{"offers-tab": tab}))
    assert [text for text in texts if ENGLISH.search(text)] == []


def test_the_story_on_the_wall_is_restyled(merchant: str):
    """A job tells it once for everybody."""
    app = opened(merchant, "Share", "de-DE")
    app.context["url"] = "http://localhost/share"  # where the wall looks whether it is asked for
    texts = []
    for label in ("Present it on the wall", "Next", "Next", "Next"):
        [button] = [button for button in app.button if button.label == label]
        button.click()
        app = until_still(app)
        assert not app.exception
        texts += said(app)
    assert any(re.search(r"\d\.\d{3}\b", text) for text in texts)
    assert [text for text in texts if ENGLISH.search(text)] == []


def test_what_one_reader_is_shown_is_not_kept_for_another(merchant: str):
    for title in ("Data", "Segments", "Rules"):
        german = said(opened(merchant, title, "de-DE"))
        english = said(opened(merchant, title, "en-US"))
        assert any(GERMAN.search(text) for text in german), title
        assert any(ENGLISH.search(text) for text in english), title
        assert not any(re.search(r"\d\.\d{3}\b", text) for text in english), title
