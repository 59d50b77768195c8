"""The house rules that a reader cannot see at a glance: who imports whom, where state lives, how long things are."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TOP_LEVEL = {
    "app.py",
    "pages",
    "segcore",
    "tests",
    "requirements.txt",
    "README.md",
    "pyproject.toml",
    "LICENSE",
    "CHANGELOG.md",
}
MODULE_LINES, FUNCTION_LINES = 300, 60
STATE = {"session_state", "query_params", "cache_data", "cache_resource"}
# Symbols that Unicode draws as pictures; arrows, dashes and × are words on our screens.
PICTURES = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b50\u2b55\ufe0f]")


@dataclass(frozen=True)
class Source:
    """One of our Python files, read once."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    @property
    def imports(self) -> set[str]:
        """Dotted names of every module the file loads, inside functions too; names for type checkers load nothing."""
        found: set[str] = set()
        for node in loading(self.tree):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{self.name}:{node.lineno} imports relatively; write the whole name"
                found |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
        return found

    def knows(self, package: str) -> bool:
        """Whether the file imports the package or anything in it."""
        return any(name == package or name.startswith(package + ".") for name in self.imports)


def loading(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those under ``if TYPE_CHECKING:``."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        yield node
        yield from loading(node)


@cache
def sources() -> tuple[Source, ...]:
    """Everything that ships: app.py, pages/, segcore/."""
    files = [
        ROOT / "app.py",
        *sorted((ROOT / "pages").rglob("*.py")),
        *sorted((ROOT / "segcore").rglob("*.py")),
    ]
    texts = ((path, path.read_text(encoding="utf-8")) for path in files)
    return tuple(Source(path, text, ast.parse(text)) for path, text in texts)


def under(*places: str) -> list[Source]:
    """Files in these folders, or these files with or without ``.py``."""
    return [
        s for s in sources() if any(s.name in {p, f"{p}.py"} or s.name.startswith(p + "/") for p in places)
    ]


def knowing(package: str, among: list[Source]) -> list[str]:
    return [source.name for source in among if source.knows(package)]


def outside(*places: str) -> list[Source]:
    inside = {source.name for source in under(*places)}
    return [source for source in sources() if source.name not in inside]


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
    assert len(source.text.splitlines()) <= MODULE_LINES
    long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno - node.lineno + 1 > FUNCTION_LINES
    ]
    assert long == []


def test_screens_use_no_pictures_and_no_markup_of_their_own():
    breaches = [
        f"{source.name}:{number}"
        for source in under(
            "app", "pages", "segcore/language/words", "segcore/figures", "segcore/report/export"
        )
        for number, line in enumerate(source.text.splitlines(), 1)
        if PICTURES.search(line) or "unsafe_allow_html" in line or "components.v1" in line
    ]
    assert breaches == []


# A number that a reader sees goes through segcore/language/words.py, which knows the reader's signs. These are none:
FORMATTED_ELSEWHERE = {
    "segcore/intake/": "findings are made in jobs, kept in English for everybody and restyled where they are shown",
    "segcore/rules/mining.py": "notes of a mining job, likewise",
    "segcore/purchases/attributes.py": "bands are values that a job keeps, restyled on the card",
    "segcore/sources/postgres.py": "a share in SQL",
    "segcore/samples/": "cells of a file",
    "segcore/jobs/job.py": "the name of a run",
    "segcore/segments/names/similar.py": "digits kept of a profile",
    "pages/ui/offers/holdout_tab.py": "a field to type a number in: Streamlit has no other format for it",
}
_SIGNS = re.compile(r",|\.([1-9]|\{)")
_PRINTF = re.compile(r"%,|%[\d,]*\.[1-9]\d*f")


def formats(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Formats in f-strings and in settings of tables and fields that would write a sign of their own."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FormattedValue) and node.format_spec is not None:
            spec = ast.unparse(node.format_spec)[2:-1]
            if _SIGNS.search(spec):
                yield node.lineno, spec
        elif isinstance(node, ast.keyword) and node.arg == "format" and isinstance(node.value, ast.Constant):
            if _PRINTF.search(str(node.value.value)):
                yield node.value.lineno, str(node.value.value)


def test_numbers_are_written_in_the_readers_style():
    breaches = [
        f"{source.name}:{line} {spec}"
        for source in under("app", "pages", "segcore")
        if not source.name.startswith(tuple(FORMATTED_ELSEWHERE))
        for line, spec in formats(source.tree)
    ]
    assert breaches == []


def test_no_exception_to_the_readers_style_is_out_of_date():
    used = {source.name for source in under("pages", "segcore") if any(formats(source.tree))}
    assert [place for place in FORMATTED_ELSEWHERE if not any(name.startswith(place) for name in used)] == []


def test_nothing_is_unpickled():
    breaches = [
        source.name
        for source in under("segcore")
        if source.knows("pickle") or "allow_pickle=True" in source.text
    ]
    assert breaches == []


def test_every_further_requirement_is_argued_for():
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    card = {"streamlit", "pandas", "scikit-learn", "plotly", "mlxtend"}
    wanted = [line for line in lines if line.strip() and not line.startswith("#")]
    names = {re.match(r"[\w.-]+", line).group() for line in wanted}
    bare = [
        line
        for line in wanted
        if re.match(r"[\w.-]+", line).group() not in card and len(line.partition("#")[2]) < 20
    ]
    open_ended = [line for line in wanted if ">=" not in line or "<" not in line]
    assert card <= names
    assert bare == []
    assert open_ended == []


def tracked() -> list[str]:
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip("not a git checkout")
    return done.stdout.splitlines()


def test_top_level_holds_only_what_belongs_there():
    entries = {name.partition("/")[0] for name in tracked()}
    assert {name for name in entries - TOP_LEVEL if not name.startswith(".")} == set()


def test_no_committed_text_names_a_place_on_one_machine():
    place = re.compile(r"(?<![\w./~$}])/(?:work|home|root|Users)/\w")
    breaches = []
    for name in tracked():
        path = ROOT / name
        if path.suffix not in {".py", ".md", ".toml", ".txt", ".sh", ""} or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        breaches += [f"{name}:{n}" for n, line in enumerate(text.splitlines(), 1) if place.search(line)]
    assert breaches == []
