"""The front door: every request, page, upload, download and live connection, passes it before anything answers."""

from __future__ import annotations

import asyncio
import logging
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import streamlit as st
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.websockets import WebSocketClose

from pages.ui.shell import local

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

FOREIGN_NAME = (
    "This server does not answer under this name. On its own machine it is called localhost; where it serves a "
    "network on purpose its IP address will do; another name has to be in the setting server.allowedHosts."
)
FOREIGN_PAGE = (
    "A page of another site asked this server, which answers its own pages alone. Sites it may trust have to be in "
    "the setting server.corsAllowedOrigins."
)


class FrontDoor:
    """Answers what comes under a foreign name, or from a foreign page, with one sentence and nothing else.

    Streamlit looks at names for the live connection alone, and only where somebody listed them; and to judge a foreign
    page it asks another machine for this one's address.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or say why not."""
        refusal = _refusal(Headers(scope=scope)) if scope["type"] in ("http", "websocket") else ""
        if not refusal:
            await self.app(scope, receive, send)
            return
        logging.getLogger(__name__).warning(refusal)
        answer = PlainTextResponse(refusal, 403) if scope["type"] == "http" else WebSocketClose(1008, refusal)
        await answer(scope, receive, send)


def _refusal(headers: Headers) -> str:
    host = ", ".join(headers.getlist("host"))
    bound, named = st.get_option("server.address"), st.get_option("server.allowedHosts")
    if not local.is_answered(host, bound, named, own=(st.get_option("browser.serverAddress"),)):
        return FOREIGN_NAME
    origin = ", ".join(headers.getlist("origin")) if "origin" in headers else None
    checked = st.get_option("server.enableCORS")
    trusted = st.get_option("server.corsAllowedOrigins")
    return FOREIGN_PAGE if checked and local.is_foreign(origin, host, trusted) else ""


MIDDLEWARE = (Middleware(FrontDoor),)


@asynccontextmanager
async def opened(_app: Any) -> AsyncIterator[None]:
    """Show the app in a browser once it is up, as ``streamlit run`` does for a plain script."""
    if not st.get_option("server.headless"):
        asyncio.get_running_loop().run_in_executor(None, webbrowser.open, _url())
    yield


def _url() -> str:
    scheme = "https" if st.get_option("server.sslCertFile") else "http"
    bound = st.get_option("server.address")
    name = "localhost" if bound in (None, "0.0.0.0", "::") else bound
    if st.get_option("browser.serverAddress") != "localhost":
        name = st.get_option("browser.serverAddress")
    written = f"[{name}]" if ":" in name else name
    base = st.get_option("server.baseUrlPath").strip("/")
    return f"{scheme}://{written}:{st.get_option('browser.serverPort')}/{base}"
