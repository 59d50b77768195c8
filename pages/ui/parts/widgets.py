"""Small things several pages show the same way."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import streamlit as st

from pages.ui.parts.text import escape, unbroken
from segcore.language.file_names import file_name
from segcore.language.words import explain, number_style

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from pages.ui.shell.navigation import Entry

CHART_TOOLS = {"displaylogo": False, "modeBarButtonsToRemove": ["lasso2d", "select2d", "autoScale2d"]}


def theme() -> str:
    """The reader's theme, for figures that must know it."""
    return "dark" if st.context.theme.type == "dark" else "light"


def title(question: str, answer: str) -> None:
    """The question as the title, the answer below it in one sentence."""
    st.title(question, anchor=False)
    st.markdown(f"##### {escape(answer)}", width=900)


def chart(figure: go.Figure, key: str, on_click: Callable[[Any], None] | None = None) -> None:
    """Draw a figure under its heading; a click hands the point's ``customdata`` to ``on_click``.

    The heading is text of the page, so that it wraps on every screen. The click is taken before the page runs again,
    so that the page is drawn once and already knows it.
    """
    from segcore.figures.frame import without_heading
    from segcore.figures.palette import colours

    said = figure.layout.meta
    options: dict[str, Any] = {}
    if on_click is not None:
        options = {"on_select": lambda: _hand_click(key, on_click), "selection_mode": "points"}
    with st.container(key=f"chart-{key}", gap="xsmall"):
        st.markdown(f"#### {escape(said['title'])}")
        if said["subtitle"]:
            st.caption(escape(said["subtitle"]))
        bare = without_heading(figure)
        # A picture saved from the toolbar stands on other pages: it brings the ground its colours were chosen for.
        bare.update_layout(paper_bgcolor=colours(theme()).page)
        st.plotly_chart(bare, key=key, config=_tools(said["title"]), alt=said["alt"], theme=None, **options)


def _tools(heading: str) -> dict[str, Any]:
    """The chart's toolbar; a picture is saved under study, heading and date, sharp enough for a slide."""
    from pages.ui.shell import session

    study = session.study()
    name, day = ("", "") if study is None else (study.name, study.updated[:10])
    picture = file_name(name, heading, day, "png").removesuffix(".png")
    return {**CHART_TOOLS, "toImageButtonOptions": {"filename": picture, "scale": 2}}


def _hand_click(key: str, on_click: Callable[[Any], None]) -> None:
    points = st.session_state[key]["selection"]["points"]
    data = points[-1].get("customdata") if points else None
    data = data[0] if isinstance(data, list | tuple) and len(data) == 1 else data
    if data is not None:
        on_click(data)


class Tile(NamedTuple):
    """One figure: what it is, its value, a few words below it, an explanation on hover."""

    name: str
    value: str
    note: str | None = None
    help: str | None = None


def tiles(*figures: Tile) -> None:
    """Figures side by side; one that has no room goes below, because cut off it would say nothing."""
    with st.container(horizontal=True, gap="medium"):
        for name, value, note, explained in figures:
            st.metric(
                name, value, note and unbroken(note), delta_color="off", delta_arrow="off", help=explained, width="content"
            )  # fmt: skip


def next_page(entry: Entry, label: str) -> None:
    """The one button to the next page."""
    from pages.ui.shell import navigation

    st.space("small")
    if st.button(label, type="primary", icon=":material/arrow_forward:", key=f"next-{entry.file}"):
        navigation.go_to(entry)


def warn(sentences: Sequence[str]) -> None:
    """Say what limits the figures above."""
    for sentence in sentences:
        st.warning(escape(sentence), icon=":material/warning:")


def quiet(label: object) -> str:
    """A choice in grey: chosen, Streamlit would write it in the accent on a tint of itself, too faint on a dark wall."""
    return f":gray[{escape(str(label))}]"


def help_for(*terms: str) -> str:
    """Hover text from the glossary."""
    return " ".join(escape(explain(term)) for term in terms)


def remembered(key: str, value: Any) -> str:
    """Seed a widget from the study when the page opens; the widget itself holds the value while it stays."""
    if key not in st.session_state:
        st.session_state[key] = value
    return key


def hand_over(key: str, save: Callable[[Any], None]) -> None:
    """Hand a widget's new value to ``save``; for ``on_change=hand_over, args=(key, save)``."""
    if (
        key in st.session_state
    ):  # a value that was dropped to be seeded anew reports a change that nobody made
        save(st.session_state[key])


def table_key(name: str, table: pd.DataFrame) -> str:
    """A key for a table to edit that is another one when anything in it is: edits are kept by row, not by label."""
    content = repr([table.columns.tolist(), table.index.tolist(), *table.astype(object).to_numpy().tolist()])
    return f"{name}-{zlib.crc32(content.encode('utf-8', 'surrogatepass')):08x}"


def in_percent(table: pd.DataFrame, columns: Sequence[str], digits: int = 0) -> pd.DataFrame:
    """The table with shares (0..1) as ``share_column`` with so many digits takes them."""
    if _browser_writes(digits):
        return table
    return table.assign(**{name: 100 * table[name] for name in columns})


def decimals(digits: int, *, label: str | None = None, help: str | None = None) -> Any:
    """A column of numbers with so many digits after the decimal sign, as the reader's browser writes them."""
    return st.column_config.NumberColumn(label, help=help, format="localized", step=10.0**-digits)


def share_column(digits: int = 0, *, help: str | None = None) -> Any:
    """A column of shares made by ``in_percent``, with so many digits after the decimal sign."""
    if _browser_writes(digits):
        return st.column_config.NumberColumn(help=help, format="percent", step=10.0 ** -(digits + 2))
    return st.column_config.NumberColumn(help=help, format=f"%.{digits}f %%")


def _browser_writes(digits: int) -> bool:
    """Whether a percentage is left to the browser: a format of ours can put no sign but a point before its digits."""
    return digits > 0 and number_style().point != "."


def number_columns(*names: str) -> dict[str, Any]:
    """Numbers as the reader's browser writes them; money with its cents."""
    return {
        name: st.column_config.NumberColumn(format="localized", step=0.01 if name == "money" else None)
        for name in names
    }


def percent_columns(names: Sequence[str], *, bars: bool = False, digits: int = 0) -> dict[str, Any]:
    """Column settings for shares made by ``in_percent``."""
    if bars:
        return {
            name: st.column_config.ProgressColumn(format="%.0f %%", min_value=0, max_value=100)
            for name in names
        }
    return {name: share_column(digits) for name in names}
