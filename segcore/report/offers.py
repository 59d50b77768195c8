"""The chapter on offers: how the ways to choose them did on purchases that were hidden, best-sellers among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from segcore.choices.offered import SCORERS
from segcore.figures.chart_data import Bars, ChartData
from segcore.figures.palette import ACCENT_LIGHT, GREY
from segcore.language.words import count, plural
from segcore.offers.wording import compared, finding
from segcore.report.records import Chapter

if TYPE_CHECKING:
    from segcore.offers import BackTest


def offers_chapter(test: BackTest) -> Chapter:
    """The back-test, whoever won it."""
    rates = test.shown.rates.sort_values("hit", ascending=False, kind="stable")
    word = "customers" if test.row_kind == "customer" else "baskets"
    hidden = (
        f"Purchases from {test.first} to {test.last} were hidden; what counts is a product new to the buyer."
        if test.weeks
        else "One product of everybody who bought at least two was hidden, drawn at random."
    )
    chart = ChartData(
        "bars",
        tuple(SCORERS[name] for name in rates.index),
        (
            Bars(
                f"{word.capitalize()} with a hidden purchase among {plural(test.spec.n, 'offer')}",
                tuple(round(100 * float(hit), 1) for hit in rates["hit"]),
                tuple(ACCENT_LIGHT if name == test.default else GREY for name in rates.index),
            ),
        ),
        "percent",
        f"Of {count(test.shown.customers)} {word}, how many had a hidden purchase among their {plural(test.spec.n, 'offer')}",
    )
    table = pd.DataFrame(
        {
            "way to choose": list(chart.labels),
            "hits": rates["hits"].to_numpy(),
            "hit share": rates["hit"].to_numpy(),
            "hit share from": rates["hit_low"].to_numpy(),
            "hit share to": rates["hit_high"].to_numpy(),
            "share of products ever offered": rates["coverage"].to_numpy(),
        }
    )
    return Chapter("offers", finding(test, test.default), (compared(test), hidden), chart, table, (hidden,))
