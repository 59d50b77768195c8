"""Native charts on slides: their numbers are those of the chapter and can be edited in the presentation."""

from __future__ import annotations

import io
import math
from typing import Any

import xlsxwriter
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_MARK,
)
from pptx.enum.dml import MSO_LINE
from pptx.util import Pt

from segcore.figures.chart_data import ChartData
from segcore.figures.frame import shorten
from segcore.figures.palette import ACCENT_LIGHT, GREY
from segcore.report.export.slide_text import INK, QUIET, Box, clean, rgb

LONGEST_LABEL = 44
_LINE = RGBColor(0xDF, 0xE2, 0xEC)
# A percentage has a digit below 10, as everywhere else.
_FORMATS = {"percent": '[=0]0" %";[<9.95]0.0" %";0" %"', "index": "0", "count": "#,##0"}


def chart(slide: Any, given: ChartData, box: Box) -> None:
    """Bars are given from the bottom up, which is how a lying bar chart counts."""
    bars = given.kind == "bars"
    order = slice(None, None, -1) if bars else slice(None)
    data = CategoryChartData(number_format="General")
    labels = [clean(shorten(label, LONGEST_LABEL)) for label in given.labels[order]]
    data.categories = labels
    for series in given.series[order]:
        data.add_series(clean(series.name), [_known(value) for value in series.values[order]])
    kind = XL_CHART_TYPE.BAR_CLUSTERED if bars else XL_CHART_TYPE.LINE_MARKERS
    drawn = slide.shapes.add_chart(kind, *box, data).chart
    drawn.part.chart_workbook.update_from_xlsx_blob(_data_sheet(labels, given, order))
    drawn.has_title, drawn.has_legend = False, len(given.series) > 1
    drawn.font.size, drawn.font.color.rgb = Pt(13), INK
    if drawn.has_legend:
        drawn.legend.position, drawn.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    for axis in (drawn.category_axis, drawn.value_axis):
        axis.format.line.color.rgb = _LINE
        axis.major_tick_mark = XL_TICK_MARK.NONE
    drawn.value_axis.minimum_scale = 0
    (_bars if bars else _lines)(drawn, given)


def _data_sheet(labels: list[str], given: ChartData, order: slice) -> bytes:
    """The small workbook behind a chart, every name as text: the library's own makes formulas and links of them."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Sheet1")
        for row, label in enumerate(labels, start=1):
            sheet.write_string(row, 0, label)
        for column, series in enumerate(given.series[order], start=1):
            sheet.write_string(0, column, clean(series.name))
            for row, value in enumerate(series.values[order], start=1):
                if _known(value) is not None:
                    sheet.write_number(row, column, value)
    return buffer.getvalue()


def _known(value: float | None) -> float | None:
    """A number a chart can hold; a gap where there is none."""
    return value if value is not None and math.isfinite(value) else None


def _bars(drawn: Any, given: ChartData) -> None:
    drawn.value_axis.visible = drawn.value_axis.has_major_gridlines = False
    plot = drawn.plots[0]
    plot.gap_width, plot.overlap, plot.has_data_labels = 45, 0, True
    labels = plot.data_labels
    labels.number_format, labels.number_format_is_linked = _FORMATS[given.unit], False
    labels.position, labels.font.size = XL_LABEL_POSITION.OUTSIDE_END, Pt(13)
    for drawn_series, series in zip(plot.series, reversed(given.series), strict=True):
        colours = series.colours or (GREY,)
        drawn_series.format.fill.solid()
        drawn_series.format.fill.fore_color.rgb = rgb(colours[0])
        if len(colours) > 1:
            for place, colour in enumerate(reversed(colours)):
                fill = drawn_series.points[place].format.fill
                fill.solid()
                fill.fore_color.rgb = rgb(colour)


def _lines(drawn: Any, given: ChartData) -> None:
    axis = drawn.value_axis
    axis.maximum_scale, axis.major_unit = 100, 20
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = '0" %"', False
    axis.tick_labels.font.color.rgb = QUIET
    axis.major_gridlines.format.line.color.rgb = _LINE
    for place, series in enumerate(drawn.plots[0].series):
        colour = rgb(ACCENT_LIGHT) if place == 0 else INK
        series.smooth = False
        series.format.line.width, series.format.line.color.rgb = Pt(2.5), colour
        if place:
            series.format.line.dash_style = MSO_LINE.ROUND_DOT
        series.marker.style, series.marker.size = XL_MARKER_STYLE.CIRCLE, 8
        series.marker.format.fill.solid()
        series.marker.format.fill.fore_color.rgb = colour
        series.marker.format.line.color.rgb = colour
    if given.chosen in given.labels:
        point = drawn.plots[0].series[0].points[given.labels.index(given.chosen)]
        point.marker.style, point.marker.size = XL_MARKER_STYLE.CIRCLE, 14
        label = point.data_label
        label.has_text_frame, label.position = True, XL_LABEL_POSITION.ABOVE
        label.text_frame.text = f"{given.chosen} chosen"
