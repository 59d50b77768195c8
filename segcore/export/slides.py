"""The story as slides with native charts and tables: everything on them can be edited in the presentation."""

from __future__ import annotations

import io
import math
import re
from typing import Any

import pandas as pd
import xlsxwriter
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION
from pptx.util import Emu, Inches, Pt

from segcore.export.tables import as_text_cell
from segcore.figures.palette import ACCENT_LIGHT, GREY
from segcore.story.records import Chapter, ChartData, Story
from segcore.words import count, percent

MOST_ROWS, MOST_COLUMNS = 12, 6
MOST_SENTENCES = 5
_WIDE, _HIGH = Inches(13.333), Inches(7.5)
_LEFT, _TOP = Inches(0.6), Inches(1.55)
_INK, _QUIET = RGBColor(0x1C, 0x20, 0x30), RGBColor(0x56, 0x5D, 0x73)
_FORMATS = {"percent": '0.0"%"', "index": "0", "count": "#,##0"}


def slides(story: Story) -> bytes:
    """The story as a .pptx: a title, a slide a chapter, the run record."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = _WIDE, _HIGH
    _title(deck, story)
    for chapter in story.chapters:
        _chapter(deck, chapter)
    record = pd.DataFrame(story.record.items(), columns=["what", "value"])
    _chapter(deck, Chapter("record", "What makes these numbers again", table=record))
    held = io.BytesIO()
    deck.save(held)
    return held.getvalue()


def _title(deck: Any, story: Story) -> None:
    slide = _blank(deck)
    _write(slide, story.title, _LEFT, Inches(2.6), Inches(12), Inches(1.4), size=44, bold=True)
    _write(slide, story.subtitle, _LEFT, Inches(4.1), Inches(12), Inches(0.8), size=20, colour=_QUIET)


def _chapter(deck: Any, chapter: Chapter) -> None:
    slide = _blank(deck)
    _write(
        slide,
        chapter.heading,
        _LEFT,
        Inches(0.45),
        Inches(12.1),
        Inches(1.0),
        size=_heading_size(chapter.heading),
        bold=True,
    )
    has_table = chapter.table is not None and len(chapter.table) > 0
    if chapter.chart is not None:
        _sentences(slide, chapter, Inches(4.3))
        _chart(slide, chapter.chart, Inches(5.2), Inches(7.5))
    elif has_table:
        if chapter.sentences:
            _sentences(slide, chapter, Inches(4.3))
        left = Inches(5.2) if chapter.sentences else _LEFT
        _table(slide, chapter.table, left, _WIDE - left - Inches(0.6))
    else:
        _sentences(slide, chapter, Inches(12.1), most=12)
    if chapter.points:
        slide.notes_slide.notes_text_frame.text = "\n".join(_clean(point) for point in chapter.points)


def _blank(deck: Any) -> Any:
    return deck.slides.add_slide(deck.slide_layouts[6])


def _heading_size(text: str) -> int:
    return 30 if len(text) < 75 else 24 if len(text) < 130 else 20


def _write(slide: Any, text: str, left: Emu, top: Emu, width: Emu, height: Emu, *, size: int, bold: bool = False, colour: RGBColor = _INK) -> None:  # fmt: skip
    frame = slide.shapes.add_textbox(left, top, width, height).text_frame
    frame.word_wrap = True
    run = frame.paragraphs[0].add_run()
    run.text = _clean(text)
    run.font.size, run.font.bold, run.font.color.rgb = Pt(size), bold, colour


def _sentences(slide: Any, chapter: Chapter, width: Emu, most: int = MOST_SENTENCES) -> None:
    frame = slide.shapes.add_textbox(_LEFT, _TOP, width, Inches(5.4)).text_frame
    frame.word_wrap = True
    said = chapter.sentences[:most]
    size = 16 if sum(map(len, said)) < 500 else 13
    for place, sentence in enumerate(said):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        run = paragraph.add_run()
        run.text = _clean(sentence)
        run.font.size, run.font.color.rgb = Pt(size), _INK
        paragraph.space_after = Pt(9)


def _chart(slide: Any, chart: ChartData, left: Emu, width: Emu) -> None:
    """A native chart; bars are given from the bottom up, which is how a lying bar chart counts."""
    bars = chart.kind == "bars"
    order = slice(None, None, -1) if bars else slice(None)
    data = CategoryChartData(number_format=_FORMATS[chart.unit])
    labels = [_clean(label) for label in chart.labels[order]]
    data.categories = labels
    for series in chart.series[order]:
        data.add_series(_clean(series.name), series.values[order])
    kind = XL_CHART_TYPE.BAR_CLUSTERED if bars else XL_CHART_TYPE.LINE_MARKERS
    drawn = slide.shapes.add_chart(kind, left, _TOP, width, Inches(5.5), data).chart
    drawn.part.chart_workbook.update_from_xlsx_blob(_data_sheet(labels, chart, order))
    drawn.has_title = False
    drawn.font.size = Pt(13)
    drawn.has_legend = len(chart.series) > 1
    if drawn.has_legend:
        drawn.legend.position, drawn.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    drawn.value_axis.visible = not bars
    drawn.value_axis.has_major_gridlines = not bars
    if bars:
        _label_bars(drawn, chart)


def _data_sheet(labels: list[str], chart: ChartData, order: slice) -> bytes:
    """The small workbook behind a chart, every name as text: the library's own makes formulas and links of them."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Sheet1")
        for row, label in enumerate(labels, start=1):
            sheet.write_string(row, 0, label)
        for column, series in enumerate(chart.series[order], start=1):
            sheet.write_string(0, column, _clean(series.name))
            for row, value in enumerate(series.values[order], start=1):
                if value is not None and math.isfinite(value):
                    sheet.write_number(row, column, value)
    return buffer.getvalue()


def _label_bars(drawn: Any, chart: ChartData) -> None:
    plot = drawn.plots[0]
    plot.gap_width, plot.has_data_labels = 45, True
    plot.data_labels.number_format, plot.data_labels.number_format_is_linked = _FORMATS[chart.unit], False
    plot.data_labels.position = XL_LABEL_POSITION.OUTSIDE_END
    for drawn_series, series in zip(plot.series, reversed(chart.series), strict=True):
        colours = series.colours or (GREY,)
        drawn_series.format.fill.solid()
        drawn_series.format.fill.fore_color.rgb = _rgb(colours[0])
        if len(colours) > 1:
            for place, colour in enumerate(reversed(colours)):
                fill = drawn_series.points[place].format.fill
                fill.solid()
                fill.fore_color.rgb = _rgb(colour)


def _table(slide: Any, table: pd.DataFrame, left: Emu, width: Emu) -> None:
    shown = table.iloc[:MOST_ROWS, :MOST_COLUMNS]
    rows, columns = shown.shape
    grid = slide.shapes.add_table(rows + 1, columns, left, _TOP, width, Inches(0.38) * (rows + 1)).table
    for column, name in enumerate(shown.columns):
        _cell(grid.cell(0, column), str(name), bold=True)
        for row, value in enumerate(shown.iloc[:, column], start=1):
            _cell(grid.cell(row, column), _shown(str(name), value))
        grid.cell(0, column).fill.solid()
        grid.cell(0, column).fill.fore_color.rgb = _rgb(ACCENT_LIGHT)
    if len(table) > MOST_ROWS:
        rest = f"{count(len(table) - MOST_ROWS)} more in the workbook."
        _write(slide, rest, left, Inches(6.9), width, Inches(0.4), size=12, colour=_QUIET)


def _cell(cell: Any, text: str, *, bold: bool = False) -> None:
    frame = cell.text_frame
    run = frame.paragraphs[0].add_run()
    run.text = _clean(text)[:160]
    run.font.size, run.font.bold = Pt(12), bold
    run.font.color.rgb = RGBColor(0xFF, 0xFF, 0xFF) if bold else _INK


def _shown(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    if not isinstance(value, (int, float)) or pd.isna(value):
        return "" if not isinstance(value, str) and pd.isna(value) else str(value)
    if re.search(r"share|support|confidence", name):
        return percent(float(value), 100 if value >= 0.1 else 1_000)
    return count(value) if float(value).is_integer() else f"{value:,.2f}"


def _clean(text: object) -> str:
    return as_text_cell(text, quote=False)


def _rgb(colour: str) -> RGBColor:
    return RGBColor.from_string(colour.lstrip("#").upper())
