"""Who asks this server, under which name and by which way: pure functions over what a request says of itself.

Two questions. Whether a request is answered at all: a page elsewhere can lead its own name to this machine (DNS
rebinding), so only names that are known are answered. And whether it is one person's own browser on this machine that
asks: only then are studies, places on disk and earlier uploads listed. No header proves that, but each one that no
browser sends tells of a proxy, so the list stays away at the first doubt.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping
from ipaddress import ip_address

OWN_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
LIST_STUDIES = "SEGCORE_LIST_STUDIES"

_HOST = re.compile(r"(?:\[([0-9a-f:.%]+)\]|([0-9a-z._-]+))(?::([0-9]{1,5}))?", re.ASCII | re.IGNORECASE)
# What browsers say when they open the page's connection, besides everything that begins with "sec-".
_BROWSERS_OWN = frozenset(
    "accept accept-encoding accept-language cache-control connection cookie dnt host keep-alive origin pragma "
    "priority save-data te upgrade user-agent".split()
)
_OF_ITS_OWN_PAGE = ("same-origin", "none")


def name_and_port(host: str) -> tuple[str, int | None]:
    """The name and the port in a Host header, without brackets and in small letters; ("", None) where it is none."""
    found = _HOST.fullmatch(host)
    if found is None:
        return "", None
    six, name, port = found.groups()
    return (six or name).lower(), int(port) if port else None


def is_address(name: str) -> bool:
    """Whether a name is an IP address in figures, which nobody can lead elsewhere."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def is_answered(host: str, bound: str | None, named: Collection[str] = (), own: Collection[str] = ()) -> bool:
    """Whether a request under this name is answered.

    Parameters
    ----------
    host : str
        The Host header.
    bound : str or None
        The address the server listens on; None is every one.
    named : collection of str
        The only names allowed, where somebody said so; ``*.example.com`` is each below it, ``*`` is any.
    own : collection of str
        Further names under which the server knows itself.
    """
    name = name_and_port(host)[0].rstrip(".")
    if not name:
        return False
    if named:
        return any(_is_meant(name, one.strip().lower().rstrip(".")) for one in named)
    return (
        name in OWN_NAMES or name in own or (bound not in OWN_NAMES and (name == bound or is_address(name)))
    )


def _is_meant(name: str, pattern: str) -> bool:
    return pattern == "*" or name == pattern or (pattern.startswith("*.") and name.endswith(pattern[1:]))


def is_foreign(origin: str | None, host: str, trusted: Collection[str] = ()) -> bool:
    """Whether the page that asks is another site's; a request without a page is nobody's."""
    if origin is None or origin in trusted:
        return False
    scheme, _, authority = origin.partition("://")
    return scheme.lower() not in ("http", "https") or authority.lower() != host.lower()


def may_list(
    headers: Mapping[str, str],
    bound: str | None,
    port: int,
    remote: str | None = None,
    wanted: str | None = None,
) -> bool:
    """Whether it is the only user of this server who asks, from this machine.

    Parameters
    ----------
    headers : mapping of str to str
        Of the request, by name; repeated ones joined by commas.
    bound : str or None
        The address the server listens on; None is every one.
    port : int
        Its own port.
    remote : str, optional
        Where the connection comes from; None where that is this machine.
    wanted : str, optional
        What ``SEGCORE_LIST_STUDIES`` says, by default that of the environment. Anything but "yes" ends all lists.
    """
    said = {name.lower(): value for name, value in headers.items()}
    wanted = os.environ.get(LIST_STUDIES, "yes") if wanted is None else wanted
    host = said.get("host", "")
    name, own_port = name_and_port(host)
    return (
        wanted.strip().lower() == "yes"
        and bound in OWN_NAMES
        and name in OWN_NAMES
        and (own_port or 80) == port
        and all(header in _BROWSERS_OWN or header.startswith("sec-") for header in said)
        and not is_foreign(said.get("origin"), host)
        and said.get("sec-fetch-site", "none").lower() in _OF_ITS_OWN_PAGE
        and _is_here(remote)
    )


def _is_here(remote: str | None) -> bool:
    return remote is None or (is_address(remote) and ip_address(remote).is_loopback)
