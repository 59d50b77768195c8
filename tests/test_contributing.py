"""The newcomer's page keeps its word: every path on it exists, and its rooms are those of the table."""

import re

from tests.house import PAGES, ROOT, SEGCORE, Room

PAGE = (ROOT / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8")


def section(heading: str) -> str:
    """The text under a heading, up to the next one."""
    return PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def room_rows() -> dict[str, Room]:
    """The rooms as the page shows them."""
    rows = re.findall(r"(?m)^\| `([\w/]+)` \| (.*) \| (.*) \|$", section("The rooms"))
    return {name: Room(says, tuple(re.findall(r"`([\w/]+)`", uses))) for name, says, uses in rows}


def test_the_rooms_are_those_of_the_table():
    assert room_rows() == SEGCORE | PAGES


def test_every_path_exists():
    named = set(re.findall(r"(?<![\w/])((?:segcore|pages|tests|\.ci|\.github)/[\w./]*\w|[A-Z]+\.md)", PAGE))
    assert len(named) > 40
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_the_way_has_ten_stops_and_twelve_changes_are_told():
    stops = re.findall(r"(?m)^\d+\. .*", section("A purchase's way, from file to slide"))
    assert len(stops) == 10 and all("segcore/" in stop for stop in stops)
    changes = re.findall(r"(?m)^\| (?!to change|---)(.*) \| (.*) \|$", section("To change … touch …"))
    assert len(changes) == 12
    assert [change for change, files in changes if not re.search(r"`(segcore|pages)/", files)] == []
