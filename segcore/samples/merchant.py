"""A seeded wine merchant with planted tastes, as purchases and as the file such a merchant would export.

Every customer has one of five tastes for products (a varietal from an origin), besides the best-sellers everybody
buys. Single offers hide the tastes: they are small, and customers come and go, so two people of one taste saw
different offers. Varietals and origins hide them too, each being shared by several tastes. In between, at
"Varietal + Origin", they can be found, and the truth is known, so what an analysis finds can be checked.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from segcore.purchases import Purchases, make_purchases
from segcore.samples.wine_list import BEST_SELLERS, FIRST_NAMES, LAST_NAMES, STYLES, TASTES, Wine

LEVEL = "Varietal + Origin"
N_CUSTOMERS, N_OFFERS = 600, 158
FIRST_DAY, DAYS = np.datetime64("2024-01-08", "D"), 728
TASTE_SHARES = (0.30, 0.23, 0.19, 0.16, 0.12)  # of customers, in the order of TASTES
OWN_TASTE, POPULAR, SECOND_TASTE = 0.62, 0.26, 0.06  # of purchases; the rest is anything at all
STAY = (240, 560)  # days from a customer's first look at the offers to the last
LOUDNESS = 1.8  # spread of the log size of offers: a few large ones, many small
PURCHASES = (8, 20)
RETURNED = 0.02
BOTTLES, BOTTLE_ODDS = (1, 2, 3, 6, 12, 24), (0.16, 0.22, 0.14, 0.30, 0.14, 0.04)


@dataclass(frozen=True, eq=False)
class Truth:
    """What was planted.

    Attributes
    ----------
    taste : Series
        Name of each customer's taste, indexed by customer.
    products : dict
        Products of each taste at ``level``; "" holds the best-sellers.
    level : str
        The product level the tastes live at.
    """

    taste: pd.Series
    products: dict[str, tuple[str, ...]]
    level: str


@dataclass(frozen=True, eq=False)
class SampleData:
    """Purchases with the truth behind them."""

    purchases: Purchases
    truth: Truth


@dataclass(frozen=True, eq=False)
class Merchant:
    """Everything drawn for one seed.

    Attributes
    ----------
    customers : DataFrame
        Indexed by customer number (text, leading zeros): ``Customer name``, ``Taste``.
    offers : DataFrame
        Indexed by offer: ``Varietal``, ``Origin``, ``Style``.
    lines : DataFrame
        The export, one row a line in order of date: ``Customer``, ``Order``, ``Date``, ``Offer``, ``Quantity``,
        ``Amount``.
    """

    customers: pd.DataFrame
    offers: pd.DataFrame
    lines: pd.DataFrame


def wine_merchant(seed: int = 7) -> SampleData:
    """About 600 customers, 158 offers of 30 wines over two years, five planted tastes of unequal size."""
    drawn = draw_merchant(seed)
    lines = drawn.lines
    purchases = make_purchases(
        lines["Customer"],
        lines["Offer"],
        customer_label="Customer",
        product_label="Offer",
        product_attributes=drawn.offers,
        customer_names=drawn.customers["Customer name"],
        order=lines["Order"],
        date=lines["Date"],
        quantity=lines["Quantity"],
        amount=lines["Amount"],
    )
    taste = drawn.customers["Taste"].reindex(purchases.customers)
    products = {name: tuple(map(_label, wines)) for name, wines in {**TASTES, "": BEST_SELLERS}.items()}
    return SampleData(purchases, Truth(taste, products, LEVEL))


def draw_merchant(seed: int) -> Merchant:
    """Draw customers, offers and lines; the same seed gives the same merchant."""
    rng = np.random.default_rng(seed)
    customers = _draw_customers(rng)
    wines = [wine for taste in TASTES.values() for wine in taste] + list(BEST_SELLERS)
    wine_of_offer, offer_day = _draw_offers(rng)
    offers = pd.DataFrame(
        [(wine.varietal, wine.origin, STYLES[wine.varietal]) for wine in (wines[w] for w in wine_of_offer)],
        columns=["Varietal", "Origin", "Style"],
        index=pd.Index([f"Offer {i + 1:03d}" for i in range(N_OFFERS)], name="Offer"),
    )
    taste = customers["Taste"].map(list(TASTES).index).to_numpy()
    who, what = _draw_purchases(rng, taste, wine_of_offer, offer_day)
    lines = _draw_lines(rng, who, what, wine_of_offer, offer_day)
    lines["Customer"] = customers.index.to_numpy()[lines["Customer"]]
    lines["Offer"] = offers.index.to_numpy()[lines["Offer"]]
    return Merchant(customers, offers, lines)


def _label(wine: Wine) -> str:
    return f"{wine.varietal} ({wine.origin})"


def _draw_customers(rng: np.random.Generator) -> pd.DataFrame:
    """Numbers with leading zeros, names that repeat no one, and a taste each."""
    numbers = np.sort(rng.choice(np.arange(1_000, 99_999), N_CUSTOMERS, replace=False))
    pairs = rng.choice(len(FIRST_NAMES) * len(LAST_NAMES), N_CUSTOMERS, replace=False)
    names = [f"{FIRST_NAMES[p // len(LAST_NAMES)]} {LAST_NAMES[p % len(LAST_NAMES)]}" for p in pairs]
    tastes = rng.choice(list(TASTES), N_CUSTOMERS, p=TASTE_SHARES)
    index = pd.Index([f"{number:06d}" for number in numbers], name="Customer")
    return pd.DataFrame({"Customer name": names, "Taste": tastes}, index=index)


def _draw_offers(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The wine (position) and first day (from the start) of each offer, in order of day.

    A wine of a taste is offered about six times, often in small lots; a best-seller three times, in large ones.
    """
    n_taste = sum(map(len, TASTES.values()))
    n_wines = n_taste + len(BEST_SELLERS)
    sure = np.concatenate([np.repeat(np.arange(n_taste), 4), np.repeat(np.arange(n_taste, n_wines), 3)])
    more = rng.permutation(np.tile(np.arange(n_taste), 3))[: N_OFFERS - len(sure)]
    return rng.permutation(np.concatenate([sure, more])), np.sort(rng.integers(0, DAYS - 30, N_OFFERS))


def _draw_purchases(
    rng: np.random.Generator, taste: np.ndarray, wine_of_offer: np.ndarray, offer_day: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Customer and offer of each purchase: by taste, by how loud the offer was, and only while the customer was there."""
    liking = _liking(rng, taste)
    loudness = rng.lognormal(0.0, LOUDNESS, N_OFFERS)
    loudness /= np.bincount(wine_of_offer, loudness)[wine_of_offer]
    first = rng.integers(0, DAYS - STAY[0], N_CUSTOMERS)
    last = first + rng.integers(*STAY, N_CUSTOMERS)
    seen = (offer_day >= first[:, None]) & (offer_day <= last[:, None])
    odds = liking[:, wine_of_offer] * loudness * seen
    odds /= odds.sum(axis=1, keepdims=True)
    wanted = rng.integers(PURCHASES[0], PURCHASES[1] + 1, N_CUSTOMERS)
    chosen = [rng.choice(N_OFFERS, count, p=p) for count, p in zip(wanted, odds, strict=True)]
    return np.repeat(np.arange(N_CUSTOMERS), wanted), np.concatenate(chosen)


def _liking(rng: np.random.Generator, taste: np.ndarray) -> np.ndarray:
    """How much each customer wants each wine: own taste, best-sellers, a bit of another taste, anything."""
    n_wines = sum(map(len, TASTES.values())) + len(BEST_SELLERS)
    rank = 1 / np.arange(1, 6) ** 0.3
    block = np.kron(np.eye(len(TASTES) + 1), rank / rank.sum())
    second = rng.integers(0, len(TASTES), N_CUSTOMERS)
    rest = 1 - OWN_TASTE - POPULAR - SECOND_TASTE
    return OWN_TASTE * block[taste] + POPULAR * block[-1] + SECOND_TASTE * block[second] + rest / n_wines


def _draw_lines(
    rng: np.random.Generator,
    who: np.ndarray,
    what: np.ndarray,
    wine_of_offer: np.ndarray,
    offer_day: np.ndarray,
) -> pd.DataFrame:
    """Dates, bottles, money and a few returns; what a customer bought within one week is one order."""
    day = offer_day[what] + rng.integers(0, 21, len(who))
    price = np.round(rng.uniform(6.0, 26.0, wine_of_offer.max() + 1), 1)[wine_of_offer]
    price = np.round(price * (1 - rng.choice([0.0, 0.1, 0.15, 0.25, 0.4], N_OFFERS)), 2)
    bottles = rng.choice(BOTTLES, len(who), p=BOTTLE_ODDS)
    back = np.flatnonzero(rng.random(len(who)) < RETURNED)
    lines = pd.DataFrame(
        {
            "Customer": np.concatenate([who, who[back]]),
            "Day": np.concatenate([day, day[back] + rng.integers(8, 20, len(back))]),
            "Offer": np.concatenate([what, what[back]]),
            "Quantity": np.concatenate([bottles, -bottles[back]]),
        }
    )
    visits = lines.assign(Week=lines["Day"] // 7).groupby(["Week", "Customer"])
    lines["Order"] = [f"R{100_001 + number}" for number in visits.ngroup()]
    lines["Day"] = visits["Day"].transform("min")
    lines = lines.groupby(["Customer", "Order", "Day", "Offer"], as_index=False).sum()
    lines["Date"] = FIRST_DAY + lines.pop("Day").to_numpy().astype("timedelta64[D]")
    lines["Amount"] = np.round(lines["Quantity"] * price[lines["Offer"]], 2)
    lines = lines[lines["Quantity"] != 0].sort_values(["Date", "Order", "Offer"], ignore_index=True)
    return lines[["Customer", "Order", "Date", "Offer", "Quantity", "Amount"]]
