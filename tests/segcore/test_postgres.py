"""PostgreSQL: purchases from a table equal, bit for bit, those from a file of the same rows; and it is only looked at."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow as pa
import pytest

from segcore import build_matrix
from segcore.choices.read_from import DATABASE, ReadFrom
from segcore.errors import SegcoreError, SourceError
from segcore.intake import Intake, read
from segcore.sources.allowed import Allowed, Database, allowed_by
from segcore.sources.fetch import Fetched, fetch
from segcore.sources.postgres import open_table, quoted
from tests.hostile_names import NAMES
from tests.postgres import PASSWORD, READER, Cluster


def allowed(cluster: Cluster, *tables: str, **changes) -> Allowed:
    return Allowed((Database(**{"name": "shop", "uri": cluster.uri(), "tables": tables} | changes),))


def fetched(source: ReadFrom | Sequence[ReadFrom], given: Allowed, into: Path) -> list[Fetched]:
    into.mkdir(exist_ok=True)
    wanted = [source] if isinstance(source, ReadFrom) else source
    return [item for item in fetch(wanted, given, into) if isinstance(item, Fetched)]


def from_table(cluster: Cluster, table: str, into: Path, **choices) -> Intake:
    (one,) = fetched(ReadFrom(DATABASE, "shop", table), allowed(cluster, table), into)
    return read([(one.source.name, one.path)], **choices)


def as_file(path: Path, table: pa.Table) -> Path:
    """The rows as a CSV, written by Python's own writer."""
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(table.column_names)
        writer.writerows(zip(*(column.to_pylist() for column in table.columns), strict=True))
    return path


def assert_same(one: Intake, other: Intake, levels: Sequence[str]) -> None:
    """Equal purchases, and equal bits in every matrix of them."""
    assert one.purchases.digest == other.purchases.digest
    assert one.purchases.lines.equals(other.purchases.lines)
    assert one.purchases.products.equals(other.purchases.products)
    for level in levels:
        for weighting in ("bought", "balanced", "amount", "log_amount", "quantity"):
            if not one.purchases.has(weighting.removeprefix("log_")) and weighting not in (
                "bought",
                "balanced",
            ):
                continue
            left, right = (
                build_matrix(intake.purchases, level=level, weighting=weighting).values
                for intake in (one, other)
            )
            assert left.shape == right.shape
            for name in ("data", "indices", "indptr"):
                assert getattr(left, name).tobytes() == getattr(right, name).tobytes(), (
                    level,
                    weighting,
                    name,
                )


@pytest.fixture(scope="module")
def shop(cluster: Cluster) -> pa.Table:
    """Lines with leading zeros, hostile names, returns, blanks, decimals of any length, orders, times, three levels."""
    rng = np.random.default_rng(7)
    n, products = 4_000, [f"{name} {i}" for i, name in enumerate(NAMES[:60])]
    what = rng.integers(0, len(products), n)
    cents = rng.integers(-900, 9_000, n)
    rows = {
        "line id": [str(i) for i in range(n)],
        'cust"omer': [f"{i:06d}" if i % 17 else "" for i in rng.integers(0, 300, n)],
        "order no": [f"{i:07d}" for i in rng.integers(0, 900, n)],
        "Product": [products[i] for i in what],
        "product": [f"G{i % 9}" for i in what],  # differs from the one before in case alone
        "department": [f"D{i % 9 % 3}" if i % 23 else "" for i in what],
        "bought at": [f"2024-{1 + i % 12:02d}-{1 + i % 28:02d} 10:{i % 60:02d}:00" for i in range(n)],
        "quantity": [str(1 + i % 4) for i in range(n)],
        "amount": [f"{c / 100:.2f}" for c in cents],
        "weight": [repr(float(c) / 7) for c in cents],
    }
    table = pa.table({name: pa.array(cells, pa.string()) for name, cells in rows.items()})
    types = {
        "line id": "int",
        "bought at": "timestamp",
        "quantity": "smallint",
        "amount": "numeric",
        "weight": "float8",
    }
    cluster.load("lines of shop", table, types)
    return table


ROLES = {
    "customer": 'cust"omer', "order": "order no", "product": "Product", "date": "bought at", "quantity": "quantity",
    "product_attributes": ("product", "department"),
}  # fmt: skip


@pytest.mark.parametrize("amount", ["amount", "weight"])
def test_a_table_equals_the_file_of_its_rows(cluster: Cluster, shop: pa.Table, tmp_path: Path, amount: str):
    choices = ROLES | {"amount": amount}
    source = ReadFrom(DATABASE, "shop", "lines of shop", columns=tuple(shop.column_names))
    (one,) = fetched(source, allowed(cluster, "lines of shop"), tmp_path / "in")
    table = read([("t", one.path)], **choices)
    file = read(as_file(tmp_path / "f.csv", shop), **choices)
    assert_same(table, file, ["Product", "product", "department", "product + department"])
    assert table.report.lines_kept == file.report.lines_kept
    assert [f.count for f in table.report.left_out] == [f.count for f in file.report.left_out]
    assert table.purchases.customers[0].startswith("000")
    assert (table.purchases.lines["amount"] < 0).any()


def test_the_guess_alone_gives_the_same_too(cluster: Cluster, shop: pa.Table, tmp_path: Path):
    plain = shop.rename_columns(
        [
            "line id",
            "customer",
            "order",
            "product",
            "category",
            "department",
            "date",
            "quantity",
            "amount",
            "weight",
        ]
    ).drop_columns(["weight"])
    cluster.load("plain", plain, {"date": "timestamp", "quantity": "int", "amount": "numeric(10,2)"})
    table, file = from_table(cluster, "plain", tmp_path / "in"), read(as_file(tmp_path / "f.csv", plain))
    assert table.roles.customer == file.roles.customer == "customer"
    assert_same(table, file, ["product", "category", "department"])


def test_the_wine_workbook_from_two_tables(cluster: Cluster, data_dir: Path, tmp_path: Path):
    path = data_dir / "wine" / "WineKMC.xlsx"
    sheets = {sheet.title: sheet_rows(sheet) for sheet in openpyxl.load_workbook(path, data_only=True)}
    types = {"Offer #": "int", "Minimum Qty (kg)": "numeric", "Discount (%)": "numeric"}
    for name, rows in sheets.items():
        cluster.load(name, rows, types)
    found = fetched(
        [ReadFrom(DATABASE, "shop", name) for name in sheets], allowed(cluster, *sheets), tmp_path / "in"
    )
    table = read([(one.source.name, one.path) for one in found])
    files = read([as_file(tmp_path / f"{name}.csv", rows) for name, rows in sheets.items()])
    levels = ["Varietal", "Varietal + Origin", table.purchases.product_label]
    assert_same(table, files, levels)
    workbook = read(path).purchases
    assert len(workbook.customers) == 100 and workbook.n_lines == table.purchases.n_lines == 324
    for level in levels:
        for weighting in ("bought", "balanced"):
            left, right = (
                build_matrix(one, level=level, weighting=weighting) for one in (table.purchases, workbook)
            )
            assert list(left.customers) == list(right.customers) and list(left.products) == list(
                right.products
            )
            assert left.values.data.tobytes() == right.values.data.tobytes()
            assert (left.values != right.values).nnz == 0


def sheet_rows(sheet) -> pa.Table:
    """The filled cells of a sheet as text."""
    head, *rows = [row for row in sheet.iter_rows(values_only=True) if row[0] is not None]
    place = {str(name): i for i, name in enumerate(head) if name is not None}
    return pa.table(
        {
            n: pa.array(["" if r[i] is None else str(r[i]) for r in rows], pa.string())
            for n, i in place.items()
        }
    )


def test_several_tables_are_joined_here(cluster: Cluster, tmp_path: Path):
    rng = np.random.default_rng(3)
    lines = pa.table({
        "customer_id": [f"C{i:03d}" for i in rng.integers(0, 80, 1500)],
        "product_id": [f"P{i:02d}" for i in rng.integers(0, 30, 1500)],
        "amount": [f"{i / 10:.1f}" for i in rng.integers(5, 300, 1500)],
    })  # fmt: skip
    products = pa.table(
        {"product_id": [f"P{i:02d}" for i in range(30)], "category": [f"K{i % 5}" for i in range(30)]}
    )
    cluster.load("sales", lines, {"amount": "money"})
    cluster.load("products", products, {})
    wanted = [ReadFrom(DATABASE, "shop", name) for name in ("sales", "products")]
    found = fetched(wanted, allowed(cluster, "sales", "products"), tmp_path / "in")
    table = read([(one.source.name, one.path) for one in found])
    file = read([as_file(tmp_path / "sales.csv", lines), as_file(tmp_path / "products.csv", products)])
    assert "category" in table.purchases.products
    assert_same(table, file, ["category"])


def test_equal_rows_are_counted_there_and_travel_once(cluster: Cluster, tmp_path: Path):
    cluster.run(
        "DROP TABLE IF EXISTS big",
        "CREATE TABLE big AS SELECT i AS id, 'C' || i % 200 AS customer, 'P' || i % 7 * (i % 200 % 3) AS product "
        "FROM generate_series(1, 300000) i",
        f"GRANT SELECT ON big TO {READER}",
        "ANALYZE big",
    )
    (one,) = fetched(ReadFrom(DATABASE, "shop", "big"), allowed(cluster, "big"), tmp_path / "in")
    assert one.source.columns == ("customer", "product") and one.source.unread == ("id",)
    with open_table(allowed(cluster, "big").databases[0], "big") as table:
        batches = list(table.grouped(one.source.columns))
        statement = table.grouping(one.source.columns)
    with cluster.owner() as cursor:
        cursor.adbc_statement.set_options(
            **{"adbc.postgresql.use_copy": "false"}
        )  # EXPLAIN is no query to copy
        cursor.execute("EXPLAIN " + statement)
        plan = " ".join(line for (line,) in cursor.fetchall())
    distinct = cluster.run("SELECT count(*) FROM (SELECT DISTINCT customer, product FROM big) d")[0][0]
    assert sum(batch.num_rows for batch in batches) == distinct < 2_000
    assert sum(pa.compute.sum(batch.column(2)).as_py() for batch in batches) == 300_000
    assert "Aggregate" in plan
    intake = read([("big", one.path)])
    assert intake.purchases.n_lines == 300_000 and one.path.stat().st_size < 40_000


def test_the_same_rows_give_the_same_bytes(cluster: Cluster, shop: pa.Table, tmp_path: Path):
    source = ReadFrom(DATABASE, "shop", "lines of shop", "2024-01-01T00:00:00+00:00")
    first, again = (
        fetched(one, allowed(cluster, "lines of shop"), tmp_path / place)[0].path.read_bytes()
        for one, place in ((source, "a"), (source.again("f" * 32), "b"))
    )
    assert first == again


def test_nothing_can_be_written_and_a_statement_has_a_limit(cluster: Cluster, shop: pa.Table):
    with open_table(Database("shop", cluster.uri("boss"), (), 1), "lines of shop") as table:
        with pytest.raises(Exception, match="read-only"):
            table.cursor.execute('DELETE FROM "lines of shop"')
    cluster.run(
        "CREATE OR REPLACE VIEW slow AS SELECT 'a' AS customer, 'b' AS product, pg_sleep(30)::text AS x",
        f"GRANT SELECT ON slow TO {READER}",
    )
    with pytest.raises(SourceError, match="longer than the 1 seconds"):
        fetched(ReadFrom(DATABASE, "shop", "slow"), allowed(cluster, "slow", seconds=1), Path("unused"))


def test_a_view_that_writes_is_stopped(cluster: Cluster, tmp_path: Path):
    cluster.run(
        "CREATE TABLE IF NOT EXISTS visits (at int)",
        "CREATE OR REPLACE FUNCTION visit() RETURNS text LANGUAGE sql SECURITY DEFINER AS "
        "$$ INSERT INTO visits VALUES (1) RETURNING 'x' $$",
        "CREATE OR REPLACE VIEW trap AS SELECT 'a' AS customer, visit() AS product",
        f"GRANT SELECT ON trap TO {READER}",
    )
    with pytest.raises(SourceError):
        fetched(ReadFrom(DATABASE, "shop", "trap"), allowed(cluster, "trap"), tmp_path / "in")
    assert cluster.run("SELECT count(*) FROM visits") == [(0,)]


PROBLEMS = {
    "unreachable": "cannot be reached",
    "wrong password": "did not accept the user name or password",
    "unknown database": "no database of the name",
    "unknown table": "no table or view “nowhere”",
    "dropped table": "no table or view “gone”",
    "no rights": "no right to read the table “closed”",
    "no rights on a schema": "no right to read the table “vault.kept”",
    "empty": "no rows in it",
    "unreadable column": "column “b” of “broken” cannot be read",
    "not allowed": "not among those this server may read",
    "not a name": "is not the name of a table",
}


@pytest.mark.parametrize("case", PROBLEMS)
def test_every_problem_is_one_plain_sentence(cluster: Cluster, case: str, tmp_path: Path):
    cluster.run(
        "CREATE TABLE IF NOT EXISTS closed (a int)",
        "CREATE SCHEMA IF NOT EXISTS vault",
        "CREATE TABLE IF NOT EXISTS vault.kept (a int)",
        "CREATE TABLE IF NOT EXISTS hollow (customer text, product text)",
        "CREATE OR REPLACE VIEW broken AS SELECT 'c' || a AS a, 100 / (a - 1) AS b FROM generate_series(1, 3) a",
        "CREATE TABLE IF NOT EXISTS gone (a int)",
        "DROP TABLE gone",
        f"GRANT SELECT ON hollow, broken TO {READER}",
    )
    tables = {"no rights": "closed", "no rights on a schema": "vault.kept", "empty": "hollow", "unreadable column": "broken", "dropped table": "gone", "not a name": "a.b.c"}  # fmt: skip
    uris = {
        "unreachable": f"postgresql://{READER}:{PASSWORD[:7]}@127.0.0.1:1/postgres",
        "wrong password": cluster.uri(password="hunter22"),
        "unknown database": cluster.uri() + "x",
    }
    item = tables.get(case, "nowhere")
    given = allowed(cluster, item, uri=uris.get(case, cluster.uri()))
    with pytest.raises(SourceError) as caught:
        fetched(
            ReadFrom(DATABASE, "shop", "other" if case == "not allowed" else item), given, tmp_path / "in"
        )
    said = caught.value.sentence
    assert PROBLEMS[case] in said and caught.value.remedy
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    for secret in ("hunter22", PASSWORD[:7], "127.0.0.1", str(cluster.port), "libpq"):
        assert secret not in said


def test_columns_without_rights_and_binary_ones_are_left_out_and_told(cluster: Cluster, tmp_path: Path):
    cluster.run(
        "DROP TABLE IF EXISTS partly",
        "CREATE TABLE partly AS SELECT 'C' || i % 40 AS customer, 'P' || i % 11 AS product, 'x' AS secret, "
        "'\\xff'::bytea AS picture FROM generate_series(1, 400) i",
        f"GRANT SELECT (customer, product, picture) ON partly TO {READER}",
    )
    intake = from_table(cluster, "partly", tmp_path / "in")
    notes = " ".join(note.what for note in intake.report.notes)
    assert "“secret” may not be read with the rights" in notes and "“picture” holds binary data" in notes
    assert intake.purchases.n_lines == 400


def test_spellings_a_locale_takes_for_equal_stay_apart(cluster: Cluster, tmp_path: Path):
    cluster.run(
        "CREATE COLLATION IF NOT EXISTS blind (provider = icu, locale = 'und-u-ks-level1', deterministic = false)",
        "DROP TABLE IF EXISTS spelled",
        "CREATE TABLE spelled AS SELECT 'C' || i % 30 AS customer, (ARRAY['Café', 'Cafe', 'CAFÉ', 'Tee'])[1 + i % 4] "
        'COLLATE "blind" AS product FROM generate_series(1, 200) i',
        f"GRANT SELECT ON spelled TO {READER}",
    )
    kept = from_table(cluster, "spelled", tmp_path / "in", spellings="keep").purchases
    assert sorted(kept.products.index) == ["CAFÉ", "Cafe", "Café", "Tee"]


@pytest.mark.parametrize("name", ['a"b; DROP TABLE x', "Ünïcode ✓", "x'); --", "UPPER lower", "%s $1"])
def test_hostile_names_are_names(cluster: Cluster, name: str, tmp_path: Path):
    rows = pa.table(
        {f"customer {name}": [f"C{i % 30}" for i in range(90)], "product": [f"P{i % 7}" for i in range(90)]}
    )
    cluster.load(name, rows, {})
    item = '"' + name.replace('"', '""') + '"'
    (one,) = fetched(ReadFrom(DATABASE, "shop", item), allowed(cluster, item), tmp_path / "in")
    assert one.source.columns == (f"customer {name}", "product")
    assert len(read([("t", one.path)]).purchases.customers) == 30


@pytest.mark.parametrize(
    ("item", "sql"),
    [
        ("sales", '"sales"'),
        ("public.Sales", '"public"."Sales"'),
        ('"a.b"."c""d"', '"a.b"."c""d"'),
        ("my table", '"my table"'),
    ],
)
def test_table_names(item: str, sql: str):
    assert quoted(item) == sql


@pytest.mark.parametrize("item", ["", ".", "a.", "a.b.c", '"a', 'a"b', '"a"b', "a..b"])
def test_what_is_no_table_name_is_refused(item: str):
    with pytest.raises(SourceError, match="not the name of a table"):
        quoted(item)


def test_settings_are_read_once_and_say_what_is_wrong():
    good = {"uri": "postgresql://u:sesame@h/d", "tables": ["sales"], "seconds": 5}
    found = allowed_by(
        {"databases": {"shop": good, "a": {}, "b": {"uri": "x", "tables": "sales"}, "c": 3}}, {}
    )
    assert [one.name for one in found.databases] == ["shop"] and found.databases[0].seconds == 5
    assert len(found.problems) == 3
    assert "sesame" not in repr(found) and "sesame" not in json.dumps(found.problems)
    with pytest.raises(SegcoreError, match="not among those"):
        found.database("shop", "other")
    assert allowed_by({}, {}) == Allowed()


def test_the_password_is_nowhere_in_what_is_kept(cluster: Cluster, shop: pa.Table, workspace: Path):
    from segcore.jobs import Runner
    from segcore.questions.sources import FetchSources
    from segcore.storage.store import default_store

    runner = Runner(default_store(), workers=1)
    try:
        source = (ReadFrom(DATABASE, "shop", "lines of shop", "2024-01-01T00:00:00+00:00"),)
        bare = FetchSources(source)
        for uri, state in ((cluster.uri(password="open-sesame-1"), "failed"), (cluster.uri(), "done")):
            private = FetchSources(source, allowed(cluster, "lines of shop", uri=uri))
            assert private.key(runner.store) == bare.key(runner.store) and "sesame" not in repr(private)
            key = runner.ask(private, again=True).key
            assert runner.wait(key, 120).state == state, runner.status(key)
        (kept,) = runner.result(key)
        assert (workspace / "uploads" / kept.stored).is_file()
    finally:
        runner.shutdown()
    everything = b"".join(path.read_bytes() for path in workspace.rglob("*") if path.is_file())
    for secret in ("sesame", PASSWORD, PASSWORD.split("/")[0], "battery", "127.0.0.1"):
        assert secret.encode() not in everything


def test_a_crafted_snapshot_is_refused(tmp_path: Path):
    import duckdb

    for count in (-3, 2**40):
        path = tmp_path / f"x{count}.snapshot"
        told = json.dumps({"names": ["customer", "product"], "notes": [], "rows": count})
        duckdb.sql(
            f"COPY (SELECT 'a' c0, 'b' c1, {count}::BIGINT n) TO '{path}' (FORMAT parquet, KV_METADATA {{segcore: '{told}'}})"
        )
        with pytest.raises(SegcoreError, match="damaged"):
            read([("x", path)])


def test_moments_with_a_time_zone_are_dates(cluster: Cluster, tmp_path: Path):
    cluster.run(
        "DROP TABLE IF EXISTS moments",
        "CREATE TABLE moments AS SELECT 'C' || i % 40 AS customer, 'P' || i % 11 AS product, "
        "timestamptz '2024-01-01 04:00:00+02' + i * interval '1 day' AS \"bought at\" FROM generate_series(0, 399) i",
        f"GRANT SELECT ON moments TO {READER}",
    )
    intake = from_table(cluster, "moments", tmp_path / "in")
    assert intake.roles.date == "bought at"
    dates = intake.purchases.lines["date"]
    assert dates.min() == np.datetime64("2024-01-01T02:00:00") and dates.nunique() == 400


def test_a_table_that_shrank_since_it_was_counted_is_read(cluster: Cluster, tmp_path: Path):
    cluster.run(
        "DROP TABLE IF EXISTS shrunk",
        "CREATE TABLE shrunk AS SELECT 'C' || i % 40 AS customer, 'P' || i % 11 AS product FROM generate_series(1, 100) i",
        "UPDATE pg_class SET reltuples = 1e12, relpages = 1 WHERE relname = 'shrunk'",
        f"GRANT SELECT ON shrunk TO {READER}",
    )
    with open_table(allowed(cluster, "shrunk").databases[0], "shrunk") as table:
        assert table.can_sample and table.rows > 1e6
    assert from_table(cluster, "shrunk", tmp_path / "in").purchases.n_lines == 100
