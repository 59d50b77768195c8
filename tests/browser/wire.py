"""A wire between browser and server that can be cut and mended, as a lift or a tunnel does it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Wire:
    """Hands every connection on to a port of this machine while it is whole."""

    def __init__(self, to_port: int) -> None:
        self._to_port, self._whole, self._open = to_port, True, set()
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]
        self.refused = 0
        threading.Thread(target=self._answer, daemon=True).start()

    def cut(self) -> None:
        """End every connection; new ones are refused."""
        self._whole = False
        for end in list(self._open):
            self._close(end)

    def mend(self) -> None:
        """Let connections through again."""
        self._whole = True

    def close(self) -> None:
        """Take the wire away."""
        self.cut()
        self._door.close()

    def _answer(self) -> None:
        with suppress(OSError):  # the door was closed
            while True:
                near, _ = self._door.accept()
                if not self._whole:
                    self.refused += 1
                    near.close()
                    continue
                far = socket.create_connection(("127.0.0.1", self._to_port))
                self._open |= {near, far}
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while chunk := one.recv(65_536):
                other.sendall(chunk)
        self._close(one)
        self._close(other)

    def _close(self, end: socket.socket) -> None:
        self._open.discard(end)
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()


@contextmanager
def wire_to(port: int) -> Iterator[Wire]:
    """A wire to a server on this machine, until the block ends."""
    wire = Wire(port)
    try:
        yield wire
    finally:
        wire.close()
