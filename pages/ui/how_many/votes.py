"""Test and learn: two or three numbers of segments side by side, what moves between them, and what people think."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import streamlit as st

from pages.ui.parts import filing, questions, widgets
from pages.ui.parts import study_choices as choices
from pages.ui.parts.answers import ask
from pages.ui.parts.text import escape
from pages.ui.parts.view import View
from pages.ui.shell import session
from segcore.choices.segment_records import ANSWERS
from segcore.language.words import decimal, join_and, number_word, of, percent, readable

if TYPE_CHECKING:
    from segcore.choices.segment_records import Vote
    from segcore.choices.study import Study
    from segcore.matrix import PurchaseMatrix
    from segcore.selection.sweep import Sweep

MOST_PRODUCTS = 3
MOST_ROWS = 5  # products of each segment in a heatmap beside another
HALF = 0.5
ALIKE = 0.5  # cosine of product scores from which two tastes share about half of what they are made of
QUESTIONS = {
    "nameable": ("Can we name them?", "have names", "cannot be named"),
    "distinct": ("Are they distinct?", "are distinct", "are not distinct"),
    "recognised": (
        "Does the business see itself?",
        "are what the business sees",
        "are not what the business sees",
    ),
}


def compare(
    study: Study, matrix: PurchaseMatrix, sweep: Sweep, ks: Sequence[int], chosen: int | None
) -> None:
    """The drawer; nothing is computed before it is opened."""
    drawer = st.expander("Compare two or three", icon=":material/compare:", key="compare", on_change="rerun")
    with drawer:
        if not drawer.open:
            return
        if len(ks) < 2:
            st.info("There is only one number of segments to look at.", icon=":material/info:")
            return
        asked = st.multiselect(
            "Numbers of segments side by side",
            ks,
            default=_neighbours(ks, chosen),
            format_func=lambda k: f"{k} segments",
            key=f"compare-{chosen}",
            max_selections=3,
        )
        if len(asked) < 2:
            st.caption("Choose two or three.")
            return
        _side_by_side(study, matrix, sweep, sorted(asked))


def votes_in_words(study: Study, matrix: PurchaseMatrix, ks: Sequence[int]) -> list[str]:
    """One sentence for every number of segments that was voted on."""
    if not study.votes:
        return []
    asked = {k: questions.segments(study, matrix, k) for k in ks}
    filing.bring_forward(asked.values())
    study = session.study()
    found = {k: study.vote_of(filing.cut(one), k) for k, one in asked.items()}
    return [_said(vote) for vote in found.values() if any(vote.answers)]


def _said(vote: Vote) -> str:
    parts = {"yes": [], "no": [], "unsure": []}
    for name, (question, yes, no) in QUESTIONS.items():
        answer = getattr(vote, name)
        if answer:
            parts[answer].append({"yes": yes, "no": no, "unsure": question.rstrip("?").lower()}[answer])
    said = join_and([*parts["yes"], *parts["no"]])
    unsure = f"unsure: {join_and(parts['unsure'])}" if parts["unsure"] else ""
    return (
        f"You said of {vote.k}: they {said}{'; ' + unsure if unsure else ''}."
        if said
        else f"You said of {vote.k}: {unsure}."
    )


def _neighbours(ks: Sequence[int], chosen: int | None) -> list[int]:
    """The chosen number and the next one up, or down where there is none."""
    at = min(ks.index(chosen) if chosen in ks else 0, len(ks) - 2)
    return list(ks[at : at + 2])


def _side_by_side(study: Study, matrix: PurchaseMatrix, sweep: Sweep, asked: Sequence[int]) -> None:
    views: list[View] = []
    for column, k in zip(st.columns(len(asked), gap="large"), asked, strict=True):
        question = questions.segments(study, matrix, k)
        with column:
            st.markdown(f"#### {number_word(k).capitalize()} segments")
            segmentation = ask(question)
            if segmentation is not None:
                views.append(View.of(study, matrix, segmentation, question))
                _one(views[-1], sweep)
    if len(views) < len(asked):
        return
    for column, view in zip(st.columns(len(asked), gap="large"), views, strict=True):
        with column:
            _vote(study, view)
    for left, right in pairwise(views):
        _flow(left, right)
    if st.toggle("Show which products belong together", key="compare-heatmaps"):
        for place in range(0, len(views), 2):  # a third of a page is too narrow to read one
            for column, view in zip(st.columns(2, gap="large"), views[place : place + 2], strict=False):
                with column:
                    _heatmap(view)


def _heatmap(view: View) -> None:
    """The product basis of one number of segments."""
    from segcore.figures.product_heatmap import product_basis
    from segcore.segments.order import ordered_by_segment

    s = view.segmentation
    ordered, groups = ordered_by_segment(s.product_shares, s.product_assignment, strength=s.product_scores)
    own = int((s.product_shares.max(axis=1) >= HALF).sum())
    widgets.chart(
        product_basis(
            ordered,
            groups,
            None,
            view.names,
            view.colours,
            top=MOST_ROWS,
            level=view.study.level,
            title=f"{s.k} segments: {of(own, len(s.product_shares))} products belong mostly to one",
            subtitle="The strongest products of each segment",
            theme=widgets.theme(),
            wrap=45,
        ),
        key=f"compare-products-{s.k}",
    )


def _one(view: View, sweep: Sweep) -> None:
    """Names, sizes, what each buys most of, and how far the segments overlap."""
    from segcore.segments.compare import most_alike
    from segcore.segments.profiles import distinctive_products

    s, n = view.segmentation, int(view.segmentation.sizes.sum())
    row = sweep.table.loc[s.k]
    steady = row["stability_worst"]
    st.caption(
        f"{percent(s.explained_share)} explained"
        + (f", stability of the weakest {decimal(steady, 2)}" if steady == steady else "")
    )
    profile = view.profile()
    for number, size in s.sizes.items():
        products = distinctive_products(profile, int(number), MOST_PRODUCTS)["product"]
        bought = join_and([readable(str(p), view.study.level) for p in products]) or "nothing of its own"
        st.markdown(f"**{escape(view.names[int(number)])}** · {of(int(size), n)}  \n{escape(bought)}")
    alike = most_alike(s)
    if alike is not None:
        one, other, cosine = alike
        word = "overlap" if cosine >= ALIKE else "overlap most, and little"
        st.caption(
            f"“{escape(view.names[one])}” and “{escape(view.names[other])}” {word}: "
            f"{decimal(cosine, 2)}, where 1 is the same taste. "
            f"{escape(of(s.n_mixed, n))} {escape(view.matrix.row_word)} stand between two."
        )


def _vote(study: Study, view: View) -> None:
    """Three questions, saved with the study at once."""
    k, vote = view.segmentation.k, study.vote_of(view.cut, view.segmentation.k)
    with st.container(border=True):
        for name, (question, _, _) in QUESTIONS.items():
            key = widgets.remembered(f"vote-{name}-{view.cut}", getattr(vote, name) or None)
            st.segmented_control(
                question,
                ANSWERS,
                format_func=widgets.quiet,
                key=key,
                on_change=_keep,
                args=(key, view.cut, k, name),
            )


def _keep(widget: str, key: str, k: int, name: str) -> None:
    choices.change_vote(key, k, **{name: st.session_state[widget] or ""})


def _flow(left: View, right: View) -> None:
    """What becomes of the segments of one number in the next."""
    from segcore.figures.split_sankey import split_sankey
    from segcore.segments.compare import split_sentence, split_view

    a, b, word = left.segmentation, right.segmentation, left.matrix.row_word
    found = split_view(a, b)
    widgets.chart(
        split_sankey(
            found.flows,
            (left.names, right.names),
            (left.colours, right.colours),
            row_word=word,
            title=split_sentence(found, left.names, right.names, word),
            subtitle=f"{word.capitalize()} from {number_word(a.k)} segments to {number_word(b.k)}: the two are "
            f"{found.agreement_in_words} (agreement {decimal(found.agreement, 2)}, where 1 is the same)",
            theme=widgets.theme(),
        ),
        key=f"split-{a.k}-{b.k}",
    )
