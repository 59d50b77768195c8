"""Asking a running server over bare HTTP and over its live connection, under any name and with any headers."""

from __future__ import annotations

import socket
from http.client import HTTPConnection, HTTPResponse

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

PATIENCE = 60


def over_http(
    port: int, path: str = "/", host: str | None = None, method: str = "GET", **headers: str
) -> tuple[HTTPResponse, str]:
    """The answer to a request and its text; ``Sec_Fetch_Site`` becomes ``Sec-Fetch-Site``."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
    for name, value in {"Host": host or f"localhost:{port}", **headers}.items():
        connection.putheader(name.replace("_", "-"), value)
    connection.putheader("Content-Length", "0")
    connection.endheaders()
    answer = connection.getresponse()
    text = "" if answer.status == 101 else answer.read().decode("utf-8", "replace")
    connection.close()
    return answer, text


def page_over_socket(
    port: int, host: str | None = None, page: str = "", query: str = "", **headers: str
) -> str | int:
    """All a page says over the live connection; the status where the connection is refused.

    ``page`` is its path, "" the first one; ``query`` goes to the server as it is written.
    """
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    to_server = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    try:
        with connect(
            f"ws://{host or f'localhost:{port}'}/_stcore/stream",
            sock=to_server,
            origin=named.pop("Origin", None),
            additional_headers=named,
            user_agent_header=None,
            subprotocols=["streamlit"],
            max_size=None,
        ) as live:
            ask = BackMsg()
            ask.rerun_script.query_string, ask.rerun_script.page_name = query, page
            ask.rerun_script.context_info.url = f"http://localhost:{port}/{page}"
            live.send(ask.SerializeToString())
            return _until_finished(live)
    except InvalidStatus as refused:
        return refused.response.status_code


def _until_finished(live) -> str:
    said = []
    while True:
        message = ForwardMsg.FromString(live.recv(timeout=PATIENCE))
        said.append(str(message))
        if message.WhichOneof("type") == "script_finished":
            return "\n".join(said)
