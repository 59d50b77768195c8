"""How the reader's browser writes a day and a time; asked anew on every run and never stored.

Words stay English, so a written day names its month and cannot be misread; only the order and the clock follow the
reader. A day that is typed into a field follows the reader's order too.
"""

from __future__ import annotations

import datetime as dt

import streamlit as st

US_ORDER = ("en-US", "en-PH", "en-LR")  # month first, clock of twelve hours
YEAR_FIRST = ("zh", "ja", "ko", "hu", "lt", "mn", "sv", "en-CA", "fr-CA")
SLASHES = ("en", "es", "fr", "it", "pt", "el", "vi", "th", "ar", "he", "hi", "id")


def locale() -> str:
    """The browser's first language, such as ``de-AT``; ``en`` where it says none."""
    return st.context.locale or "en"


def field_format(language: str | None = None) -> str:
    """How a field for a day is typed in, as Streamlit's ``date_input`` takes it."""
    language = language or locale()
    if _is_among(language, US_ORDER):
        return "MM/DD/YYYY"
    if _is_among(language, YEAR_FIRST):
        return "YYYY-MM-DD"
    if language.split("-")[0] == "nl":
        return "DD-MM-YYYY"
    return "DD/MM/YYYY" if _is_among(language, SLASHES) else "DD.MM.YYYY"


def day(moment: dt.date, language: str | None = None) -> str:
    """A day in a sentence: ``3 Mar 2024``, for readers in the United States ``Mar 3, 2024``."""
    if _is_among(language or locale(), US_ORDER):
        return f"{moment:%b} {moment.day}, {moment.year}"
    return f"{moment.day} {moment:%b} {moment.year}"


def time(moment: dt.datetime, language: str | None = None) -> str:
    """A time of day: ``14:05``, for readers in the United States ``2:05 PM``."""
    if _is_among(language or locale(), US_ORDER):
        return f"{moment.hour % 12 or 12}:{moment:%M} {'AM' if moment.hour < 12 else 'PM'}"
    return f"{moment:%H:%M}"


def _is_among(language: str, known: tuple[str, ...]) -> bool:
    return language in known or language.split("-")[0] in known
