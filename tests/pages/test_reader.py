"""Days and times as the reader's browser writes them."""

from datetime import datetime

import pytest
import streamlit as st

from pages.ui import reader

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
