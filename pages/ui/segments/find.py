"""Find a customer: one page about one customer, from purchases to the next offer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.ui.parts import cached, widgets
from pages.ui.parts.answers import ASIDE, ask
from pages.ui.parts.text import escape, unbroken
from pages.ui.parts.view import View
from pages.ui.segments import selection
from pages.ui.segments.card import colour_bar
from pages.ui.segments.fit import fit_words
from pages.ui.segments.people import called, row_noun
from segcore.choices.offers import OfferSpec
from segcore.language.words import count, decimal, join_and, money, percent, readable
from segcore.questions.offers import LearnOffers

if TYPE_CHECKING:
    import pandas as pd

OFFERED, NEAR, PULLS = 3, 5, 4


@st.fragment
def find_customer(view: View) -> None:
    """A search box, and the card of who was found."""
    from segcore.segments.profiles.customers import find_customers

    noun = row_noun(view)
    typed, chosen = st.columns([1, 1], gap="medium")
    text = typed.text_input(
        f"Find a {noun}", key="find-text", placeholder="Part of an id or a name", icon=":material/search:"
    )
    purchases = cached.purchases(view.study.data_digest)
    found = find_customers(purchases, view.matrix.customers, text or "")
    if not found:
        pick = selection.now()
        clicked = pick is not None and pick.what == "customer" and pick.label in view.matrix.customers
        if text:
            st.caption(f"No {noun} holds “{escape(text)}”. Try fewer letters.")
        elif clicked:
            _card(view, pick.label)
        else:
            st.caption(f"Type a few letters, or click a {noun} in the charts.")
        return
    label = chosen.selectbox(
        f"{count(len(found))} found" if len(found) < 20 else "The first 20", found, key="find-who",
        format_func=lambda who: called(view, who),
    )  # fmt: skip
    _card(view, label)


def _card(view: View, label: str) -> None:
    s = view.segmentation
    home = s.assignment.fillna(0)[label]
    with st.container(border=True, gap="small"):
        if home:
            colour_bar(view.colours[int(home)], long=1_800)
        st.markdown(f"#### {escape(called(view, label))}")
        st.markdown(escape(_where(view, label)))
        left, right = st.columns(2, gap="large")
        with left:
            _why(view, label)
            _offers(view, label)
            _nearest(view, label)
        with right:
            _bought(view, label)


def _where(view: View, label: str) -> str:
    shares = view.segmentation.shares.loc[label].sort_values(ascending=False, kind="stable")
    parts = [f"{view.names[int(n)]} {percent(round(v, 2), 100)}" for n, v in shares.items() if v >= 0.05]
    bought = view.segmentation.has_purchases[label]
    nowhere = "No segment explains these purchases" if bought else "No purchases at this level"
    return f"{join_and(parts) or nowhere}. {' '.join(fit_words(view, label))}".strip()


def _why(view: View, label: str) -> None:
    """Which purchases speak for which segment."""
    from segcore.segments.profiles.customers import speaks_for

    table = speaks_for(view.matrix, view.segmentation, label)
    st.markdown("**Why this segment**")
    if not len(table):
        st.caption("No purchase speaks for any segment.")
        return
    lines = []
    for number, rows in sorted(table.groupby("segment"), key=lambda pair: -pair[1]["weight"].sum()):
        said = [readable(str(product), view.study.level) for product in rows.index]
        verb = "speaks" if len(said) == 1 else "speak"
        lines.append(f"{join_and(said, most=PULLS)} {verb} for “{view.names[int(number)]}”.")
    st.markdown("\n".join(f"- {escape(line)}" for line in lines))


def _offers(view: View, label: str) -> None:
    """What to offer next, each with its reason."""
    from segcore.offers import next_offers

    if view.matrix.row_kind != "customer":
        return
    st.markdown("**What to offer next**")
    known = ask(LearnOffers(view.asked), ASIDE("Counting what is bought together …"))
    if known is None:
        return
    table = next_offers(
        view.matrix, view.segmentation, label, learned=known, names=view.names, spec=OfferSpec(n=OFFERED)
    )
    if not len(table):
        st.caption("Everything that can be offered has been bought.")
        return
    lines = [
        f"**{escape(readable(str(r.product), view.study.level))}**: {escape(r.why)}"
        for r in table.itertuples(index=False)
    ]
    st.markdown(unbroken("\n".join(f"- {line}" for line in lines)))


def _nearest(view: View, label: str) -> None:
    from segcore.segments.profiles import FULL
    from segcore.segments.profiles.customers import nearest

    table = nearest(view.matrix, view.segmentation, label, NEAR)
    if not len(table):
        return
    own = int(view.matrix.products_per_customer[view.matrix.customers.get_loc(label)])
    st.markdown(f"**Most alike {view.matrix.row_word}**")
    lines = [
        f"{called(view, str(who))}: "
        + (
            f"likeness of tastes {decimal(r.likeness, 2)} of 1"
            if view.matrix.density > FULL
            else f"{count(r.same)} of {count(own)} products in common"
        )
        for who, r in zip(table.index, table.itertuples(index=False), strict=True)
    ]
    st.markdown("\n".join(f"- {escape(line)}" for line in lines))


def _bought(view: View, label: str) -> None:
    """Everything bought, at the level looked at."""
    from segcore.segments.profiles.customers import purchases_of

    table = purchases_of(cached.purchases(view.study.data_digest), label, view.study.level)
    spent = f", {money(float(table['money'].sum()))} in all" if "money" in table else ""
    st.markdown(f"**What was bought**  \n{escape(count(len(table)))} products{escape(spent)}")
    table = _tidy(table)
    if not table.shape[1]:
        named = [readable(str(product), view.study.level) for product in table.index]
        st.markdown("\n".join(f"- {escape(name)}" for name in named))
        return
    st.dataframe(table, height=min(38 + 35 * len(table), 420), alt="Everything this customer bought.",
                 column_config=widgets.number_columns("lines", "orders", "quantity", "money")
                 | {"last": st.column_config.DateColumn()})  # fmt: skip


def _tidy(table: pd.DataFrame) -> pd.DataFrame:
    """Columns that say something: not a count of lines that is 1 everywhere."""
    dull = [name for name in ("lines", "orders", "quantity") if name in table and (table[name] == 1).all()]
    return table.drop(columns=dull)
