"""A real Chromium on the real app.

Every page opened here is also checked when the test ends: no unhandled error on screen or in the server's log, no
request to another machine.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.chromium import ARGUMENTS, find_chromium
from tests.browser.helpers import settled, shot
from tests.browser.serve import Server, serve

ELSEWHERE = re.compile(r"^(https?|wss?)://(?!(localhost|127\.0\.0\.1|\[::1\])[:/])")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run; every page gets a profile of its own."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=list(ARGUMENTS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The app, started once for all tests that do not need it cold."""
    with serve(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture
def cold_server(tmp_path: Path) -> Iterator[Server]:
    """The app just started: nobody has asked it for anything yet."""
    with serve(tmp_path / "cold") as running:
        yield running


@pytest.fixture
def visit(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., Page]]:
    """Open the app as one more person: ``visit(server, "/segments", width=1024, height=768, scheme="dark", locale="de-DE")``.

    Each call is a session of its own. ``page.goto("/rules")`` stays on the same server.
    """
    opened: list[tuple[BrowserContext, list[str]]] = []
    logs: dict[Path, int] = {}

    def open_it(
        server: Server,
        path: str = "/",
        *,
        width: int = 1440,
        height: int = 900,
        scheme: str = "light",
        locale: str | None = None,
        wait: bool = True,
    ) -> Page:
        context = browser.new_context(
            base_url=server.url,
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            locale=locale,
            accept_downloads=True,
        )
        outside: list[str] = []
        logs.setdefault(server.log, server.log.stat().st_size)
        opened.append((context, outside))
        context.on("request", lambda asked: ELSEWHERE.match(asked.url) and outside.append(asked.url))
        context.route(ELSEWHERE, lambda route: route.abort())
        page = context.new_page()
        page.goto(path)
        return settled(page) if wait else page

    yield open_it
    complaints = []
    for context, outside in opened:
        complaints += [f"asked another machine for {address}" for address in outside]
        for number, page in enumerate(context.pages):
            shot(page, f"{request.node.name}-{number}")
            complaints += [f"unhandled error on screen: {text}" for text in unhandled(page)]
        context.close()
    complaints += [report for log, before in logs.items() for report in uncaught(log, before)]
    if complaints:
        pytest.fail("\n".join(complaints), pytrace=False)


@pytest.fixture
def page(visit: Callable[..., Page], server: Server) -> Page:
    """The shared app, opened at its first page and still."""
    return visit(server)


def unhandled(page: Page) -> list[str]:
    """What the page shows in place of an error we did not put into words."""
    return page.get_by_test_id("stException").all_inner_texts()


def uncaught(log: Path, before: int) -> list[str]:
    """Tracebacks of page scripts that the server wrote to its log after this many bytes."""
    written = log.read_bytes()[before:].decode(errors="replace")
    return [f"server log: {report.strip()[-3000:]}" for report in written.split("Uncaught app execution")[1:]]
