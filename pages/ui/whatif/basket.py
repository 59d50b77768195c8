"""A basket on the screen: what is in it, whose it is, what is missing; one, or two side by side."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from pages.ui.parts import cached, widgets
from pages.ui.parts.text import escape
from pages.ui.whatif import changes
from segcore.choices.scenarios import Basket
from segcore.figures.mix_bars import mix_bars
from segcore.language.words import count, percent, readable
from segcore.whatif.basket import BasketAnswer, basket_of, purchases_of
from segcore.whatif.basket_words import basket_sentence, offer_reason

if TYPE_CHECKING:
    from pages.ui.parts.view import View

MOST_LISTED = 5_000  # products or customers a list on the screen can hold
NOBODY = ""


@st.fragment
def show(view: View) -> None:
    """Draw the baskets; an act draws these again and nothing else."""
    baskets = tuple(_as_it_stands(view, basket) for basket in changes.tried().baskets or (Basket(),))
    answers = [_answer(view, basket) for basket in baskets]
    usual = float(np.median(view.matrix.products_per_customer))
    said = [
        basket_sentence(answer, view.names, view.study.level, usual, view.matrix.row_word)
        for answer in answers
    ]
    if len(said) > 1:
        said = [
            f"Basket {letter}: {sentence[0].lower()}{sentence[1:]}"
            for letter, sentence in zip("AB", said, strict=False)
        ]
    for sentence in said:
        st.markdown(f"##### {escape(sentence)}", width=900)
    st.toggle(
        "Two baskets side by side",
        key=widgets.remembered("basket-two", len(baskets) > 1),
        on_change=widgets.hand_over,
        args=("basket-two", changes.second_basket),
    )
    if len(baskets) == 1:
        _one(view, 0, baskets[0], answers[0], wide=True)
        return
    for at, column in enumerate(st.columns(2, gap="large")):
        with column:
            _one(view, at, baskets[at], answers[at], wide=False)


def _as_it_stands(view: View, basket: Basket) -> Basket:
    """The basket at the level and with the filters there are now.

    A customer who is filtered away did not begin it; one whose products are all called otherwise begins anew.
    """
    if not basket.customer:
        return basket
    if basket.customer not in view.matrix.customers:
        return replace(basket, customer=NOBODY)
    if basket.products and not any(product in view.matrix.products for product in basket.products):
        return replace(basket, products=tuple(_bought_by(view, basket.customer)))
    return basket


def _answer(view: View, basket: Basket) -> BasketAnswer:
    frozen = cached.frozen(view.study.data_digest, view.matrix.spec, view.key)
    own = _bought_by(view, basket.customer)
    return basket_of(frozen, {product: own.get(product) for product in basket.products})


def _bought_by(view: View, customer: str) -> dict[str, float]:
    """What a real customer bought, with how much of each; nothing for nobody."""
    if customer not in view.matrix.customers:
        return {}
    frozen = cached.frozen(view.study.data_digest, view.matrix.spec, view.key)
    return purchases_of(frozen, cached.purchases(view.study.data_digest), customer)


def _one(view: View, at: int, basket: Basket, answer: BasketAnswer, *, wide: bool) -> None:
    left, right = st.columns([2, 3], gap="large") if wide else (st.container(), st.container())
    with left, st.container(border=True):
        _start(view, at, basket)
        _products(view, at, basket)
    with right:
        _mix(view, at, answer, wide=wide)
        _offers(view, at, basket, answer)


def _start(view: View, at: int, basket: Basket) -> None:
    """Begin with nobody or with a real customer."""
    key, row = f"basket-{at}-customer", view.matrix.row_word[:-1]

    def begin(customer: str | None) -> None:
        chosen = (customer or NOBODY).strip()
        bought = tuple(_bought_by(view, chosen)) if chosen else ()
        changes.change_basket(at, Basket(bought, chosen if chosen in view.matrix.customers else NOBODY))
        st.session_state.pop(f"basket-{at}-products", None)

    if len(view.matrix.customers) <= MOST_LISTED:
        names = dict(zip(view.matrix.customers, _labels(view), strict=True))
        st.selectbox(
            f"Start from a real {row}", [NOBODY, *view.matrix.customers],
            format_func=lambda one: names.get(one, "nobody: an empty basket"),
            key=widgets.remembered(key, basket.customer), on_change=widgets.hand_over, args=(key, begin),
        )  # fmt: skip
        return
    st.text_input(
        f"Start from a real {row}", key=widgets.remembered(key, basket.customer), placeholder=f"the {row}’s id",
        on_change=widgets.hand_over, args=(key, begin),
    )  # fmt: skip
    typed = str(st.session_state[key]).strip()
    if typed and typed not in view.matrix.customers:
        st.caption(escape(f"There is no {row} “{typed}” among these {count(len(view.matrix.customers))}."))


def _labels(view: View) -> list[str]:
    """Customers as people know them: the id, with the name where the file has one."""
    bought = cached.purchases(view.study.data_digest)
    ids = [str(one) for one in view.matrix.customers]
    if not bought.has_customer_names:
        return ids
    named = bought.customer_name(ids)
    return [f"{one} · {name}" if name else one for one, name in zip(ids, named, strict=True)]


def _products(view: View, at: int, basket: Basket) -> None:
    """What is in the basket; the list starts with what most people buy."""
    key, matrix = f"basket-{at}-products", view.matrix
    order = (-matrix.buyers).argsort(kind="stable")[:MOST_LISTED]
    listed = [str(product) for product in matrix.products[order]]
    known = [product for product in basket.products if product in matrix.products]
    options = [*listed, *(product for product in known if product not in set(listed))]
    st.multiselect(
        "In the basket", options, key=widgets.remembered(key, known),
        format_func=lambda product: readable(product, view.study.level), placeholder="Search a product",
        on_change=widgets.hand_over,
        args=(key, lambda chosen: changes.change_basket(at, Basket(tuple(chosen), basket.customer))),
    )  # fmt: skip
    if basket.customer:
        st.caption(escape(_beside(view, basket)))
    if basket.products:
        st.button(
            "Empty it", icon=":material/delete_sweep:", key=f"basket-{at}-empty", on_click=_empty, args=(at,)
        )


def _beside(view: View, basket: Basket) -> str:
    """What was changed of a real customer's basket."""
    own = set(_bought_by(view, basket.customer))
    basket = replace(basket, products=tuple(one for one in basket.products if one in view.matrix.products))
    added, taken = len(set(basket.products) - own), len(own - set(basket.products))
    if not added and not taken:
        return f"Exactly what {basket.customer} bought."
    return f"What {basket.customer} bought, with {count(added)} added and {count(taken)} taken out."


def _empty(at: int) -> None:
    changes.change_basket(at, Basket())
    for name in ("products", "customer"):
        st.session_state.pop(f"basket-{at}-{name}", None)


def _mix(view: View, at: int, answer: BasketAnswer, *, wide: bool) -> None:
    if not answer.products:
        st.info("The shares of the segments stand here as soon as something is in the basket.", icon=":material/shopping_basket:")  # fmt: skip
        return
    letter = "" if wide else f"Basket {'AB'[at]}: "
    lead = "no segment buys this"
    if answer.segment is not None:
        lead = (
            f"“{view.names[answer.segment]}” leads with {percent(float(answer.shares[answer.segment]), 100)}"
        )
    figure = mix_bars(
        answer.shares, view.names, view.colours,
        title=f"{letter}{lead}",
        subtitle=f"How the basket divides over the segments; {percent(answer.fit, 100)} of it is explained by them", theme=widgets.theme(), wrap=52 if wide else 42,
    )  # fmt: skip
    widgets.chart(figure, key=f"basket-{at}-mix")


def _offers(view: View, at: int, basket: Basket, answer: BasketAnswer) -> None:
    """What is missing, each with its reason and one click to add it."""
    if not len(answer.offers):
        return
    st.markdown("**What is missing from it**")
    profile = view.profile().set_index(["segment", "product"])["buyers"]
    full = view.matrix.density > 0.95
    for rank, (product, row) in enumerate(answer.offers.iterrows()):
        segment, name = int(row["segment"]), readable(str(product), view.study.level)
        buyers = None if full else int(profile.get((segment, product), 0))
        button, why = st.columns([2, 3], vertical_alignment="center")
        button.button(
            escape(name), icon=":material/add:", key=f"basket-{at}-add-{rank}", width="stretch",
            on_click=_add, args=(at, basket, str(product)),
        )  # fmt: skip
        reason = offer_reason(
            float(row["part"]), view.names[segment], buyers, int(view.segmentation.sizes[segment])
        )
        why.caption(escape(reason))


def _add(at: int, basket: Basket, product: str) -> None:
    changes.change_basket(at, Basket((*basket.products, product), basket.customer))
    st.session_state.pop(f"basket-{at}-products", None)
