"""What all tabs of the Offers page look at: the view, what was learned, the back-test, the choices."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.ui.parts import cached
from pages.ui.shell import session
from segcore.choices.offers import DEFAULT, OfferSpec

if TYPE_CHECKING:
    import pandas as pd

    from pages.ui.parts.view import View
    from segcore.choices.offer_records import OfferOptions
    from segcore.offers import BackTest, Chance, Learned
    from segcore.offers.presentation import Telling
    from segcore.purchases import Purchases

TABS = ("Next offers", "Does it work?", "Bundles", "Who gets it", "Test & learn")
TAB_KEY = "offers-tab"


@dataclass(frozen=True, eq=False)
class Room:
    """One segmentation with its offers; ``test`` is None while the back-test is still running, or cannot be run."""

    view: View
    learned: Learned
    test: BackTest | None

    @property
    def options(self) -> OfferOptions:
        """The study's choices."""
        return self.view.study.offers

    @property
    def purchases(self) -> Purchases:
        """The purchases behind it all."""
        return cached.purchases(self.view.study.data_digest)

    @property
    def scorer(self) -> str:
        """Who ranks: as chosen, else as the back-test says, else the usual blend."""
        if self.options.scorer:
            return self.options.scorer
        return self.test.default if self.test is not None else DEFAULT

    @property
    def chance(self) -> Chance | None:
        """How a score becomes a chance."""
        return self.test.chances[self.scorer] if self.test is not None else None

    @property
    def prices(self) -> pd.Series | None:
        """Usual prices, where the file has amounts."""
        return cached.usual_prices(self.view.study.data_digest, self.view.matrix.spec)

    @property
    def can_rank_by(self) -> tuple[str, ...]:
        """The orders that can work now: money needs a chance, and a price or margins."""
        if self.test is None:
            return ("chance",)
        return ("chance", *(["price"] if self.prices is not None else []), "margin")

    @property
    def spec(self) -> OfferSpec:
        """The study's choices as the core takes them, without what this level or file does not have."""
        wanted, known = self.options, set(self.learned.products)
        margins = tuple((p, m) for p, m in wanted.margins.items() if p in known)
        rank_by = wanted.rank_by if wanted.rank_by in self.can_rank_by else "chance"
        return OfferSpec(
            scorer=self.scorer,
            n=wanted.n,
            offer_bought=wanted.offer_bought,
            recent_days=wanted.recent_days if self.purchases.date_span is not None else 0,
            left_out=tuple(p for p in wanted.left_out if p in known),
            rank_by="chance" if rank_by == "margin" and not margins else rank_by,
            margins=margins if rank_by == "margin" else (),
        )

    @property
    def telling(self) -> Telling:
        """How offers are put into words and tables."""
        from segcore.offers.presentation import Telling

        view = self.view
        return Telling(
            view.names,
            view.study.level,
            view.matrix.row_word,
            self.learned.n,
            self.spec,
            self.test,
            self.prices,
        )


def change(**options: Any) -> None:
    """Save choices of this page."""
    session.update(lambda now: now.with_(offers=replace(now.offers, **options)))


def go_to(tab: str, **options: Any) -> None:
    """Open a tab, for a button's ``on_click``; choices are saved on the way."""
    if options:
        change(**options)
    st.session_state[TAB_KEY] = tab
