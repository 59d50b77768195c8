"""Earlier work on the Data page, one study on the Share page: found, renamed, copied, deleted, taken back, gone for good."""

import secrets
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from segcore import studies
from segcore.purchases.kept import purchases_key
from segcore.storage.store import default_store
from segcore.studies import links, shelf
from tests.files import three_tastes
from tests.pages.conftest import OpenPage, until_still


@pytest.fixture
def own(shared_workspace: Path, open_page: OpenPage, tmp_path: Path) -> studies.Study:
    """A study with a file nobody else has, read."""
    path = three_tastes(tmp_path / "autumn.csv", 40 + secrets.randbelow(10_000) % 50)
    with path.open("rb") as content:
        kept = default_store().keep_upload(
            path.name, content.read() + secrets.token_hex(4).encode() + b",Bun,Bread,1\n"
        )
    saved = studies.save(
        studies.new_study(pending=(studies.StudyFile(kept.stored_name, kept.name, kept.digest),))
    )
    open_page("Data", saved.id)
    return studies.update(saved.id, lambda now: now.with_(name="Autumn"))


def acted(app: AppTest, _act: object) -> AppTest:
    """The page after an act."""
    return until_still(app)


def keys(app: AppTest) -> set[str]:
    return {button.key for button in app.button}


def said(app: AppTest) -> str:
    return " ".join(one.value for one in (*app.markdown, *app.caption, *app.info)).replace("\\", "")


def test_ten_studies_are_searched_by_name_and_file(own: studies.Study, open_page: OpenPage):
    for n in range(10):
        studies.save(
            replace(own, id=secrets.token_urlsafe(16), name=f"Tasting {n} " + "of the northern branches " * 3)
        )
    app = open_page("Data")
    acted(app, app.text_input(key="study-search").set_value("tasting 7"))
    assert "Tasting 7" in said(app) and "Tasting 3" not in said(app)
    acted(app, app.text_input(key="study-search").set_value("nothing like this"))
    assert "No study has this in its name or files." in said(app)


def test_deleted_after_a_refresh_it_can_still_be_taken_back(own: studies.Study, open_page: OpenPage):
    app = open_page("Data")
    acted(app, app.button(key=f"away-{own.id}").click())
    assert "“Autumn” is deleted." in said(app) and not studies.exists(own.id)
    later = open_page("Data")
    assert f"back-{own.id}" in keys(later) and "study-undo" not in keys(later)
    acted(later, later.button(key=f"back-{own.id}").click())
    assert studies.load(own.id) == own and f"open-{own.id}" in keys(later)


def test_for_good_takes_its_file_its_data_and_its_links(own: studies.Study, open_page: OpenPage):
    store, link = default_store(), links.make(own, frozen=True)
    upload = store.upload_path(own.files[0].stored)
    assert store.has(purchases_key(own.data_digest)) and store.has(own.loaded_key)
    app = open_page("Data")
    acted(app, app.button(key=f"away-{own.id}").click())
    acted(app, app.button(key="study-for-good").click())
    assert not upload.exists() and not links.leads_to(link, own.id)
    assert not store.has(purchases_key(own.data_digest)) and not store.has(own.loaded_key)
    assert own.id not in {study.id for study in (*shelf.listed(), *shelf.put_away_ones())}


def test_a_study_is_renamed_and_copied_on_the_share_page(own: studies.Study, open_page: OpenPage):
    app = open_page("Share", own.id)
    acted(app, app.text_input(key=f"study-name-{own.id}").set_value("Winter"))
    assert studies.load(own.id).name == "Winter"
    acted(app, next(button for button in app.button if button.label == "Make a copy").click())
    copied = app.query_params["study"]
    copied = copied if isinstance(copied, str) else copied[0]
    assert copied != own.id and studies.load(copied).name == "Winter (copy)"
    assert studies.load(own.id).name == "Winter"
