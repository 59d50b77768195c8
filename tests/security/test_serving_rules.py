"""The rules of the front door and of the lists, over any combination of headers."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from itertools import combinations, product
from pathlib import Path

import pytest
import streamlit as st
from hypothesis import given
from hypothesis import strategies as some
from streamlit import config

from pages.ui.shell import session
from pages.ui.shell.front_door import FOREIGN_NAME, FOREIGN_PAGE, FrontDoor
from pages.ui.shell.local import LIST_STUDIES, is_answered, is_foreign, may_list, name_and_port
from tests.browser.serve import ROOT

ORDINARY = {
    "Host": "localhost:8501",
    "Origin": "http://localhost:8501",
    "Connection": "keep-alive, Upgrade",
    "Upgrade": "websocket",
    "User-Agent": "Mozilla/5.0",
    "Accept-Language": "de-AT,de;q=0.5",
    "Cookie": "_streamlit_xsrf=2|x",
    "Sec-WebSocket-Key": "x",
    "Sec-Fetch-Site": "same-origin",
    "DNT": "1",
}
SIGNS = {
    "Via": "1.1 proxy",
    "X-Real-IP": "127.0.0.1",
    "X-Forwarded-For": "127.0.0.1",
    "X-Forwarded-Host": "localhost:8501",
    "X-Forwarded-Anything": "",
    "x-forwarded-port": "8501",
    "Forwarded": "for=127.0.0.1",
    "CF-Connecting-IP": "127.0.0.1",
    "cf-ray": "1",
    "CF-IPCountry": "AT",
    "True-Client-IP": "127.0.0.1",
    "Fly-Client-IP": "127.0.0.1",
    "CDN-Loop": "cloudflare",
    "X-Amzn-Trace-Id": "1",
    "X-Envoy-Original-Path": "/",
    "Remote-User": "ingrid",
    "Authorization": "Basic eDp5",
}
OTHERWISE = {
    "Host": (
        "",
        "demo.example.com",
        "localhost",
        "localhost:80",
        "localhost:18501",
        "127.0.0.2:8501",
        "localhost.",
    ),
    "Origin": (
        "null",
        "",
        "https://demo.example.com",
        "http://localhost:8502",
        "http://localhost:8501, http://x",
    ),
    "Sec-Fetch-Site": ("cross-site", "same-site", "same-origin, cross-site", "?"),
}


def lists(headers: dict[str, str], **more) -> bool:
    return may_list(headers, **{"bound": "localhost", "port": 8501, "wanted": "yes"} | more)


def test_a_browser_on_this_machine_sees_the_list():
    assert lists(ORDINARY)
    for name in ("localhost:8501", "127.0.0.1:8501", "[::1]:8501", "LOCALHOST:8501"):
        assert lists(ORDINARY | {"Host": name, "Origin": f"http://{name}"}), name
    for bound in ("localhost", "127.0.0.1", "::1"):
        assert lists(ORDINARY, bound=bound, remote="127.0.0.1")
    assert lists({name: value for name, value in ORDINARY.items() if name in ("Host", "Upgrade")})
    assert lists({"Host": "localhost", "Origin": "http://localhost"}, port=80)


def test_no_combination_with_a_sign_in_it_sees_the_list():
    """Every one and every two signs, on top of every ordinary set of headers; 306 combinations."""
    tried = 0
    sets = [dict(pair) for size in (1, 2) for pair in combinations(SIGNS.items(), size)]
    for signs, ordinary in product(sets, (ORDINARY, {"Host": "localhost:8501"})):
        assert not lists(ordinary | signs), signs
        tried += 1
    assert tried == 306


@pytest.mark.parametrize(("header", "value"), [(h, v) for h, values in OTHERWISE.items() for v in values])
def test_a_header_that_says_otherwise_ends_the_list(header: str, value: str):
    assert not lists(ORDINARY | {header: value})
    assert not lists(ORDINARY | {header: value, "Host": "demo.example.com"})


@given(some.text("abcdefghijklmnopqrstuvwxyz-", min_size=1, max_size=20), some.text(max_size=20))
def test_a_header_no_browser_sends_ends_the_list(name: str, value: str):
    known = {header.lower() for header in ORDINARY} | {"accept", "accept-encoding", "cache-control", "pragma"}
    known |= {"keep-alive", "priority", "save-data", "te"}
    if name not in known and not name.startswith("sec-"):
        assert not lists(ORDINARY | {name: value})


@pytest.mark.parametrize("bound", [None, "", "0.0.0.0", "::", "192.168.1.20", "demo", "127.0.0.2"])
def test_a_server_others_can_reach_lists_nothing(bound: str | None):
    assert not lists(ORDINARY, bound=bound)


@pytest.mark.parametrize("remote", ["192.168.1.20", "203.0.113.7", "fe80::1", "x", ""])
def test_a_connection_from_elsewhere_lists_nothing(remote: str):
    assert not lists(ORDINARY, remote=remote)


@pytest.mark.parametrize("said", ["no", "No ", "off", "0", "false", "never", ""])
def test_the_setting_ends_the_list_for_good(said: str, monkeypatch: pytest.MonkeyPatch):
    assert not lists(ORDINARY, wanted=said)
    monkeypatch.setenv(LIST_STUDIES, said)
    assert not may_list(ORDINARY, "localhost", 8501)


def test_the_setting_cannot_force_the_list(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(LIST_STUDIES, "yes")
    assert may_list(ORDINARY, "localhost", 8501)
    assert not may_list(ORDINARY | {"Via": "1.1 proxy"}, "localhost", 8501)
    assert not may_list(ORDINARY, "0.0.0.0", 8501)


def test_without_a_connection_nothing_is_listed():
    """A browser that has just gone leaves no headers behind; what is drawn then may reach another."""
    assert not lists({}) and not session.is_local()


@given(some.text(max_size=40))
def test_any_text_is_a_host_or_none(text: str):
    name, port = name_and_port(text)
    assert port is None or name
    assert not is_answered(text, "localhost") or name.rstrip(".") in ("localhost", "127.0.0.1", "::1")


@pytest.mark.parametrize("bound", ["0.0.0.0", "::", None, "192.168.1.20"])
def test_bound_to_a_network_on_purpose_it_answers_to_addresses_and_no_names(bound: str | None):
    for host in ("192.168.1.20:8501", "[fe80::1]:8501", "10.0.0.1", "localhost:8501"):
        assert is_answered(host, bound), host
    for host in ("evil.example:8501", "192.168.1.20.evil.example", "2130706433", "0x7f.1", "", "a b"):
        assert not is_answered(host, bound), host


def test_names_that_somebody_listed_are_answered_and_no_others():
    named = ["demo.example.com", "*.corp.example"]
    for host in ("demo.example.com", "DEMO.example.com.:8501", "a.corp.example", "b.a.corp.example:80"):
        assert is_answered(host, "localhost", named), host
    for host in ("example.com", "corp.example", "evilcorp.example", "localhost:8501", "192.168.1.20"):
        assert not is_answered(host, "0.0.0.0", named), host
    assert is_answered("anything.example", "localhost", ["*"])
    assert is_answered("demo-host:8501", "demo-host") and is_answered("demo", "localhost", own=("demo",))


def test_only_the_page_itself_and_trusted_sites_may_ask():
    assert not is_foreign(None, "localhost:8501")
    assert not is_foreign("https://demo.example.com", "Demo.example.com")
    assert not is_foreign("https://wiki.example", "localhost:8501", ["https://wiki.example"])
    for origin in ("", "null", "file://", "localhost:8501", "ftp://localhost:8501", "http://localhost:8501/"):
        assert is_foreign(origin, "localhost:8501"), origin


def asked(headers: dict[str, str], kind: str = "http") -> str:
    """What the front door answers: "let in", a sentence, or "websocket.close"."""
    said = []

    async def inside(scope, receive, send):
        said.append("let in")

    async def send(message):
        said.append(message["body"].decode() if "body" in message else message["type"])

    pairs = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    asyncio.run(FrontDoor(inside)({"type": kind, "headers": pairs}, None, send))
    return said[-1]


@pytest.fixture
def settings():
    """Settings of the server that a test may change."""
    names = ("server.address", "server.allowedHosts", "server.corsAllowedOrigins", "server.enableCORS")
    before = {name: st.get_option(name) for name in names}
    yield config.set_option
    for name, value in before.items():
        config.set_option(name, value)


def test_the_door_follows_the_settings_of_the_server(settings):
    lan, foreign = {"Host": "192.168.1.20:8501"}, {"Host": "evil.example"}
    assert asked(lan) == asked(foreign) == FOREIGN_NAME
    assert asked(foreign, "websocket") == "websocket.close"
    settings("server.address", "0.0.0.0")
    assert asked(lan) == asked(lan, "websocket") == "let in" and asked(foreign) == FOREIGN_NAME
    settings("server.allowedHosts", ["evil.example"])
    assert asked(foreign) == "let in" and asked(lan) == FOREIGN_NAME
    page = foreign | {"Origin": "https://wiki.example"}
    assert asked(page) == FOREIGN_PAGE
    settings("server.corsAllowedOrigins", ["https://wiki.example"])
    assert asked(page) == "let in"
    assert asked({"Host": "evil.example", "Origin": "https://other.example"}) == FOREIGN_PAGE
    settings("server.enableCORS", False)
    assert asked({"Host": "evil.example", "Origin": "https://other.example"}) == "let in"


def test_what_is_neither_page_nor_connection_passes_the_door():
    assert asked({}, "lifespan") == "let in"


SHOWN = """
import asyncio
from streamlit import config
from pages.ui.shell.front_door import opened
async def up():
    async with opened(None):
        pass
for headless in (True, False):
    config.set_option("server.headless", headless)
    asyncio.run(up())
"""


def test_a_browser_is_shown_the_app_unless_nobody_sits_there(tmp_path: Path):
    seen, browser = tmp_path / "seen.txt", tmp_path / "browser.py"
    browser.write_text(f"import sys\nprint(sys.argv[1], file=open({str(seen)!r}, 'a'))")
    environment = {**os.environ, "BROWSER": f"{sys.executable} {browser} %s"}
    subprocess.run([sys.executable, "-c", SHOWN], env=environment, cwd=ROOT, check=True)
    assert seen.read_text() == "http://localhost:8501/\n"
