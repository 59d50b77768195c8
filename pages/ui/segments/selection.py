"""What somebody last pointed at: a cell, a row, a column, a bar; kept while the page stays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from pages.ui.shell import address

_KEY, CHOSEN = "segments-picked", "segment-chosen"


@dataclass(frozen=True)
class Picked:
    """``what`` is "customer", "product" or "segment"; ``label`` the row, ``segment`` the column, 0 for the whole row."""

    what: str
    label: str
    segment: int
    alike: bool = False


def take(data: Any, what: str, alike: bool = False) -> None:
    """Take a click: a cell gives its row and its segment, a bar or a column's head its segment."""
    label, segment = (data[0], data[1]) if isinstance(data, list | tuple) else (None, data)
    segment = int(segment or 0)
    if segment:
        st.session_state[CHOSEN] = segment
    picked = Picked("segment", "", segment) if label is None else Picked(what, str(label), segment, alike)
    st.session_state[_KEY] = picked


def now() -> Picked | None:
    """What was pointed at last."""
    return st.session_state.get(_KEY)


def forget() -> None:
    """Point at nothing."""
    st.session_state.pop(_KEY, None)


def seed(numbers: list[int]) -> None:
    """Look at the segment the address names where the page opens or somebody goes back; at the largest otherwise."""
    if st.session_state.get(CHOSEN) in numbers and not address.went_back():
        return
    asked = st.query_params.get(address.SEGMENT, "")
    known = {str(number): number for number in numbers}
    st.session_state[CHOSEN] = known.get(asked, numbers[0])


def say(number: int, numbers: list[int]) -> None:
    """Name the segment in the address, so that a refresh and a link find it; the largest needs no word."""
    if number == numbers[0]:
        st.query_params.pop(address.SEGMENT, None)
    elif st.query_params.get(address.SEGMENT) != str(number):
        st.query_params[address.SEGMENT] = str(number)
