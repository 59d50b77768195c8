"""What comes in a study file proves itself: purchases give their own digest, the rest fits them in every part."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from segcore.choices.level_edits import LARGEST
from segcore.choices.packed_ids import unfolded
from segcore.purchases import Purchases, digest_of
from segcore.studies.decode import record
from segcore.studies.start import Start

if TYPE_CHECKING:
    from segcore.choices.study import Study
    from segcore.intake.loaded import Loaded

FIRST_DAY, AFTER_LAST = np.datetime64("0001-01-01", "s"), np.datetime64("10000-01-01", "s")
_CODES = {"customer": "customers", "product": "products", "order": "orders"}


def proven_purchases(value: Any) -> Purchases:
    """Purchases that are sound in every part and have the digest they say.

    Raises
    ------
    ValueError, TypeError, AttributeError
        They are not.
    """
    _must(type(value) is Purchases, "these are no purchases")
    _labels(value.customers)
    _catalogue(value.products)
    _catalogue(value.customer_attributes)
    _must(value.customer_attributes.index.equals(value.customers), "attributes are not of the customers")
    if value.orders is not None:
        _labels(value.orders)
    _lines(value)
    _must(value.row_kind in ("customer", "basket"), "a row is neither customer nor basket")
    for names, labels in (
        (value.customer_names, value.customers),
        (value.product_codes, value.products.index),
    ):
        _must(
            type(names) is pd.Series and (not len(names) or names.index.equals(labels)), "names fit no labels"
        )
        _texts(names)
    _must(digest_of(value) == value.digest, "the purchases are not the ones they say")
    return value


def proven_loaded(value: Any, purchases: Purchases) -> Loaded:
    """What was read of the file, with every figure that follows from the purchases measured anew.

    Raises
    ------
    ValueError, TypeError, AttributeError
        It is of other purchases, or a part of it is not what it should be.
    """
    from segcore.hierarchy import profile_levels
    from segcore.intake.columns.roles import Roles
    from segcore.intake.loaded import Loaded
    from segcore.intake.report import IntakeReport

    _must(type(value) is Loaded and value.digest == purchases.digest, "it is of other purchases")
    roles = record(Roles, asdict(value.roles), "roles")
    days = (value.report.first_date, value.report.last_date)
    _must(all(day is None or isinstance(day, pd.Timestamp) for day in days), "a day is none")
    report = record(IntakeReport, asdict(replace(value.report, first_date=None, last_date=None)), "report")
    choices = {finding.choice for finding in (*report.repairs, *report.left_out, *report.notes)}
    _must(choices <= {"", *Roles.names()}, "a repair is of no known kind")
    counted = replace(
        report,
        first_date=days[0],
        last_date=days[1],
        customers=len(purchases.customers),
        products=len(purchases.products),
        lines_kept=purchases.n_lines,
        row_word=purchases.row_word,
    )
    return Loaded(purchases.digest, roles, counted, profile_levels(purchases))


def proven_start(value: Any, k: int) -> Start:
    """Product scores of ``k`` segments, whatever else came with them.

    Raises
    ------
    ValueError, TypeError, AttributeError
        They are no scores of as many segments.
    """
    scores = value.product_scores
    _must(type(scores) is pd.DataFrame and scores.shape[1] == k > 0, "these are no scores")
    _labels(scores.index)
    numbers = scores.to_numpy()
    _must(
        numbers.dtype.kind == "f" and bool(np.isfinite(numbers).all()) and bool((numbers >= 0).all()),
        "a score is none",
    )
    return Start.of(scores)


def check_packed(study: Study) -> None:
    """Refuse maps and lists of customers that unfold to more than a study can hold.

    Raises
    ------
    ValueError
        They do, or they are damaged.
    """
    groups = [group for test in study.offer_tests for group in test.groups]
    packed = [text for group in groups for text in (group.treated, group.held_out) if text]
    left = LARGEST - sum(len(unfolded(text)) for text in packed)
    for one in study.level_edits.maps:
        _must(not one.packed or bool(one.groups), "a map is damaged")
        left -= sum(len(name) + len(group) for name, group in one.groups.items())
        _must(left >= 0, "its maps and lists are larger than a study can hold")


def _lines(purchases: Purchases) -> None:
    lines = purchases.lines
    _must(type(lines) is pd.DataFrame and len(lines) > 0, "there are no lines")
    known = ("customer", "product", "order", "date", "quantity", "amount")
    _must(
        list(lines.columns) == [name for name in known if name in lines.columns],
        "the lines have other columns",
    )
    _must({"customer", "product"} <= set(lines.columns), "a line is of nobody, or of nothing")
    _must(("order" in lines.columns) == (purchases.orders is not None), "orders are without labels")
    for name in lines.columns:
        values = lines[name].to_numpy()
        if name in _CODES:
            labels = getattr(purchases, _CODES[name])
            _must(values.dtype == np.int32, "a code is none")
            _must(int(values.min()) >= 0 and int(values.max()) < len(labels), "a code leads nowhere")
        elif name == "date":
            _must(values.dtype == np.dtype("datetime64[s]"), "a date is none")
            days = values[~np.isnat(values)]
            _must(bool(((days >= FIRST_DAY) & (days < AFTER_LAST)).all()), "a date is in no calendar")
        else:
            _must(values.dtype == np.float64 and not np.isinf(values).any(), "a number is none")


def _catalogue(table: Any) -> None:
    _must(type(table) is pd.DataFrame and table.columns.is_unique, "a table of attributes is none")
    _labels(table.index)
    for name in table.columns:
        _must(isinstance(name, str), "an attribute has no name")
        _texts(table[name])


def _labels(labels: Any) -> None:
    # A range of a million million says so in a few bytes, and takes as much memory once it is a list.
    plain = isinstance(labels, pd.Index) and not isinstance(labels, pd.MultiIndex)
    _must(plain and labels.dtype.kind == "O", "labels are none")
    _must(labels.is_unique and isinstance(labels.name, str | None), "labels stand twice")
    _texts(labels)


def _texts(values: pd.Index | pd.Series) -> None:
    _must(all(type(text) is str for text in values.tolist()), "a label is no text")
    "".join(values.tolist()).encode("utf-8")  # half a sign is a ValueError


def _must(holds: bool, otherwise: str) -> None:
    if not holds:
        raise ValueError(otherwise)
