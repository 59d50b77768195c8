"""Numbers, dates and labels as people write them."""

import numpy as np
import pytest

from segcore.intake.files.text_table import column_of
from segcore.intake.report import Ledger
from segcore.intake.values.dates import parse_dates, read_dates
from segcore.intake.values.labels import ATTRIBUTE, CUSTOMER, PRODUCT, clean_labels
from segcore.intake.values.numbers import decimal_sign, parse_numbers


def numbers(*texts: str, hint: str = "") -> tuple[list[float], Ledger]:
    column, ledger = column_of("Amount", texts), Ledger()
    return parse_numbers(column, decimal_sign([column], hint), ledger, "here").tolist(), ledger


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (("1", "-2", "3.5", "+4"), [1, -2, 3.5, 4]),
        (("1,5", "2,25"), [1.5, 2.25]),
        (("1.234,50", "1.234"), [1234.5, 1234]),
        (("1,234.50", "1,234"), [1234.5, 1234]),
        (("1 234,5", "1\u00a0234,5", "1\u202f234,5"), [1234.5] * 3),
        (("1'234.50", "1’234.50"), [1234.5] * 2),
        (("$1,234.50", "€ 2.50", "3.50 EUR", "CHF 4.50"), [1234.5, 2.5, 3.5, 4.5]),
        (("(12.50)", "12.50-", "-12.50", "\u221212.50", "-$12.50"), [-12.5] * 5),
        (("1e3", "1.2E+3", ".5", "5."), [1000, 1200, 0.5, 5]),
        (("0.125", "0,125"), [0.125, 0.125]),
    ],
)
def test_numbers_are_read_as_meant(texts: tuple[str, ...], values: list[float]):
    assert numbers(*texts)[0] == pytest.approx(values)


def test_a_number_that_could_be_both_follows_the_file():
    assert numbers("1.234", "5.678")[0] == [1.234, 5.678]
    assert numbers("1.234", "5.678", hint=";")[0] == [1234, 5678]
    assert numbers("1,234", "5,678")[0] == [1234, 5678]
    assert numbers("1,234", "5,678", "9,5")[0] == [1.234, 5.678, 9.5]


@pytest.mark.parametrize(
    "text", ["abc", "1.2.3,4,5", "nan", "inf", "-inf", "1_000_", "--5", "#REF!", "12 apples"]
)
def test_what_is_no_number_is_unknown_and_counted(text: str):
    values, ledger = numbers("1", text, text)
    assert values[0] == 1 and np.isnan(values[1:]).all()
    assert [finding.count for finding in ledger.repairs] == [2]
    assert ledger.repairs[0].example == text


def test_every_repair_of_a_number_is_counted():
    _, ledger = numbers("€ 1.234,50", "(2,50)", "3,5-", "4.5")
    said = {
        finding.what.split(" had ")[-1].split(" in brackets")[-1]: finding.count for finding in ledger.repairs
    }
    assert sum("currency" in what for what in said) == 1
    assert {finding.count for finding in ledger.repairs} == {1, 3} and len(ledger.repairs) == 6


def days(*texts: str, day_first: bool | None = None) -> list[str]:
    reading = read_dates(np.array(texts, dtype=object), day_first)
    return [str(value) for value in reading.values.astype("datetime64[D]")]


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-04", "2024/03/04", "2024.3.4", "20240304", "2024-03-04 13:05:06", "2024-03-04T13:05:06.123Z",
        "2024-03-04T13:05:06+02:00", "4 March 2024", "4. März 2024", "04-Mar-24", "Mar 4, 2024", "March 4th, 2024",
        "Monday, 4 March 2024", "4 mars 2024", "45355", "45355.5", "1709557506", "1709557506000",
    ],
)  # fmt: skip
def test_unambiguous_dates(text: str):
    assert days(text) == ["2024-03-04"]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("04.03.2024", "13.03.2024"), "2024-03-04"),
        (("03/04/2024", "03/13/2024"), "2024-03-04"),
        (("4-3-24", "13-3-24"), "2024-03-04"),
        (("03/04/2024 1:05 PM", "03/13/2024 1:05 PM"), "2024-03-04"),
        (("01/03/2024", "02/03/2024", "12/03/2024", "04/03/2024"), "2024-03-01"),
        (("03/01/2024", "03/02/2024", "03/12/2024", "03/04/2024"), "2024-03-01"),
    ],
)
def test_day_and_month_are_told_apart_by_vote(texts: tuple[str, ...], expected: str):
    assert days(*texts)[0] == expected


def test_the_order_of_day_and_month_can_be_chosen_and_is_reported():
    assert days("03/04/2024", day_first=True) == ["2024-04-03"]
    assert days("03/04/2024", day_first=False) == ["2024-03-04"]
    ledger = Ledger()
    parse_dates(column_of("Date", ["13/04/2024", "03/04/2024"]), None, ledger, "here")
    assert "day first" in ledger.notes[0].what and "1 distinct date" in ledger.notes[0].what


def test_the_time_of_day_stays():
    reading = read_dates(np.array(["3/14/2024 1:05:09 PM", "3/14/2024 12:00 AM"], dtype=object))
    assert [str(value) for value in reading.values] == ["2024-03-14T13:05:09", "2024-03-14T00:00:00"]


@pytest.mark.parametrize("text", ["31/02/2024", "soon", "0000-00-00", "1900-01-01", "9999-12-31", "12"])
def test_what_is_no_date_of_a_purchase_is_unknown_and_counted(text: str):
    ledger = Ledger()
    values = parse_dates(column_of("Date", ["2024-03-04", text, text]), None, ledger, "here")
    assert np.isnat(values).tolist() == [False, True, True]
    assert [finding.count for finding in ledger.repairs] == [2]


def labels(rules, *texts: str) -> tuple[list[str], Ledger]:
    ledger = Ledger()
    return clean_labels(column_of("Label", texts), rules, ledger, "here").cells().tolist(), ledger


def test_ids_stay_text():
    assert labels(CUSTOMER, "007", "7", "1e5")[0] == ["007", "7", "1e5"]
    assert labels(CUSTOMER, "123.0", "124.00", "007")[0] == ["123", "124", "007"]
    assert labels(PRODUCT, "1.0", "2.5")[0] == ["1.0", "2.5"]
    assert labels(CUSTOMER, "9007199254740993123")[0] == ["9007199254740993123"]


def test_shortened_ids_are_said():
    _, ledger = labels(CUSTOMER, "1.2E+13", "4006381333931")
    assert "shortened by a spreadsheet" in ledger.notes[0].what and ledger.notes[0].count == 1


def test_words_for_nothing():
    assert labels(PRODUCT, "NA", "null", "None", "nan")[0] == ["NA", "null", "None", "nan"]
    assert labels(CUSTOMER, "12", "NULL", "13", "nan")[0] == ["12", "", "13", ""]
    assert labels(CUSTOMER, "Smith", "Null", "Jones")[0] == ["Smith", "Null", "Jones"]
    assert labels(ATTRIBUTE, "#N/A", "#REF!", "Red")[0] == ["", "", "Red"]


def test_what_cannot_be_seen_makes_no_difference():
    cells, ledger = labels(PRODUCT, "Crème", "Cre\u0300me", " Crème\u00a0", "\u200bCrème", "Crème  \u202e")
    assert cells == ["Crème"] * 5
    assert ledger.repairs[0].count == 4


def test_case_is_merged_for_products_and_never_for_customers():
    cells, ledger = labels(PRODUCT, "Tea", "Tea", "TEA", "tea")
    assert cells == ["Tea"] * 4
    assert ledger.repairs[0].count == 2 and ledger.repairs[0].example == "TEA = Tea = tea"
    assert labels(CUSTOMER, "Ab", "aB")[0] == ["Ab", "aB"]


@pytest.mark.parametrize("zone", ["+00", "-05", "+02:00", "+0530", "Z", " UTC"])
def test_a_zone_behind_a_time_is_no_obstacle(zone: str):
    values = read_dates(
        np.array([f"2024-01-01 02:00:00{zone}", f"2024-02-03 04:05:06.5{zone}"], dtype=object)
    ).values
    assert (
        values.tolist()
        == np.array(["2024-01-01T02:00:00", "2024-02-03T04:05:06"], dtype="datetime64[s]").tolist()
    )


def test_a_spreadsheet_that_turned_some_dates_is_doubted():
    """Opened as month first, 03/04 became the fourth of March; 28/04 stayed a text."""
    turned = [f"2024-{day:02d}-{month:02d} 00:00:00" for month in (3, 4) for day in (1, 5, 9, 12)]
    left = [f"{day}/0{month}/2024" for month in (3, 4) for day in (13, 20, 28)]
    for texts, doubted in ((turned + left, True), ([*turned, "2024-04-28 00:00:00", *left], False)):
        ledger = Ledger()
        parse_dates(column_of("Date", texts), None, ledger, "here")
        assert any("may have turned" in note.what for note in ledger.notes) == doubted


def test_a_month_and_a_number_is_a_month_of_a_year_or_nothing():
    months = read_dates(np.array(["Jan-23", "Feb-24", "Mar-24"], dtype=object)).values
    assert months.astype(str).tolist() == [
        "2023-01-01T00:00:00",
        "2024-02-01T00:00:00",
        "2024-03-01T00:00:00",
    ]
    assert np.isnat(read_dates(np.array(["Jan-03", "Feb-17", "Mar-28"], dtype=object)).values).all()
