"""What somebody last pointed at: a cell, a row, a column, a bar; kept while the page stays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

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
