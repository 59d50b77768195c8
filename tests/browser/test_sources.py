"""A table of a real PostgreSQL and a folder of the server, read by a person who never sees an address or a password."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from playwright.sync_api import Page, expect

from segcore import studies
from tests.browser.helpers import finished, open_page, page_text, settled, shot
from tests.browser.serve import Server, serve
from tests.browser.steps import answer, no_error, press
from tests.postgres import PASSWORD, READER, Cluster

LINES = 6_000


@dataclass(frozen=True)
class Host:
    """A server whose host has configured two connections and a folder."""

    server: Server
    cluster: Cluster
    secrets: Path
    folder: Path


@pytest.fixture(scope="module")
def host(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    place = tmp_path_factory.mktemp("host")
    exports = place / "exports"
    (exports / "sales").mkdir(parents=True)
    table = purchases()
    cluster.load("purchases", table, {"line_id": "int", "bought_at": "date", "amount": "numeric(10,2)"})
    for half in (0, 1):
        part = table.slice(half * LINES // 2, LINES // 2)
        duckdb.from_arrow(part).write_parquet(str(exports / "sales" / f"part-{half}.parquet"))
    secrets = place / "secrets.toml"
    secrets.write_text(
        f'[databases.shop]\nuri = "{cluster.uri()}"\ntables = ["purchases", "gone"]\n'
        f'[databases.old]\nuri = "{cluster.uri(password="open-sesame-1")}"\ntables = ["purchases"]\n'
        f'[folders]\nexports = "{exports}"\n'
    )
    with serve(place / "server", STREAMLIT_SECRETS_FILES=str(secrets)) as server:
        yield Host(server, cluster, secrets, exports)


def purchases() -> pa.Table:
    """Three tastes among 300 customers with leading zeros, 30 products in 6 categories, a year of money."""
    rng = np.random.default_rng(11)
    who = rng.integers(0, 300, LINES)
    what = np.where(
        rng.random(LINES) < 0.8, who % 3 * 10 + rng.integers(0, 10, LINES), rng.integers(0, 30, LINES)
    )
    return pa.table({
        "line_id": [str(i) for i in range(LINES)],
        "customer_id": [f"{i:05d}" for i in who],
        "product": [f"Product {i:02d}" for i in what],
        "category": [f"Category {i // 5}" for i in what],
        "bought_at": [f"2025-{1 + i % 12:02d}-{1 + i % 28:02d}" for i in range(LINES)],
        "amount": [f"{x:.2f}" for x in rng.gamma(2, 9, LINES) - 1],
    })  # fmt: skip


def read_from(page: Page, drawer: str, box: str, option: str | re.Pattern, button: str) -> Page:
    """Open a drawer beside the drop zone, choose one thing in it and read it."""
    page.get_by_text(drawer).first.click()
    settled(page)
    page.get_by_test_id("stMultiSelect").filter(has_text=box).locator("input").first.click()
    page.get_by_role("option", name=option).first.click()
    page.keyboard.press("Escape")
    settled(page)
    return press(page, button, timeout=200)  # the first to read waits for the workers to start


def read_table(page: Page, table: str = "purchases") -> Page:
    read_from(page, "Or read from a database", "Tables or views", table, "Read these tables")
    return arrived(page, "What is in this table?")


def arrived(page: Page, title: str) -> Page:
    """Wait for the page with this title, which comes after several jobs with a moment of calm between them."""
    expect(page.get_by_role("heading", level=1, name=title)).to_be_visible(timeout=200_000)
    return finished(page, 200)


def test_nothing_is_offered_where_nothing_is_configured(page: Page):
    assert "Or paste cells" in page_text(page)
    assert "database" not in page_text(page) and "on this server" not in page_text(page)


def test_a_table_goes_the_way_of_an_upload(host: Host, visit: Callable[..., Page]):
    page = read_table(visit(host.server))
    no_error(page)
    shot(page, "source-table", whole=True)
    assert re.search(rf"{LINES:,} purchase lines of 300 customers and 30 products", answer(page))
    words = page_text(page)
    assert "Read from the table “purchases” of the database “shop”" in words
    assert "with a negative quantity or amount; kept as returns" in words and "1 column not read" in words
    open_page(page, "Product level")
    arrived(page, "At which level do tastes show?")
    no_error(page)
    assert "category" in page_text(page)
    untold(host, page_text(page))


def test_read_again_says_what_is_new_and_keeps_what_was_chosen(host: Host, visit: Callable[..., Page]):
    page = read_table(visit(host.server))
    chosen = studies.save(
        saved(page, host.server.workspace).with_(level="category", k=4), host.server.workspace
    )
    lines = int(re.search(r"([\d,]+) purchase lines", answer(page)).group(1).replace(",", ""))
    host.cluster.run(
        "INSERT INTO purchases SELECT 900000 + i, '9' || i, 'Product 01', 'Category 0', '2025-12-30', 3.5 "
        "FROM generate_series(1, 30) i"
    )
    press(page, "Read again", timeout=200)
    no_error(page)
    expect(page.get_by_text("It has 30 more purchase lines and 30 new customers since")).to_be_visible(
        timeout=200_000
    )
    finished(page, 200)
    assert f"{lines + 30:,} purchase lines" in answer(page)
    again = saved(page, host.server.workspace)
    assert (again.level, again.k, again.id) == ("category", 4, chosen.id)
    assert again.log[-1].what == "Read purchases (shop) again."
    press(page, "Read again", timeout=200)
    expect(page.get_by_text("Nothing in it has changed since")).to_be_visible(timeout=200_000)


def test_it_lasts_where_the_connection_is_not_known_any_more(
    host: Host, visit: Callable[..., Page], tmp_path: Path
):
    page = read_table(visit(host.server))
    before, address = answer(page), page.url.removeprefix(host.server.url)
    page.reload()
    assert answer(arrived(page, "What is in this table?")) == before
    with serve(tmp_path / "later", workspace=host.server.workspace) as later:
        fresh = arrived(visit(later, address, wait=False), "What is in this table?")
        assert answer(fresh) == before
        press(fresh, "Read again with these", timeout=200)
        no_error(fresh)
        assert answer(fresh) == before
        press(fresh, "Read again", timeout=200)
        refusal = fresh.get_by_text("is not among those this server may read")
        expect(refusal).to_be_visible(timeout=200_000)
        press(fresh, "Back to the earlier data")
        assert answer(fresh) == before


def saved(page: Page, workspace: Path) -> studies.Study:
    """The study the page looks at, as it lies on disk."""
    return studies.load(re.search(r"study=([\w-]+)", page.url).group(1), workspace)


def untold(host: Host, words: str) -> None:
    """No part of an address or a password on screen, in the log, or in anything that was kept."""
    kept = [path for path in host.server.workspace.rglob("*") if path.is_file()]
    everything = words.encode() + host.server.log.read_bytes() + b"".join(path.read_bytes() for path in kept)
    for secret in ("sesame", PASSWORD, "battery", f":{host.cluster.port}", f"{READER}:"):
        assert secret.encode() not in everything, secret


@pytest.mark.parametrize(
    ("connection", "table", "sentence"),
    [
        ("shop", "gone", "There is no table or view “gone”"),
        ("old", "purchases", "did not accept the user name or password"),
    ],
)
def test_what_goes_wrong_is_one_sentence(
    host: Host, visit: Callable[..., Page], connection: str, table: str, sentence: str
):
    page = visit(host.server, width=1024, height=768, scheme="dark")
    page.get_by_text("Or read from a database").first.click()
    settled(page)
    page.get_by_test_id("stSelectbox").filter(has_text="Database").locator("input").first.click()
    page.get_by_role("option", name=connection, exact=True).click()
    settled(page)
    page.get_by_test_id("stMultiSelect").filter(has_text="Tables or views").locator("input").first.click()
    options = page.get_by_role("option", name=table, exact=True)
    if options.count():  # the only table of a connection is chosen already
        options.click()
    page.keyboard.press("Escape")
    settled(page)
    press(page, "Read these tables")
    shot(page, f"source-problem-{connection}")
    expect(page.get_by_text(sentence)).to_be_visible(timeout=200_000)
    press(page, "Choose another file")
    expect(page.get_by_text("Or read from a database").first).to_be_visible()
    untold(host, page_text(page))


def test_a_folder_of_parquet_files_on_the_server(host: Host, visit: Callable[..., Page]):
    page = visit(host.server)
    read_from(page, "Or read from a folder", "Files, or folders", re.compile("^sales"), "Read these files")
    arrived(page, "What is in this file?")
    no_error(page)
    shot(page, "source-folder", whole=True)
    assert f"{LINES:,} purchase lines of 300 customers" in answer(page)
    assert "Read from “sales” in the folder “exports” on this server" in page_text(page)
    assert str(host.folder) not in page_text(page)
