"""Presenting on a wall: one step a click or an arrow key, large, nothing else on the screen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from pages.ui.parts import widgets
from pages.ui.parts.text import escape
from pages.ui.shell import session
from segcore.language.words import restyled

if TYPE_CHECKING:
    from segcore.report import Chapter, Story

SCALE = 1.4
MOST_SENTENCES = 3


def show(story: Story, named: tuple[str, ...] = ()) -> None:
    """The step the presenter stands at, and the way on; ``named`` are products whose names hold numbers."""
    steps = [_restyled(chapter, named) for chapter in story.chapters if chapter.kind != "decisions"]
    at = min(session.presenting() or 0, len(steps) - 1)
    chapter = steps[at]
    st.title(escape(chapter.heading), anchor=False)
    if chapter.chart is not None:
        _with_chart(chapter, at)
    elif chapter.kind == "rules" and chapter.sentences:
        for sentence in chapter.sentences[:MOST_SENTENCES]:
            st.markdown(f"### {escape(sentence)}")
    else:
        for sentence in chapter.sentences[:MOST_SENTENCES]:
            st.markdown(f"### {escape(sentence)}", width=1000)
    st.space("small")
    _footer(chapter, at, len(steps))


def _restyled(chapter: Chapter, named: tuple[str, ...]) -> Chapter:
    """The chapter with the reader's numbers; the story is told once for everybody."""
    return replace(
        chapter,
        heading=restyled(chapter.heading, named),
        sentences=tuple(restyled(sentence, named) for sentence in chapter.sentences),
        points=tuple(restyled(point, named) for point in chapter.points),
        chart=chapter.chart and replace(chapter.chart, says=restyled(chapter.chart.says, named)),
    )


def _with_chart(chapter: Chapter, at: int) -> None:
    from segcore.figures.story_chart import told

    picture, words = st.columns([3, 2], gap="large")
    with picture:
        figure = told(
            chapter.chart,
            scale=SCALE,
            title=chapter.chart.says,
            subtitle="",
            theme=widgets.theme(),
            wrap=70,
        )
        widgets.chart(figure, key=f"present-{at}")
    with words:
        for sentence in chapter.sentences[:MOST_SENTENCES]:
            st.markdown(f"### {escape(sentence)}")


def _footer(chapter: Chapter, at: int, n: int) -> None:
    """Back, on, end, and what to say."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Back", icon=":material/arrow_back:", shortcut="Left", disabled=at == 0, on_click=session.present, args=(at - 1,))  # fmt: skip
        st.button("Next", icon=":material/arrow_forward:", shortcut="Right", type="primary", disabled=at == n - 1, on_click=session.present, args=(at + 1,))  # fmt: skip
        st.caption(f"{at + 1:d} of {n:d}", width="content")
        st.space("stretch")
        with st.popover("What to say", icon=":material/record_voice_over:"):
            for point in chapter.points or ("Let the room read the title first.",):
                st.markdown(f"- {escape(point)}")
        st.button("End", icon=":material/close:", shortcut="Esc", on_click=session.present, args=(None,))
