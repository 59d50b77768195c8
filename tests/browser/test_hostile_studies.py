"""A stranger's study file at a real server: a sentence, nothing of the machine on the page, and no flood in memory."""

from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from playwright.sync_api import Page, expect

from tests.browser.helpers import finished, page_text
from tests.browser.serve import Server
from tests.security import crafted
from tests.security.crafted import boxed, raw_of, sealed
from tests.security.test_study_archives import bomb

MEGABYTE = 1 << 20


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> crafted.Parts:
    """An honest study file's parts, made in a workspace of its own."""
    with pytest.MonkeyPatch.context() as patch:
        elsewhere = tmp_path_factory.mktemp("elsewhere")
        patch.setenv("SEGCORE_WORKSPACE", str(elsewhere))
        return crafted.honest(elsewhere, crafted.purchases())[1]


def given(page: Page, path: Path) -> None:
    """Hand a study file to the Data page."""
    drawer = page.get_by_text("Open a saved study file")
    zone = page.get_by_test_id("stFileUploaderDropzoneInput").last
    if not page.get_by_text("A study that was downloaded").is_visible():
        drawer.click()
    zone.set_input_files(path)
    page.wait_for_timeout(300)  # until the page has begun to look at it


def test_a_path_in_a_study_shows_nothing_of_the_machine(
    visit: Callable[..., Page], cold_server: Server, parts: crafted.Parts, tmp_path: Path
):
    page, secret = visit(cold_server), tmp_path / "secret.csv"
    secret.write_text("who,what\nsecret-person,secret-thing\n")
    raw = raw_of(parts)
    raw["files"] = [{"stored": str(secret), "name": "autumn.csv", "digest": "0" * 64}]
    for name, content in (
        ("bare.json", sealed({**raw, "data_digest": "", "loaded_key": ""})),
        ("whole.study", boxed({**parts, "study.json": sealed(raw)})),
    ):
        (tmp_path / name).write_bytes(content)
        given(page, tmp_path / name)
        expect(page.get_by_test_id("stAlertContentError")).to_contain_text(
            "not a study, or it is damaged", timeout=30_000
        )
        assert "secret" not in page_text(finished(page))
    assert not list((cold_server.workspace / "studies").glob("*.json"))


def test_a_flood_stays_out_of_the_server(
    visit: Callable[..., Page], cold_server: Server, parts: crafted.Parts, tmp_path: Path
):
    page = visit(cold_server)
    (tmp_path / "honest.study").write_bytes(boxed(parts))
    (tmp_path / "bomb.study").write_bytes(bomb(parts, "purchases.npz", 1_500))
    given(page, tmp_path / "honest.study")
    expect(page.get_by_role("heading", level=1)).to_have_text("What is in this file?", timeout=30_000)
    finished(page)
    other, server = visit(cold_server), psutil.Process(cold_server.pid)
    before = server.memory_info().rss
    given(other, tmp_path / "bomb.study")
    expect(other.get_by_test_id("stAlertContentError")).to_contain_text(
        "more than a study can hold", timeout=30_000
    )
    assert server.memory_info().rss - before < 50 * MEGABYTE
    assert "Autumn" in page_text(other)  # the list of earlier work stands
