"""The real data sets through ``read``, without a hint: the counts that were published with them."""

import random
from pathlib import Path

import pandas as pd
import pytest

import segcore
from segcore.intake import Draft, inspect, read
from tests.journey import HOUSEHOLDS, LINES, write_journey_csv


@pytest.fixture(scope="module")
def wine(data_dir: Path) -> Path:
    return data_dir / "wine" / "WineKMC.xlsx"


def test_wine_workbook_joins_its_two_sheets(wine: Path):
    found = segcore.read(wine)
    bought = found.purchases
    assert (len(bought.customers), len(bought.products), bought.n_lines) == (100, 32, 324)
    assert bought.customers.name == "Customer Last Name" and bought.product_label == "Offer #"
    assert bought.attributes == (
        "Campaign", "Varietal", "Minimum Qty (kg)", "Discount (%)", "Origin", "Past Peak",
    )  # fmt: skip
    assert len(bought.products[["Varietal", "Origin"]].drop_duplicates()) == 24
    assert bought.row_kind == "customer" and not found.report.left_out


def test_wine_attributes_are_those_of_the_sheet(wine: Path):
    bought = read(wine).purchases
    offers = pd.read_csv(wine.parent / "offers.csv", dtype=str).set_index("Offer #")
    assert bought.products.index.tolist() == offers.index.tolist()
    for name in bought.attributes:
        assert bought.products[name].tolist() == offers[name].tolist()


def test_wine_as_two_csv_files_is_the_same_data(wine: Path):
    files = [wine.parent / "transactions.csv", wine.parent / "offers.csv"]
    assert read(files).purchases.digest == read(wine).purchases.digest
    assert read(files[::-1]).purchases.digest == read(wine).purchases.digest


def test_groceries_with_its_item_table(data_dir: Path):
    folder = data_dir / "groceries"
    found = read([folder / "transactions.csv", folder / "items.csv"])
    bought = found.purchases
    assert (len(bought.customers), len(bought.products), bought.n_lines) == (9_835, 169, 43_367)
    assert bought.row_kind == "basket" and bought.row_word == "baskets"
    assert found.roles.order == "transaction_id" and found.roles.customer is None
    assert bought.products["level2"].nunique() == 55 and bought.products["level1"].nunique() == 10
    assert not (bought.products == "").to_numpy().any()


def test_groceries_without_its_item_table(data_dir: Path):
    bought = read(data_dir / "groceries" / "transactions.csv").purchases
    assert (len(bought.customers), len(bought.products), bought.n_lines) == (9_835, 169, 43_367)
    assert bought.attributes == ()


def test_groceries_as_lists_without_a_header(data_dir: Path):
    folder = data_dir / "groceries"
    lists, long = read(folder / "groceries.csv"), read(folder / "transactions.csv")
    assert lists.roles.shape == "baskets" and lists.purchases.row_kind == "basket"
    assert lists.purchases.n_lines == 43_367
    assert lists.purchases.lines.equals(long.purchases.lines)
    assert lists.purchases.products.index.tolist() == long.purchases.products.index.tolist()


def test_groceries_lists_find_their_item_table(data_dir: Path):
    folder = data_dir / "groceries"
    bought = read([folder / "groceries.csv", folder / "items.csv"]).purchases
    assert bought.attributes == ("level2", "level1")
    assert bought.products["level1"].nunique() == 10


def test_wholesale_keeps_channel_and_region_out_of_the_products(data_dir: Path):
    path = data_dir / "wholesale" / "Wholesale customers data.csv"
    found, table = read(path), pd.read_csv(path)
    bought = found.purchases
    assert found.roles.shape == "matrix" and found.roles.matrix_values == "amount"
    assert bought.products.index.tolist() == sorted(table.columns[2:])
    assert bought.customers.tolist() == [str(i) for i in range(1, 441)]
    assert bought.customer_attributes["Channel"].tolist() == table["Channel"].astype(str).tolist()
    assert bought.customer_attributes["Region"].tolist() == table["Region"].astype(str).tolist()
    wide = bought.lines.pivot(index="customer", columns="product", values="amount")
    assert (wide.to_numpy() == table[sorted(table.columns[2:])].to_numpy()).all()


def test_the_order_of_lines_does_not_matter(data_dir: Path, tmp_path: Path):
    header, *lines = (data_dir / "groceries" / "transactions.csv").read_text().splitlines()
    random.Random(5).shuffle(lines)
    shuffled = tmp_path / "shuffled.csv"
    shuffled.write_text("\n".join([header, *lines]))
    assert (
        read(shuffled).purchases.digest == read(data_dir / "groceries" / "transactions.csv").purchases.digest
    )


def test_the_draft_of_the_wine_workbook_says_why(wine: Path):
    draft = inspect(wine)
    assert isinstance(draft, Draft)
    assert {table.part for table in draft.tables} == {"purchases", "products"}
    roles = {column.name: column.role for column in draft.lines.columns}
    assert roles == {"Customer Last Name": "customer", "Offer #": "product"}
    assert all(
        column.reason and 1 <= len(column.samples) <= 5 for table in draft.tables for column in table.columns
    )
    assert "share “Offer #”" in draft.reasons[0]
    assert draft.roles == read(wine).roles


@pytest.fixture(scope="module")
def some_households(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_journey_csv(tmp_path_factory.mktemp("some") / "journey.csv", households=60)


def test_part_of_the_complete_journey_needs_no_hint(some_households: Path):
    found = read(some_households)
    roles, table = found.roles, pd.read_csv(some_households, dtype=str)
    assert (roles.customer, roles.order, roles.product) == ("household_id", "basket_id", "product_id")
    assert (roles.date, roles.quantity, roles.amount) == ("date", "quantity", "sales_value")
    assert roles.product_attributes == ("department", "product_category", "product_type")
    assert roles.customer_attributes == ()
    bought = found.purchases
    assert bought.n_lines == len(table) and len(bought.customers) == 60
    assert len(bought.products) == table["product_id"].nunique()
    assert bought.lines["amount"].sum() == pytest.approx(table["sales_value"].astype(float).sum())
    assert any(
        "product_type" in note.what and "stand under several" in note.what for note in found.report.notes
    )


@pytest.mark.long
def test_the_whole_complete_journey(journey_csv: Path):
    bought = read(journey_csv).purchases
    assert (bought.n_lines, len(bought.customers), len(bought.products)) == (LINES, HOUSEHOLDS, 68_509)
    assert bought.products["department"].replace("", pd.NA).nunique() == 30
    assert bought.products["product_category"].replace("", pd.NA).nunique() == 302
    assert bought.products["product_type"].replace("", pd.NA).nunique() == 2_242
