"""The story as slides with native charts and tables: everything on them can be edited in the presentation."""

from __future__ import annotations

import io
from typing import Any

import pandas as pd
from pptx import Presentation
from pptx.enum.shapes import MSO_SHAPE
from pptx.util import Emu, Inches, Length, Pt

from segcore.figures.frame import shorten
from segcore.figures.palette import ACCENT_LIGHT
from segcore.report.export.slide_charts import chart
from segcore.report.export.slide_text import QUIET, Box, clean, fitting, rgb, table, tall, text_box, write
from segcore.report.records import Chapter, Story

WIDE, HIGH = Inches(13.333), Inches(7.5)
LEFT, RIGHT, TOP, FOOT = Inches(0.7), Inches(12.7), Inches(1.75), Inches(7.08)
PAGE = Emu(RIGHT - LEFT)
GAP = Inches(0.35)
LONGEST_HEADING = 240
LONGEST_TITLE = 200  # the property of a file holds 255 signs
KICKERS = {
    "overview": "In one picture", "number": "How many kinds", "segment": "Who they are",
    "rules": "Bought together", "offers": "Does it work?", "next": "What to offer", "bundles": "Bundles",
    "target": "Who gets it", "tests": "Test and learn", "scenarios": "What if", "decisions": "What was decided",
    "method": "How it was done", "record": "Run record",
}  # fmt: skip


def slides(story: Story) -> bytes:
    """The story as a .pptx: a title, a slide a chapter, the run record."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = WIDE, HIGH
    deck.core_properties.title, deck.core_properties.author = shorten(clean(story.title), LONGEST_TITLE), ""
    _title(deck, story)
    record = pd.DataFrame(story.record.items(), columns=["what", "value"])
    chapters = (*story.chapters, Chapter("record", "What makes these numbers again", table=record))
    for number, chapter in enumerate(chapters, start=2):
        _chapter(deck, chapter, f"{shorten(story.title, 60)}  ·  {story.day}  ·  {number}")
    held = io.BytesIO()
    deck.save(held)
    return held.getvalue()


def _title(deck: Any, story: Story) -> None:
    slide = _slide(
        deck, Box(Inches(1.1), Inches(2.3), Inches(11), Inches(2.0)), story.title, (48, 40, 32, 24, 18)
    )
    _block(slide, Box(Emu(0), Emu(0), Inches(0.45), HIGH), ACCENT_LIGHT)
    found = [story.chapters[0].heading] if story.chapters else []
    below = Box(Inches(1.1), Inches(4.4), Inches(11), Inches(1.1))
    text_box(slide, found, below, fitting(found, below, (24, 20, 16, 12))[0])
    text_box(
        slide, [story.subtitle], Box(Inches(1.1), Inches(5.7), Inches(11), Inches(0.8)), 16, colour=QUIET
    )


def _chapter(deck: Any, chapter: Chapter, foot: str) -> None:
    slide = _slide(deck, Box(LEFT, Inches(0.68), PAGE, Inches(0.95)), chapter.heading, (30, 26, 22, 18, 15))
    colour = chapter.chart.series[0].colours[0] if chapter.kind == "segment" and chapter.chart else ACCENT_LIGHT  # fmt: skip
    _block(slide, Box(Emu(0), Emu(0), Inches(0.16), HIGH), colour)
    text_box(slide, [KICKERS.get(chapter.kind, "").upper()], Box(LEFT, Inches(0.34), PAGE, Inches(0.28)), 12, bold=True, colour=rgb(ACCENT_LIGHT))  # fmt: skip
    text_box(slide, [foot], Box(LEFT, FOOT, PAGE, Inches(0.25)), 10, colour=QUIET)
    has_table = chapter.table is not None and len(chapter.table) > 0
    if chapter.chart is not None:
        beside = Emu(LEFT + Inches(4.0) + GAP)
        width = Emu(RIGHT - beside)
        _sentences(slide, chapter, Box(LEFT, TOP, Inches(4.0), Emu(FOOT - TOP)))
        says = Box(beside, TOP, width, Inches(0.3))
        text_box(
            slide,
            [chapter.chart.says],
            says,
            fitting([chapter.chart.says], says, (12, 11, 10, 9))[0],
            colour=QUIET,
        )
        below = Emu(TOP + Inches(0.32))
        chart(slide, chapter.chart, Box(beside, below, width, Emu(FOOT - below - Inches(0.1))))
    elif has_table:
        _over_a_table(slide, chapter)
    else:
        _sentences(slide, chapter, Box(LEFT, TOP, PAGE, Emu(FOOT - TOP)), most=20)
    if chapter.points:
        slide.notes_slide.notes_text_frame.text = "\n".join(clean(point) for point in chapter.points)


def _over_a_table(slide: Any, chapter: Chapter) -> None:
    """A few sentences over the whole width, the table right below them."""
    used = _sentences(slide, chapter, Box(LEFT, TOP, PAGE, Inches(1.5)), most=4)
    top = Emu(TOP + used)
    table(slide, chapter.table, Box(LEFT, top, PAGE, Emu(FOOT - top - Inches(0.1))))


def _slide(deck: Any, box: Box, heading: str, sizes: tuple[int, ...]) -> Any:
    """A slide whose heading is its title, so that outlines and screen readers find it."""
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    title = slide.shapes.title
    title.left, title.top, title.width, title.height = box
    text = shorten(clean(heading), LONGEST_HEADING)
    size, _ = fitting([text], box, sizes, space=0, bold=True)
    write(title.text_frame, [text], size, bold=True, space=0)
    return slide


def _block(slide: Any, box: Box, colour: str) -> None:
    """A plain area of colour."""
    block = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, *box)
    block.fill.solid()
    block.fill.fore_color.rgb = rgb(colour)
    block.line.fill.background()
    block.shadow.inherit = False


def _sentences(slide: Any, chapter: Chapter, box: Box, most: int = 6) -> Length:
    """As many sentences as fit, as large as they fit; the height they take."""
    texts = [shorten(clean(sentence), 600) for sentence in chapter.sentences[:most]]
    if not texts:
        return Emu(0)
    size, fit = fitting(texts, box, (18, 16, 15, 14, 13, 12))
    used = Emu(Pt(tall(texts[:fit], box.width, size)))
    text_box(slide, texts[:fit], box._replace(height=used), size)
    return Emu(used + Inches(0.1))
