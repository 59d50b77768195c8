"""What is behind a click, and one customer's page: counted by hand on two plain tastes."""

import io

import numpy as np
import pandas as pd
import pytest

from segcore.errors import UnreadableFile
from segcore.intake.files.first_lines import lines_of_file
from segcore.matrix import build_matrix
from segcore.purchases import make_purchases
from segcore.report.export.segment_tables import customer_table
from segcore.segments import segment
from segcore.segments.profiles import profile_products
from segcore.segments.profiles.customers import find_customers, nearest, purchases_of, speaks_for
from segcore.segments.profiles.detail import buyers_of, in_common, money_on, product_in_segments
from segcore.segments.segment_map import places_by_shares
from tests.segcore import known


@pytest.fixture(scope="module")
def shop():
    """Six tea drinkers, four wine drinkers, one who takes both; wine costs ten, everything else two."""
    rows = [(f"t{i}", item) for i in range(6) for item in ("tea", "honey", "cups")]
    rows += [(f"w{i}", item) for i in range(4) for item in ("wine", "cheese")]
    rows += [("both", "tea"), ("both", "wine"), ("both", "cheese")]
    who, what = zip(*rows, strict=True)
    amount = [10.0 if item == "wine" else 2.0 for item in what]
    names = pd.Series({"t0": "Ada Earl", "w0": "Theo Tannin"})
    purchases = make_purchases(who, what, amount=amount, customer_names=names)
    matrix = build_matrix(purchases, weighting="bought")
    return purchases, matrix, segment(matrix, k=2)


def test_the_buyers_of_a_product_and_their_money(shop):
    purchases, matrix, found = shop
    table = buyers_of(matrix, found, "wine")
    assert sorted(table.index) == ["both", "w0", "w1", "w2", "w3"]
    inside = buyers_of(matrix, found, "wine", int(found.assignment["w0"]))
    assert set(inside["segment"]) == {found.assignment["w0"]}
    assert money_on(purchases, matrix, "wine").to_dict() == dict.fromkeys(table.index.sort_values(), 10.0)
    rows = product_in_segments(profile_products(matrix, found), "tea")
    assert rows["buyers"].sum() == 7 and list(rows.index) == [1, 2]


def test_what_some_customers_have_in_common(shop):
    _, matrix, found = shop
    table = in_common(matrix, found, pd.Index(["w0", "w1", "both"]))
    assert table.loc["wine", "buyers"] == 3 and table.loc["tea", "buyers"] == 1
    assert table.loc["wine", "index"] == pytest.approx(100 / (5 / 11))


def test_a_customer_is_found_by_id_or_name_exact_first(shop):
    purchases, matrix, _ = shop
    assert find_customers(purchases, matrix.customers, " T ")[:2] == ["t0", "t1"]
    assert find_customers(purchases, matrix.customers, "tannin") == ["w0"]
    assert find_customers(purchases, matrix.customers, "W1")[0] == "w1"
    assert find_customers(purchases, matrix.customers, "") == []
    assert find_customers(purchases, matrix.customers, "[(") == []


def test_which_purchases_speak_for_which_segment(shop):
    _, matrix, found = shop
    table = speaks_for(matrix, found, "both")
    tea, wine = int(found.product_assignment["tea"]), int(found.product_assignment["wine"])
    assert tea != wine
    assert table.loc["tea", "segment"] == tea and table.loc["cheese", "segment"] == wine
    assert table["part"].between(0.5, 1.0).all()


def test_the_nearest_customers_share_taste_and_products(shop):
    _, matrix, found = shop
    table = nearest(matrix, found, "w2", 3)
    assert sorted(table.index) == ["w0", "w1", "w3"]
    assert (table["same"] == 2).all() and table["likeness"].min() > 0.99


def test_everything_a_customer_bought(shop):
    purchases, _, _ = shop
    table = purchases_of(purchases, "both", purchases.product_label)
    assert table["money"].to_dict() == {"cheese": 2.0, "tea": 2.0, "wine": 10.0}
    assert (table["lines"] == 1).all()


def test_the_map_is_made_of_shares_and_bounded():
    values, _ = known.planted(4, per_block=60)
    found = segment(known.matrix_of(values), k=4)
    places = places_by_shares(found, most=100)
    assert places.per_point == 3 and 75 <= len(places.customers) <= 100
    corners = places.corners.loc[[1, 2, 3, 4]].to_numpy()
    np.testing.assert_allclose(np.linalg.norm(corners, axis=1), 1.0)
    shares = found.shares.loc[places.customers.index].to_numpy()
    np.testing.assert_allclose(places.customers[["x", "y"]], shares @ corners)
    assert set(places.customers["segment"]) == {1, 2, 3, 4}


def test_a_file_of_names_in_the_forms_spreadsheets_leave():
    expected = [["segment", "name"], ["1", "Röd"], ["2", "Vit"]]
    assert lines_of_file("names.csv", "segment;name\n1;Röd\n2;Vit\n".encode("cp1252")) == expected
    assert lines_of_file("names.txt", "segment\tname\n1\tRöd\n2\tVit\n".encode("utf-16")) == expected
    book = io.BytesIO()
    pd.DataFrame({"segment": [1, 2], "name": ["Röd", "Vit"]}).to_excel(book, index=False)
    assert lines_of_file("names.xlsx", book.getvalue()) == expected
    with pytest.raises(UnreadableFile):
        lines_of_file("names.csv", b"only\none\ncolumn\n")


def test_where_everybody_buys_everything_the_amounts_are_in_common():
    purchases = make_purchases(
        [f"c{i}" for i in range(6) for _ in range(2)], ["tea", "wine"] * 6,
        amount=[9.0, 1.0] * 3 + [1.0, 9.0] * 3,
    )  # fmt: skip
    matrix = build_matrix(purchases, weighting="amount")
    found = in_common(matrix, segment(matrix, k=2), pd.Index(["c0", "c1"]))
    assert list(found.index) == ["tea", "wine"] and (found["buyers"] == 2).all()
    assert (
        found.loc["tea", "share"] > 0.6 and found.loc["tea", "index"] > 120 > 100 > found.loc["wine", "index"]
    )


def test_a_few_rows_of_the_customer_table_are_those_of_the_whole(shop):
    purchases, matrix, found = shop[0], shop[1], shop[2]
    whole = customer_table(purchases, matrix, found, {1: "a", 2: "b"})
    at = np.array([4, 0, 7])
    pd.testing.assert_frame_equal(
        customer_table(purchases, matrix, found, {1: "a", 2: "b"}, at), whole.iloc[at]
    )
