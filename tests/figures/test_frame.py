"""What every figure shares: heading, alt sentence, height, and names that are data."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segcore.figures.frame import (
    CLEAR,
    blank,
    label,
    label_lines,
    percent_ticks,
    plain,
    shorten,
    without_heading,
)


def test_names_are_shown_not_obeyed():
    assert (
        plain("<b>bold</b> & <a href='x'>link</a>")
        == "&lt;b&gt;bold&lt;/b&gt; &amp; &lt;a href='x'&gt;link&lt;/a&gt;"
    )
    assert plain("a\x00b\u202ec\n d") == "a b c d"
    assert "$" not in plain("$\\alpha$")


@given(st.text(max_size=60))
def test_no_tag_and_no_control_character_survives(text):
    shown = plain(text)
    assert "<" not in shown and ">" not in shown
    assert not any(ord(character) < 32 for character in shown)


@given(st.text(max_size=80), st.integers(2, 40))
def test_a_shortened_name_is_short_and_keeps_both_ends(text, longest):
    short = shorten(text, longest)
    whole = " ".join(text.split())
    assert len(short) <= longest
    assert short[:1] == whole[:1]
    assert ("…" in short) or short.replace("\u00a0", " ").replace("\u202f", " ") == whole


def test_the_middle_is_left_out_before_escaping():
    assert shorten("Cabernet Sauvignon (Italy)", 15) == "Caberne…(Italy)"
    assert label("A & B", 5) == "A &amp; B"
    assert label_lines("Big reds from Italy and elsewhere", 16) == ["Big reds from", "Italy an…sewhere"]
    assert label_lines("", 10) == [""]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_heading_wraps_and_the_height_grows_with_it(theme):
    short = blank(300, {"title": "Short", "theme": theme})
    long = blank(300, {"title": "words " * 40, "subtitle": "and more", "theme": theme})
    assert long.layout.title.text.count("<br>") == 3
    assert long.layout.height > short.layout.height
    for figure in (short, long):
        assert figure.layout.height - figure.layout.margin.t - figure.layout.margin.b == 300
        assert figure.layout.template.layout.paper_bgcolor == CLEAR
        assert figure.layout.template.layout.plot_bgcolor == CLEAR


def test_a_title_is_text_too():
    assert "<i>" not in blank(100, {"title": "<i>Pinot</i>"}).layout.title.text


def test_a_page_may_write_the_heading_itself():
    whole = blank(100, {"title": "Five kinds", "subtitle": "Shares"})
    bare = without_heading(whole)
    assert (bare.layout.meta["title"], bare.layout.meta["subtitle"]) == ("Five kinds", "Shares")
    assert bare.layout.title.text == ""
    removed = whole.layout.height - bare.layout.height
    assert removed == whole.layout.margin.t - bare.layout.margin.t > 0
    assert "Five kinds" in whole.layout.title.text


def test_every_figure_has_an_alt_sentence():
    assert (
        blank(100, {"title": "Five kinds", "subtitle": "Shares"}).layout.meta["alt"] == "Five kinds. Shares."
    )
    assert (
        blank(100, {"title": "Five kinds", "alt": "Said otherwise."}).layout.meta["alt"] == "Said otherwise."
    )


@given(st.floats(0, 0.9), st.floats(0.001, 1))
def test_ticks_stay_inside_and_are_few(low, span):
    ticks = percent_ticks(low, low + span)
    assert len(ticks["tickvals"]) == len(ticks["ticktext"]) <= 8
    assert all(low - 1e-6 <= tick <= low + span + 1e-6 for tick in ticks["tickvals"])
    assert all(text.endswith(" %") for text in ticks["ticktext"])
    assert len(set(ticks["ticktext"])) == len(ticks["ticktext"])
    assert np.all(np.diff(ticks["tickvals"]) > 0)
