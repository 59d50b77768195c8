"""Headers, levels and products that try to be obeyed stand on the pages as text: no label or help fetches anything."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from segcore import studies
from segcore.storage.store import default_store
from tests.hostile_names import EVIL, HEADERS, NAMES
from tests.pages.conftest import PATIENCE, ROOT, OpenPage, until_still

READ_AS_MARKDOWN = ("label", "help", "body", "text")


@pytest.fixture(scope="module")
def hostile(shared_workspace: Path) -> studies.Study:
    """Two plain tastes with two segments, every name of the file hostile, the file's and the study's own too."""
    rows = [",".join(HEADERS)]
    for customer in range(40):
        taste = int(customer >= 24)
        rows += [
            f"c{customer:02d} {NAMES[0]},{NAMES[0]} {taste}{at},{NAMES[1]} {taste}"
            for at in range(4)
            if (customer + at) % 4
        ]
    content = "\n".join(rows).encode()
    place = shared_workspace / "dropped"
    place.write_bytes(content)
    with place.open("rb") as stream:
        kept = default_store().keep_upload("names.csv", stream)
    file = studies.StudyFile(kept.stored_name, f"{NAMES[0]}.csv", kept.digest)
    saved = studies.save(studies.new_study(pending=(file,), name=NAMES[0]))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    app.query_params["study"] = saved.id
    assert not until_still(app).exception
    read = studies.load(saved.id)
    return studies.save(replace(read, k=2, level=HEADERS[1]))


def drawn(page: AppTest) -> Iterator[str]:
    """Everything the page has Streamlit read as Markdown."""
    todo = [page.main]
    while todo:
        node = todo.pop()
        todo += getattr(node, "children", {}).values()
        said = getattr(node, "proto", None)
        inside = [
            said,
            *(getattr(said, kind) for kind in ("expandable", "popover", "tab") if hasattr(said, kind)),
        ]
        yield from (str(getattr(one, name, "")) for one in inside for name in READ_AS_MARKDOWN)
        if node.type in ("radio", "button_group"):
            yield from map(str, said.options)


@pytest.mark.parametrize(
    ("title", "room"),
    [("Data", ""), ("Segments", ""), ("What if", "Another range"), ("Share", "")],
)
def test_nothing_on_a_page_is_obeyed(open_page: OpenPage, hostile: studies.Study, title: str, room: str):
    page = open_page(title, hostile.id)
    if room:
        page.session_state["whatif-room"] = room
        until_still(page)
    assert not page.exception
    texts = list(drawn(page))
    assert any("evil" in text for text in texts)
    assert [text for text in texts if EVIL in text] == []
