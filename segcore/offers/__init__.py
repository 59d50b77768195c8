"""Offers: what to offer to whom, why, and how that does against plain best-sellers on the same data.

>>> next_offers(matrix, segments, "Garcia")                        # product, score, chance, why
>>> next_offers(matrix, segments, basket=["Champagne (France)"])   # for somebody nobody knows yet
>>> test = back_test(purchases, matrix.spec, NMFSpec(k=3))         # hidden purchases found, by every scorer
>>> test.shown.rates[["hit", "hit_low", "hit_high", "ahead_low"]]
"""

from segcore.choices.offered import RANKS, SCORERS
from segcore.choices.offers import BASELINE, DEFAULT, BackTestSpec, OfferSpec
from segcore.offers.backtest import BackTest, back_test
from segcore.offers.blocked import blocked_pairs, usual_prices, worth_of
from segcore.offers.chance import Chance, buyers_range
from segcore.offers.learned import Learned, learn
from segcore.offers.recommend import Everyone, next_offers

__all__ = [
    "BASELINE",
    "DEFAULT",
    "RANKS",
    "SCORERS",
    "BackTest",
    "BackTestSpec",
    "Chance",
    "Everyone",
    "Learned",
    "OfferSpec",
    "back_test",
    "blocked_pairs",
    "buyers_range",
    "learn",
    "next_offers",
    "usual_prices",
    "worth_of",
]
