"""Words and tables on a slide: as large as they fit, nothing over an edge, whatever the names are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import pandas as pd
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Emu, Inches, Length, Pt

from segcore.figures.frame import shorten
from segcore.figures.palette import ACCENT_LIGHT
from segcore.language.words import count
from segcore.report.export.cells import is_number, shown
from segcore.report.export.tables import as_text_cell

INK, QUIET, WHITE = RGBColor(0x1C, 0x20, 0x30), RGBColor(0x56, 0x5D, 0x73), RGBColor(0xFF, 0xFF, 0xFF)
BAND = RGBColor(0xF4, 0xF5, 0xFA)
LONGEST_CELL, MOST_COLUMNS = 110, 7
_TABLE_SIZE = 12
_WIDE_LETTER, _BOLD_LETTER = 0.56, 0.66  # of the type size; fonts that stand in for the usual one are wider
_LINE = 1.25
_CELL_AIR = Inches(0.14)


class Box(NamedTuple):
    """A place on a slide."""

    left: Length
    top: Length
    width: Length
    height: Length


def clean(text: object) -> str:
    """Text that no program obeys."""
    return as_text_cell(text, quote=False)


def rgb(colour: str) -> RGBColor:
    """A colour of the palette."""
    return RGBColor.from_string(colour.lstrip("#").upper())


def lines(text: str, width: Length, size: float, *, bold: bool = False) -> int:
    """How many lines a text takes at a type size in points."""
    letters = max(4, int(Emu(width).pt / ((_BOLD_LETTER if bold else _WIDE_LETTER) * size)))
    at, n = 0, 1
    for word in text.split():
        for part in range(0, len(word), letters):
            long = len(word[part : part + letters])
            if at and at + 1 + long > letters:
                n, at = n + 1, long
            else:
                at += long + bool(at)
    return n


def fitting(
    texts: Sequence[str], box: Box, sizes: Sequence[int], *, space: float = 0.5, bold: bool = False
) -> tuple[int, int]:
    """The largest type size at which the texts fit a box, and how many of them fit at the smallest."""
    room = Emu(box.height).pt
    for size in sizes:
        if tall(texts, box.width, size, space=space, bold=bold) <= room:
            return size, len(texts)
    smallest, fit = sizes[-1], len(texts)
    while fit > 1 and tall(texts[:fit], box.width, smallest, space=space, bold=bold) > room:
        fit -= 1
    return smallest, fit


def tall(
    texts: Sequence[str], width: Length, size: float, *, space: float = 0.5, bold: bool = False
) -> float:
    """Height of some paragraphs in points."""
    return sum(lines(text, width, size, bold=bold) * _LINE * size + space * size for text in texts)


def write(frame: Any, texts: Sequence[str], size: float, *, bold: bool = False, colour: RGBColor = INK, space: float = 0.5) -> None:  # fmt: skip
    """Put paragraphs into a text frame without margins, from its top."""
    frame.word_wrap, frame.vertical_anchor = True, MSO_ANCHOR.TOP
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    for place, text in enumerate(texts):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        paragraph.alignment, paragraph.space_after = PP_ALIGN.LEFT, Pt(space * size)
        run = paragraph.add_run()
        run.text = clean(text)
        run.font.size, run.font.bold, run.font.color.rgb = Pt(size), bold, colour


def text_box(slide: Any, texts: Sequence[str], box: Box, size: float, *, bold: bool = False, colour: RGBColor = INK) -> None:  # fmt: skip
    """A text box of its own."""
    write(slide.shapes.add_textbox(*box).text_frame, texts, size, bold=bold, colour=colour)


def table(slide: Any, given: pd.DataFrame, box: Box) -> None:
    """A native table that ends within its box; what does not fit is counted below it."""
    cells = given.iloc[:, :MOST_COLUMNS]
    heads = [clean(shorten(name, 40)) for name in cells.columns]
    body = [
        [clean(shorten(shown(name, value), LONGEST_CELL)) for name, value in zip(cells.columns, row, strict=True)]
        for row in cells.itertuples(index=False)
    ]  # fmt: skip
    widths = _widths(heads, body, box.width)
    top = _row_tall(heads, widths, bold=True)
    room = Emu(box.height).pt - top - 24
    fit = 0
    for row in body:
        room -= _row_tall(row, widths)
        if room < 0:
            break
        fit += 1
    fit = max(fit, 1)
    rows = [heads, *body[:fit]]
    talls = [Pt(top), *(Pt(_row_tall(row, widths)) for row in rows[1:])]
    grid = slide.shapes.add_table(len(rows), len(heads), box.left, box.top, box.width, Emu(sum(talls))).table
    right = [is_number(cells.iloc[:, place]) for place in range(cells.shape[1])]
    for place, width in enumerate(widths):
        grid.columns[place].width = width
    for at, row in enumerate(rows):
        grid.rows[at].height = talls[at]
        for place, text in enumerate(row):
            _cell(grid.cell(at, place), text, at, on_the_right=right[place])
    if len(body) > fit:
        below = Box(box.left, Emu(box.top + sum(talls) + Inches(0.08)), box.width, Inches(0.3))
        text_box(slide, [f"{count(len(body) - fit)} more in the workbook."], below, 12, colour=QUIET)


def _widths(heads: list[str], body: list[list[str]], width: Length) -> list[Length]:
    """Columns wide enough for their longest word, the rest shared out by how much each has to say."""
    letter = Pt(_BOLD_LETTER * _TABLE_SIZE)
    least, wants = [], []
    for place, head in enumerate(heads):
        texts = [head, *(row[place] for row in body)]
        word = max(len(word) for text in texts for word in [*text.split(), ""])
        least.append(int(letter * max(min(word, 16), 3) + _CELL_AIR))
        wants.append(max(min(max(map(len, texts)), 70), 4))
    spare = width - sum(least)
    if spare < 0:
        return [Emu(int(width * one / sum(least))) for one in least]
    return [Emu(int(one + spare * want / sum(wants))) for one, want in zip(least, wants, strict=True)]


def _row_tall(row: list[str], widths: list[Length], *, bold: bool = False) -> float:
    """Height of a row in points."""
    most = max(
        lines(text, Emu(width - _CELL_AIR), _TABLE_SIZE, bold=bold)
        for text, width in zip(row, widths, strict=True)
    )
    return math.ceil(most * _TABLE_SIZE * _LINE + 9)


def _cell(cell: Any, text: str, row: int, *, on_the_right: bool) -> None:
    frame = cell.text_frame
    write(frame, [text], _TABLE_SIZE, bold=row == 0, colour=WHITE if row == 0 else INK, space=0)
    frame.paragraphs[0].alignment = PP_ALIGN.RIGHT if on_the_right else PP_ALIGN.LEFT
    cell.margin_left = cell.margin_right = Emu(_CELL_AIR // 2)
    cell.margin_top = cell.margin_bottom = Pt(3)
    cell.fill.solid()
    cell.fill.fore_color.rgb = rgb(ACCENT_LIGHT) if row == 0 else BAND if row % 2 == 0 else WHITE
