"""What a study remembers of a source: where it came from, what changed since, how to repeat it; never a secret."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pytest

from segcore.choices.read_from import DATABASE, FOLDER, ReadFrom
from segcore.errors import SegcoreError
from segcore.factorization import NMFSpec
from segcore.intake import read
from segcore.intake.files import delimited
from segcore.intake.files.snapshots import Kept, write_snapshot
from segcore.matrix import MatrixSpec
from segcore.purchases import make_purchases
from segcore.report.export.script import Recipe, script
from segcore.sources.changes import changes
from segcore.studies import StudyFile, diary, from_bytes, new_study, to_bytes

SALES = ReadFrom(
    DATABASE, "shop", "public.sales", "2026-01-02T03:04:05+00:00", ("customer", "product"), ("line id",)
)
ROOT = Path(__file__).resolve().parents[2]


def test_a_study_remembers_its_source():
    study = new_study(
        files=(StudyFile("0" * 64 + ".snapshot", SALES.name, "0" * 64, SALES),),
        pending=(StudyFile("1" * 64 + ".csv", "b", "1" * 64),),
    )
    again = from_bytes(to_bytes(study))
    assert again == study and again.files[0].source == SALES
    assert not again.pending[0].source.is_source


def test_a_source_has_a_name_and_words():
    assert (
        SALES.name == "public.sales (shop)"
        and SALES.words == "the table “public.sales” of the database “shop”"
    )
    folder = ReadFrom(FOLDER, "exports", "2025/sales")
    assert folder.name == "sales (exports)" and replace(folder, item=".").name == "exports (exports)"
    later = SALES.again("f" * 32)
    assert later.same_place == SALES.same_place and later.unread == () and later.columns == SALES.columns
    assert (later.earlier, later.earlier_asked) == ("f" * 32, SALES.asked) and later.asked > SALES.asked


def test_the_log_says_read_again():
    first = new_study(files=(StudyFile("a", SALES.name, "0", SALES),), data_digest="1" * 32)
    after = first.with_(data_digest="2" * 32, files=(StudyFile("b", SALES.name, "1", SALES.again("1" * 32)),))
    assert diary.with_choices_noted(first, after).log[-1].what == "Read public.sales (shop) again."
    other = after.with_(data_digest="3" * 32, files=(StudyFile("c.csv", "c.csv", "2"),))
    assert diary.with_choices_noted(after, other).log[-1].what == "Opened c.csv."


def test_what_changed_is_counted():
    before = make_purchases(["a", "a", "b"], ["x", "y", "x"], amount=[1, 2, 3])
    assert changes(
        before, make_purchases(["a", "c", "c", "d"], ["x", "x", "z", "x"], amount=[1, 1, 1, 1])
    ) == ("It has 1 more purchase line, 2 new customers, 1 customer less, 1 new product and 1 product less")
    assert "their number, the customers and the products stayed" in changes(
        before, make_purchases(["a", "a", "b"], ["x", "y", "x"], amount=[1, 2, 4])
    )


def snapshot(path: Path, rows: list[tuple[str, str]], scratch: Path) -> Kept:
    scratch.mkdir(exist_ok=True)
    batch = pa.record_batch(
        [pa.array(c) for c in zip(*rows, strict=True)] + [pa.array([2] * len(rows))], names=["a", "b", "n"]
    )
    *_, kept = write_snapshot(path, ["customer", "product"], [batch], ["Read from somewhere."], scratch)
    return kept


def test_rows_occur_as_often_as_they_were_counted(tmp_path: Path):
    rows = [(f"{i % 20:03d}", f"P{i % 7}") for i in range(60)]
    assert snapshot(tmp_path / "s.snapshot", rows, tmp_path / "scratch") == Kept(120, 60)
    intake = read(tmp_path / "s.snapshot")
    assert intake.purchases.n_lines == 120 and intake.purchases.customers[0] == "000"
    assert intake.report.notes[0].what == "Read from somewhere."


def test_the_repeat_script_says_where_the_rows_came_from_and_runs_on_them(tmp_path: Path):
    rows = [(f"{i % 40:03d}", f"P{(i % 40) % 2 * 6 + i % 7}") for i in range(400)]
    snapshot(tmp_path / "s.snapshot", rows, tmp_path / "scratch")
    data = read([("sales (shop)", tmp_path / "s.snapshot")])
    told = "“sales (shop).csv” holds the rows of the table\n“sales” of the database “shop”: save them here."
    recipe = Recipe(
        ["sales (shop).csv"], data.roles, MatrixSpec("product"), NMFSpec(k=2), 0, {1: "a", 2: "b"},
        data.purchases.digest, sources=[told],
    )  # fmt: skip
    text = script(recipe)
    assert "# “sales (shop).csv” holds the rows of the table “sales” of the database “shop”".encode() in text
    (tmp_path / "repeat.py").write_bytes(text)
    lines = ["customer,product", *(",".join(row) for row in rows for _ in range(2))]
    (tmp_path / "sales (shop).csv").write_text("\n".join(lines))
    done = subprocess.run(
        [sys.executable, tmp_path / "repeat.py"], cwd=ROOT, capture_output=True, text=True, check=False, env={"PYTHONPATH": str(ROOT), "PATH": ""}
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "assignments.csv").is_file()


def test_details_that_changed_are_not_called_purchases():
    lines = (["a", "a", "b"], ["x", "y", "x"])
    before, after = (
        make_purchases(*lines, customer_attributes=pd.DataFrame({"city": [city, "Rome"]}, index=["a", "b"]))
        for city in ("Bonn", "Oslo")
    )
    assert before.digest != after.digest
    assert (
        changes(before, after) == "Details of customers or products in it were changed; the purchases stayed"
    )


def test_a_parquet_file_that_is_no_snapshot_is_refused(tmp_path: Path):
    duckdb.sql(f"COPY (SELECT 'a' c0, 'b' c1, 1::BIGINT n) TO '{tmp_path / 'x.snapshot'}' (FORMAT parquet)")
    with pytest.raises(SegcoreError, match="damaged"):
        read([("x", tmp_path / "x.snapshot")])


def test_a_text_file_on_which_the_engine_stumbles_late_is_cut_line_by_line(tmp_path: Path, monkeypatch):
    """An error in the middle of a stream comes as Arrow's, not as the engine's own."""
    scanned = delimited._scan

    def stumbling(plain, dialect):
        scan, values = scanned(plain, dialect)
        return f"(SELECT * FROM {scan} WHERE CASE WHEN c1 = 'last' THEN error('torn') ELSE true END)", values

    monkeypatch.setattr(delimited, "_scan", stumbling)
    lines = ["customer,product", *(f"C{i % 50},P{i % 9}" for i in range(600_000)), "C1,last"]
    (tmp_path / "x.csv").write_text("\n".join(lines) + "\n")
    purchases = read(tmp_path / "x.csv").purchases
    assert purchases.n_lines == 600_001 and "last" in purchases.products.index
