"""The README keeps its word: its five lines are the package's own and run on the wine workbook."""

import ast
import doctest
import json
import re
from pathlib import Path

import pytest

import segcore

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    """The first fenced block in a language."""
    return re.search(rf"```{language}\n(.*?)```", README, re.DOTALL).group(1)


def meaning(code: str) -> str:
    """Code without spacing and comments."""
    return ast.dump(ast.parse(code))


def test_readme_and_package_show_the_same_five_lines():
    shown = "".join(example.source for example in doctest.DocTestParser().get_examples(segcore.__doc__))
    assert meaning(shown) == meaning(block("python"))


def test_first_screen_has_the_run_command_and_its_windows_twin():
    first_screen = "\n".join(README.splitlines()[:20])
    for command in (block("sh").strip(), block("bat").strip()):
        assert command in first_screen
        assert "\n" not in command
        for step in ("-m venv .venv", "install -q -r requirements.txt", "streamlit run app.py"):
            assert step in command


def test_files_named_in_the_readme_exist():
    named = set(re.findall(r"(?:tests/bench|tests)/\w+(?:\.py)?", README))
    assert "tests/bench/first_paint.py" in named
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_five_lines_on_the_wine_workbook(data_dir: Path, monkeypatch: pytest.MonkeyPatch, workspace: Path):
    expected = json.loads((data_dir / "wine" / "expected.json").read_text(encoding="utf-8"))
    monkeypatch.chdir(data_dir / "wine")
    made: dict = {}
    exec(compile(block("python"), "README.md", "exec"), made)
    assert list(made["sweep"].table.index) == list(range(2, 11))
    assert made["segments"].sizes.sum() == expected["counts"]["customers"]
    assert len(made["rules"].table) == expected["apriori"]["n_rules"] == 15
