"""Text from a file on a page: names are data, so nothing in them is obeyed."""

from __future__ import annotations

import re

_MARKUP = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:&@=\"'/])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")

# Addresses become links after the marks were read, so a backslash cannot stop that; an invisible joiner does.
_ADDRESS = re.compile(r"(?:https?(?=:)|www(?=\.)|@)", re.IGNORECASE)
_JOINER = "\u2060"


def escape(text: object) -> str:
    """The text as Markdown that reads exactly like it: no links, images, formulas or directions.

    A percentage stays on one line.
    """
    return unbroken(_MARKUP.sub(r"\\\1", _ADDRESS.sub(rf"\g<0>{_JOINER}", clean(text))))


def clean(text: object) -> str:
    """The text without control and direction characters."""
    return _CONTROL.sub(" ", str(text))


def unbroken(text: str) -> str:
    """The text with its percentages kept on one line, for narrow boxes."""
    return text.replace(" %", "\u00a0%")
