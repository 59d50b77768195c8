"""A German shop system's export, as it really comes: everything that usually goes wrong, and what is true of it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

PRODUCTS = (
    "Müsli",
    "Käse",
    "Brötchen",
    "Grüner Tee",
    "Öl",
    "Süßmost",
    "Kaffee",
    "Eier",
    "Nüsse",
    "Würstchen",
)


@dataclass(frozen=True)
class German:
    """The file, and what must be on the screen."""

    path: Path
    customers: int
    products: int
    lines: int
    revenue: float
    returns: int


def german(value: float) -> str:
    """1.234,50"""
    return f"{value:,.2f}".translate(str.maketrans(",.", ".,"))


def german_export(folder: Path, customers: int = 130) -> German:
    """cp1252, semicolons, decimal commas, titles above, totals below, ids with leading zeros, returns, two spellings."""
    chance = random.Random(11)
    rows, revenue, returns = [], 0.0, 0
    for customer in range(customers):
        taste = PRODUCTS[:5] if customer % 2 else PRODUCTS[5:]
        for _visit in range(5):
            product = chance.choice(taste if chance.random() < 0.85 else PRODUCTS)
            pieces = chance.randint(1, 4)
            back = chance.random() < 0.03
            amount = round(
                pieces * (2.5 + PRODUCTS.index(product)) * (400 if chance.random() < 0.02 else 1), 2
            )
            sign = -1 if back else 1
            revenue, returns = revenue + sign * amount, returns + back
            spelled = (
                product.upper().replace("SS", "ß") if product == "Käse" and chance.random() < 0.2 else product
            )
            day = f"{chance.randint(1, 28):02d}.{chance.randint(1, 12):02d}.2024"
            rows.append(
                f"{customer + 17:06d};Firma {customer + 17};{4000 + len(rows) // 2};{spelled};{day};"
                f"{sign * pieces};{german(sign * amount)} €"
            )
    lines = [
        "Umsatzliste Filiale Köln;;;;;;",
        "erstellt am 03.01.2025;;;;;;",
        ";;;;;;",
        "Kundennummer;Kundenname;Belegnr;Artikel;Datum;Menge;Betrag",
        *rows,
        f"Gesamtsumme;;;;;;{german(revenue)} €",
    ]
    path = folder / "Umsatzliste.csv"
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode("cp1252"))
    return German(path, customers, len(PRODUCTS), len(rows), round(revenue, 2), returns)
