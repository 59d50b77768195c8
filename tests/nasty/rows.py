"""Rows that are no purchases, customers who are nobody, and cells that were cut in two or hold several things."""

from __future__ import annotations

import html
import json
from dataclasses import replace
from itertools import groupby

from tests.nasty.base import (
    FIELDS,
    HEADER,
    ROWS,
    Bought,
    Case,
    expected,
    joined,
    lines_of,
    table,
    text_case,
    written,
)
from tests.nasty.systems import BOUGHT, DAY, EACH, ORDERS, PIECES, SUM, WHAT, WHO, export, order_total

WHO_WHAT_DAY = ("customer", "product", "date")
LINES = lines_of(table())


def with_order_totals() -> str:
    rows = [["Customer", "Order", "Product", "Quantity", "Amount", "Date"]]
    for n, order in enumerate(ORDERS):
        rows += [
            [r.customer, f"A{n}", r.product, str(r.quantity), f"{r.amount:.2f}", str(r.date)] for r in order
        ]
        rows.append(
            [order[0].customer, f"A{n}", "Order total", "", order_total(1001 + n), str(order[0].date)]
        )
    return written(rows)


def mail(row: Bought, *, shout: bool = False) -> str:
    address = f"Kunde{row.customer}@Example.com"
    return address.upper() if shout else address


def nobody(word: str, *, every: int = 6) -> Case:
    """Every few orders have no customer but a word for it."""
    rows = [replace(r, customer=word if i % every == 2 else r.customer) for i, r in enumerate(ROWS)]
    kept = [r for r in rows if r.customer != word]
    return text_case("customers who are nobody", word, table(rows=rows), "word for nothing", lines=expected(rows=kept), left_out=len(rows) - len(kept))  # fmt: skip


def under_short_rows() -> str:
    """The customer alone in a row above the lines, a total below."""
    lines = ["Sales by Customer", "", ",Date,Num,Item,Qty,Amount"]
    for customer, rows in groupby(ROWS, key=lambda row: row.customer):
        lines += [customer]
        lines += [f",{r.date},77{i},{r.product},{r.quantity},{r.amount:.2f}" for i, r in enumerate(rows)]
        lines += [f"Total {customer},,,,9,1000.00"]
    return joined(lines)


def fixed_width() -> str:
    """As a host prints it; the first header fills its column and touches the next."""
    widths = (11, 16, 10, 12, 12)
    rows = [HEADER, *([r.customer, r.product, str(r.quantity), f"{r.amount:.2f}", str(r.date)] for r in ROWS)]
    return joined("".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)


def listed(cell) -> str:
    return written([["order_id", "customer_id", "date", "items"], *(
        [f"A{n}", order[0].customer, str(order[0].date), cell(order)] for n, order in enumerate(ORDERS)
    )])  # fmt: skip


MARKED = ('Tasse, "Beste Oma"', 'Tee, "Sencha", lose')


def marked(row: Bought) -> Bought:
    return replace(row, product={"Tee": MARKED[1], "Brot": MARKED[0]}.get(row.product, row.product))


CASES: tuple[Case, ...] = (
    text_case("totals between", "of every order", with_order_totals, "sum of the order", lines=expected(rows=(r for order in ORDERS for r in order)), left_out=len(ORDERS)),
    text_case("customers as e-mails", "in capitals at times", table(rows=[replace(r, customer=mail(r, shout=i % 4 == 1)) for i, r in enumerate(ROWS)]),
              "only upper and lower case differed", lines=expected(rows=[replace(r, customer=mail(r)) for r in ROWS])),
    nobody("0"),
    nobody("Guest"),
    text_case("units below the header", "a kind in every column", joined([LINES[0], "[text],[text],[pcs],[EUR],[date]", *LINES[1:]]),
              "no purchase", left_out=1),
    text_case("totals below", "a closing record of fewer cells", joined([*LINES, "END,48"]), "no purchase", left_out=1),
    text_case("groups of rows", "customer alone in a short row above", under_short_rows, "with the label above", left_out=24),
    text_case("decimal comma", "between commas, unquoted", joined([
        ",".join(HEADER), *(",".join([r.customer, r.product, str(r.quantity), f"{r.amount:.2f}".replace(".", ","), str(r.date)]) for r in ROWS)
    ]), "cut at it"),
    text_case("fixed width", "a header that touches the next", fixed_width, "fixed width"),
    text_case("words beside numbers", "times in front", table({"quantity": "x{}".format}), "unit or percent sign"),
    text_case("lists in one cell", "with the number of pieces", listed(lambda order: ", ".join(f"{r.quantity}x {r.product}" for r in order)),
              "number of pieces", fields=("customer", "product", "quantity", "date"),
              lines=expected(("customer", "product", "quantity", "date"), (r for order in ORDERS for r in order))),
    text_case("lists in one cell", "as JSON", listed(lambda order: json.dumps([r.product for r in order], ensure_ascii=False)), "several items",
              fields=WHO_WHAT_DAY, lines=expected(WHO_WHAT_DAY, (r for order in ORDERS for r in order))),
    text_case("lists in one cell", "an item a line", listed(lambda order: "\n".join(r.product for r in order)), "several items",
              fields=WHO_WHAT_DAY, lines=expected(WHO_WHAT_DAY, (r for order in ORDERS for r in order))),
    text_case("letters", "encoded twice", table().encode().decode("cp1252"), "encoded twice"),
    text_case("letters", "spelt as on web pages", table(rows=(replace(r, product=html.escape(f"{r.product} & Co")) for r in ROWS)).replace("ü", "&uuml;"), "web pages",
              lines=expected(rows=(replace(r, product=f"{r.product} & Co") for r in ROWS))),
    text_case("calendars", "a host's eight digits, day first", table({"date": "{:%d%m%Y}".format})),
    text_case("calendars", "a weekday without a comma", table({"date": lambda day: f"{('lundi', 'mardi', 'mercredi', 'jeudi', 'vendredi', 'samedi', 'dimanche')[day.weekday()]} {day.day} {('janvier', 'février', 'mars', 'avril', 'mai', 'juin')[day.month - 1]} {day.year}"})),
    text_case("calendars", "a Spanish half of the day", table({"date": "{:%d/%m/%Y} 09:05 a. m.".format})),
    text_case("sums of three kinds", "a sales record number", export({
        "Sales Record Number": lambda n, i, line: 7000 + n * 3 + i, "Buyer": WHO, "Item": WHAT, "Quantity": PIECES, "Sold for": EACH, "Line total": SUM, "Date": DAY,
    }), lines=BOUGHT),
    text_case("quotation marks", "behind a comma and a space inside a name", table(rows=map(marked, ROWS)), lines=expected(FIELDS, map(marked, ROWS))),
)  # fmt: skip
