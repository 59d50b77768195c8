"""Names that people say: words of the shop, reaching the segment, no codes, numbers or packaging, none like another.

What a name reaches is counted here from labels and purchases alone; the product's own measures are not asked.
"""

import re

import numpy as np
import pandas as pd
import pytest

from segcore.matrix import build_matrix
from segcore.purchases import make_purchases
from segcore.samples import complete_journey, wine_merchant
from segcore.segments import segment
from segcore.segments.names import propose_names
from tests.segcore import known

BY_HOW_MUCH = ("Light buyers", "Heavy buyers", "A bit of everything")
UNSPEAKABLE = re.compile(r"\d|\b(set|pack|pk|ml|oz|lb|kg|pcs|drnk|btl|frzn|box)\b", re.IGNORECASE)


def named(purchases, level, k):
    matrix = build_matrix(purchases, level)
    found = segment(matrix, k=k, resamples=0)
    return matrix, found, propose_names(purchases, matrix, found)


def plain(text):
    return {word.removesuffix("s") for word in re.findall(r"[^\W\d_]+", text.casefold())}


def reach_of(name, purchases, matrix, found, number):
    """Share of the segment's customers who bought a product that holds the words, or whose kind does."""
    first = plain(name.split(" & ")[0])
    attributes = purchases.products.astype(str)
    texts = {label: plain(label) for label in matrix.products}
    own = attributes[matrix.spec.level] if matrix.spec.level in attributes else attributes.index.to_series()
    for column in attributes:
        for label, value in zip(own, attributes[column], strict=True):
            if label in texts and first == plain(value):
                texts[label] = texts[label] | plain(value)
    holds = np.array([first <= texts[label] for label in matrix.products])
    members = (found.assignment == number).to_numpy(dtype=bool, na_value=False)
    return float(((matrix.bought[members][:, holds]).sum(axis=1) > 0).mean())


def table_of(purchases, level, k):
    matrix, found, names = named(purchases, level, k)
    rows = [
        (
            name,
            int(found.sizes[n]),
            reach_of(name, purchases, matrix, found, n) if name not in BY_HOW_MUCH else 1,
        )
        for n, name in names.items()
    ]
    table = pd.DataFrame(rows, columns=["name", "customers", "reach"])
    print(f"\n{level}, {k} segments\n{table.to_string(index=False)}")
    return table


def faults(table):
    """What is wrong with the names of one run, in words; nothing where people could say them all."""
    firsts = {tuple(sorted(plain(name.split(" & ")[0]))) for name in table["name"]}
    leads = {re.findall(r"[^\W\d_]+", name.casefold())[0] for name in table["name"]}
    wrong = {
        "two sound alike": len(firsts) < len(table) or len(leads) < len(table),
        "codes, numbers or packaging": any(UNSPEAKABLE.search(name) for name in table["name"]),
        "too few of their customers reached": (table["reach"] >= 0.25).mean() < 0.8,
        "too long": table["name"].str.len().max() > 40,
    }
    return [fault for fault, found in wrong.items() if found]


@pytest.mark.parametrize("k", [3, 4, 5])
@pytest.mark.parametrize("level", ["Varietal + Origin", "Offer #"])
def test_wine(data_dir, level, k):
    assert faults(table_of(known.wine(data_dir), level, k)) == []


@pytest.mark.parametrize(("level", "k"), [("level2", 6), ("item", 5)])
def test_groceries(data_dir, level, k):
    assert faults(table_of(known.groceries(data_dir), level, k)) == []


def test_the_merchant():
    assert faults(table_of(wine_merchant().purchases, "Varietal", 5)) == []


@pytest.mark.long
@pytest.mark.parametrize(("level", "k"), [("product_type", 4), ("product_type", 7), ("product_category", 5)])
def test_the_complete_journey(level, k):
    assert faults(table_of(complete_journey(), level, k)) == []


@pytest.mark.long
@pytest.mark.parametrize("coded", [False, True])
def test_online_retail(data_dir, coded):
    lines = pd.read_csv(data_dir / "online_retail" / "online_retail.csv.gz", dtype=str).dropna(
        subset=["CustomerID"]
    )
    name = lines["Description"].str.strip()
    purchases = make_purchases(lines["CustomerID"], lines["StockCode"] + " · " + name if coded else name)
    for k in (4, 6, 9):
        assert faults(table_of(purchases, "Product", k)) == []


def shop(labels, attributes=None, per_block=40, own=0.7):
    values, _ = known.planted(len(labels) // 5, per_block=per_block, products=5, own=own, other=0.04)
    rows, columns = np.nonzero(values)
    return make_purchases(
        [f"c{i:03d}" for i in rows],
        [labels[j] for j in columns],
        product_attributes=pd.DataFrame(attributes, index=labels) if attributes else None,
    )


TEA = ["TEEKANNE BLAU", "TEEKANNE ROT 1,5 L", "TEETASSE ROSEN SET/6", "TEETASSE GRÜN", "TEEKANNE GLAS"]
BAG = [
    "22386 JUMBO TASCHE ROSA",
    "JUMBO TASCHE ÄPFEL",
    "JUMBO TASCHE 3 STK",
    "JUMBO TASCHE XL",
    "JUMBO TASCHE SUKI",
]
STAR = ["WEIHNACHTSSTERN KLEIN", "STERN HOLZ", "STERN FILZ 10CM", "STERN PAPIER 4ER PACKUNG", "STERN GOLD"]


def test_words_that_products_share_name_it_in_the_files_language_and_a_calm_voice():
    names = set(named(shop([*TEA, *BAG, *STAR]), "Product", 3)[2].values())
    assert "Jumbo tasche" in names
    assert "Stern" in names
    assert any(name.startswith("Teekanne") for name in names)


def test_a_code_before_a_name_is_never_said():
    labels = [f"{22_000 + at} · {label}" for at, label in enumerate([*TEA, *BAG, *STAR])]
    names = named(shop(labels), "Product", 3)[2].values()
    assert not any(re.search(r"\d|·", name) for name in names)


def test_an_abbreviation_gives_way_to_a_word():
    labels = [f"SFT DRNK {kind} BTL" for kind in ("COLA", "LEMON", "ORANGE", "TONIC", "GINGER")]
    labels += [f"{kind} BREAD" for kind in ("RYE", "WHEAT", "CORN", "SOUR", "FLAT")]
    names = named(shop(labels), "Product", 2)[2].values()
    assert not any(re.search("sft|drnk|btl", name, re.IGNORECASE) for name in names)
    assert any("bread" in name.casefold() for name in names)


@pytest.mark.long
def test_who_buys_little_of_everything_is_called_a_light_buyer():
    matrix, found, names = named(complete_journey(), "product_category", 4)
    light = [n for n, name in names.items() if name == "Light buyers"]
    each = np.diff(matrix.bought.indptr)
    assert light
    for n in light:
        assert each[(found.assignment == n).to_numpy(dtype=bool, na_value=False)].mean() < 0.75 * each.mean()


def test_two_names_never_begin_with_the_same_word():
    kinds = ["Red wine"] * 5 + ["Red meat"] * 5 + ["Red fish"] * 5
    names = named(shop([f"{word} {n}" for word in "abc" for n in "vwxyz"], {"kind": kinds}), "Product", 3)[2]
    assert len({name.split()[0] for name in names.values()}) == 3
