"""Generated tables in random dialects come back as they were; the line order never matters."""

import csv
import io
import random
from dataclasses import dataclass

import pandas as pd
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from segcore.errors import SegcoreError
from segcore.intake import read
from segcore.purchases import make_purchases

NAME = st.text(st.characters(codec="cp1252", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=12)


def could_be_meant(text: str) -> bool:
    """A name with a letter; not #N/A, and not one whose Windows-1252 bytes are other text in UTF-8."""
    if not any(c.isalpha() for c in text) or text.startswith("#"):
        return False
    try:
        return text.encode("cp1252").decode("utf-8") == text
    except UnicodeDecodeError:
        return True


# What single bytes mean is told by words: random signs are no words, so old encodings get real ones.
REAL = st.sampled_from(
    "Crème brûlée|Müsli|Käse|Façade|Señorita|Über Öl|Smørrebrød|Brød|Café au lait|Naïve|Gemüse|Fußball|Ångström".split(
        "|"
    )
)
PLAIN = NAME.map(lambda text: " ".join(text.split())).filter(could_be_meant)


@dataclass(frozen=True)
class Dialect:
    delimiter: str
    encoding: str
    newline: str
    decimal: str
    quoting: int
    declared: bool
    titles: int


DIALECTS = st.builds(
    Dialect,
    st.sampled_from(",;\t|"),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(".,"),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.booleans(),
    st.integers(0, 2),
)


@st.composite
def purchases(draw: st.DrawFn, names: st.SearchStrategy[str] = PLAIN) -> list[tuple[str, str, int, float]]:
    """At least two customers and two products, whose names differ by more than case."""
    unique = {"unique_by": str.casefold, "max_size": 6}
    products = draw(st.lists(names, min_size=2, **unique))
    customers = [f"C{number:03d}" for number in range(draw(st.integers(2, 6)))]
    line = st.tuples(
        st.sampled_from(customers),
        st.sampled_from(products),
        st.integers(-2, 30),
        st.integers(-99_999, 9_999_999).map(lambda cents: cents / 100),
    )
    must = [(customers[0], products[0], 1, 1.25), (customers[1], products[1], 2, 2.5)]
    return must + draw(st.lists(line, max_size=25))


def written(lines: list[tuple[str, str, int, float]], dialect: Dialect) -> bytes:
    out = io.StringIO(newline="")
    if dialect.declared:
        out.write(f"sep={dialect.delimiter}{dialect.newline}")
    for number in range(dialect.titles):
        out.write(f"Report {number + 1}{dialect.newline}")
    writer = csv.writer(
        out, delimiter=dialect.delimiter, lineterminator=dialect.newline, quoting=dialect.quoting
    )
    writer.writerow(["Customer", "Product", "Quantity", "Amount"])
    for customer, product, quantity, amount in lines:
        writer.writerow([customer, product, quantity, f"{amount:.2f}".replace(".", dialect.decimal)])
    return out.getvalue().encode(dialect.encoding)


def expected(lines: list[tuple[str, str, int, float]]) -> str:
    customer, product, quantity, amount = zip(*lines, strict=True)
    return make_purchases(customer, product, quantity=quantity, amount=amount).digest


TABLES = DIALECTS.flatmap(
    lambda dialect: st.tuples(purchases(REAL if dialect.encoding == "cp1252" else PLAIN), st.just(dialect))
)


def what_comes_back(lines: list, dialect: Dialect) -> tuple:
    """What the two columns were taken for, the digest of the purchases, lines read and kept."""
    found = read(("table.csv", written(lines, dialect)))
    roles, report = found.roles, found.report
    return roles.quantity, roles.amount, found.purchases.digest, report.lines_read, report.lines_kept


def what_went_in(lines: list) -> tuple:
    return "Quantity", "Amount", expected(lines), len(lines), len(lines)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TABLES)
@example(([("C000", "A", 1, 1.25), ("C001", 'A\\"', 2, 2.5)], Dialect(",", "utf-8", "\n", ".", 0, False, 0)))
def test_a_table_in_any_dialect_comes_back_equal(table: tuple[list, Dialect]):
    assert what_comes_back(*table) == what_went_in(table[0])


@pytest.mark.long
@settings(max_examples=2000, deadline=None, suppress_health_check=list(HealthCheck))
@given(TABLES)
def test_two_thousand_tables_come_back_equal(table: tuple[list, Dialect]):
    assert what_comes_back(*table) == what_went_in(table[0])


ODD_CELL = st.text(st.characters(exclude_categories=("Cs",)), max_size=8) | st.sampled_from(
    [
        "",
        " ",
        '"',
        "'",
        '"";',
        "-",
        "=",
        '="1"',
        "1,5",
        "1.5-",
        "(1)",
        "12/13/2024",
        "Total",
        "#REF!",
        "1e999",
        "\n",
        "\r",
    ]
)
ODD_TABLE = st.lists(st.lists(ODD_CELL, min_size=1, max_size=5), max_size=12)


def is_read_or_refused(content: bytes) -> bool:
    """Whatever stands in a file: purchases whose lines add up, or one sentence."""
    try:
        found = read(("odd.csv", content))
    except SegcoreError as error:
        return bool(error.what)
    left_out = sum(finding.count for finding in found.report.left_out)
    return found.report.lines_read == found.report.lines_kept + left_out


def joined(rows: list[list[str]], delimiter: str, header: bool) -> bytes:
    head = delimiter.join(["Customer", "Product", "Quantity", "Amount"]) + "\n" if header else ""
    return (head + "\n".join(delimiter.join(row) for row in rows)).encode("utf-8", "replace")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ODD_TABLE, st.sampled_from(",;\t|"), st.booleans())
def test_nothing_in_a_table_stops_the_reader(rows: list[list[str]], delimiter: str, header: bool):
    assert is_read_or_refused(joined(rows, delimiter, header))


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_stop_the_reader(content: bytes):
    assert is_read_or_refused(content)


@pytest.mark.long
@settings(max_examples=2000, deadline=None, suppress_health_check=list(HealthCheck))
@given(ODD_TABLE, st.sampled_from(",;\t|"), st.booleans())
def test_nothing_in_two_thousand_tables_stops_the_reader(rows: list[list[str]], delimiter: str, header: bool):
    assert is_read_or_refused(joined(rows, delimiter, header))


@settings(max_examples=15, deadline=None)
@given(purchases(), st.randoms(use_true_random=False))
def test_shuffled_lines_give_the_same_digest(lines: list, order: random.Random):
    table = pd.DataFrame(lines, columns=["Customer", "Product", "Quantity", "Amount"])
    rows = list(range(len(lines)))
    order.shuffle(rows)
    assert read(table.iloc[rows]).purchases.digest == read(table).purchases.digest == expected(lines)


@pytest.mark.parametrize("kind", ["attribute", "spelling"])
def test_ties_between_values_do_not_depend_on_the_line_order(kind: str):
    lines = [("C1", "Tea", "hot"), ("C2", "Tea", "cold"), ("C1", "Bun", "dry"), ("C2", "Bun", "dry")]
    if kind == "spelling":
        lines = [("C1", "Tea", "hot"), ("C2", "TEA", "hot"), ("C1", "Bun", "dry"), ("C2", "Bun", "dry")]
    digests = {
        read(
            pd.DataFrame(order, columns=["Customer", "Product", "Kind"]), product_attributes=("Kind",)
        ).purchases.digest
        for order in (lines, lines[::-1], [lines[1], lines[0], *lines[2:]])
    }
    assert len(digests) == 1
