"""Days, times and numbers as the reader's browser writes them."""

import logging
import subprocess
import sys
from datetime import datetime

import pytest
import streamlit as st

from pages.ui.shell import locale as reader
from segcore.language.words import ENGLISH, count, write_numbers_as

MOMENT = datetime(2024, 3, 9, 14, 5)


@pytest.mark.parametrize(
    ("language", "field", "day", "time"),
    [
        ("en-US", "MM/DD/YYYY", "Mar 9, 2024", "2:05 PM"),
        ("en-GB", "DD/MM/YYYY", "9 Mar 2024", "14:05"),
        ("de-AT", "DD.MM.YYYY", "9 Mar 2024", "14:05"),
        ("nl", "DD-MM-YYYY", "9 Mar 2024", "14:05"),
        ("sv-SE", "YYYY-MM-DD", "9 Mar 2024", "14:05"),
        ("en-CA", "YYYY-MM-DD", "9 Mar 2024", "14:05"),
    ],
)
def test_days_follow_the_reader(language: str, field: str, day: str, time: str):
    assert reader.field_format(language) == field
    st.date_input("A day", MOMENT, format=field)  # Streamlit takes it
    assert reader.day(MOMENT, language) == day
    assert reader.time(MOMENT, language) == time


def test_midnight_and_noon_have_a_twelve():
    assert reader.time(datetime(2024, 1, 1, 0, 7), "en-US") == "12:07 AM"
    assert reader.time(datetime(2024, 1, 1, 12, 0), "en-US") == "12:00 PM"


@pytest.mark.parametrize(
    ("language", "group", "point"),
    [
        ("en", ",", "."),
        ("en-US", ",", "."),
        ("en-GB", ",", "."),
        ("en-ZA", "\u00a0", ","),
        ("de-DE", ".", ","),
        ("fr-FR", "\u202f", ","),
        ("es-MX", ",", "."),
        ("es-ES", ".", ","),
        ("pl", "\u00a0", ","),
        ("nb", "\u00a0", ","),
        ("hi", ",", "."),
        ("de-XX", ".", ","),  # a region nobody knows: the language
        ("xx-YY", ",", "."),  # a language nobody knows: English
        ("../../etc", ",", "."),
        ("", ",", "."),
    ],
)
def test_numbers_follow_the_reader(language: str, group: str, point: str):
    style = reader.number_style(language)
    assert (style.group, style.point) == (group, point)


def test_switzerland_has_its_own():
    style = reader.number_style("de-CH")
    assert style.group in "'’"  # CLDR has had both
    assert style.point == "."


@pytest.mark.parametrize(("language", "loaded"), [("en-US", "False"), ("en-GB", "False"), ("de-DE", "True")])
def test_only_readers_of_other_numbers_wait_for_babel(language: str, loaded: str):
    code = f"""
import sys
from pages.ui.shell import locale as reader
reader.number_style({language!r})
print("babel" in sys.modules)
"""
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert run.stdout.split()[-1] == loaded


def test_outside_a_page_numbers_are_english_and_nobody_is_warned(caplog: pytest.LogCaptureFixture):
    write_numbers_as(reader.numbers_here)
    try:
        with caplog.at_level(logging.WARNING):
            assert reader.numbers_here() == ENGLISH
            assert count(1_234) == "1,234"
    finally:
        write_numbers_as(None)
    assert not caplog.records
