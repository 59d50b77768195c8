"""The repeat script: a short Python file that makes the assignments and the rules of a study again, bit for bit.

It runs on somebody's computer and tells of a study that may come from anybody: every value goes through
:mod:`segcore.report.export.literals`, and the script opens only files of its own folder.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from segcore import __version__
from segcore.errors import SpecError
from segcore.report.export.literals import RECORDS, comment, literal, record_name

_DIGEST = re.compile(r"[0-9a-f]{32}")

# What the script calls besides the specs it names.
_BESIDES = {
    "RuleSpec": {
        "from segcore.rules import as_text",
        "from segcore.rules.mining import mining_purchases",
        "from segcore.progress import finished",
    },
    "LevelEdits": {"from segcore.purchases.edited import apply_edits"},
}

# How the script finds a file: browsers and Windows write "_" for what a name may not hold there, a Mac splits accents.
_BESIDE = r'''
here = Path(__file__).parent


def spelt(name):
    """The name as browsers and Windows spell it."""
    return re.sub(r'["*/:<>?\\|\x00-\x1f\x7f]', "_", unicodedata.normalize("NFC", name)).strip(" .").casefold()


def beside(name):
    """The file of this name beside the script, or else the one whose name is spelt alike."""
    alike = [path for path in here.iterdir() if path.is_file() and spelt(path.name) == spelt(name)]
    if not alike:
        raise SystemExit(f"There is no file {name!r} beside this script. Save it there and run the script again.")
    return min(alike, key=lambda path: (path.name != name, path.name))


purchases = segcore.read([(name, beside(name)) for name in FILES], ROLES).purchases
'''.strip()


@dataclass(frozen=True, eq=False)
class Recipe:
    """Everything a study's numbers depend on.

    Attributes
    ----------
    files : sequence of str
        Names of the files, as a person knows them.
    sources : sequence of str
        One sentence for each that was no file but read from a database or a folder.
    roles, matrix, nmf, rules, edits
        The frozen specs; ``rules`` and ``edits`` (of the hierarchy) None where there are none.
    names : dict
        Segment to name.
    digest : str
        Of the purchases, so that another file is noticed.
    """

    files: Sequence[str]
    roles: Any
    matrix: Any
    nmf: Any
    resamples: int
    names: Mapping[int, str]
    digest: str
    rules: Any = None
    edits: Any = None
    sources: Sequence[str] = ()

    def __post_init__(self) -> None:
        if type(self.digest) is not str or not _DIGEST.fullmatch(self.digest):
            raise SpecError(
                "The study does not say rightly which purchases it was made from.",
                remedy="Open its files again on the Data page.",
            )


def script(recipe: Recipe) -> bytes:
    """The script as UTF-8 text; put it beside the files and run it.

    Raises
    ------
    SpecError
        A value of the recipe is no plain value.
    """
    specs = [recipe.roles, recipe.matrix, recipe.nmf, recipe.rules, recipe.edits]
    imports = sorted({line for spec in specs if spec is not None for line in _imports(spec)})
    parts = [
        f'"""Makes the segments of this study again. Written by segcore {__version__}; needs the same version and the files below."""',
        *_told(recipe.sources),
        "",
        "import re",
        "import sys",
        "import unicodedata",
        "from pathlib import Path",
        "",
        "import segcore",
        "from segcore.report.export import table_csv",
        "from segcore.report.export.segment_tables import customer_table",
        *imports,
        "",
        f"FILES = {literal(list(recipe.files))}",
        f"ROLES = {literal(recipe.roles)}",
        f"MATRIX = {literal(recipe.matrix)}",
        f"SEGMENTS = {literal(recipe.nmf)}",
        f"NAMES = {literal(dict(recipe.names))}",
        "",
        _BESIDE,
    ]
    if recipe.edits is not None:
        parts += [f"EDITS = {literal(recipe.edits)}", "purchases = apply_edits(purchases, EDITS)"]
    parts += [
        f"if purchases.digest != {literal(recipe.digest)}:",
        '    raise SystemExit("These files are not the ones the study was made from.")',
        "matrix = segcore.build_matrix(purchases, spec=MATRIX)",
        f"segments = segcore.segment(matrix, spec=SEGMENTS, resamples={literal(recipe.resamples)})",
        '(here / "assignments.csv").write_bytes(table_csv(customer_table(purchases, matrix, segments, NAMES)))',
        'sys.stdout.reconfigure(errors="replace")  # a console may lack a letter of a name',
        "print(segments.sizes.rename(index=NAMES).to_string())",
    ]
    if recipe.rules is not None:
        parts += [
            "",
            f"RULES = {literal(recipe.rules)}",
            "rules = finished(mining_purchases(purchases, RULES))",
            '(here / "rules.csv").write_bytes(table_csv(as_text(rules)))',
            'print(f"{len(rules):,} rules")',
        ]
    return ("\n".join(parts) + "\n").encode("utf-8")


def _told(sources: Sequence[str]) -> list[str]:
    """Comments on where the rows came from; what a file must be called so that the script finds it."""
    if not sources:
        return []
    return [
        "",
        *map(comment, sources),
        "# The digest below tells whether the rows are still the ones the study was made from.",
    ]


def _imports(value: Any) -> set[str]:
    """What a spec and the records inside it need."""
    if isinstance(value, (tuple, list)):
        return {line for one in value for line in _imports(one)}
    if type(value).__name__ not in RECORDS:
        return set()  # ``literal`` refuses what is neither a plain value nor a record
    name = record_name(value)
    own = {f"from {RECORDS[name]} import {name}"}
    return (
        own
        | _BESIDES.get(name, set())
        | {line for f in fields(value) for line in _imports(getattr(value, f.name))}
    )
