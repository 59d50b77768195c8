"""Generated tables in random dialects come back as they were; the line order never matters."""

import csv
import io
import random
from dataclasses import dataclass

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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
def purchases(draw: st.DrawFn) -> list[tuple[str, str, int, float]]:
    """At least two customers and two products, whose names differ by more than case."""
    unique = {"unique_by": str.casefold, "max_size": 6}
    products = draw(st.lists(PLAIN, min_size=2, **unique))
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


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(purchases(), DIALECTS)
def test_a_table_in_any_dialect_comes_back_equal(lines: list, dialect: Dialect):
    found = read(("table.csv", written(lines, dialect)))
    assert found.roles.amount == "Amount" and found.roles.quantity == "Quantity"
    assert found.purchases.digest == expected(lines)
    assert found.report.lines_read == found.report.lines_kept == len(lines)


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
