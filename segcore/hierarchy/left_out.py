"""What to leave out: products that say nothing about taste, and customers too large to be one.

A product is proposed for its name (bags, deposits, gift cards, postage …, in the languages exports come in) or because
nearly everybody buys it. A customer is proposed who has ten times as many products as is usual. All are proposals: the
file keeps them, and nothing is left out before somebody says so.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segcore.language.words import percent
from segcore.matrix import PurchaseMatrix

HALF, MOST = 0.5, 0.9
TIMES_USUAL, AT_LEAST = 10, 50

# Whole words that name no goods, wherever they stand in a product's name.
_ANYWHERE = {
    "a deposit": "deposit pfand leergut leergutrückgabe pfandrückgabe consigne statiegeld kaucja einwegpfand mehrwegpfand",
    "a gift card or voucher": "voucher vouchers giftcard giftcards gutschein geschenkgutschein geschenkkarte wertgutschein "
    "cadeaubon presentkort gavekort lahjakortti",
    "postage or delivery": "postage shipping versand versandkosten lieferung lieferkosten livraison envío spedizione "
    "verzendkosten verzending fraktavgift frakt wysyłka dostawa frete",
    "a fee or correction": "coupon coupons surcharge gebühr gebühren bearbeitungsgebühr rabatt discount korrektur storno storniert rounding "
    "rundung aufrundung trinkgeld donation spende pourboire",
    "a carrier bag": "tragetasche tragetaschen tragetüte plastiktüte papiertüte einkaufstüte einkaufstasche boodschappentas "
    "draagtas bärkasse bæreposer bærepose sacchetto shoppers reklamówka",
}  # fmt: skip
# Whole names, or the first or last words of one, that name no goods.
_PHRASES = {
    "a carrier bag": (
        "bag", "bags", "carrier bag", "carrier bags", "shopping bag", "shopping bags", "plastic bag", "paper bag",
        "bag charge", "bag fee", "bag for life", "tüte", "tüten", "tasche", "sac", "sac de caisse", "sac plastique",
        "bolsa", "bolsa de plástico", "busta", "plastic tas", "tas", "kasse", "torba", "saco", "sacola", "poser", "shopper",
    ),
    "a deposit": ("pant", "bottle deposit", "bottle return", "empties", "vuoto", "envase", "vasilhame", "container deposit"),
    "a gift card or voucher": (
        "gift card", "gift cards", "gift certificate", "gift voucher", "carte cadeau", "bon cadeau", "chèque cadeau",
        "tarjeta regalo", "vale regalo", "cheque regalo", "buono regalo", "carta regalo", "cartão presente",
        "karta podarunkowa", "phone card", "prepaid card", "guthabenkarte",
    ),
    "postage or delivery": ("delivery", "delivery fee", "delivery charge", "carriage", "frais de port", "gastos de envío",
                            "porto und versand", "dotcom postage"),
    "a fee or correction": (
        "fee", "fees", "service charge", "service fee", "bank charges", "manual", "adjustment", "adjust", "adjust bad debt",
        "tip", "remise", "sconto", "descuento", "desconto", "korting", "misc", "miscellaneous",
        "test", "samples", "cash", "refund", "amazon fee", "cruk commission", "price override", "round up",
    ),
}  # fmt: skip
# One word that is a carrier bag at a grocer's and the goods themselves elsewhere: proposed, never ticked beforehand.
_GOODS_ELSEWHERE = frozenset(
    {
        "bag",
        "bags",
        "tasche",
        "sac",
        "bolsa",
        "tas",
        "kasse",
        "torba",
        "saco",
        "sacola",
        "poser",
        "shopper",
        "pant",
    }
)
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, eq=False)
class GiantRows:
    """Customers with far more products than is usual.

    Attributes
    ----------
    usual : float
        Median products of a customer.
    most : int
        What more than ten times as many means here.
    rows : int
        Customers above it.
    share : float
        Their share of all filled cells, 0..1.
    largest : int
        Products of the largest.
    """

    usual: float
    most: int
    rows: int
    share: float
    largest: int


def stop_products(matrix: PurchaseMatrix) -> pd.DataFrame:
    """Products that could be left out, with the reason.

    Returns
    -------
    DataFrame
        ``product``, ``buyers``, ``share`` (of customers with purchases, 0..1), ``reason``, ``sure`` (named like no
        goods, or bought by nine in ten); the sure ones first, then the most bought. None where nearly every cell is
        filled: what everybody buys is then all there is.
    """
    n = int((matrix.products_per_customer > 0).sum())
    named = [named_like(product) for product in matrix.products]
    share = matrix.buyers / max(n, 1)
    is_full = matrix.density > MOST
    rows = [
        (
            product,
            int(buyers),
            float(part),
            _reason(kind, part, n, matrix.row_word),
            _is_sure(product, kind, float(part)),
        )
        for product, buyers, part, kind in zip(matrix.products, matrix.buyers, share, named, strict=True)
        if kind or (part > HALF and not is_full)
    ]
    table = pd.DataFrame(rows, columns=["product", "buyers", "share", "reason", "sure"])
    return table.sort_values(
        ["sure", "buyers", "product"], ascending=[False, False, True], kind="stable"
    ).reset_index(drop=True)


def _is_sure(product: str, kind: str, share: float) -> bool:
    return share >= MOST or (bool(kind) and " ".join(_WORD.findall(_plain(product))) not in _GOODS_ELSEWHERE)


def _reason(kind: str, share: float, n: int, row_word: str) -> str:
    said = [f"the name reads like {kind}"] if kind else []
    if share > HALF:
        said.append(f"bought by {percent(share, n)} of all {row_word}")
    return "; ".join(said)


def named_like(product: str) -> str:
    """What that is no goods the name reads like; "" for an ordinary name.

    A single word counts where it can mean nothing else ("Pfand 0,25"), others only as the whole name once numbers
    and prices are taken out ("Bag 10p", but not "Tea bags" or "Lunch bag red").
    """
    words = _WORD.findall(_plain(product))
    whole = " ".join(word for word in words if len(word) > 1 or word == "a")
    for kind, phrases in _PHRASES_PLAIN.items():
        if whole in phrases:
            return kind
    for kind, tokens in _ANYWHERE_PLAIN.items():
        if tokens.intersection(words):
            return kind
    return next(
        (
            kind
            for kind, phrases in _LONG_PHRASES.items()
            if any(f" {one} " in f" {whole} " for one in phrases)
        ),
        "",
    )


def _plain(text: str) -> str:
    """Lower case without accents, so that "Tuete", "TÜTE" and "tüte" differ as little as people do."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


_ANYWHERE_PLAIN = {kind: frozenset(_plain(words).split()) for kind, words in _ANYWHERE.items()}
_PHRASES_PLAIN = {kind: frozenset(map(_plain, phrases)) for kind, phrases in _PHRASES.items()}
_LONG_PHRASES = {
    kind: tuple(sorted(one for one in phrases if " " in one)) for kind, phrases in _PHRASES_PLAIN.items()
}


def giant_rows(matrix: PurchaseMatrix) -> GiantRows | None:
    """Customers with more than ten times the usual number of products, and at least fifty; None without any."""
    per_row = matrix.products_per_customer
    active = per_row[per_row > 0]
    if not len(active):
        return None
    usual = float(np.median(active))
    most = max(AT_LEAST, int(TIMES_USUAL * usual))
    giant = active[active > most]
    if not len(giant):
        return None
    return GiantRows(usual, most, len(giant), float(giant.sum() / active.sum()), int(giant.max()))
