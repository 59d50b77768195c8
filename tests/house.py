"""The house as data: which rooms there are, what lives in each, what each may use; and our sources, read once."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OPEN = ("errors", "progress", "language", "choices", "statistics")  # every room may use these


@dataclass(frozen=True)
class Room:
    """What lives in a room, as the README's layout says it, and the rooms it may use besides the open ones."""

    says: str
    uses: tuple[str, ...] = ()

    @classmethod
    def of(cls, says: str, uses: str = "") -> "Room":
        return cls(says, tuple(uses.split()))


# Ground first: a room of segcore uses only rooms above it in this table, so nothing ever runs back up.
SEGCORE: dict[str, Room] = {
    "errors": Room.of("what a person may be told: what went wrong, and the way out"),
    "progress": Room.of("steps of long work: how far it is, run to the end, a part of a whole"),
    "language": Room.of("words, numbers as the reader writes them, names of months and of files"),
    "choices": Room.of("everything a person may choose, checked: the study and its records, the specs"),
    "statistics": Room.of("tails, intervals, the null that keeps both margins"),
    "storage": Room.of("results on disk by content, uploads, the workspace; codec/: records under names that stay"),
    "jobs": Room.of("background processes: queue, progress, cancel, limits", "storage"),
    "purchases": Room.of("the canonical lines and their digest, kept by it; levels/; a changed hierarchy", "storage"),
    "matrix": Room.of("customers × products at a level, filtered, weighted, sparse", "purchases"),
    "factorization": Room.of("NMF: starts, one solver for many k at once, exact scores; K-means; stability"),
    "intake": Room.of("files/ → columns/ → values/ → rows/: any table to typed columns, every repair reported", "purchases"),
    "sources": Room.of("PostgreSQL tables, Parquet folders of the server → snapshots that intake opens", "intake purchases"),
    "samples": Room.of("seeded data with known truth, and the shipped sample", "intake purchases"),
    "selection": Room.of("every k together, shuffled purchases and resamples, the verdict on k, in words", "factorization matrix"),
    "rules": Room.of("baskets, mining, measures, significance, redundancy", "matrix purchases"),
    "segments": Room.of("shares, assignment, sizes; profiles/, names/: what they buy, what to call them in every run",
        "factorization matrix purchases selection"),
    "hierarchy": Room.of("how empty each level is, what a trial finds there; grouping/: groups where a file has none",
        "intake matrix purchases segments selection"),
    "offers": Room.of("ways to rank, back-test, bundles, target lists, tests with a hold-out",
        "factorization matrix purchases rules segments"),
    "whatif": Room.of("a basket, another range, segments by hand, newcomers, two periods",
        "factorization matrix purchases segments"),
    "studies": Room.of("saved work, versions, links, the log, one file to send; housekeeping",
        "hierarchy intake purchases storage"),
    "figures": Room.of("a result → a chart, one file a chart; a chart as plain numbers", "rules segments"),
    "report": Room.of("a study told in chapters; export/: CSV, Excel, HTML, slides and script that open as they were meant",
        "figures hierarchy matrix offers purchases rules samples segments selection whatif"),
    "questions": Room.of("what a background job can be asked, one typed record each",
        "factorization hierarchy intake jobs matrix offers purchases report rules samples segments selection sources "
        "storage studies whatif"),
}  # fmt: skip
PAGES: dict[str, Room] = {
    "ui/shell": Room.of("navigation, router, header, tour, session, address, links; whose visit it is",
        "ui/parts intake jobs purchases studies"),
    "ui/parts": Room.of("what several pages need: questions to jobs and their answers, choices of the study, cache, widgets",
        "ui/shell figures hierarchy intake jobs matrix offers purchases questions rules segments sources "
        "storage studies whatif"),
    "ui/data": Room.of("files in, what was read and repaired, roles, sources, saved studies, the workspace",
        "ui/parts ui/shell figures intake jobs purchases questions sources storage studies"),
    "ui/level": Room.of("the dial over all levels, groups, label problems, what is left out",
        "ui/parts ui/shell figures hierarchy matrix purchases questions"),
    "ui/how_many": Room.of("charts over k, options, reasons, votes; what to do when there is no result",
        "ui/parts ui/shell factorization figures hierarchy matrix questions segments selection studies"),
    "ui/customers": Room.of("the answer: a card for each kind, the choices made on the way, who fits none",
        "ui/parts ui/segments ui/shell intake report segments"),
    "ui/segments": Room.of("cards, pictures, details, names; find a customer or a product",
        "ui/level ui/parts ui/shell figures hierarchy offers purchases questions report segments"),
    "ui/rules": Room.of("controls, list, pictures, one rule in full",
        "ui/parts ui/shell figures purchases questions report rules"),
    "ui/offers": Room.of("next offers, the proof, bundles, target lists, tests with a hold-out",
        "ui/parts ui/shell figures offers purchases questions report segments"),
    "ui/whatif": Room.of("a basket, another range, by hand, newcomers, two periods; scenarios kept",
        "ui/data ui/parts ui/shell figures questions report whatif"),
    "ui/share": Room.of("present, files to send, the log",
        "ui/offers ui/parts ui/rules ui/shell ui/whatif figures questions report studies"),
    "ui/help": Room.of("methods, limits, a worked example",
        "ui/parts questions report rules"),
}  # fmt: skip
STORIES = ("questions", "rules")  # what a page's story may use of segcore; of pages/ui it may use every room


@dataclass(frozen=True)
class Import:
    """One module loads another, or names it for a type checker."""

    source: str
    target: str
    name: str
    line: int
    in_function: bool


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
    def module(self) -> str:
        return self.name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

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


def outside(*places: str) -> list[Source]:
    inside = {source.name for source in under(*places)}
    return [source for source in sources() if source.name not in inside]


def knowing(package: str, among: list[Source]) -> list[str]:
    return [source.name for source in among if source.knows(package)]


@cache
def arrows() -> tuple[Import, ...]:
    """Every import of one of our modules by another, for type checkers too."""
    known = {source.module for source in sources()}
    return tuple(
        one for source in sources() for one in _arrows_of(source, known) if one.target != source.module
    )


def _arrows_of(source: Source, known: set[str]) -> Iterator[Import]:
    for node, inside in _with_place(source.tree, False):
        if isinstance(node, ast.Import):
            named = [(alias.name, "") for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            named = [_home(node.module or "", alias.name, known) for alias in node.names]
        else:
            continue
        for target, name in named:
            if target in known:
                yield Import(source.module, target, name, node.lineno, inside)


def _home(module: str, name: str, known: set[str]) -> tuple[str, str]:
    """The module that an imported name is of: itself where it is a module."""
    return (f"{module}.{name}", "") if f"{module}.{name}" in known else (module, name)


def _with_place(tree: ast.AST, inside: bool) -> Iterator[tuple[ast.AST, bool]]:
    """Every node, and whether it is in the body of a function."""
    for node in ast.iter_child_nodes(tree):
        yield node, inside
        yield from _with_place(node, inside or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def room_of(module: str) -> str:
    """The room a module is in: "matrix", "ui/level"; "pages" for a page's story, "" for the two front doors."""
    parts = module.split(".")
    if parts[:2] == ["pages", "ui"]:
        return f"ui/{parts[2]}" if len(parts) > 2 else ""
    if parts[0] == "segcore":
        return parts[1] if len(parts) > 1 else ""
    return "pages"


def allowed(room: str) -> set[str]:
    """The rooms that a room may use besides the open ones and itself."""
    if room == "pages":
        return {*PAGES, *STORIES}
    return set((SEGCORE | PAGES)[room].uses)


def pairs() -> set[tuple[str, str]]:
    """Ordered pairs of different rooms with an import between them; open rooms and the front doors are not counted."""
    found = {(room_of(one.source), room_of(one.target)) for one in arrows()}
    return {(a, b) for a, b in found if a != b and a and b and b not in OPEN}
