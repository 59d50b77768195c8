"""A real server with the settings that ship: whom it answers, to whom it lists studies, whom it asks itself."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pages.ui.shell.front_door import FOREIGN_NAME, FOREIGN_PAGE
from segcore import studies
from tests.browser.serve import ROOT, Server, serve
from tests.security.asking import over_http, page_over_socket

SECRET = "Launch nobody knows of"
# Everything the server looks up or connects to beyond this machine, one line each.
_WATCH = """
import os, sys
def watch(event, args):
    where = args[1][0] if event == "socket.connect" and isinstance(args[1], tuple) else None
    where = args[0] if event == "socket.getaddrinfo" else where
    if where and not str(where).startswith(("localhost", "127.", "::1")):
        with open(os.environ["WATCHED"], "a", encoding="utf-8") as out:
            print(event, where, file=out)
sys.addaudithook(watch)
"""


@dataclass(frozen=True)
class Watched:
    """A server, and the file that tells whom it asked."""

    server: Server
    asked: Path

    @property
    def port(self) -> int:
        return self.server.port


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    folder = tmp_path_factory.mktemp("served")
    hooks, asked, workspace = folder / "hooks", folder / "asked.txt", folder / "workspace"
    hooks.mkdir()
    asked.touch()
    (hooks / "sitecustomize.py").write_text(_WATCH, encoding="utf-8")
    file = studies.StudyFile("a" * 64 + ".csv", "purchases.csv", "a" * 64)
    studies.save(studies.new_study(name=SECRET, files=(file,)), workspace)
    with serve(folder, workspace=workspace, PYTHONPATH=str(hooks), WATCHED=str(asked)) as server:
        yield Watched(server, asked)


LIVE = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec_WebSocket_Version": "13"}
LIVE["Sec_WebSocket_Key"] = "dGhlIHNhbXBsZSBub25jZQ=="
FOREIGN = ("evil.example", "evil.example:{port}", "localhost.evil.example", "localhost:x", "192.0.2.7:{port}")
FOREIGN += ("0.0.0.0:{port}", "[::2]:{port}", "user@localhost:{port}", "localhost/evil.example", "2130706433")


@pytest.mark.parametrize("host", FOREIGN)
def test_a_foreign_name_gets_one_sentence_and_nothing_else(watched: Watched, host: str):
    host = host.format(port=watched.port)
    for method, path in (
        ("GET", "/"),
        ("GET", "/share?study=x"),
        ("GET", "/_stcore/health"),
        ("GET", "/_stcore/host-config"),
        ("GET", "/media/x.png"),
        ("PUT", "/_stcore/upload_file/session/file"),
        ("GET", "/_stcore/bidi-components/x"),
    ):
        answer, text = over_http(watched.port, path, host, method)
        assert (answer.status, text, answer.getheader("Set-Cookie")) == (403, FOREIGN_NAME, None), path
    answer, _ = over_http(watched.port, "/_stcore/stream", host, **LIVE)
    assert answer.status == 403


@pytest.mark.parametrize("host", ["localhost:{port}", "LOCALHOST:{port}", "127.0.0.1:{port}", "[::1]:{port}"])
def test_its_own_names_are_answered(watched: Watched, host: str):
    host = host.format(port=watched.port)
    assert over_http(watched.port, "/_stcore/health", host)[1] == "ok"
    assert over_http(watched.port, "/_stcore/stream", host, **LIVE)[0].status == 101
    assert SECRET in page_over_socket(watched.port, host, Origin=f"http://{host}")


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "http://localhost:1", "https://localhost:{port}.evil.example", "null"]
)
def test_a_page_of_another_site_is_refused_and_nobody_is_asked_about_it(watched: Watched, origin: str):
    origin = origin.format(port=watched.port)
    assert page_over_socket(watched.port, Origin=origin) == 403
    assert watched.asked.read_text(encoding="utf-8") == "", "another machine was asked"
    answer, text = over_http(watched.port, Origin=origin)
    assert (answer.status, text) == (403, FOREIGN_PAGE)


SIGNS = {
    "Via": "1.1 proxy",
    "X-Real-IP": "203.0.113.7",
    "X-Forwarded-For": "127.0.0.1",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Server": "demo",
    "Forwarded": "for=203.0.113.7",
    "CF-Connecting-IP": "203.0.113.7",
    "CF-Ray": "7",
    "True-Client-IP": "203.0.113.7",
    "X-Request-Id": "7",
    "Authorization": "Basic eDp5",
    "Sec-Fetch-Site": "cross-site",
    "sec-fetch-site": "same-site",
}


def test_studies_are_listed_to_a_browser_on_this_machine(watched: Watched):
    assert SECRET in page_over_socket(watched.port)
    ordinary = {"Origin": f"http://localhost:{watched.port}", "Sec-Fetch-Site": "same-origin"}
    assert SECRET in page_over_socket(
        watched.port, **ordinary, User_Agent="Mozilla/5.0", Accept_Language="de"
    )


@pytest.mark.parametrize(("header", "value"), SIGNS.items())
def test_a_sign_of_a_proxy_ends_the_list(watched: Watched, header: str, value: str):
    said = page_over_socket(watched.port, **{header: value})
    assert isinstance(said, str) and "Drop your purchases" in said and SECRET not in said


@pytest.mark.parametrize("host", ["localhost", "localhost:1", "127.0.0.1"])
def test_a_port_of_somebody_elses_ends_the_list(watched: Watched, host: str):
    said = page_over_socket(watched.port, host)
    assert isinstance(said, str) and "Drop your purchases" in said and SECRET not in said


RAW = (
    "9" * 5_000,
    "%D9%A3",
    "%ED%A0%80",
    "%00",
    "%",
    "%FF%FE",
    "%E2%80%AE",
    "%0D%0A",
    "-1",
    "1e9",
    "[]",
    "a=b",
)


@pytest.mark.parametrize("raw", RAW)
def test_whatever_stands_in_an_address_the_page_comes(watched: Watched, raw: str):
    query = "&".join(
        f"{name}={raw}" for name in ("present", "study", "level", "k", "without", "segment", "view")
    )
    for asked in (query, f"present={raw}", f"study={raw}"):
        said = page_over_socket(watched.port, page="share", query=asked)
        assert "What can we send?" in said and "nobody foresaw" not in said
        assert "FINISHED_WITH" not in said and "exception {" not in said


def test_the_settings_that_ship_serve_this_machine_and_tell_nobody():
    shipped = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert shipped["server"]["address"] == "localhost"
    assert shipped["browser"]["gatherUsageStats"] is False
    assert shipped["client"]["showErrorDetails"] == "none"
    weaker = {
        "enableCORS",
        "enableXsrfProtection",
        "enableStaticServing",
        "enableAgentApi",
        "trustedUserHeaders",
    }
    assert weaker & set(shipped["server"]) == set()


def test_the_pages_of_the_server_name_no_other_machine(watched: Watched):
    """What the page is told to load; that a browser then loads nothing else, the browser tests watch."""
    said = page_over_socket(watched.port)
    assert "gather_usage_stats: true" not in said and "Drop your purchases" in said
    assert re.findall(r"(?:https?|wss?)://(?!localhost)[^\s\"\\]+", said) == []
    assert watched.asked.read_text(encoding="utf-8") == ""
