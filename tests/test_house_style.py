"""What every text of the house keeps to: no pictures, numbers in the reader's style, nothing unpickled, no place of one machine."""

import ast
import re
import subprocess
from collections.abc import Iterator

import pytest

from tests.house import ROOT, under

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
# Symbols that Unicode draws as pictures; arrows, dashes and × are words on our screens.
PICTURES = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\u2b50\u2b55\ufe0f]")


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
