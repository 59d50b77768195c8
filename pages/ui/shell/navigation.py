"""Which pages there are, in which order, and the way from one to another."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import streamlit as st

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Entry:
    """One page in the top navigation."""

    file: str
    title: str
    icon: str

    @property
    def path(self) -> str:
        """Where the script is."""
        return str(ROOT / "pages" / self.file)


DATA = Entry("upload.py", "Data", ":material/database:")
CUSTOMERS = Entry("customers.py", "Customers", ":material/diversity_3:")
LEVEL = Entry("hierarchy.py", "Product level", ":material/account_tree:")
HOW_MANY = Entry("sweep.py", "How many", ":material/show_chart:")
SEGMENTS = Entry("segments.py", "Segments", ":material/groups:")
WHAT_IF = Entry("whatif.py", "What if", ":material/tune:")
RULES = Entry("rules.py", "Rules", ":material/rule:")
OFFERS = Entry("offers.py", "Offers", ":material/local_offer:")
SHARE = Entry("share.py", "Share", ":material/ios_share:")
HELP = Entry("help.py", "Help", ":material/help:")
PAGES = (DATA, CUSTOMERS, LEVEL, HOW_MANY, SEGMENTS, WHAT_IF, RULES, OFFERS, SHARE, HELP)


def go_to(entry: Entry) -> None:
    """Leave for another page, keeping the study in the URL."""
    from pages.ui.shell import session

    st.switch_page(entry.path, query_params=session.query())
