"""What was told a job in confidence stays out of what is written about it: logs and sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

HIDDEN = "…"
LEAST = 3  # letters of a piece of an address that is worth hiding by itself
_PASSWORD = re.compile(r"password\s*=\s*'?([^\s&']+)", re.IGNORECASE)
_PIECES = re.compile(r"[\s:/@?&=;,'\"\\]+")


def discreet(text: str, private: Iterable[tuple[str, object]], *, in_pieces: bool = False) -> str:
    """The text without what private arguments hold: each as a whole, and the passwords of addresses.

    With ``in_pieces`` also without any part of an address: drivers quote the one they stumbled on, which may be half a
    password. A host or the name of a database goes with it, which sentences for people still need.
    """
    secrets = [secret for _, value in private for secret in _secrets(value)]
    told = {form for secret in secrets for form in _forms(secret, in_pieces)}
    if not told:
        return text
    longest_first = sorted(told, key=len, reverse=True)
    return re.sub("|".join(map(re.escape, longest_first)), HIDDEN, text)


def _secrets(value: Any, shown: bool = False) -> Iterator[str]:
    """Every text in a value; a record says itself what may be shown, by what its ``repr`` leaves out."""
    if isinstance(value, str) and not shown:
        yield value
    elif is_dataclass(value):
        for field in fields(value):
            yield from _secrets(getattr(value, field.name), shown=field.repr)
    elif isinstance(value, Mapping):
        yield from _secrets(tuple(value.values()), shown)
    elif isinstance(value, tuple | list | set | frozenset):
        for inner in value:
            yield from _secrets(inner, shown)


def _forms(secret: str, in_pieces: bool) -> Iterator[str]:
    """How a secret may be quoted: as it is, its password, its pieces; each also decoded, and as Python writes it."""
    found = [secret, *_PASSWORD.findall(secret)]
    with suppress(ValueError):  # no address, or one that cannot be read
        found.append(urlsplit(secret).password or "")
    if in_pieces:
        address = secret.partition("://")[2] or secret
        found += [piece for piece in _PIECES.split(address) if len(piece) >= LEAST]
    for form in found:
        yield from filter(None, (form, unquote(form), repr(form)[1:-1], repr(unquote(form))[1:-1]))
