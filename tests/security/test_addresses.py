"""Whatever stands in an address: an ordinary page or a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some
from streamlit.testing.v1 import AppTest

from pages.ui.shell import navigation
from segcore import studies
from segcore.errors import StoreError
from segcore.jobs import runner
from segcore.purchases import make_purchases
from segcore.storage.store import default_store
from segcore.studies import address, links
from tests.pages.conftest import two_tastes, until_still

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = {
    "nothing": "",
    "a space": " ",
    "5,000 digits": "9" * 5_000,
    "minus": "-1",
    "many minuses": "-" * 300,
    "plus": "+3",
    "hexadecimal": "0x10",
    "underscore": "1_000",
    "beyond floats": "1e309",
    "not a number": "nan",
    "infinity": "inf",
    "Arabic digit": "٣",
    "wide digit": "３",
    "superscript": "²",
    "circled": "①",
    "NUL": "\x00",
    "ends in NUL": "3\x00",
    "right to left": "\u202e3",
    "byte order mark": "\ufeff3",
    "lines": "3\r\nX-Other: 1",
    "upwards": "../../etc/passwd",
    "upwards on Windows": "..\\..\\x",
    "a tag": "<script>alert(1)</script>",
    "a picture": "![](http://evil.example/x.png)",
    "an object": "{}",
    "a list": "[]",
    "None": "None",
    "20,000 letters": "A" * 20_000,
    "beyond the plane": "\U0001f600" * 500,
    "replaced": "\ufffd\ufffd",
    "no characters": "\ufffe\uffff",
}
# No browser can send these: an address arrives as UTF-8. What reads addresses holds all the same.
SURROGATES = {"surrogate": "\ud800", "surrogate and digit": "\udfff3", "escaped byte": "a\udc80b"}
NAMES = (*address.PARAMETERS, "segment", "view", "present")
BOUGHT = make_purchases(["a", "b", "b"], ["tea", "tea", "wine"])


def under(app: AppTest, url: str, query: dict[str, str]) -> str:
    """What the page says under an address; it must not have stopped."""
    app.context["url"] = f"http://localhost:8501/{url}"
    app.query_params.clear()
    app.query_params.update(query)
    app.run()
    said = " ".join(str(one.value) for kind in ("title", "error", "warning", "info") for one in app.get(kind))
    assert not app.exception and app.title, said
    assert "nobody foresaw" not in said
    return said


@pytest.fixture(scope="module", autouse=True)
def one_workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One workspace for all of this: the job runner belongs to the first one it meets."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEGCORE_WORKSPACE", str(tmp_path_factory.mktemp("workspace")))
        yield
        runner().shutdown()


def opened() -> AppTest:
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)


def test_nobodys_study_and_any_step_of_the_wall_are_ordinary_pages():
    app = opened().run().switch_page(f"pages/{navigation.SHARE.file}")
    for what, value in HOSTILE.items():
        assert "What can we send?" in under(app, "share", {"present": value}), what
        said = under(app, "share", {"study": value} | dict.fromkeys(NAMES, value))
        assert "What can we send?" in said, what


def test_a_study_opens_under_any_address(tmp_path: Path):
    path = two_tastes(tmp_path / "tastes.csv")
    kept = default_store().keep_upload(path.name, path.read_bytes())
    file = studies.StudyFile(kept.stored_name, kept.name, kept.digest)
    saved = studies.save(studies.new_study(pending=(file,)))
    app = opened()
    app.query_params["study"] = saved.id
    until_still(app)
    before = studies.load(saved.id)
    assert before.loaded_key
    values = list(HOSTILE.values())
    for one, other in zip(values[::2], [*values[1::2], "9"], strict=True):
        query = dict.fromkeys(NAMES[::2], one) | dict.fromkeys(NAMES[1::2], other)
        assert "What is in this file?" in under(opened(), "", {"study": saved.id} | query), (one, other)
    assert studies.load(saved.id) == before


@pytest.mark.parametrize("name", address.PARAMETERS)
@pytest.mark.parametrize("value", [*HOSTILE.values(), *SURROGATES.values()], ids=[*HOSTILE, *SURROGATES])
def test_each_parameter_is_read_or_passed_over(name: str, value: str):
    study = studies.new_study(level="Product")
    found = address.read({name: [value, value]}, study, BOUGHT)
    assert set(found) <= {"filters"} and found.get("filters", study.filters) == study.filters


@given(some.text(some.characters(exclude_categories=()), max_size=60))
def test_any_text_may_be_asked_for(text: str):
    number = address.whole(text, 0, 999)
    assert number is None or (text.isascii() and int(text) == number <= 999)
    if len(text) not in (22, 23):
        assert not studies.exists(text) and not links.is_link(text)
        for opened in (studies.load, links.look):
            with pytest.raises(StoreError):
                opened(text)
