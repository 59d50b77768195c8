"""Text of a file is text on every page: whatever Streamlit reads as Markdown went through ``escape`` or is ours."""

from functools import cache
from pathlib import Path

import pytest

from tests.security.text_flow import ESCAPES, Flow, pages

ROOT = Path(__file__).resolve().parents[2]

# What the pages draw as it is although it comes from elsewhere, and why it holds no text of a file.
OWN = {
    "matrix.row_word": "customers or baskets, by the kind of the rows",
    "cached.purchases(study.data_digest).row_word": "likewise",
    "moment.day": "a number of a date",
    "moment.year": "likewise",
    "moment.hour": "likewise",
    "thin_below()": "a whole number",
    "links.withdraw()": "a whole number",
    "best_of()": "our words around a number word",
    "chance_words()": "our words around counts and the kind of the rows",
    "hidden_words()": "likewise",
    "span_words()": "a length of time",
    "agreement_in_words()": "one of the words of a table of ours",
    "said[name].title": "the title of one of our presets",
    "said[name].purpose": "likewise",
    "following.title": "the title of a page",
}
# A page of one line, each a way in which a name of the file could be obeyed.
HEAD = "import streamlit as st\nfrom functools import partial\nfrom pages.ui.parts.text import escape\nfrom pages.ui import other\n"
OTHER = "def drawn(place, words):\n    place.caption(f'**{words}**')\n\ndef told(study):\n    return f'of {study.name}'\n"
BREACHES = {
    "body": "st.markdown(study.name)",
    "label": "st.button(study.name)",
    "label of a container": "column.metric(study.name, '1')",
    "named label": "st.checkbox(key='x', label=study.name)",
    "value of a metric": "st.metric('name', study.name)",
    "help": "st.button('Go', help=study.name)",
    "help of a column": "st.column_config.NumberColumn(help=study.name)",
    "title of tabs": "st.tabs(['All', study.name])",
    "options": "st.radio('Which', study.levels)",
    "options of pills": "st.pills('Which', [escape(study.name), *study.levels])",
    "captions": "st.radio('Which', ['a'], captions=study.levels)",
    "format_func": "st.segmented_control('Which', [1], format_func=lambda one: study.names[one])",
    "format_func that writes the option": "st.pills('Which', study.levels, format_func=lambda one: f'{one}!')",
    "format_func by name": "st.radio('Which', study.levels, format_func=str)",
    "part of an f-string": "st.caption(f'In {escape(study.name)}: {study.level}')",
    "format that text takes too": "st.caption(f'{study.level:>10}')",
    "sum": "st.error('In ' + study.level)",
    "percent sign": "st.error('In %s' % study.level)",
    "format": "st.error('In {}'.format(study.level))",
    "join": "st.info(', '.join(one.name for one in study.files))",
    "one of two ways": "st.title('All' if study.k else study.name)",
    "or": "st.title(study.name or 'All')",
    "a name": "said = study.name\n    st.write(said)",
    "a name given twice": "said = 'all'\n    if study.k:\n        said += study.name\n    st.write(said)",
    "a list that grows": "said = []\n    said.append(study.name)\n    st.write(' '.join(said))",
    "a loop": "for name in study.levels:\n        st.expander(name)",
    "a table to loop over": "for one, name in ((1, 'All'), (2, study.name)):\n        st.expander(name)",
    "unpacked": "one, two = study.name, 'x'\n    st.write(one)",
    "two names that feed each other": "a = 'x'\n    for _ in '12':\n        b = a\n        a = b + study.name\n    st.write(b)",
    "an error": "try:\n        pass\n    except ValueError as error:\n        st.error(str(error))",
    "a function that draws": "other.drawn(st, study.name)",
    "a function that draws, later": "st.button('Go', on_click=partial(other.drawn, st), args=(study.name,))",
    "a fragment": "st.fragment(other.drawn, run_every=1)(st, study.name)",
    "a function that tells": "st.write(other.told(study))",
    "a function nobody knows": "st.write(nobody(study))",
    "an escape of somebody else": "escape = str\n    st.write(escape(study.name))",
    "a dictionary of settings": "st.button(**{'label': study.name})",
    "an escape taken back": "st.write(escape(study.name).replace(chr(92), ''))",
    "HTML": "st.html(study.name)",
    "a dialog": "st.dialog(study.name)(print)()",
}  # fmt: skip
HARMLESS = {
    "constant": "st.markdown('**All**', help='Every one')",
    "escaped": "st.markdown(f'**{escape(study.name)}**')",
    "number": "st.write(f'{study.share:.0%} of {len(study.files)} and {study.k:d}')",
    "plain options": "st.selectbox('Which', study.levels)",
    "options written": "st.pills('Which', study.levels, format_func=escape)",
    "options written at length": "st.radio('Which', study.levels, format_func=lambda one: f'**{escape(one)}**')",
    "a name": "said = escape(study.name)\n    said += ' and more'\n    st.write(said)",
    "a loop": "for name in study.levels:\n        st.expander(escape(name))",
    "a table": "for one, name in ((study.k, 'All'), (study.name, 'None')):\n        st.expander(name)",
    "a function that draws": "other.drawn(st, escape(study.name))",
    "a fragment": "st.fragment(other.drawn, run_every=1)(st, escape(study.name))",
}


@cache
def texts() -> dict[str, str]:
    """The pages as they are."""
    return pages(ROOT)


@cache
def followed() -> tuple[list[str], set[str]]:
    """Leaks of the pages, and which of ``OWN`` they draw."""
    flow = Flow.of(texts(), OWN)
    return flow.leaks(), flow.used


def planted(line: str) -> list[str]:
    """What is found in a page that draws this."""
    page = f"{HEAD}\ndef show(study, column):\n    {line}\n"
    return Flow.of({"pages.shown": page, "pages.ui.other": OTHER, ESCAPES: texts()[ESCAPES]}, {}).leaks()


def test_no_text_of_a_file_skips_escape():
    assert followed()[0] == []


def test_what_is_trusted_is_drawn_and_argued_for():
    assert followed()[1] == set(OWN) and all(OWN.values())


@pytest.mark.parametrize("line", BREACHES.values(), ids=BREACHES)
def test_a_planted_breach_is_found(line: str):
    assert planted(line)


@pytest.mark.parametrize("line", HARMLESS.values(), ids=HARMLESS)
def test_what_is_harmless_is_left_alone(line: str):
    assert planted(line) == []


def test_pages_without_escape_leak_everywhere():
    found = Flow.of({name: text.replace("escape(", "str(") for name, text in texts().items()}, OWN).leaks()
    assert len({leak.partition(" ")[0] for leak in found}) >= 100
