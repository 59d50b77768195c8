"""The house rules that a reader cannot see at a glance: who imports whom, where state lives, how long things are.

The rooms themselves, with what each may use, are data in ``tests/house.py``.
"""

import ast
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.house import (
    OPEN,
    PAGES,
    ROOT,
    SEGCORE,
    Import,
    Source,
    allowed,
    arrows,
    knowing,
    outside,
    pairs,
    room_of,
    sources,
    under,
)

STATE = {"session_state", "query_params", "cache_data", "cache_resource"}
MODULE_LINES, FUNCTION_LINES = 250, 60

# What follows may only fall: lower a number, or take a line out, whenever the code allows it.
PAIRS = 173
LONGER = {
    "pages/ui/data/saved_studies.py": 286,
    "pages/ui/parts/cached.py": 286,
    "pages/ui/shell/session.py": 273,
    "segcore/figures/heatmap.py": 264,
    "segcore/intake/rows/set_aside.py": 256,
    "segcore/jobs/runners.py": 273,
    "segcore/offers/recommend.py": 255,
    "segcore/purchases/record.py": 260,
    "segcore/segments/segmentation.py": 267,
    "segcore/whatif/fixed_model.py": 276,
}
# Imports inside functions keep the science away from the first page, and light what a job may never need.
IN_FUNCTIONS = {
    "storage": 3,
    "purchases": 3,
    "intake": 2,
    "sources": 2,
    "samples": 3,
    "hierarchy": 1,
    "studies": 23,
    "report": 6,
    "questions": 55,
    "pages": 1,
    "ui/shell": 11,
    "ui/parts": 47,
    "ui/data": 19,
    "ui/level": 8,
    "ui/how_many": 25,
    "ui/segments": 43,
    "ui/rules": 27,
    "ui/offers": 6,
    "ui/whatif": 1,
    "ui/share": 5,
    "ui/help": 3,
}


def test_every_file_is_in_a_room_and_every_room_has_files():
    rooms = {room_of(source.module) for source in sources() if source.name != "app.py"} - {""}
    assert rooms == {*SEGCORE, *PAGES, "pages"}


def test_no_room_of_the_core_uses_one_below_it():
    places = {room: place for place, room in enumerate(SEGCORE)}
    assert [(a, b) for a in SEGCORE for b in SEGCORE[a].uses if places[b] >= places[a]] == []
    assert set(OPEN) <= set(SEGCORE)


def breaches(found: list[Import]) -> list[str]:
    return [f"{one.source}:{one.line} uses {one.target}" for one in found]


def test_rooms_use_only_what_the_table_allows():
    """For type checkers too: a name that only they read ties two rooms together all the same."""
    wrong = []
    for one in arrows():
        room, used = room_of(one.source), room_of(one.target)
        if room and used and room != used and used not in OPEN and used not in allowed(room):
            wrong.append(one)
    assert breaches(wrong) == []


def test_open_rooms_use_only_open_rooms():
    wrong = [one for one in arrows() if room_of(one.source) in OPEN and room_of(one.target) not in OPEN]
    assert breaches(wrong) == []


def test_nobody_inside_goes_through_the_front_door():
    """``segcore`` itself loads rooms by name, which no other test here would see; its version is all it is asked for."""
    wrong = [
        one
        for one in arrows()
        if one.target in ("segcore", "pages", "pages.ui") and one.name != "__version__"
    ]
    assert breaches(wrong) == []


def test_pairs_of_rooms_only_become_fewer():
    assert len(pairs()) <= PAIRS


def test_there_is_no_circle_of_files():
    """Take away every file that uses none that is left, until nothing changes: what stays goes round in a circle."""
    left = {source.module: set() for source in sources()}
    for one in arrows():
        left[one.source].add(one.target)
    while free := {module for module, used in left.items() if not used & left.keys()}:
        left = {module: used for module, used in left.items() if module not in free}
    assert sorted(left) == []


def test_no_file_lies_flat():
    loose = {s.name for s in under("segcore") if s.name.count("/") == 1} - {"segcore/__init__.py"}
    assert loose == {"segcore/errors.py", "segcore/progress.py"}
    assert [s.name for s in under("pages/ui") if s.name.count("/") == 2] == ["pages/ui/__init__.py"]


def test_the_readme_shows_the_rooms():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    layout = text.partition("\n## Layout\n")[2].partition("\n## ")[0]
    block = layout.split("```")[1]
    shown = dict(
        re.findall(
            r"(?m)^ +(\w+)(?:/|\.py) +(\S.*)$", block.partition("segcore/")[2].partition("\ntests/")[0]
        )
    )
    assert shown == {room: about.says for room, about in SEGCORE.items()}
    shown = dict(re.findall(r"(?m)^ +(ui/\w+)/ +(\S.*)$", block.partition("segcore/")[0]))
    assert shown == {room: about.says for room, about in PAGES.items()}


def test_imports_inside_functions_only_become_fewer():
    found = Counter(room_of(source) for source, _ in {(a.source, a.line) for a in arrows() if a.in_function})
    found.pop("", None)  # app.py and the front door load by name
    assert {room: n for room, n in found.items() if n > IN_FUNCTIONS.get(room, 0)} == {}


def test_there_is_a_house_to_look_at():
    assert {"app.py", "segcore/__init__.py", "segcore/purchases/record.py"} <= {
        source.name for source in sources()
    }


@pytest.mark.parametrize(
    ("package", "rooms"),
    [
        ("streamlit", ("app", "pages")),
        ("pages", ("app", "pages")),
        ("sklearn", ("segcore/factorization", "segcore/selection")),
        ("mlxtend", ("segcore/rules",)),
        ("plotly", ("segcore/figures", "segcore/report/export")),
    ],
)
def test_only_these_rooms_import(package: str, rooms: tuple[str, ...]):
    assert knowing(package, outside(*rooms)) == []


def test_pages_ui_does_not_import_the_pages_above_it():
    above = {f"pages.{path.stem}" for path in (ROOT / "pages").glob("*.py")}
    breaches = [f"{s.name} imports {name}" for s in under("pages/ui") for name in s.imports & above]
    assert breaches == []


def test_worker_processes_import_app_without_streamlit():
    top = {
        alias.name
        for node in ast.parse((ROOT / "app.py").read_text(encoding="utf-8")).body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert top == set()


def test_state_and_caches_live_in_pages_ui_alone():
    breaches = [
        f"{source.name}:{node.lineno} {node.attr}"
        for source in outside("pages/ui")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Attribute) and node.attr in STATE
    ]
    assert breaches == []


def loaded_by(code: str) -> set[str]:
    """Top-level packages in memory after running this in a fresh interpreter."""
    code += "\nimport sys; print('LOADED', *sorted({name.partition('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.partition("LOADED")[2].split())


def test_router_loads_no_science():
    assert loaded_by("import pages.ui.shell.router") & {"sklearn", "mlxtend", "scipy"} == set()


def test_first_page_runs_without_science(workspace: Path):
    first_run = f"""
from streamlit.testing.v1 import AppTest
page = AppTest.from_file({str(ROOT / "app.py")!r}).run(timeout=60)
assert len(page.title) == 1 and not page.exception, page
"""
    assert loaded_by(first_run) & {"sklearn", "mlxtend", "scipy", "duckdb"} == set()


@pytest.mark.parametrize(
    "module",
    [
        "segcore",
        "segcore.errors",
        "segcore.language.words",
        "segcore.storage.store",
        "segcore.jobs",
        "segcore.studies",
    ],
)
def test_light_modules_stay_light(module: str):
    assert loaded_by(f"import {module}") & {"sklearn", "mlxtend", "scipy", "plotly"} == set()


@pytest.mark.parametrize("source", sources(), ids=lambda source: source.name)
def test_modules_and_functions_stay_short(source: Source):
    assert len(source.text.splitlines()) <= LONGER.get(source.name, MODULE_LINES)
    long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno + 1 > FUNCTION_LINES
    ]
    assert long == []


def test_no_module_on_the_list_of_long_ones_has_become_short():
    now = {source.name: len(source.text.splitlines()) for source in sources()}
    assert [name for name in LONGER if now.get(name, 0) <= MODULE_LINES] == []
