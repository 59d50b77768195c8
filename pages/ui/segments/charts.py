"""The pictures of the Segments page; a click on any of them is answered beside it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from pages.ui.parts import cached, widgets
from pages.ui.parts.view import View
from pages.ui.segments import asked, selection
from segcore.language.words import count, of, percent, plural

LEAN = 0.5  # of a customer's purchases
MANY = 12


def charts(view: View) -> None:
    """Both bases, the sizes and the map, one at a time."""
    rows = view.matrix.row_word.capitalize()
    drawn = {rows: _customer_basis, "Products": _product_basis, "Sizes": _sizes, "Map": _map}
    kind = st.segmented_control(
        "View",
        list(drawn),
        default=rows,
        key="segments-view",
        label_visibility="collapsed",
        format_func=widgets.quiet,
    )
    drawn.get(kind, _customer_basis)(view)


def _room(k: int) -> int:
    """How wide a heatmap may count on being, in characters of a title: many columns must also fit a small screen."""
    return 52 if k <= 3 else 45


def row_title(view: View) -> str:
    """What the customer basis is called: a file without customers has baskets."""
    return "Customer basis" if view.segmentation.row_kind == "customer" else "Basket basis"


def _customer_basis(view: View) -> None:
    from segcore.figures.customer_heatmap import customer_basis

    s, word = view.segmentation, view.matrix.row_word
    alike = st.session_state.get("customers-alike", False)
    rows, _ = asked.customer_rows(view, alike)
    clear = int((s.shares.max(axis=1) >= LEAN).sum())
    figure = customer_basis(
        s.shares, s.assignment, s.sizes, view.names, view.colours, row_word=word, rows=rows,
        title=f"{of(clear, len(s.shares))} {word}: one segment explains as much as all others together",
        subtitle=f"{row_title(view)}: how each row’s purchases divide over the segments",
        theme=widgets.theme(), wrap=_room(s.k),
    )  # fmt: skip
    widgets.chart(
        figure, key="customer-basis", on_click=partial(selection.take, what="customer", alike=alike)
    )
    st.toggle(
        "Alike rows next to each other", key="customers-alike",
        help="Inside each segment, rows with like shares stand together; otherwise the clearest come first.",
    )  # fmt: skip


def _product_basis(view: View) -> None:
    from segcore.figures.product_heatmap import product_basis

    s = view.segmentation
    ordered, groups = cached.product_order(view.key)
    own = s.product_shares.max(axis=1) >= LEAN
    top, wanted, only_own = _product_options()
    keep = ordered.index.to_series().str.contains(wanted, case=False, regex=False) if wanted else None
    if only_own:
        mine = own.reindex(ordered.index)
        keep = mine if keep is None else keep & mine
    if keep is not None:
        ordered, groups = ordered[keep.to_numpy()], groups[keep.to_numpy()]
    if not groups.notna().any():
        st.info("No product fits. Shorten the text, or show all products again.", icon=":material/info:")
        return
    figure = product_basis(
        ordered, groups, None, view.names, view.colours, level=view.study.level, top=top,
        title=f"{of(int(own.sum()), len(s.product_shares))} products belong mostly to one segment",
        subtitle=f"Product basis: which products belong together, the {count(top)} strongest of each segment",
        theme=widgets.theme(), wrap=_room(s.k),
    )  # fmt: skip
    widgets.chart(figure, key="product-basis", on_click=partial(selection.take, what="product"))


def _product_options() -> tuple[int, str, bool]:
    """How many of each segment, a text to look for, and whether only those that belong to one segment."""
    one, two, three = st.columns([2, 1, 2], vertical_alignment="bottom")
    wanted = one.text_input("Find a product", key="product-search", placeholder="Part of its name")
    top = two.selectbox("Of each segment", (5, 8, 12, 20, 40), index=1, key="product-top")
    only_own = three.toggle(
        "Distinctive products only", key="product-own",
        help="Only products of which one segment has at least half; best-sellers that everybody buys are left out.",
    )  # fmt: skip
    return int(top), " ".join((wanted or "").split()), bool(only_own)


def _sizes(view: View) -> None:
    from segcore.figures.sizes import segment_sizes

    s, summary = view.segmentation, view.summary()
    money_share = summary["amount_share"] if "amount_share" in summary else None
    largest, n = int(s.sizes.index[0]), int(s.sizes.sum())
    figure = segment_sizes(
        s.sizes, view.names, view.colours, revenue_share=money_share, no_purchases=s.n_without_purchases,
        row_word=view.matrix.row_word,
        title=f"“{view.names[largest]}” is the largest with {percent(s.sizes[largest] / max(n, 1), n)} of the "
        f"{view.matrix.row_word}",
        subtitle=f"{view.matrix.row_word.capitalize()} in each segment",
        theme=widgets.theme(), wrap=_room(s.k),
    )  # fmt: skip
    widgets.chart(figure, key="sizes", on_click=partial(selection.take, what="segment"))


def _map(view: View) -> None:
    from segcore.figures.customer_map import customer_map

    s, word = view.segmentation, view.matrix.row_word
    if s.k < 2:
        st.info("One segment has no map: everybody stands on the same spot.", icon=":material/info:")
        return
    places = cached.places(view.key)
    drawn = f" One point stands for {plural(places.per_point, word[:-1])}." if places.per_point > 1 else ""
    figure = customer_map(
        places.customers, places.corners, view.names, view.colours, row_word=word,
        title=f"{of(s.n_mixed, int(s.sizes.sum()))} {word} stand between two segments, drawn grey",
        subtitle=f"Each of the {word} stands as near to a segment’s corner as its shares say; segments with like tastes "
        f"are neighbours.{drawn}",
        theme=widgets.theme(), wrap=_room(s.k),
    )  # fmt: skip
    widgets.chart(figure, key="customer-map", on_click=partial(selection.take, what="customer"))
