"""Characters that cannot be seen: taken out of names and labels so that equal things look equal."""

from __future__ import annotations

import re
import unicodedata

_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000e-\u001f\u007f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]"
)
_SPACES = re.compile(r"\s+")
_PLAIN = re.compile(r"[!-~]+(?: [!-~]+)*")


def tidy(text: str) -> str:
    """Composed characters, no invisible ones, single plain spaces, none at the ends."""
    if _PLAIN.fullmatch(text):
        return text
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    return _SPACES.sub(" ", text).strip()


def visible(text: str) -> str:
    """Composed characters without invisible ones, the spaces between words as they are."""
    if _PLAIN.fullmatch(text):
        return text
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).strip()
