"""Names of downloads: study, what it is, and the date, so that nobody owns five files called export.csv."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

_KEPT = re.compile(r"[^\w.\- ]+", re.UNICODE)
_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))}
_LONGEST = 60


def file_name(study_name: str, what: str, date: dt.date | dt.datetime | str, ext: str) -> str:
    """``Spring campaign – customers – 2025-04-01.xlsx``, without anything a file system or a shell would obey."""
    day = date if isinstance(date, str) else date.strftime("%Y-%m-%d")
    parts = [part for part in (_clean(text) for text in (study_name, what, day)) if part]
    stem = " - ".join(parts) or "download"
    if stem.split(".")[0].strip().lower() in _RESERVED:
        stem = f"study {stem}"
    return f"{stem}.{re.sub(r'[^A-Za-z0-9]', '', ext) or 'txt'}"


def _clean(text: str) -> str:
    """Letters, digits, spaces, dots within and dashes; what is left is no path, no option and no hidden file."""
    kept = _KEPT.sub(" ", unicodedata.normalize("NFC", str(text)))
    return " ".join(kept.split())[:_LONGEST].strip(" .-_")
