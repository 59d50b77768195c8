"""Every cache of the pages. All are keyed by content digests and frozen specs, and what they hold is read-only.

What holds numbers in words is keyed by the reader's number style too, so that no two readers share it; levels are kept
in English, as those that came with a file are, and restyled where they are shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.ui.shell import visitor
from segcore.language.words import NumberStyle, number_style, numbers_in_english

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import plotly.graph_objects as go

    from segcore.choices.matrix import MatrixSpec
    from segcore.choices.rules import RuleSpec
    from segcore.hierarchy.label_problems import Unclean
    from segcore.jobs import Visitor
    from segcore.matrix import PurchaseMatrix
    from segcore.purchases import Purchases
    from segcore.rules.tables import RuleTable
    from segcore.segments import Segmentation
    from segcore.segments.order import Rows
    from segcore.segments.segment_map import Places
    from segcore.sources.allowed import Folder
    from segcore.sources.folders import Entry
    from segcore.storage.store import Store
    from segcore.whatif.fixed_model import Frozen


def store() -> Store:
    """The workspace's store of results."""
    from segcore.storage.store import default_store

    return default_store()


def runner() -> Visitor:
    """The process-wide job runner, asked in the name of whoever looks at the page."""
    from segcore.jobs import Visitor
    from segcore.jobs import runner as the_runner

    return Visitor(the_runner(), visitor.name(), visitor.is_here)


def result(key: str) -> Any:
    """A finished job's result; what is on a screen counts as used, also where it is held in memory."""
    held = _result(key)
    store().note_use(key)
    return held


@st.cache_resource(max_entries=128, show_spinner=False)
def _result(key: str) -> Any:
    return store().load(key)


def purchases(digest: str) -> Purchases:
    """Purchases by content digest."""
    from segcore.purchases.kept import purchases_key

    held = _purchases(digest)
    store().note_use(purchases_key(digest))
    return held


@st.cache_resource(max_entries=8, show_spinner=False)
def _purchases(digest: str) -> Purchases:
    from segcore.purchases.kept import load_purchases

    return load_purchases(digest, purchases)


def changes(before: str, after: str) -> str:
    """What purchases read again have that the earlier ones had not."""
    return _changes(before, after, number_style())


@st.cache_resource(max_entries=24, show_spinner=False)
def _changes(before: str, after: str, style: NumberStyle) -> str:
    from segcore.sources.changes import changes as ask

    return ask(purchases(before), purchases(after))


@st.cache_resource(max_entries=24, show_spinner=False, ttl=20)
def folder_entries(folder: Folder) -> tuple[Entry, ...]:
    """What lies in a folder of the server; looked at anew after a while, for files come and go."""
    from segcore.sources.folders import listed

    return listed(folder)


@st.cache_resource(max_entries=24, show_spinner=False)
def best_sellers(digest: str, level: str) -> pd.Series:
    """The products most customers bought."""
    from segcore.purchases.overview import best_sellers as ask

    return ask(purchases(digest), level)


@st.cache_resource(max_entries=8, show_spinner=False)
def lines_by_month(digest: str) -> pd.Series:
    """Purchase lines by month; empty without dates."""
    from segcore.purchases.overview import lines_by_month as ask

    return ask(purchases(digest))


@st.cache_resource(max_entries=24, show_spinner=False)
def matrix(digest: str, spec: MatrixSpec) -> PurchaseMatrix:
    """Customers × products for these purchases and choices."""
    from segcore.matrix import build_matrix

    return build_matrix(purchases(digest), spec=spec)


@st.cache_resource(max_entries=24, show_spinner=False)
def level_facts(digest: str, level: str) -> pd.DataFrame:
    """The plain figures of one level, for a level outside the usual candidates; its reason has English numbers."""
    from segcore.hierarchy import profile_levels

    with numbers_in_english():
        return profile_levels(purchases(digest), (level,))


def levels_of(digest: str, loaded: Any) -> pd.DataFrame:
    """Every usual level with its plain figures; those of the file itself were measured when it was read, in English."""
    return loaded.levels if loaded.digest == digest else _levels(digest)


def unclean(digest: str) -> Unclean:
    """Labels under several parents, unknown products, doubtful spellings."""
    return _unclean(digest, number_style())


@st.cache_resource(max_entries=8, show_spinner=False)
def _unclean(digest: str, style: NumberStyle) -> Unclean:
    from segcore.hierarchy.label_problems import find_unclean

    return find_unclean(purchases(digest))


@st.cache_resource(max_entries=24, show_spinner=False)
def children(digest: str, spec: MatrixSpec, segments_key: str, product: str, level: str) -> pd.DataFrame:
    """What each segment buys inside one product of its level."""
    from segcore.hierarchy.children import children_scores

    window = (spec.date_from, spec.date_to)
    return children_scores(
        purchases(digest), result(segments_key), product, level, of_level=spec.level, window=window
    )


@st.cache_resource(max_entries=24, show_spinner=False)
def buyers(digest: str, level: str) -> pd.Series:
    """Customers who bought each product of a level."""
    from segcore.purchases.overview import best_sellers as ask

    return ask(purchases(digest), level, n=10**9)


def stop_products(digest: str, spec: MatrixSpec) -> pd.DataFrame:
    """Products that could be left out of a matrix, with the reason."""
    return _stop_products(digest, spec, number_style())


@st.cache_resource(max_entries=24, show_spinner=False)
def _stop_products(digest: str, spec: MatrixSpec, style: NumberStyle) -> pd.DataFrame:
    from segcore.hierarchy.left_out import stop_products as ask

    return ask(matrix(digest, spec))


@st.cache_resource(max_entries=24, show_spinner=False)
def _levels(digest: str) -> pd.DataFrame:
    from segcore.hierarchy import profile_levels

    with numbers_in_english():
        return profile_levels(purchases(digest))


@st.cache_resource(max_entries=24, show_spinner=False)
def product_profile(digest: str, spec: MatrixSpec, segments_key: str, balance: float) -> pd.DataFrame:
    """What each segment buys."""
    from segcore.segments.profiles import profile_products

    return profile_products(matrix(digest, spec), result(segments_key), balance)


@st.cache_resource(max_entries=24, show_spinner=False)
def summary(digest: str, spec: MatrixSpec, segments_key: str) -> pd.DataFrame:
    """Size, mixed and money of each segment."""
    from segcore.segments.profiles import segment_summary

    return segment_summary(matrix(digest, spec), result(segments_key))


@st.cache_resource(max_entries=24, show_spinner=False)
def proposed_names(digest: str, spec: MatrixSpec, segments_key: str, balance: float) -> dict[int, str]:
    """Names from the products that speak for a segment, on one balance of popular and distinctive."""
    from segcore.segments.names import propose_names

    segmentation: Segmentation = result(segments_key)
    return propose_names(purchases(digest), matrix(digest, spec), segmentation, balance)


@st.cache_resource(max_entries=12, show_spinner=False)
def frozen(digest: str, spec: MatrixSpec, segments_key: str) -> Frozen:
    """A segmentation held still, to be applied to a basket."""
    from segcore.whatif.fixed_model import freeze

    return freeze(purchases(digest), result(segments_key), spec)


@st.cache_resource(max_entries=24, show_spinner=False)
def usual_prices(digest: str, spec: MatrixSpec) -> pd.Series | None:
    """Amount ÷ quantity of each product of a matrix; None where the file has no amounts."""
    from segcore.offers import usual_prices as ask

    return ask(purchases(digest), matrix(digest, spec))


@st.cache_resource(max_entries=8, show_spinner=False)
def rule_table(digest: str, spec: RuleSpec) -> RuleTable:
    """The customers or orders that rules were counted in."""
    from segcore.rules.tables import rule_table as ask

    bought = purchases(digest)
    return ask(bought, spec, bought.row_word if spec.per == "customer" else "orders")


def rule_picture(rules_key: str, position: int, theme: str) -> go.Figure:
    """One rule as a picture; it stays the same while thresholds move, and drawing it takes longer than they do."""
    return _rule_picture(rules_key, position, theme, number_style())


@st.cache_resource(max_entries=64, show_spinner=False)
def _rule_picture(rules_key: str, position: int, theme: str, style: NumberStyle) -> go.Figure:
    from segcore.figures.rule_picture import picture_of

    return picture_of(result(rules_key), position, theme=theme, wrap=60)


@st.cache_resource(max_entries=12, show_spinner=False)
def customer_rows(segments_key: str, alike: bool) -> tuple[Rows, np.ndarray]:
    """What the customer heatmap draws, and the order its rows are taken from."""
    from segcore.figures.customer_heatmap import rows_to_draw
    from segcore.segments.order import alike_order, segment_order

    found: Segmentation = result(segments_key)
    order = segment_order(found.shares, found.assignment)
    if alike:
        order = order[alike_order(found.shares.iloc[order], found.assignment.iloc[order])]
    return rows_to_draw(found.shares.iloc[order], found.assignment.iloc[order]), order


@st.cache_resource(max_entries=12, show_spinner=False)
def product_order(segments_key: str) -> tuple[pd.DataFrame, pd.Series]:
    """Product shares and their segments in the order the heatmap shows them."""
    from segcore.segments.order import ordered_by_segment

    found: Segmentation = result(segments_key)
    return ordered_by_segment(found.product_shares, found.product_assignment, strength=found.product_scores)


@st.cache_resource(max_entries=12, show_spinner=False)
def places(segments_key: str) -> Places:
    """The map of customers."""
    from segcore.segments.segment_map import places_by_shares

    return places_by_shares(result(segments_key))


@st.cache_resource(max_entries=12, show_spinner=False)
def described(digest: str, spec: MatrixSpec, segments_key: str) -> pd.Series:
    """How well the segments describe every customer."""
    from segcore.segments.profiles.fit import described_share

    return described_share(matrix(digest, spec), result(segments_key))
