"""Folders of the server: many parquet files are one table, whatever differs; nothing outside is ever opened."""

import csv
import os
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from segcore import build_matrix
from segcore.choices.read_from import FOLDER, ReadFrom
from segcore.errors import SourceError
from segcore.intake import Intake, read
from segcore.sources.allowed import Allowed, Folder, allowed_by
from segcore.sources.fetch import Fetched, fetch
from segcore.sources.folders import listed, place_of
from segcore.sources.parquet import open_parquet_files

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


def written(path: Path, query: str) -> None:
    """One parquet file; written under a plain name first, so that no name is taken for a pattern."""
    path.parent.mkdir(parents=True, exist_ok=True)
    plain = path.parent / "plain.tmp"
    duckdb.sql(f"COPY ({query}) TO '{plain}' (FORMAT parquet)")
    plain.rename(path)


def lines(tag: str, extra: str = "", n: int = 20) -> str:
    """Rows of five customers, ``tag`` in each product."""
    return f"SELECT 'C' || i % 5 AS customer, '{tag} ' || i % 4 AS product{extra} FROM range({n}) t(i)"


def copied(home: Path, item: str, into: Path, columns: tuple[str, ...] = ()) -> list[tuple]:
    """What a snapshot of an item holds: its different rows."""
    into.mkdir(exist_ok=True)
    given = Allowed(folders=(Folder("exports", str(home)),))
    source = ReadFrom(FOLDER, "exports", item, columns=columns)
    (one,) = [f for f in fetch([source], given, into) if isinstance(f, Fetched)]
    assert one.source.columns == columns
    return duckdb.sql(
        f"SELECT DISTINCT * EXCLUDE (n) FROM read_parquet('{one.path}') ORDER BY ALL"
    ).fetchall()


def test_moments_with_a_time_zone_are_dates(tmp_path: Path):
    moment = ", TIMESTAMPTZ '2024-01-01 04:00:00+02' + to_days(i::INT) AS \"bought at\""
    written(tmp_path / "home" / "a.parquet", lines("P", moment))
    intake = from_folder(tmp_path / "home", "a.parquet", tmp_path / "in")
    assert intake.roles.date == "bought at"
    assert intake.purchases.lines["date"].min() == pd.Timestamp("2024-01-01 02:00:00")
    assert intake.purchases.lines["date"].nunique() == 20


@pytest.mark.parametrize(
    ("name", "like"),
    [("sales[1].parquet", "sales1.parquet"), ("a*.parquet", "ab.parquet"), ("q?.parquet", "qz.parquet")],
)
@pytest.mark.skipif(os.name == "nt", reason="no such names there")
def test_signs_of_patterns_in_a_name_stand_for_themselves(tmp_path: Path, name: str, like: str):
    home = tmp_path / "home"
    written(home / name, lines("own"))
    written(home / like, lines("other", ", 1 AS more"))
    written(home / f"in {name}" / "x.parquet", lines("inner"))
    for item, tag in ((name, "own"), (f"in {name}", "inner")):
        found = copied(home, item, tmp_path / tag, ("customer", "product"))
        assert {product.split()[0] for _, product in found} == {tag}


def test_folders_that_are_divided_differently_are_one_table(tmp_path: Path):
    home = tmp_path / "home"
    written(home / "t" / "a.parquet", lines("none"))
    written(home / "t" / "year=2024" / "b.parquet", lines("dated"))
    written(home / "t" / "region=E%20U" / "c.parquet", lines("placed"))
    written(home / "t" / "year=__HIVE_DEFAULT_PARTITION__" / "d.parquet", lines("unknown"))
    found = copied(home, "t", tmp_path / "in", ("product", "region", "year"))
    assert {(product.split()[0], year, region) for product, region, year in found} == {
        ("none", None, None),
        ("dated", "2024", None),
        ("placed", None, "E U"),
        ("unknown", None, None),
    }


def test_folders_above_the_chosen_one_overwrite_nothing(tmp_path: Path):
    home = tmp_path / "home"
    written(home / "d" / "year=2020" / "t" / "region=EU" / "b.parquet", lines("P", ", 1999 AS year"))
    found = copied(home, "d/year=2020/t", tmp_path / "in", ("product", "year", "region"))
    assert {row[1:] for row in found} == {("1999", "EU")}


def test_a_damaged_page_is_one_plain_sentence(tmp_path: Path):
    path = tmp_path / "home" / "x.parquet"
    written(
        path, "SELECT md5(i::VARCHAR) AS customer, md5((i * 7)::VARCHAR) AS product FROM range(90000) t(i)"
    )
    content = bytearray(path.read_bytes())
    content[4 : len(content) // 2] = b"\xff" * (len(content) // 2 - 4)
    path.write_bytes(content)
    with pytest.raises(SourceError, match="damaged"):
        from_folder(tmp_path / "home", "x.parquet", tmp_path / "in")
    with (
        open_parquet_files([path], path, "x", tmp_path) as table,
        pytest.raises(SourceError, match="damaged"),
    ):
        list(table.grouped(("customer", "product")))


def test_files_at_any_depth_are_read(tmp_path: Path):
    home = tmp_path / "home"
    deep = home.joinpath("t", *(f"k{i}={i}" for i in range(9)))
    written(deep / "deep.parquet", lines("deep"))
    written(home / "t" / "top.parquet", lines("top"))
    found = copied(home, "t", tmp_path / "in", ("product", "k8"))
    assert {(product.split()[0], key) for product, key in found} == {("deep", "8"), ("top", None)}


def test_a_column_that_is_gone_is_told(tmp_path: Path):
    written(tmp_path / "home" / "a.parquet", lines("P"))
    asked = ("customer", "product", "amount")
    intake = from_folder(tmp_path / "home", "a.parquet", tmp_path / "in", asked)
    assert "Read before, and not there any more: “amount”." in [note.what for note in intake.report.notes]
