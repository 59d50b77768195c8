"""What a disk refuses is a sentence on the page too, also where a widget's callback ran into it."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from segcore import studies
from segcore.studies import StudyFile, shelf

ROOT = Path(__file__).resolve().parents[2]
FILE = StudyFile("a" * 64 + ".csv", "autumn.csv", "a" * 64)


@pytest.fixture(autouse=True)
def own_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages that run without a connection take the test for a browser on the server's own machine."""
    client = SimpleNamespace(headers=[("Host", "localhost:8501")], cookies={}, remote_ip="127.0.0.1")
    monkeypatch.setattr("streamlit.runtime.context._get_client_context", lambda: client)


def data_page() -> AppTest:
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)


def read_only(patch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    patch.setattr(os, "replace", refuse)


def test_a_study_that_cannot_be_deleted_says_why_and_stays(workspace):
    study = studies.save(studies.new_study(name="Autumn", files=(FILE,)))
    app = data_page().run()
    with pytest.MonkeyPatch.context() as patch:
        read_only(patch)
        app.button(key=f"away-{study.id}").click().run()
    assert not app.exception
    (said,) = app.toast
    assert "The study could not be deleted (Read-only file system)." in said.value.replace("\\", "")
    assert shelf.listed() == (study,) and "is deleted" not in " ".join(one.value for one in app.info)


def one_choice() -> None:
    """A page with a single widget that saves at once."""
    import streamlit as st

    from pages.ui.shell import session

    session.restore()
    st.button("Choose", key="choose", on_click=session.change, kwargs={"k": 5})


def test_a_choice_that_cannot_be_saved_says_why_and_is_not_taken(workspace):
    study = studies.save(studies.new_study(name="Autumn", files=(FILE,), k=3))
    app = AppTest.from_function(one_choice)
    app.query_params["study"] = study.id
    app.run()
    with pytest.MonkeyPatch.context() as patch:
        read_only(patch)
        app.button(key="choose").click().run()
    assert not app.exception
    assert "Your choices could not be saved (Read-only file system)." in app.toast[0].value.replace("\\", "")
    assert studies.load(study.id) == study
    app.button(key="choose").click().run()
    assert not app.toast and studies.load(study.id).k == 5


def test_a_workspace_that_cannot_be_is_a_sentence_on_the_first_page(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("SEGCORE_WORKSPACE", str(tmp_path / "file"))
    app = data_page().run()
    next(one for one in app.button if one.label == "A wine merchant").click().run()
    assert not app.exception
    assert any("cannot be made" in one.value and "SEGCORE" in one.value for one in app.error)


def care() -> None:
    from pages.ui.data import workspace as workspace_views

    workspace_views.care()


def test_a_workspace_full_of_files_and_studies_says_so_and_what_helps(workspace, monkeypatch):
    from segcore.storage.store import default_store

    default_store().keep_upload("autumn.csv", b"0" * 50_000)
    app = AppTest.from_function(care).run()
    assert not app.warning
    monkeypatch.setenv("SEGCORE_WORKSPACE_GB", str(50_000 / 2**30))
    (said,) = app.run().warning
    assert "49 KB" in said.value and "deleted for good" in said.value and "SEGCORE_WORKSPACE_GB" in said.value
