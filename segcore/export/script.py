"""The repeat script: a short Python file that makes the assignments and the rules of a study again, bit for bit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass
from typing import Any

from segcore import __version__

# What the script calls besides the specs it names.
_BESIDES = {
    "RuleSpec": {
        "from segcore.rules import as_text",
        "from segcore.rules.mining import mining_purchases",
        "from segcore.steps import finished",
    },
    "LevelEdits": {"from segcore.hierarchy.edited import apply_edits"},
}


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


def script(recipe: Recipe) -> bytes:
    """The script as UTF-8 text; put it beside the files and run it."""
    specs = [recipe.roles, recipe.matrix, recipe.nmf, recipe.rules, recipe.edits]
    imports = sorted({line for spec in specs if spec is not None for line in _imports(spec)})
    parts = [
        f'"""Makes the segments of this study again. Written by segcore {__version__}; needs the same version and the files below."""',
        *_told(recipe.sources),
        "",
        "from pathlib import Path",
        "",
        "import segcore",
        "from segcore.export import table_csv",
        "from segcore.export.segment_tables import customer_table",
        *imports,
        "",
        f"FILES = {list(recipe.files)!r}",
        f"ROLES = {_source(recipe.roles)}",
        f"MATRIX = {_source(recipe.matrix)}",
        f"SEGMENTS = {_source(recipe.nmf)}",
        f"NAMES = {dict(recipe.names)!r}",
        "",
        "here = Path(__file__).parent",
        "purchases = segcore.read([here / name for name in FILES], ROLES).purchases",
    ]
    if recipe.edits is not None:
        parts += [f"EDITS = {_source(recipe.edits)}", "purchases = apply_edits(purchases, EDITS)"]
    parts += [
        f'if purchases.digest != "{recipe.digest}":',
        '    raise SystemExit("These files are not the ones the study was made from.")',
        "matrix = segcore.build_matrix(purchases, spec=MATRIX)",
        f"segments = segcore.segment(matrix, spec=SEGMENTS, resamples={recipe.resamples})",
        '(here / "assignments.csv").write_bytes(table_csv(customer_table(purchases, matrix, segments, NAMES)))',
        "print(segments.sizes.rename(index=NAMES).to_string())",
    ]
    if recipe.rules is not None:
        parts += [
            "",
            f"RULES = {_source(recipe.rules)}",
            "rules = finished(mining_purchases(purchases, RULES))",
            '(here / "rules.csv").write_bytes(table_csv(as_text(rules)))',
            'print(f"{len(rules):,} rules")',
        ]
    return ("\n".join(parts) + "\n").encode("utf-8")


def _told(sources: Sequence[str]) -> list[str]:
    """Comments on where the rows came from; what a file must be called so that the script finds it."""
    if not sources:
        return []
    told = [f"# {' '.join(sentence.split())}" for sentence in sources]
    return [
        "",
        *told,
        "# The digest below tells whether the rows are still the ones the study was made from.",
    ]


def _source(value: Any) -> str:
    """A frozen spec as Python, without what is at its default."""
    if not is_dataclass(value):
        return _collection(value) if isinstance(value, (tuple, list, dict)) else repr(value)
    given = [
        f"{f.name}={_source(getattr(value, f.name))}"
        for f in fields(value)
        if getattr(value, f.name) != _default(f)
    ]
    return f"{type(value).__name__}({', '.join(given)})"


def _collection(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_source(name)}: {_source(one)}" for name, one in value.items()) + "}"
    inside = ", ".join(map(_source, value))
    if isinstance(value, list):
        return f"[{inside}]"
    return f"({inside},)" if len(value) == 1 else f"({inside})"


def _default(field: Any) -> Any:
    if field.default is not MISSING:
        return field.default
    return field.default_factory() if field.default_factory is not MISSING else MISSING


def _imports(value: Any) -> set[str]:
    if isinstance(value, (tuple, list)):
        return {line for one in value for line in _imports(one)}
    if not is_dataclass(value):
        return set()
    kind = type(value)
    extra = _BESIDES.get(kind.__name__, set())
    own = {f"from {kind.__module__} import {kind.__name__}"}
    return own | extra | {line for f in fields(value) for line in _imports(getattr(value, f.name))}
