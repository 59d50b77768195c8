"""The engine behind the intake opens the file it was told, and nothing else of the machine or the network."""

import os
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from segcore.intake import read
from segcore.intake.files.engine import engine_in, pattern_of
from tests.files import three_tastes

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """An engine that may open ``mine.csv``, beside a file of somebody else."""
    for name in ("mine.csv", "other.csv"):
        (tmp_path / name).write_text(f"a,b\n1,{name}\n")
    with engine_in(tmp_path / "scratch", [tmp_path / "mine.csv"]) as opened:
        yield opened


def test_the_file_itself_is_read(engine: duckdb.DuckDBPyConnection, tmp_path: Path):
    found = engine.execute("SELECT * FROM read_csv(?)", [str(tmp_path / "mine.csv")]).fetchall()
    assert found == [(1, "mine.csv")]


FORBIDDEN = (
    "SELECT * FROM read_csv('{here}/other.csv')",
    "SELECT * FROM read_csv('{here}/*.csv')",
    "SELECT * FROM read_csv(['{here}/mine.csv', '{here}/other.csv'])",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_blob('{here}/mine.csv/../other.csv')",
    "SELECT * FROM '{here}/other.csv'",
    "SELECT * FROM glob('{here}/*')",
    "SELECT * FROM sniff_csv('{here}/other.csv')",
    "SELECT * FROM parquet_metadata('{here}/other.csv')",
    "ATTACH '{here}/new.db'",
    "ATTACH '{here}/other.csv' AS o",
    "COPY (SELECT 1) TO '{here}/stolen.csv'",
    "COPY (SELECT 1) TO '{here}/other.csv' (USE_TMP_FILE false)",
    "EXPORT DATABASE '{here}/dump'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "LOAD '{here}/mine.duckdb_extension'",
    "SELECT * FROM read_csv('http://127.0.0.1:9/a.csv')",
    "SELECT * FROM read_parquet('s3://bucket/a.parquet')",
    "SELECT getenv('HOME')",
    "CREATE PERSISTENT SECRET s (TYPE s3)",
    "SET enable_external_access = true",
    "SET allowed_paths = ['/etc/passwd']",
    "SET temp_directory = '{here}'",
    "RESET lock_configuration",
    "SELECT * FROM a_frame_of_the_caller",
)


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_everything_else_is_refused(engine: duckdb.DuckDBPyConnection, tmp_path: Path, statement: str):
    a_frame_of_the_caller = read(three_tastes(tmp_path / "shop.csv")).purchases.lines
    before = {path.name for path in tmp_path.iterdir()}
    with pytest.raises(duckdb.Error):
        engine.execute(statement.format(here=tmp_path)).fetchall()
    assert {path.name for path in tmp_path.iterdir()} <= before | {"scratch"}
    assert (tmp_path / "other.csv").read_text() == "a,b\n1,other.csv\n" and len(a_frame_of_the_caller)


@pytest.mark.parametrize("name", ("a[1].csv", "it's.csv", "sales 50%.csv", "q?.csv", "b*.csv"))
@pytest.mark.skipif(os.name == "nt", reason="these signs cannot stand in a name there")
def test_a_name_with_signs_of_a_pattern_is_one_file(tmp_path: Path, name: str):
    (tmp_path / "bad.csv").write_text("a\nother\n")
    (tmp_path / name).write_text("a\nmine\n")
    with engine_in(tmp_path / "scratch", [tmp_path / name]) as engine:
        found = engine.execute("SELECT * FROM read_csv(?)", [pattern_of(tmp_path / name)]).fetchall()
    assert found == [("mine",)]
    read(three_tastes(tmp_path / name))


def test_what_does_not_fit_into_memory_goes_to_the_scratch_folder_alone(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("segcore.intake.files.engine.MEMORY", "64MB")
    here = tmp_path / "here"
    here.mkdir()
    (tmp_path / "scratch").mkdir()
    monkeypatch.chdir(here)
    with engine_in(tmp_path / "scratch") as engine:
        engine.execute("CREATE TABLE t AS SELECT range AS a, hash(range) AS b FROM range(8_000_000)")
        assert engine.execute("SELECT count(*), max(a) FROM t").fetchall() == [(8_000_000, 7_999_999)]
        assert list((tmp_path / "scratch" / "spill").iterdir())
    assert list(here.iterdir()) == []


def test_nothing_else_connects():
    texts = {path: path.read_text(encoding="utf-8") for path in (ROOT / "segcore").rglob("*.py")}
    connecting = {
        path.name for path, text in texts.items() if "duckdb.connect" in text or "import sqlite" in text
    }
    assert connecting == {"engine.py"}
    assert not [
        path.name for path, text in texts.items() if "duckdb.sql(" in text or "duckdb.execute(" in text
    ]
