"""What leaves the house opens as text and numbers in every spreadsheet, never as a formula."""

import csv
import datetime as dt
import io
import zipfile

import numpy as np
import openpyxl
import pandas as pd
import pytest
import python_calamine
from hypothesis import given
from hypothesis import strategies as st

from segcore.errors import SpecError
from segcore.language.file_names import file_name
from segcore.report.export import as_text_cell, id_list, table_csv, workbook
from segcore.report.export.workbook import sheet_names

NASTY = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    " =1+1",
    "\n=1+1",
    "＝1+1",
    "\u202e=1+1",
    "\x00=1+1",
    "https://example.org/a?b=c",
    "file:///etc/passwd",
    "007",
    "1E5",
    "12/3",
    "a;b,c\"d'e",
    "line\nbreak",
    "<b>bold</b>",
    "naïve – 漢字 🍷",
]


def nasty_table() -> pd.DataFrame:
    return pd.DataFrame(
        {"=name": NASTY, "share": np.linspace(-0.5, 1, len(NASTY)), "count": range(len(NASTY))},
        index=pd.Index([f"@{i}" for i in range(len(NASTY))], name="-customer"),
    )


def read_csv(raw: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def test_csv_starts_with_a_byte_order_mark_and_keeps_numbers():
    raw = table_csv(nasty_table())
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = read_csv(raw)
    assert rows[0] == ["'-customer", "'=name", "share", "count"]
    assert rows[1][2:] == ["-0.5", "0"]  # a negative number is a number, not a formula
    assert len(rows) == len(NASTY) + 1


def test_no_text_in_a_csv_looks_like_a_formula():
    for row in read_csv(table_csv(nasty_table())):
        for cell in (row[0], row[1]):
            assert cell.strip()[:1] not in {"=", "+", "-", "@", "＝"}
            assert "\n" not in cell and "\x00" not in cell and "\u202e" not in cell


@given(st.text(max_size=20))
def test_every_text_becomes_harmless(text):
    cell = as_text_cell(text)
    assert cell[:1] not in set("=+-@\t\r\n")
    assert not any(ord(character) < 32 for character in cell)
    cell.encode("utf-8")


@given(st.text(alphabet=st.characters(whitelist_categories=("L", "Nd")), min_size=1, max_size=20))
def test_harmless_text_is_not_touched(text):
    assert as_text_cell(text) == text


def test_csv_of_missing_values_sets_and_dates():
    table = pd.DataFrame(
        {
            "segment": pd.array([1, pd.NA], dtype="Int64"),
            "share": [0.5, np.nan],
            "antecedents": [frozenset({"b", "a"}), frozenset({"=x"})],
            "date": pd.to_datetime(["2024-03-01", None]),
            "mixed": [True, False],
        }
    )
    assert read_csv(table_csv(table)) == [
        ["segment", "share", "antecedents", "date", "mixed"],
        ["1", "0.5", "a and b", "2024-03-01", "True"],
        ["", "", "'=x", "", "False"],
    ]


def test_workbook_holds_no_formula_and_no_link():
    raw = workbook({"Customers": nasty_table()}, {"=study": "=1+1", "k": 5})
    book = openpyxl.load_workbook(io.BytesIO(raw))
    kinds = {
        cell.data_type
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }
    assert kinds <= {"s", "n", "b"}
    assert not any(cell.hyperlink for sheet in book for row in sheet.iter_rows() for cell in row)
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == 2
    assert not any(b"<f>" in sheet or b"<f " in sheet or b"hyperlink" in sheet for sheet in sheets)


def test_both_readers_find_the_same_text():
    raw = workbook({"Customers": nasty_table()}, {"study": "Spring"})
    sheet = openpyxl.load_workbook(io.BytesIO(raw))["Customers"]
    with_openpyxl = [list(row) for row in sheet.iter_rows(values_only=True)]
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(raw))
    with_calamine = book.get_sheet_by_name("Customers").to_python()
    assert with_openpyxl[0] == with_calamine[0] == ["-customer", "=name", "share", "count"]
    texts = [row[1] for row in with_openpyxl[1:]]
    assert texts == [row[1] for row in with_calamine[1:]]
    assert texts[NASTY.index("007")] == "007"  # an id keeps its zeros
    assert texts[NASTY.index("=1+1")] == "=1+1"  # a workbook stores text as text: nothing to disarm
    assert [row[3] for row in with_calamine[1:]] == list(range(len(NASTY)))


def test_workbook_says_how_it_was_made_and_freezes_its_head():
    table = pd.DataFrame({"share": [0.25], "customers": [1_200]}, index=pd.Index(["A"], name="Segment"))
    raw = workbook({"Segments": table}, {"Study": "Spring", "Level": "Varietal", "Digest": "ab12", "k": 3})
    book = openpyxl.load_workbook(io.BytesIO(raw))
    assert book.sheetnames == ["Segments", "About"]
    assert [list(row) for row in book["About"].iter_rows(values_only=True)] == [
        ["Study", "Spring"],
        ["Level", "Varietal"],
        ["Digest", "ab12"],
        ["k", 3],
    ]
    assert book["Segments"].freeze_panes == "A2"
    assert [cell.number_format for cell in book["Segments"][2]][1:] == ["0.0%", "#,##0"]


def test_workbook_survives_infinity_long_text_and_long_ids():
    table = pd.DataFrame({"lift": [np.inf, 1.0], "text": ["x" * 40_000, ""], "id": [12345678901234567, 1]})
    sheet = openpyxl.load_workbook(io.BytesIO(workbook({"A": table}, {})))["A"]
    assert sheet["A2"].value == "inf"
    assert len(sheet["B2"].value) == 32_767
    assert sheet["C2"].value == "12345678901234567"  # a number would lose its last digits


def test_an_empty_table_still_makes_a_workbook():
    book = openpyxl.load_workbook(io.BytesIO(workbook({"Rules": pd.DataFrame({"lift": []})}, {})))
    assert book["Rules"]["A1"].value == "lift"
    assert book["Rules"].max_row == 1


def test_a_table_too_wide_for_a_sheet_is_refused_in_words():
    wide = pd.DataFrame(np.zeros((1, 16_385)))
    with pytest.raises(SpecError, match="CSV instead"):
        workbook({"Wide": wide}, {})


@given(st.lists(st.text(max_size=40), min_size=1, max_size=6))
def test_sheet_names_are_legal_and_distinct(wanted):
    names = sheet_names(wanted)
    assert len({name.lower() for name in names}) == len(wanted)
    for name in names:
        assert 1 <= len(name.encode("utf-16-le")) // 2 <= 31
        assert not set(name) & set("[]:*?/\\")
        assert not name.startswith("'") and not name.endswith("'")
        assert name.lower() != "history"
    workbook({name: pd.DataFrame({"a": [1]}) for name in names}, {})


def test_an_id_list_is_the_ids_and_nothing_else():
    assert id_list(["007", "Smith, J.", "-12", "a\nb"]) == b"007\r\nSmith, J.\r\n-12\r\na b\r\n"
    assert id_list([]) == b""


def test_downloads_carry_study_content_and_date():
    assert (
        file_name("Spring", "customers", dt.date(2025, 4, 1), "xlsx")
        == "Spring - customers - 2025-04-01.xlsx"
    )
    assert (
        file_name("../../etc/passwd", "a/b\\c:d", "2025-04-01", ".csv")
        == "etc passwd - a b c d - 2025-04-01.csv"
    )
    assert file_name("Frühjahr 漢字", "ids", "2025-04-01", "csv") == "Frühjahr 漢字 - ids - 2025-04-01.csv"
    assert file_name("", "", "", "csv") == "download.csv"
    assert file_name("con", "", "", "csv") == "study con.csv"


@given(st.text(max_size=80), st.text(max_size=80))
def test_file_names_are_safe_on_every_system(study, what):
    name = file_name(study, what, dt.date(2025, 4, 1), "csv")
    assert not set(name) & set('<>:"/\\|?*\0\n\r\t;$`')
    assert not name.startswith((".", "-", " "))
    assert name.endswith(".csv")
    assert len(name) <= 160
