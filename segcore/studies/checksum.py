"""A seal under a study: one checksum over every byte, so that a single flipped bit is noticed and said."""

from __future__ import annotations

import hashlib

MARK = b"\nsha256 "
_DIGITS = 64


def seal(content: bytes) -> bytes:
    """The content with a last line that holds its SHA-256."""
    return content + MARK + hashlib.sha256(content).hexdigest().encode("ascii")


def unseal(content: bytes) -> bytes:
    """The content without its seal.

    Raises
    ------
    ValueError
        A byte of the content or of the seal was changed.
    """
    body, mark, digest = (
        content[: -_DIGITS - len(MARK)],
        content[-_DIGITS - len(MARK) : -_DIGITS],
        content[-_DIGITS:],
    )
    if mark != MARK or hashlib.sha256(body).hexdigest().encode("ascii") != digest:
        raise ValueError("the seal does not fit")
    return body


def opened(content: bytes) -> bytes:
    """The content of a sealed file, or of one that was written before there were seals.

    Raises
    ------
    ValueError
        It carries a seal that does not fit.
    """
    # The first version wrote bare JSON, which ends with its bracket and never holds a bare line break before one.
    return content if content.rstrip().endswith(b"}") else unseal(content)
