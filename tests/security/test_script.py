"""The repeat script runs on a colleague's computer: no value of a study becomes anything but a value in it."""

import ast
import datetime as dt
import io
import math
import subprocess
import sys
import tokenize
from dataclasses import dataclass, fields, is_dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import segcore
from segcore.choices.level_edits import LevelEdits, Move, OneParent, ProductMap, Rename
from segcore.errors import SegcoreError
from segcore.factorization import NMFSpec
from segcore.intake import Roles
from segcore.matrix import MatrixSpec
from segcore.report.export.script import Recipe, script
from segcore.rules import RuleSpec
from tests.hostile_names import NAMES

ROOT = Path(__file__).resolve().parents[2]
DIGEST = "0123456789abcdef" * 2
CALL = "__import__('os').system('touch hacked')"
ENDS = (
    "\n",
    "\r",
    "\r\n",
    "\x0b",
    "\x0c",
    "\x1c",
    "\x1d",
    "\x1e",
    "\x85",
    "\u2028",
    "\u2029",
    "\x00",
    "\x1a",
)
CODE: tuple[str, ...] = (
    f'"); {CALL} #', f"'); {CALL} #", f'":\n    pass\n{CALL}\nif "', f'" or {CALL} or "', f"' or {CALL} or '",
    f'"""; {CALL}; """', f"'''; {CALL}; '''", f'\\"); {CALL} #', f"\\'); {CALL} #", f'")]; {CALL} #', f"{{{CALL}}}",
    f"{{{{{CALL}}}}}", "{0.__class__}", "{name!r:>10}", "%(x)s", "\\", "\\\\", "\\" * 7, "'", '"', "'\"", "\"'", '"""',
    "'''", "'" * 6, '"' * 6, "\\'", '\\"', "\\N{QUOTATION MARK}", "\\x22); " + CALL, "\\u0022", "\\42", "#", "# x",
    "# -*- coding: utf-7 -*-", "-*- coding: utf-16 -*-", "vim: set fileencoding=utf-7 :", "+ACIAOw-", "#!/bin/sh",
    f"\n# -*- coding: utf-7 -*-\n+ACI-; {CALL}", "\ufeff", "\ud800", "\udfff", "\ud83d\ude00", "a\udc80b", "\udce2\udc80\udca8",
    "\U0010ffff", "\uffff", "\u202e\u2066\u2069", "\u200b", "\u00a0", "e\u0301", "Ａ", "ﬁ", "日本", "עברית", "\t", "\x1b[31m",
    "x" * 20_000, "(" * 500, "[" * 500, "'+'" * 500, "\\\n", "a\\\nb", "None", "True", "nan", "1e999", "0x", "1_000",
    "exec", "Roles(", "*", "**x", ",", ":", ";", "=", "==", ":=", "lambda: 0", "@", "$", "`", "?", "!", "u'", "b''", "rb'",
    "../../etc/passwd", "C:\\x\\new", "\\\\server\\share", "~/x", "|x", "<x", "con", "a:b", "\x7f", " ", "  x  ", "f'{1}'",
)  # fmt: skip
DEFAULTS = {"total"}  # what is at its default is not written
HOSTILE = tuple(
    {*CODE, *NAMES, *(f"x{end}{CALL}{end}" for end in ENDS), *(f'{end}"{end}' for end in ENDS)} - DEFAULTS
)


def filled(kind: type, value: object):
    """A record with the value in every field, past whatever it checks when it is made."""
    record = object.__new__(kind)
    for field in fields(kind):
        several = field.type.startswith("tuple")
        object.__setattr__(record, field.name, (value,) if several else value)
    return record


def recipe(value: object, **changes: object) -> Recipe:
    """The value in every field there is, the digest and the number of resamples too."""
    edits = LevelEdits(
        value,
        *((filled(kind, value), filled(kind, value)) for kind in (ProductMap, Rename, OneParent, Move)),
    )
    roles, matrix, nmf, rules = (filled(kind, value) for kind in (Roles, MatrixSpec, NMFSpec, RuleSpec))
    names, told = {1: value, value: 2}, [str(value), str(value)]
    whole = Recipe([value, value], roles, matrix, nmf, 5, names, DIGEST, rules, edits, told)
    for name, one in {"resamples": value, "digest": value, **changes}.items():
        object.__setattr__(whole, name, one)
    return whole


class _Shape(ast.NodeTransformer):
    """A tree in which one constant is like another."""

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        return ast.Constant(0)


def shape(text: bytes) -> str:
    """The script's tree, names of imports and functions included."""
    return ast.dump(_Shape().visit(ast.parse(text)))


def comments(text: bytes) -> int:
    return sum(token.type == tokenize.COMMENT for token in tokenize.tokenize(io.BytesIO(text).readline))


def told(value: object) -> object:
    """Records as name and fields, so that one can be compared with its source."""
    if is_dataclass(value):
        return type(value).__name__, {f.name: told(getattr(value, f.name)) for f in fields(value)}
    return tuple(map(told, value)) if isinstance(value, tuple) else value


def read(node: ast.expr) -> object:
    """The same of a script's source, without running it."""
    if isinstance(node, ast.Call):
        assert isinstance(node.func, ast.Name) and not node.args
        return node.func.id, {keyword.arg: read(keyword.value) for keyword in node.keywords}
    return tuple(map(read, node.elts)) if isinstance(node, ast.Tuple) else ast.literal_eval(node)


def assigned(text: bytes) -> dict[str, object]:
    """What each name in capitals is set to."""
    return {
        node.targets[0].id: read(node.value)
        for node in ast.parse(text).body
        if isinstance(node, ast.Assign) and node.targets[0].id.isupper()
    }


def imported(text: bytes) -> set[str]:
    return {
        ast.unparse(node)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Import | ast.ImportFrom)
    }


def test_no_value_becomes_code():
    usual = script(recipe("usual"))
    tree, remarks = shape(usual), comments(usual)
    assert len(HOSTILE) >= 150
    for value in HOSTILE:
        text = script(recipe(value))
        assert shape(text) == tree, ascii(value[:60])
        assert comments(text) == remarks, ascii(value[:60])


def test_every_value_reads_back_equal():
    for value in HOSTILE:
        whole = recipe(value)
        found = assigned(script(whole))
        assert found.pop("FILES") == whole.files and found.pop("NAMES") == whole.names
        assert found == {
            "ROLES": told(whole.roles),
            "MATRIX": told(whole.matrix),
            "SEGMENTS": told(whole.nmf),
            "RULES": told(whole.rules),
            "EDITS": told(whole.edits),
        }, ascii(value[:60])


def test_the_script_imports_what_it_needs_and_nothing_else():
    assert imported(script(recipe("usual"))) == {
        "import re", "import sys", "import unicodedata", "import segcore", "from pathlib import Path",
        "from segcore.report.export import table_csv", "from segcore.report.export.segment_tables import customer_table",
        "from segcore.choices.nmf import NMFSpec", "from segcore.purchases.edited import apply_edits",
        "from segcore.intake.columns.roles import Roles", "from segcore.choices.level_edits import LevelEdits",
        "from segcore.choices.level_edits import Move", "from segcore.choices.level_edits import OneParent",
        "from segcore.choices.level_edits import ProductMap", "from segcore.choices.level_edits import Rename",
        "from segcore.choices.matrix import MatrixSpec", "from segcore.rules import as_text",
        "from segcore.rules.mining import mining_purchases", "from segcore.choices.rules import RuleSpec",
        "from segcore.progress import finished",
    }  # fmt: skip


def test_a_digest_is_32_hexadecimal_digits():
    right = recipe("usual", digest=DIGEST)
    longer = (f"{DIGEST}{value}" for value in HOSTILE)
    for digest in (*HOSTILE, *longer, DIGEST.upper(), DIGEST[:-1], "", "０" * 32, None, 5, DIGEST.encode()):
        with pytest.raises(SegcoreError, match="which purchases"):
            replace(right, digest=digest)


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (np.int64(3), 3),
        (np.uint8(3), 3),
        (np.float64(0.1), 0.1),
        (np.float32(0.5), 0.5),
        (np.bool_(True), True),
        (np.str_("a'b"), "a'b"),
        (-3, -3),
        (-0.5, -0.5),
        (None, None),
        ((), ()),
        (("a",), ("a",)),
        ([1, "b"], [1, "b"]),
        ({"a": (1, None)}, {"a": (1, None)}),
    ],
)
def test_what_is_plain_is_written_as_pythons_own(value: object, plain: object):
    found = assigned(script(recipe("usual", names={1: value}, resamples=value)))["NAMES"]
    assert found == {1: plain} and type(found[1]) is type(plain)


@dataclass(frozen=True)
class Sneaky:
    """A record that nobody foresaw."""

    k: int = 1


class Text(str):
    """Text that prints as something else."""

    def __repr__(self) -> str:
        return CALL


# A class may be called anything: one like code, one like a record of ours.
NAMED = [
    dataclass(frozen=True)(type(name, (), {"k": 1, "__annotations__": {"k": int}}))
    for name in (f"X(); {CALL}; X", "NMFSpec", "os")
]
for _kind in NAMED:
    _kind.__module__ = "segcore.choices.nmf"


@pytest.mark.parametrize(
    "value",
    [
        math.nan, math.inf, -math.inf, np.float64("nan"), np.float32("inf"), 10**5000, 1j, b"x", bytearray(b"x"), Fraction(1, 3),
        dt.date(2024, 1, 1), dt.datetime(2024, 1, 1), np.datetime64("2024-01-01"), np.array([1, 2]), {1, 2}, frozenset({"a"}),
        range(3), len, Sneaky, Sneaky(), Text("x"), ast, ..., [("a", {"b": Sneaky()})], *(kind() for kind in NAMED),
    ],
    ids=lambda value: type(value).__name__[:12],
)  # fmt: skip
def test_what_is_no_plain_value_is_refused(value: object):
    for changes in ({"resamples": value}, {"names": {1: value}}, {"files": [value]}, {"nmf": value}):
        with pytest.raises(SegcoreError, match="repeat script"):
            script(recipe("usual", digest=DIGEST, **changes))


def study(folder: Path, name: str) -> Recipe:
    """A small study of a file of this name; the file lies in the folder as a browser spells it."""
    rows = [(f"{i % 40:03d}", f"P{(i % 40) % 2 * 6 + i % 7}") for i in range(400)]
    spelt = "".join("_" if sign in '"*/:<>?\\|' else sign for sign in name)
    (folder / spelt).write_text("\n".join(["customer,product", *map(",".join, rows)]), encoding="utf-8")
    data = segcore.read([(name, folder / spelt)])
    return Recipe([name], data.roles, MatrixSpec("product"), NMFSpec(k=2), 0, {1: "🧀", 2: "名前"}, data.purchases.digest)  # fmt: skip


def run(folder: Path, made: Recipe) -> subprocess.CompletedProcess:
    (folder / "repeat.py").write_bytes(script(made))
    env = {"PYTHONPATH": str(ROOT), "PATH": "", "PYTHONIOENCODING": "ascii"}
    return subprocess.run([sys.executable, folder / "repeat.py"], cwd=ROOT, env=env, capture_output=True, text=True, check=False)  # fmt: skip


def test_a_file_with_quotation_marks_is_found_again(tmp_path: Path):
    done = run(tmp_path, study(tmp_path, "Müller \"Q1\" 'x': a/b?.csv"))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "assignments.csv").is_file()


@pytest.mark.parametrize("name", ["../purchases.csv", "nul\0 \ud800.csv"])
def test_a_file_that_is_not_beside_the_script_is_named(tmp_path: Path, name: str):
    inside = tmp_path / "inside"
    inside.mkdir()
    made = study(inside, "purchases.csv")
    (inside / "purchases.csv").rename(tmp_path / "purchases.csv")
    done = run(inside, replace(made, files=[name]))
    assert done.returncode == 1 and "Traceback" not in done.stderr, done.stderr
    assert f"There is no file {name!r} beside this script" in done.stderr
