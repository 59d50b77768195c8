"""Folders of the server: many parquet files are one table, whatever differs; nothing outside is ever opened."""

import csv
import os
from pathlib import Path

import duckdb
import pytest

from segcore import build_matrix
from segcore.errors import SourceError
from segcore.intake import Intake, read
from segcore.sources.allowed import Allowed, Folder, allowed_by
from segcore.sources.fetch import Fetched, fetch
from segcore.sources.folders import listed, place_of
from segcore.sources.record import FOLDER, ReadFrom

HEAD = ("customer", "product", "category", "date", "amount", "year")


def rows() -> list[tuple[str, ...]]:
    """Three years of lines: ids with leading zeros, decimals, returns, blanks."""
    made = []
    for i in range(3_000):
        year = 2022 + i % 3
        day = f"{year}-{1 + i % 12:02d}-{1 + i % 28:02d}"
        amount = "" if i % 41 == 0 else f"{(i * 37 % 5000 - 300) / 100:.2f}"
        made.append((f"{i * i % 211:05d}", f"P {i % 23}", f"K{i % 23 % 4}", day, amount, str(year)))
    return made


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    """One table in a file a year: partitions, a column that is missing in one, types that differ."""
    home = tmp_path / "exports"
    (home / "sales").mkdir(parents=True)
    engine = duckdb.connect()
    engine.execute(
        "CREATE TABLE t (customer VARCHAR, product VARCHAR, category VARCHAR, date DATE, amount DECIMAL(10,2), year VARCHAR)"
    )
    engine.executemany("INSERT INTO t VALUES (?, ?, ?, ?, nullif(?, '')::DECIMAL(10,2), ?)", rows())
    forms = {2022: "amount", 2023: "amount::DOUBLE AS amount", 2024: "amount::VARCHAR AS amount"}
    for year, amount in forms.items():
        place = home / "sales" / f"year={year}"
        place.mkdir()
        extra = ", 'x' AS note" if year == 2024 else ""
        for half in (0, 1):
            engine.execute(
                f"COPY (SELECT customer, product, category, date, {amount}{extra} FROM t WHERE year = '{year}' AND "
                f"hash(customer) % 2 = {half}) TO '{place}/part-{half}.parquet' (FORMAT parquet)"
            )
    with (home / "lines.csv").open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([HEAD, *rows()])
    (home / "notes.md").write_text("nothing to read")
    (home / ".hidden.csv").write_text("a,b\n1,2\n")
    return home


def from_folder(home: Path, item: str, into: Path, columns: tuple[str, ...] = (), **choices) -> Intake:
    into.mkdir(exist_ok=True)
    given = Allowed(folders=(Folder("exports", str(home)),))
    (one,) = [
        f
        for f in fetch([ReadFrom(FOLDER, "exports", item, columns=columns)], given, into)
        if isinstance(f, Fetched)
    ]
    return read([(one.source.name, one.path)], **choices)


def test_a_folder_of_parquet_files_equals_the_csv_of_its_rows(exports: Path, tmp_path: Path):
    roles = {"customer": "customer", "product": "product", "date": "date", "amount": "amount", "product_attributes": ("category",), "customer_attributes": ("year",)}  # fmt: skip
    folder = from_folder(exports, "sales", tmp_path / "in", HEAD, **roles)
    file = read(exports / "lines.csv", **roles)
    assert folder.purchases.digest == file.purchases.digest
    assert folder.purchases.customers[0] == "00000" and folder.report.lines_read == 3_000
    for level in ("product", "category"):
        for weighting in ("bought", "amount", "log_amount"):
            left, right = (
                build_matrix(one.purchases, level=level, weighting=weighting).values for one in (folder, file)
            )
            assert (
                left.data.tobytes() == right.data.tobytes()
                and left.indices.tobytes() == right.indices.tobytes()
            )
    notes = [note.what for note in folder.report.notes]
    (differ,) = [note for note in notes if "differ" in note]
    assert differ == (
        "The 6 files differ: “note” is missing in 4 and blank there; “amount” is number or text and read as it stands."
    )
    assert "Taken from the names of folders: “year”." in notes


def test_the_guess_alone_reads_a_folder(exports: Path, tmp_path: Path):
    folder, file = from_folder(exports, "sales", tmp_path / "in"), read(exports / "lines.csv")
    assert folder.roles.customer == "customer" and folder.roles.amount == "amount"
    assert folder.purchases.lines.equals(file.purchases.lines)


def test_a_csv_in_the_folder_is_copied_as_it_is(exports: Path, tmp_path: Path):
    assert (
        from_folder(exports, "lines.csv", tmp_path / "in").purchases.digest
        == read(exports / "lines.csv").purchases.digest
    )


def test_files_that_agree_are_not_said_to_differ(exports: Path, tmp_path: Path):
    folder = from_folder(exports, "sales/year=2022", tmp_path / "in")
    assert not any("differ" in note.what for note in folder.report.notes)


def test_whole_numbers_keep_their_zeros_beside_text(tmp_path: Path):
    home = tmp_path / "ids"
    home.mkdir()
    for name, cell in (("a", "7"), ("b", "'007'"), ("c", "7.5::DOUBLE")):
        duckdb.sql(
            f"COPY (SELECT {cell} AS customer, 'P' || i AS product FROM range(5) t(i)) TO '{home / name}.parquet' (FORMAT parquet)"
        )
    kept = from_folder(
        home, ".", tmp_path / "in", ("customer", "product"), customer="customer", product="product"
    )
    assert sorted(kept.purchases.customers) == ["007", "7", "7.5"]


def test_what_is_listed(exports: Path):
    entries = {entry.item: entry for entry in listed(Folder("exports", str(exports)))}
    assert list(entries) == ["sales", "lines.csv"]
    assert entries["sales"].files == 6 and entries["lines.csv"].files == 0


@pytest.mark.parametrize(
    "item",
    [
        "../secret.csv",
        "..",
        "sales/../../secret.csv",
        "/etc/passwd",
        "C:\\x.csv",
        "..\\secret.csv",
        "a\0b",
        "link.csv",
        "linked/secret.csv",
    ],
)
def test_what_lies_outside_is_refused(exports: Path, tmp_path: Path, item: str):
    outside = tmp_path / "outside"
    outside.mkdir()
    for path in (tmp_path / "secret.csv", outside / "secret.csv"):
        path.write_text("customer,product\n1,2\n3,4\n")
    os.symlink(tmp_path / "secret.csv", exports / "link.csv")
    os.symlink(outside, exports / "linked")
    with pytest.raises(SourceError, match="outside the folder"):
        place_of(Folder("exports", str(exports)), item)
    with pytest.raises(SourceError, match="outside the folder"):
        from_folder(exports, item, tmp_path / "in")


def test_a_link_among_the_parquet_files_is_refused(exports: Path, tmp_path: Path):
    duckdb.sql(
        f"COPY (SELECT 'a' AS customer, 'b' AS product) TO '{tmp_path / 'secret.parquet'}' (FORMAT parquet)"
    )
    os.symlink(tmp_path / "secret.parquet", exports / "sales" / "year=2022" / "more.parquet")
    with pytest.raises(SourceError, match="outside the folder"):
        from_folder(exports, "sales", tmp_path / "in")


def test_a_folder_nobody_named_is_refused(exports: Path, tmp_path: Path):
    with pytest.raises(SourceError, match="not among those"):
        list(
            fetch(
                [ReadFrom(FOLDER, "other", "lines.csv")],
                Allowed(folders=(Folder("exports", str(exports)),)),
                tmp_path,
            )
        )


@pytest.mark.parametrize(("content", "sentence"), [(b"PAR1 no", "damaged"), (None, "no parquet file")])
def test_damaged_and_empty_folders_say_so(tmp_path: Path, content: bytes | None, sentence: str):
    home = tmp_path / "home"
    (home / "in").mkdir(parents=True)
    if content:
        (home / "in" / "x.parquet").write_bytes(content)
    with pytest.raises(SourceError, match=sentence):
        from_folder(home, "in", tmp_path / "out")


def test_folders_come_from_the_settings_and_the_environment(tmp_path: Path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    found = allowed_by(
        {"folders": {"exports": str(tmp_path / "one"), "lost": "/no/such/place", "bare": "relative"}},
        {"SEGCORE_FOLDERS": str(tmp_path / "two")},
    )
    assert [one.name for one in found.folders] == ["exports", "two"] and len(found.problems) == 2
