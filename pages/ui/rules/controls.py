"""The few controls of the Rules page, each saved at once; experts' choices in closed drawers."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.ui.parts import cached, widgets
from pages.ui.parts import study_choices as choices
from pages.ui.rules import asking
from pages.ui.shell import session
from segcore.choices.rules import RuleFilter
from segcore.choices.study import RuleOptions
from segcore.language.words import count, decimal, readable
from segcore.purchases.levels import COMBINE

if TYPE_CHECKING:
    from segcore.choices.rules import RuleFilter
    from segcore.choices.study import Study
    from segcore.rules import Reach, Rules

SIDES = {
    "require": "Must contain",
    "exclude": "Must not contain",
    "require_left": "Who buys … must contain",
    "exclude_left": "Who buys … must not contain",
    "require_right": "Also buys … must contain",
    "exclude_right": "Also buys … must not contain",
}
SUPPORTS = (
    *(n / 10_000 for n in (1, 2, 5, 10, 20, 50)),
    *(n / 100 for n in range(1, 11)),
    0.15,
    0.2,
    0.3,
    0.5,
)
METHODS = {
    "own": "Our own, mlxtend beyond three",
    "hmine": "mlxtend H-mine",
    "fpgrowth": "mlxtend FP-growth",
    "fpmax": "mlxtend FP-max",
}
SINGLE = "rules-single"
MOST_TO_CHOOSE = 10_000  # products a list can hold and still answer
# What to start from when the meaning of a basket changes: one order holds far less than a customer's whole year.
FIRST = {
    "customer": {"min_support": 0.05, "min_confidence": 0.5},
    "order": {"min_support": 0.005, "min_confidence": 0.2},
}


def save(**wanted: Any) -> None:
    """Keep what moved in the study."""
    choices.change_rules(wanted)


def thresholds(study: Study) -> RuleOptions:
    """What a basket is, support, confidence, lift, and whether what may be chance is shown too."""
    wanted = study.rules
    _together(study)
    options = sorted({*supports(study), wanted.min_support})
    support = st.select_slider(
        "Support, at least", options, key=widgets.remembered("rules-support", wanted.min_support),
        format_func=share_words, help=widgets.help_for("support"),
    )  # fmt: skip
    confidence = st.slider(
        "Confidence, at least", 0, 100, step=5, format="%d %%", help=widgets.help_for("confidence"),
        key=widgets.remembered("rules-confidence", round(100 * wanted.min_confidence)),
    )  # fmt: skip
    lift = st.slider(
        "Lift, at least", 0.0, 5.0, step=0.1, format="localized", help=widgets.help_for("lift"),
        key=widgets.remembered("rules-lift", float(wanted.min_lift)),
    )  # fmt: skip
    single = st.toggle(
        "One to one only",
        key=widgets.remembered("rules-pairs", wanted.one_to_one),
        help="Only rules with one product on each side.",
    )
    everything = st.toggle(
        "Doubtful ones too",
        key=widgets.remembered("rules-everything", wanted.everything),
        help="Adds rules that luck could have made and longer ones that repeat a shorter one; each is marked.",
    )
    save(
        min_support=float(support), min_confidence=confidence / 100, min_lift=float(lift), one_to_one=single,
        everything=everything,
    )  # fmt: skip
    return session.study().rules


def supports(study: Study) -> tuple[float, ...]:
    """The thresholds on offer: none below a single row."""
    rows = asking.n_rows(study, study.rules.per)
    return tuple(share for share in SUPPORTS if share * rows >= 1) or SUPPORTS[-1:]


def share_words(share: float) -> str:
    """A support as its slider says it: ``5.0 %``, ``0.05 %``."""
    return f"{decimal(100 * share, 1 if share >= 0.001 else 2)} %"


def lower_to(reach: Reach) -> None:
    """Move support and confidence to where something shows."""
    save(min_support=reach.min_support, min_confidence=reach.min_confidence)
    for key in ("rules-support", "rules-confidence"):
        st.session_state.pop(key, None)


def shuffle() -> bool:
    """Whether to look at dealt-out purchases in place of the real ones."""
    return st.toggle(
        "Shuffle the data",
        key="rules-shuffle",
        help="Every product keeps its number of buyers and every customer the number of products, but who buys what is dealt "
        "anew, five times. Whatever is still found is chance.",
    )


def _together(study: Study) -> None:
    """Ever by one customer, or in one order."""
    bought = cached.purchases(study.data_digest)
    if bought.orders is None:
        return
    one = "customer" if bought.row_kind == "customer" else "basket"
    words = {"customer": f"ever by one {one}", "order": "in one order"}
    key = widgets.remembered("rules-per", study.rules.per)
    st.radio(
        "Bought together", list(words), format_func=words.get, key=key, on_change=widgets.hand_over,
        args=(key, _change_per),
    )  # fmt: skip


def _change_per(per: str) -> None:
    """Take up the other meaning of a basket with thresholds that suit it."""
    save(per=per, **FIRST[per])
    for key in ("rules-support", "rules-confidence"):
        st.session_state.pop(key, None)


def experts(study: Study, rules_notes: tuple[str, ...] = ()) -> None:
    """Longer rules, groups beside products, giant baskets, and who counts."""
    wanted, levels = study.rules, coarser_levels(study)
    with st.expander("More choices", icon=":material/tune:"):
        length = st.select_slider(
            "Products in a rule, at most", [2, 3, 4, 5, 6],
            key=widgets.remembered("rules-length", wanted.max_length or 3),
        )  # fmt: skip
        also = ""
        if levels:
            saved = wanted.also_level if wanted.also_level in levels else ""
            also = st.selectbox(
                "Groups beside the products", ["", *levels], key=widgets.remembered("rules-also", saved),
                format_func=lambda level: level or "None",
                help="Rules may then join a product with a whole group, such as “any Champagne”; never with its own.",
            )  # fmt: skip
        giants = wanted.without_giants or any(
            "products" in note and "list that long" in note for note in rules_notes
        )
        without = giants and st.checkbox(
            f"Leave out baskets of more than {count(asking.GIANT)} products",
            key=widgets.remembered("rules-giants", wanted.without_giants),
        )
        method = st.selectbox(
            "Who counts", list(METHODS), format_func=METHODS.get, key=widgets.remembered("rules-method", wanted.method),
            help="All give the same rules; mlxtend takes longer.",
        )  # fmt: skip
    save(max_length=int(length), also_level=also, without_giants=bool(without), method=method)


def coarser_levels(study: Study) -> list[str]:
    """Levels with fewer products than the study's: plain ones finest first, then combinations."""
    loaded = session.loaded()
    if loaded is None or study.level not in loaded.levels.index:
        return []
    products = loaded.levels["products"]
    coarser = [str(level) for level in products.index if products[level] < products[study.level]]
    return sorted(coarser, key=lambda level: COMBINE in level)


def narrowed(rules: Rules, wanted: RuleOptions) -> RuleFilter:
    """The thresholds with the products asked for and ruled out, as the drawer holds them that :func:`products` draws."""
    from segcore.rules import WORTHY

    usual = RuleFilter() if wanted.everything else WORTHY
    return replace(
        usual, min_support=wanted.min_support, min_confidence=wanted.min_confidence, min_lift=wanted.min_lift,
        max_length=wanted.max_length or 3, one_to_one=wanted.one_to_one,
        single_consequent=st.session_state.get(SINGLE, False), **_asked(rules, wanted),
    )  # fmt: skip


def _items(rules: Rules) -> list[str]:
    """Products that are in any rule; none where a list of them would be too long to choose from."""
    return [] if len(rules.products) > MOST_TO_CHOOSE else [str(name) for name in rules.items[rules.products]]


def _asked(rules: Rules, wanted: RuleOptions) -> dict[str, tuple[str, ...]]:
    """Products required and excluded, of those that are in any rule; as they were where there are none to choose from."""
    known = set(_items(rules))
    if not known:
        return {}
    asked = {}
    for name in SIDES:
        key = widgets.remembered(f"rules-{name}", wanted.products.get(name, ()))
        st.session_state[key] = [item for item in st.session_state[key] if item in known]
        asked[name] = tuple(st.session_state[key])
    save(products={name: chosen for name, chosen in asked.items() if chosen})
    return asked


def products(rules: Rules) -> None:
    """The drawer in which products are asked for and ruled out."""
    with st.expander("Products", icon=":material/filter_alt:"):
        items, named = _items(rules), partial(readable, level=rules.spec.level)
        for name, words in SIDES.items() if items else ():
            st.multiselect(words, items, key=f"rules-{name}", placeholder="Any", format_func=named)
        if len(rules.products) > MOST_TO_CHOOSE:
            st.caption("Too many products to choose from: work at a coarser level.")
        st.checkbox("Only one product on the right", key=SINGLE)


def forget() -> None:
    """Move every threshold to where all that was mined is shown, and ask for no product."""
    for key in [key for key in st.session_state if str(key).startswith("rules-") and key != "rules-per"]:
        del st.session_state[key]
