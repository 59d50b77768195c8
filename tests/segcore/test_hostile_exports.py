"""Sixty names that try to be obeyed leave in every file as text, held by two readers each."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from html.parser import HTMLParser
from typing import NamedTuple

import openpyxl
import pandas as pd
import pytest
from pptx import Presentation
from python_calamine import CalamineWorkbook

import segcore
from segcore.figures.palette import segment_colour
from segcore.intake import read
from segcore.language.file_names import file_name
from segcore.purchases import Purchases
from segcore.report import Results, Story, StorySpec, tell
from segcore.report.export import as_text_cell, id_list, table_csv, workbook
from segcore.report.export.book import book
from segcore.report.export.page import page
from segcore.report.export.pictures import heatmaps
from segcore.report.export.slides import slides
from tests.hostile_names import NAMES

LIVE = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
SEGMENTS = {1: NAMES[29], 2: NAMES[8], 3: NAMES[0]}


class Told(NamedTuple):
    """Purchases whose every name is hostile, and the story told of them."""

    purchases: Purchases
    spec: StorySpec
    results: Results
    story: Story


@pytest.fixture(scope="module")
def told() -> Told:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(["customer", "product", NAMES[18], "amount"])
    for customer in range(90):
        taste = NAMES[customer % 3 :: 3]
        for step in range(9):
            product = taste[(customer * 5 + step) % len(taste)]
            writer.writerow(
                [
                    f"{NAMES[customer % len(NAMES)]} {customer}",
                    product,
                    NAMES[NAMES.index(product) % 5],
                    "2.50",
                ]
            )
    purchases = read(("hostile.csv", out.getvalue().encode("utf-8"))).purchases
    assert len(purchases.products) >= 55
    matrix = segcore.build_matrix(purchases, level="product")
    sweep = segcore.sweep_k(matrix, range(2, 4), resamples=2)
    segmentation = segcore.segment(matrix, k=3, resamples=2)
    rules = segcore.mine_rules(purchases, "product", min_support=0.03, min_confidence=0.3, max_length=2)
    spec = StorySpec(
        title=NAMES[0], day="2026-11-22", files=(NAMES[21],), digest=purchases.digest, matrix=matrix.spec,
        segments_key="0" * 64, names=tuple(SEGMENTS.items()),
        colours=tuple((number, segment_colour(number)) for number in SEGMENTS), votes=(), log=(),
    )  # fmt: skip
    results = Results(matrix, segmentation, sweep, rules)
    return Told(purchases, spec, results, tell(spec, results))


def table() -> pd.DataFrame:
    """Every name as a cell, a header and a row label."""
    made = pd.DataFrame({name: list(NAMES) for name in NAMES[:30]})
    return made.set_axis(pd.Index(NAMES, name=NAMES[28]), axis=0)


def test_there_are_enough_names():
    assert len(set(NAMES)) == len(NAMES) >= 50


def test_two_readers_of_csv_find_text_and_no_formula():
    raw = table_csv(table())
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    frame = pd.read_csv(io.BytesIO(raw), dtype=str, keep_default_na=False, encoding="utf-8-sig")
    for cells in (*rows, *frame.to_numpy().tolist(), list(frame.columns)):
        assert not [cell for cell in cells if cell.lstrip().startswith(LIVE)]
    assert [row[1] for row in rows[1:]] == [as_text_cell(name) for name in NAMES]
    assert frame.iloc[:, 1].tolist() == [as_text_cell(name) for name in NAMES]


def sheets_hold_text(raw: bytes) -> set[str]:
    """All texts of a workbook, after both readers found neither a formula nor a link in it."""
    opened = openpyxl.load_workbook(io.BytesIO(raw))
    mine = set()
    for sheet in opened.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f" and cell.hyperlink is None, (sheet.title, cell.value)
                mine |= {cell.value} if isinstance(cell.value, str) else set()
    theirs = set()
    book_of = CalamineWorkbook.from_filelike(io.BytesIO(raw))
    for name in book_of.sheet_names:
        theirs |= {
            c for row in book_of.get_sheet_by_name(name).to_python() for c in row if isinstance(c, str)
        }
    assert mine <= theirs | {""}
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        parts = b"".join(
            archive.read(name) for name in archive.namelist() if name.endswith((".xml", ".rels"))
        )
    assert not re.search(rb"<f[ >]|<hyperlink|relationships/hyperlink", parts)
    return mine


def test_two_readers_of_a_workbook_find_text_and_no_formula():
    sheets = {name: table() for name in NAMES[:6]}
    held = sheets_hold_text(workbook(sheets, {NAMES[28]: NAMES[29]}))
    assert {as_text_cell(name, quote=False) for name in NAMES} <= held | {""}


def test_the_whole_workbook_of_a_study_holds_text(told: Told):
    held = sheets_hold_text(book(told.spec, told.results, told.story, told.purchases))
    products = {as_text_cell(label, quote=False) for label in told.purchases.products.index}
    assert len(products & held) >= 50


class Tags(HTMLParser):
    """What a browser would make of a page: its tags, and every address in them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.handlers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.handlers += [name for name, _ in attrs if name.startswith("on")]
        self.addresses += [str(value) for name, value in attrs if name in ("href", "src", "action", "data")]


def test_the_page_obeys_no_name(told: Told):
    content = page(told.story, {"overview": heatmaps(told.spec, told.results)}).decode("utf-8")
    tags = Tags()
    tags.feed(content)
    assert tags.handlers == [] and not {"iframe", "base", "object", "form"} & set(tags.tags)
    assert "<b>bold" not in content
    assert not [one for one in tags.addresses if not one.startswith(("#", "data:"))]
    assert "window.hacked" not in "".join(re.findall(r"<script[^>]*>\s*window\.hacked", content))


def test_slides_hold_no_link_and_every_name_as_text(told: Told):
    raw = slides(told.story)
    deck = Presentation(io.BytesIO(raw))
    for slide in deck.slides:
        for relation in slide.part.rels.values():
            assert not relation.is_external, relation.target_ref
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        for name in archive.namelist():
            if name.endswith(".xlsx"):
                sheets_hold_text(archive.read(name))


def test_id_lists_and_file_names_are_one_line_each():
    lines = id_list(NAMES).decode("utf-8").split("\r\n")
    assert len(lines) == len([name for name in NAMES if as_text_cell(name, quote=False)]) + 1
    for name in NAMES:
        made = file_name(name, "customers", "2026-11-22", "xlsx")
        assert not set(made) & set('/\\:*?"<>|\n\r\t\0$`;') and not made.startswith((".", "-", "~"))
