"""What is proposed to be left out, and why; giant customers counted, left out or capped."""

import numpy as np
import pytest

from segcore.hierarchy.left_out import giant_rows, named_like, stop_products
from segcore.matrix import build_matrix
from segcore.purchases import make_purchases
from tests.segcore import known

NO_GOODS = {
    "a carrier bag": ("BAG", "Bag 10p", "Carrier bag, large", "Tragetasche", "Papiertüte groß", "sac",
                      "Bolsa de plástico"),
    "a deposit": ("Pfand 0,25", "PFAND", "Leergut", "Statiegeld fles", "Deposit bottle", "Consigne"),
    "a gift card or voucher": ("Gift card 50", "Amazon Gift Card", "Geschenkkarte 25 €", "carte cadeau", "Gutschein"),
    "postage or delivery": ("POSTAGE", "DOTCOM POSTAGE", "Versandkosten", "Shipping (EU)", "Frais de port"),
    "a fee or correction": ("Manual", "Bank Charges", "Discount", "Service fee", "Rabatt 10 %", "COUPON/MISC ITEMS"),
}  # fmt: skip
GOODS = ("Tea bags", "Lunch bag red retrospot", "Handbag", "Bin bags", "Coffee", "Porto Ruby", "Shipwreck puzzle",
         "Manual coffee mill", "Tipp-Ex", "Pants", "Sachertorte", "Depot", "Bagel", "Feed", "Kassler", "Taschentuch")  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for kind, names in NO_GOODS.items() for name in names]
)
def test_what_is_no_goods_is_known_by_its_name(kind, name):
    assert named_like(name) == kind


@pytest.mark.parametrize("name", GOODS)
def test_goods_are_left_alone(name):
    assert named_like(name) == ""


def shop():
    """Twenty customers: all buy milk, twelve take a bag, one buys sixty things."""
    who, what = [], []
    for n in range(20):
        bought = ["Milk", f"thing {n % 7}", f"thing {(n + 1) % 7}"] + (["Carrier bag"] if n < 12 else [])
        bought += [f"odd {j}" for j in range(60)] if n == 3 else []
        who += [f"c{n:02d}"] * len(bought)
        what += bought
    return make_purchases(who, what)


def test_proposals_carry_their_reason_and_sure_ones_come_first():
    table = stop_products(build_matrix(shop(), "Product"))
    assert table["product"].tolist() == ["Milk", "Carrier bag"]
    assert table["sure"].all()
    assert table["reason"].tolist() == [
        "bought by 100 % of all customers", "the name reads like a carrier bag; bought by 60 % of all customers"]  # fmt: skip
    assert table["buyers"].tolist() == [20, 12]


def test_a_word_that_is_goods_elsewhere_is_proposed_but_not_ticked():
    purchases = make_purchases(
        list("abcd") * 2, ["Bags", "Hats", "Hats", "Belts", *["Shoes"] * 2, *["Ties"] * 2]
    )
    table = stop_products(build_matrix(purchases, "Product"))
    assert table.set_index("product")["sure"].to_dict() == {"Bags": False}


def test_where_everybody_buys_everything_nothing_is_proposed(data_dir):
    assert not len(stop_products(build_matrix(known.wholesale(data_dir), "Product", weighting="amount")))
    assert not len(stop_products(build_matrix(known.wine(data_dir), "Offer #")))
    assert "shopping bags" in set(stop_products(build_matrix(known.groceries(data_dir), "item"))["product"])


def test_giants_are_counted():
    found = giant_rows(build_matrix(shop(), "Product"))
    assert (found.rows, found.usual, found.most, found.largest) == (1, 4.0, 50, 64)
    assert found.share == pytest.approx(64 / (12 * 4 + 8 * 3 + 60))
    assert giant_rows(build_matrix(shop(), "Product", max_products=50)) is None


def test_a_giant_is_left_out_and_said():
    matrix = build_matrix(shop(), "Product", max_products=50)
    assert "c03" not in matrix.customers
    assert matrix.shape == (19, 9)  # what only the giant bought goes with it
    removed = {one.filter: one for one in matrix.removed}
    assert (removed["max_products"].customers, removed["max_products"].products) == (1, 60)


@pytest.mark.parametrize("weighting", ["bought", "balanced", "share"])
def test_a_capped_giant_weighs_as_much_as_its_cap(weighting):
    plain, capped = (build_matrix(shop(), "Product", weighting=weighting, cap_products=c) for c in (0, 50))
    assert capped.digest != plain.digest
    assert (capped.bought != plain.bought).nnz == 0
    weight = [np.asarray(m.values.power(2).sum(axis=1)).ravel() for m in (plain, capped)]
    giant = plain.customers.get_loc("c03")
    assert weight[1][giant] == pytest.approx(weight[0][giant] * 50 / 64)
    assert np.allclose(np.delete(weight[0], giant), np.delete(weight[1], giant))
