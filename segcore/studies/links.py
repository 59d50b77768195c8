"""Addresses under which a study can be looked at and not changed.

A link is an id of its own, as unguessable as a study's; the study's own id cannot be told from it. It shows either
the study as it will be whenever somebody looks, or frozen as it was when the link was made.
"""

from __future__ import annotations

import json
import re
import secrets
from pathlib import Path

from segcore.choices.study import Study
from segcore.errors import StoreError
from segcore.storage.files import disk_in_words, write_atomic
from segcore.storage.store import workspace
from segcore.studies.saved import from_bytes, load, study_path, to_bytes

_LINK = re.compile(
    r"[A-Za-z0-9_-]{23}"
)  # one sign longer than a study's id, so that neither is taken for the other


def make(study: Study, *, frozen: bool, root: Path | None = None) -> str:
    """A new link to a study; ``frozen`` keeps what it shows as it is now.

    Raises
    ------
    StoreError
        The disk refuses.
    """
    link = secrets.token_urlsafe(16) + "r"
    held = to_bytes(study) if frozen else json.dumps({"study": study.id}).encode("ascii")
    with disk_in_words("The link could not be made"):
        write_atomic(_path(link, root), held)
    return link


def is_link(address: str) -> bool:
    """Whether some text has the form of a link; any text may be asked."""
    return bool(_LINK.fullmatch(address))


def look(link: str, root: Path | None = None) -> Study:
    """The study behind a link, to look at.

    Raises
    ------
    StoreError
        There is none, or not any more.
    """
    try:
        if not is_link(link):
            raise FileNotFoundError(link)
        content = _path(link, root).read_bytes()
    except FileNotFoundError as error:
        raise StoreError(
            "There is no study behind this link.", remedy="Ask for a new link where it was made."
        ) from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StoreError(
            f"The study could not be read ({reason}).", remedy="Try again in a while."
        ) from error
    study_id = followed(content)
    return load(study_id, root) if study_id else from_bytes(content)


def leads_to(link: str, study_id: str, root: Path | None = None) -> bool:
    """Whether a link is still there and shows this study."""
    return is_link(link) and _target(_path(link, root)) == study_id


def withdraw(study_id: str, root: Path | None = None) -> int:
    """Remove every link to a study, frozen ones too; how many there were.

    Raises
    ------
    StoreError
        The disk refuses.
    """
    removed = 0
    for path in study_path(study_id, root).parent.parent.joinpath("links").glob("*.json"):
        if _target(path) == study_id:
            with disk_in_words("A link could not be withdrawn"):
                path.unlink(missing_ok=True)
            removed += 1
    return removed


def frozen(root: Path | None = None) -> tuple[Study, ...]:
    """The studies that links show as they were: their data may be older than that of any study on the list."""
    found = []
    for path in sorted(((root or workspace()) / "links").glob("*.json")):
        try:
            content = path.read_bytes()
            if not followed(content):
                found.append(from_bytes(content))
        except (OSError, StoreError):
            continue  # whoever opens it is told what is wrong
    return tuple(found)


def followed(content: bytes) -> str:
    """The id of the study a link follows; "" where the link holds the study itself."""
    try:
        return str(json.loads(content)["study"])
    except (ValueError, KeyError, TypeError):
        return ""


def _target(path: Path) -> str:
    try:
        content = path.read_bytes()
        return followed(content) or from_bytes(content).id
    except (OSError, StoreError):
        return ""


def _path(link: str, root: Path | None) -> Path:
    return (root or workspace()) / "links" / f"{link}.json"
