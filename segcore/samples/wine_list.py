"""What the wine merchant sells and who buys there; all of it invented.

Each taste takes its varietals from many places and shares them with other tastes, so that neither the varietal nor
the origin alone tells the tastes apart.
"""

from __future__ import annotations

from typing import NamedTuple


class Wine(NamedTuple):
    """One product: a varietal from an origin."""

    varietal: str
    origin: str


TASTES: dict[str, tuple[Wine, ...]] = {
    "Barbecue": (
        Wine("Sauvignon Blanc", "Chile"),
        Wine("Chenin Blanc", "South Africa"),
        Wine("Syrah", "Argentina"),
        Wine("Cabernet Franc", "New Zealand"),
        Wine("Sparkling", "Spain"),
    ),
    "Oyster bar": (
        Wine("Chardonnay", "New Zealand"),
        Wine("Sauvignon Blanc", "France"),
        Wine("Chenin Blanc", "Argentina"),
        Wine("Pinot Noir", "Germany"),
        Wine("Grenache", "Italy"),
    ),
    "Sunday roast": (
        Wine("Riesling", "Austria"),
        Wine("Pinot Noir", "Italy"),
        Wine("Syrah", "France"),
        Wine("Malbec", "Chile"),
        Wine("Cabernet Franc", "Spain"),
    ),
    "Garden party": (
        Wine("Chardonnay", "Chile"),
        Wine("Riesling", "South Africa"),
        Wine("Pinot Noir", "New Zealand"),
        Wine("Grenache", "France"),
        Wine("Sparkling", "Germany"),
    ),
    "Cellar": (
        Wine("Chardonnay", "Austria"),
        Wine("Malbec", "South Africa"),
        Wine("Syrah", "Italy"),
        Wine("Cabernet Franc", "Germany"),
        Wine("Chenin Blanc", "France"),
    ),
}
BEST_SELLERS: tuple[Wine, ...] = (
    Wine("Sparkling", "Italy"),
    Wine("Chardonnay", "France"),
    Wine("Grenache", "Spain"),
    Wine("Malbec", "Argentina"),
    Wine("Riesling", "Germany"),
)
STYLES: dict[str, str] = {
    "Chardonnay": "White",
    "Riesling": "White",
    "Sauvignon Blanc": "White",
    "Chenin Blanc": "White",
    "Pinot Noir": "Red",
    "Syrah": "Red",
    "Malbec": "Red",
    "Cabernet Franc": "Red",
    "Grenache": "Rosé",
    "Sparkling": "Sparkling",
}
_FIRST = (
    "Ada Anton Berta Carlo Clara Dario Dora Edgar Elsa Emil Enid Felix Flora Gero Greta Hanno Ida Ivo Jana Jonas Karla "
    "Kuno Lena Linus Mara Milo Nele Nils Olga Otto Paula Quirin Rosa Ruben Selma Sven Tilda Timo Vera Wim"
)
_LAST = (
    "Abendrot Birkfeld Calder Dornbusch Eastwick Fennbach Glimmer Hartley Ilmen Jarrow Kestrel Lindquist Marlowe "
    "Nordhoff Oakham Pellworm Quill Rosenau Silverton Tarn Underhill Valdine Westmoor Yarrow Zeller"
)
FIRST_NAMES: tuple[str, ...] = tuple(_FIRST.split())
LAST_NAMES: tuple[str, ...] = tuple(_LAST.split())
