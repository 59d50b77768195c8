"""How the reader's browser writes a number, a day and a time; asked anew on every run and never stored.

Words stay English, so a written day names its month and cannot be misread; only the order and the clock follow the
reader. A day that is typed into a field follows the reader's order too. Numbers take the reader's signs: a German
browser shows its tables with 1.234,5, and the sentences beside them must not say 1,234.5.
"""

from __future__ import annotations

import datetime as dt
import threading
from functools import lru_cache

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from segcore.language.words import ENGLISH, NumberStyle

US_ORDER = ("en-US", "en-PH", "en-LR")  # month first, clock of twelve hours
YEAR_FIRST = ("zh", "ja", "ko", "hu", "lt", "mn", "sv", "en-CA", "fr-CA")
# Known without asking Babel, which takes longer to load than these readers wait for their first page.
ENGLISH_NUMBERS = ("en", "en-US", "en-GB", "en-AU", "en-CA", "en-IE", "en-IN", "en-NZ")
SLASHES = ("en", "es", "fr", "it", "pt", "el", "vi", "th", "ar", "he", "hi", "id")

_told = threading.local()


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


def number_style(language: str | None = None) -> NumberStyle:
    """The signs between thousands and before decimals: ``1.234,5`` in German, ``1 234,5`` in French."""
    language = language or locale()
    return ENGLISH if language in ENGLISH_NUMBERS else _signs(language)


def numbers_here() -> NumberStyle:
    """The style of whoever this page is drawn for; English outside a page, as in a file made on a click."""
    # Streamlit logs a warning where its context is asked for from a thread that draws nothing.
    context = get_script_run_ctx(suppress_warning=True)
    if context is None:
        return ENGLISH
    # A chart asks thousands of times, and Streamlit counts every question: what the browser said comes anew each run.
    if getattr(_told, "browser", _told) is not context.context_info:
        _told.browser, _told.style = context.context_info, number_style()
    return _told.style


@lru_cache(maxsize=256)
def _signs(language: str) -> NumberStyle:
    """What CLDR says of a language; of a region it does not know, the language, and English of an unknown one."""
    from babel import Locale, UnknownLocaleError
    from babel.numbers import get_decimal_symbol, get_group_symbol

    try:
        known = Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        wider = language.rpartition("-")[0]
        return number_style(wider) if wider else ENGLISH
    return NumberStyle(get_group_symbol(known), get_decimal_symbol(known))


def _is_among(language: str, known: tuple[str, ...]) -> bool:
    return language in known or language.split("-")[0] in known
