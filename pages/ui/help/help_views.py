"""The pieces of the Help page."""

from __future__ import annotations

import streamlit as st

from pages.ui.parts.answers import BUTTON, ask
from pages.ui.parts.text import escape
from segcore.language.words import GLOSSARY, NEEDED, count, decimal, number_word, percent, restyled
from segcore.questions.share import WorkExample


def method() -> None:
    """What is done, what the figures mean, what not to conclude."""
    from segcore.report import method

    for title, sentences in (
        ("What is done", method.WHAT_IT_DOES),
        ("What the figures mean", method.WHAT_IT_MEANS),
        ("What not to conclude", method.WHAT_NOT),
    ):
        st.subheader(title, anchor=False)
        for sentence in sentences:
            st.markdown(escape(restyled(sentence)), width=760)
    _chance_of_rules()
    st.subheader("What is needed", anchor=False)
    st.markdown(f"{NEEDED} Who bought what is enough; dates, pieces and money open further pages.", width=760)
    st.caption(
        "Lee and Seung 1999, Nature 401 (the factorisation); Brunet et al. 2004, PNAS 101 (stability over resamples); "
        "Benjamini and Hochberg 1995, JRSS B 57 (many tests at once)."
    )


def _chance_of_rules() -> None:
    """The one place that says what rules are held against."""
    from segcore.rules import sentences

    st.subheader("What chance means", anchor=False)
    for sentence in sentences.MEANING:
        st.markdown(escape(restyled(sentence)), width=760)
    st.caption(sentences.SOURCES)


def worked_example() -> None:
    """The shipped wine merchant from purchases to people."""
    from segcore import __version__

    found = ask(WorkExample(__version__), BUTTON("Work it through"))
    if found is None:
        st.caption(
            "A wine merchant whose customers were invented with known tastes: so what is found can be checked."
        )
        return
    levels = ", ".join(
        f"{count(row.products)} products at “{level}” ({percent(row.density)} filled)"
        for level, row in found.levels.iterrows()
    )
    steps = (
        f"{count(found.customers)} customers, {count(found.lines)} purchase lines. {number_word(found.planted).capitalize()} "
        "tastes were planted when the file was made.",
        f"Levels: {levels}. The tastes were planted at “{found.level}”.",
        restyled(found.verdict),
        f"{number_word(found.k).capitalize()} segments explain {percent(found.explained)}, best-sellers alone {percent(found.baseline)}.",
        f"Held against the tastes that were planted, the agreement is {decimal(found.agreement, 2)}: 0 would be luck, 1 every customer right.",
    )
    st.markdown("\n".join(f"{number}. {escape(text)}" for number, text in enumerate(steps, start=1)))
    st.markdown("**Who was found where** (customers by planted taste and by segment found)")
    st.dataframe(
        found.found, alt="Customers by the taste planted in them and the segment they were found in.",
        column_config={name: st.column_config.NumberColumn(format="localized") for name in found.found.columns},
    )  # fmt: skip
    with st.expander("Why this number", icon=":material/help:"):
        st.markdown("\n".join(f"- {escape(restyled(reason))}" for reason in found.reasons))


def glossary() -> None:
    """Every term in one sentence; the same that appear on hover."""
    search = st.text_input(
        "Find a word", key="glossary-search", placeholder="Find a word", label_visibility="collapsed"
    )
    wanted = search.casefold().strip()
    lines = [
        f"**{escape(term)}**: {escape(restyled(text))}"
        for term, text in sorted(GLOSSARY.items())
        if wanted in term or wanted in text.casefold()
    ]
    st.markdown("\n\n".join(lines) if lines else "No such word here.", width=760)
