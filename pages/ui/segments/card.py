"""One segment's card: its size and money, what sets it apart and how sure that is, who they are, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.ui.parts import widgets
from pages.ui.parts.text import escape
from pages.ui.parts.view import View
from pages.ui.segments import selection
from pages.ui.segments.people import called
from segcore.language.words import count, decimal, join_and, money, money_short, of, percent, readable

if TYPE_CHECKING:
    import pandas as pd

    from segcore.segments.profiles.portraits import Portraits

LISTED_MORE, LISTED_LESS = 8, 3
LEAST_OVERLAP = 0.1


def colour_bar(colour: str, long: int = 600) -> None:
    """The segment's colour, as a thin line across its card; ``long`` times as long as a sixth of its height."""
    st.image(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{long}" height="6">'
        f'<rect width="{long}" height="6" rx="3" fill="{colour}"/></svg>',
        width="stretch",
        alt="The segment’s colour",
    )


def choose(view: View) -> int:
    """The segment somebody looks at, by list or by a click on a chart."""
    numbers = [int(number) for number in view.segmentation.sizes.index]
    selection.seed(numbers)
    number = st.selectbox(
        "Segment", numbers, key=selection.CHOSEN, format_func=lambda s: f"{s} · {view.names[s]}"
    )
    selection.say(number, numbers)
    return number


def card(view: View, number: int, made: Portraits | None) -> None:
    """The whole card."""
    row, more = view.summary().loc[number], more_of(view, number, made)
    colour_bar(view.colours[number])
    if view.descriptions.get(number):
        st.markdown(escape(view.descriptions[number]))
    _figures(view, number, row, made)
    st.code(slide(view, number, row, more), language=None, wrap_lines=True)
    _action(view, number, row, more, made)
    _index(view, number, more, made)
    _who(view, number, row, made)


def more_of(view: View, number: int, made: Portraits | None, n: int = LISTED_MORE) -> pd.DataFrame:
    """What the segment buys more of, with how sure that is."""
    from segcore.segments.profiles.cards import bought_more

    return bought_more(view.profile(), number, None if made is None else made.evidence, n)


def slide(view: View, number: int, row: pd.Series, more: pd.DataFrame) -> str:
    """One sentence to copy into a slide."""
    from segcore.segments.profiles import FULL
    from segcore.segments.profiles.wording import slide_sentence

    return slide_sentence(
        view.names[number], row, more, n=int(view.segmentation.sizes.sum()), row_word=view.matrix.row_word,
        level=view.study.level, full=view.matrix.density > FULL,
    )  # fmt: skip


def _figures(view: View, number: int, row: pd.Series, made: Portraits | None) -> None:
    """Size, money, orders, who stands between."""
    n, word = int(view.segmentation.sizes.sum()), view.matrix.row_word
    shown = [widgets.Tile(word, count(row["customers"]), f"{percent(row['share'], n)} of all")]
    if "amount" in row:
        part = (
            f"{percent(row['amount_share'])} of all"
            if "amount_share" in row
            else f"{money(row['amount_each'])} each"
        )
        shown.append(widgets.Tile("money", money_short(row["amount"]), part))
    if made is not None and made.orders is not None:
        each = made.orders[number] / max(int(row["customers"]), 1)
        shown.append(widgets.Tile("orders", count(made.orders[number]), f"{decimal(each)} each"))
    if "amount" not in row:
        shown.append(widgets.Tile("products", decimal(row["products_each"]), "each"))
    between = f"{percent(row['mixed'] / max(row['customers'], 1), int(row['customers']))} of them"
    shown.append(widgets.Tile("mixed", count(row["mixed"]), between, widgets.help_for("mixed")))
    widgets.tiles(*shown)


def _action(view: View, number: int, row: pd.Series, more: pd.DataFrame, made: Portraits | None) -> None:
    """What to do, and from which numbers that follows."""
    from segcore.segments.profiles import FULL
    from segcore.segments.profiles.cards import bought_less, suggested
    from segcore.segments.profiles.wording import action_words

    if made is None or not row["customers"]:
        return
    less = bought_less(view.profile(), number, made.evidence, LISTED_LESS)
    action = suggested(row, number, view.segmentation, made.headroom, more, less)
    level = made.grouped_by if action.kind == "offer" else view.study.level
    what, why = action_words(
        action, row, int(view.segmentation.sizes.sum()), row_word=view.matrix.row_word, level=level,
        full=view.matrix.density > FULL,
    )  # fmt: skip
    with st.container(border=True, gap="xsmall"):
        st.markdown(f":material/arrow_forward: **{escape(what)}**")
        st.caption(escape(why))


def _index(view: View, number: int, more: pd.DataFrame, made: Portraits | None) -> None:
    import pandas as pd

    from segcore.figures.index_bars import index_bars
    from segcore.segments.profiles import FULL
    from segcore.segments.profiles.cards import MAYBE, bought_less, setting_apart
    from segcore.segments.profiles.wording import nothing_more, sureness

    if not view.segmentation.sizes[number]:
        st.caption("Nobody is in this segment.")
        return
    less = bought_less(view.profile(), number, None if made is None else made.evidence, LISTED_LESS)
    rows = pd.concat([more, less]).drop_duplicates("product").set_index("product")
    if not len(rows):
        st.caption("They buy nothing more or less often than everybody.")
        return
    title = "What sets them apart could be chance" if len(more) else nothing_more(view.summary().loc[number])
    for row in setting_apart(more).itertuples():
        verb = "bought" if view.matrix.row_kind == "customer" else "hold"
        bought = f"{of(row.buyers, int(view.segmentation.sizes[number]))} {verb} it, "
        bought = "" if view.matrix.density > FULL else bought
        title = f"“{readable(row.product, view.study.level)}” sets them apart: {bought}index {decimal(row.index, 0)}"
    said = sureness(pd.concat([more, less]))
    figure = index_bars(
        rows["index"], rows["buyers"], low=rows["low"], high=rows["high"], doubtful=rows["sure"] == MAYBE,
        row_word=view.matrix.row_word, level=view.study.level, title=title,
        subtitle="Bought more or less than by everybody (100 = average). Thin lines: 95 % intervals; pale bars could be "
        f"chance. {said}",
        theme=widgets.theme(), wrap=42,
    )  # fmt: skip
    widgets.chart(figure, key="index", on_click=_product_clicked)


def _product_clicked(data: object) -> None:
    label = data[0] if isinstance(data, list | tuple) else data
    selection.take([label, st.session_state.get(selection.CHOSEN, 0), 0], what="product")


def _who(view: View, number: int, row: pd.Series, made: Portraits | None) -> None:
    """Attributes, other tastes, typical customers."""
    from segcore.purchases.attributes import restyled_band
    from segcore.segments.profiles.attributes import stands_out
    from segcore.segments.profiles.cards import taste_mix, typical_customers

    lines = []
    if made is not None and len(made.attributes) and row["customers"]:
        found = stands_out(made.attributes, number)
        lines += [
            f"{r.attribute} {restyled_band(r.value)}: {of(r.customers, r.known)}{' of whom it is known' if r.known < row['customers'] else ''} "
            f"against {percent(r.customers_all / r.known_all, r.known_all)} of all, index {decimal(r.index, 0)}"
            for r in found.itertuples(index=False)
        ] or ["Nothing else that is known of them differs beyond chance from everybody."]
    mix = taste_mix(view.segmentation).loc[number].sort_values(ascending=False, kind="stable")
    others = [
        f"{percent(v, 100)} to “{view.names[int(s)]}”"
        for s, v in mix.items()
        if s != number and v >= LEAST_OVERLAP
    ]
    if row["customers"]:
        own = f"{percent(mix[number], 100)} of their purchases go to this taste"
        lines.append(f"{own}, {join_and(others)}." if others else f"{own}; no other taste has a tenth.")
    typical = [called(view, who) for who in typical_customers(view.matrix, view.segmentation, number)]
    if typical:
        lines.append(f"Typical {view.matrix.row_word}: {join_and(typical)}.")
    st.markdown("\n".join(f"- {escape(line)}" for line in lines))
