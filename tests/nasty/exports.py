"""Exports of shops, registers, databases and statistics programs, and shapes that are not one line a purchase."""

from __future__ import annotations

import csv
from itertools import groupby

from tests.nasty.base import (
    CUSTOMERS,
    HEADER,
    PRODUCTS,
    ROWS,
    Case,
    cells,
    expected,
    german,
    joined,
    table,
    text_case,
    written,
)

WHO_WHAT = ("customer", "product")
WITH_AMOUNT = ("customer", "product", "quantity", "amount")


def aligned(rows: list[list[str]], between: str = " | ") -> list[str]:
    """Columns padded to one width, as a database prints them."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [between.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]


def psql() -> str:
    head, *body = aligned([list(HEADER), *cells()])
    rule = "+".join("-" * (len(part) + 2) for part in head.split(" | "))
    return joined([f" {head} ", rule, *(f" {line}" for line in body), "(48 rows)", ""])


def mysql() -> str:
    head, *body = aligned([list(HEADER), *cells()])
    rule = "+" + "+".join("-" * (len(part) + 2) for part in head.split(" | ")) + "+"
    return joined(
        [rule, f"| {head} |", rule, *(f"| {line} |" for line in body), rule, "48 rows in set (0.01 sec)"]
    )


def sqlcmd() -> str:
    head, *body = [",".join(row) for row in [list(HEADER), *cells()]]
    return joined([head, ",".join("-" * len(name) for name in HEADER), *body, "", "(48 rows affected)"])


def sap() -> str:
    """A list saved from the screen: bars, rules, titles, padded ids, minus signs behind."""
    rows = [["Kunde", "Material", "Menge", "Nettowert", "Fakt.Dat."]]
    rows += [
        [r.customer.zfill(10), r.product, str(r.quantity), german(r.amount).rjust(12), f"{r.date:%d.%m.%Y}"]
        for r in ROWS
    ]
    rows[6][3] = german(ROWS[5].amount) + "-"
    lines = aligned(rows, "|")
    rule = "-" * (len(lines[0]) + 2)
    return joined(
        [
            "01.05.2024   Dynamische Listenausgabe   1",
            "",
            rule,
            f"|{lines[0]}|",
            rule,
            *(f"|{line}|" for line in lines[1:]),
            rule,
        ]
    )


SAP_LINES = tuple(
    (r.customer.zfill(10), r.product, r.quantity, -r.amount if i == 5 else r.amount, r.date)
    for i, r in enumerate(ROWS)
)


def shopify() -> str:
    """One row an item; what belongs to the order stands only in its first row."""
    header = [
        "Name",
        "Email",
        "Financial Status",
        "Total",
        "Currency",
        "Created at",
        "Lineitem quantity",
        "Lineitem name",
        "Lineitem price",
        "Lineitem sku",
        "Billing Name",
        "Shipping City",
        "Tags",
    ]
    rows = []
    for i, (customer, lines) in enumerate(groupby(ROWS, lambda row: row.customer)):
        for j, r in enumerate(lines):
            first = j == 0
            rows.append(
                [
                    f"#{1001 + i}",
                    f"c{customer}@shop.example",
                    "paid" if first else "",
                    "99.00" if first else "",
                    "EUR" if first else "",
                    f"{r.date} 10:11:12 +0200",
                    str(r.quantity),
                    r.product,
                    f"{r.amount:.2f}",
                    "",
                    f"Ann {customer}" if first else "",
                    "Bonn" if first else "",
                    "",
                ]
            )
    return written([header, *rows])


SHOPIFY = tuple(
    (f"c{r.customer}@shop.example", r.product, r.quantity, round(r.amount * r.quantity, 2)) for r in ROWS
)


def square() -> str:
    header = [
        "Date",
        "Time",
        "Time Zone",
        "Category",
        "Item",
        "Qty",
        "Price Point Name",
        "SKU",
        "Gross Sales",
        "Discounts",
        "Net Sales",
        "Tax",
        "Transaction ID",
        "Customer ID",
        "Customer Name",
    ]
    rows = [
        [
            f"{r.date:%m/%d/%y}",
            "13:05:09",
            "Berlin",
            "Food",
            r.product,
            f"{r.quantity}.0",
            "Regular",
            "",
            f"${r.amount + 1:,.2f}",
            "-$1.00",
            f"${r.amount:,.2f}",
            "$0.00",
            f"T{i // 2}",
            f"ID{r.customer}",
            f"Ann {r.customer}",
        ]
        for i, r in enumerate(ROWS)
    ]
    return written([header, *rows])


def magento() -> str:
    header = [
        "entity_id",
        "increment_id",
        "customer_id",
        "customer_email",
        "sku",
        "name",
        "qty_ordered",
        "price",
        "row_total",
        "created_at",
        "status",
    ]
    rows = [
        [
            str(i),
            f"10000{i // 4:04d}",
            r.customer,
            f"c{r.customer}@x.example",
            f"SKU-{PRODUCTS.index(r.product)}",
            r.product,
            f"{r.quantity}.0000",
            f"{r.amount / r.quantity:.4f}",
            f"{r.amount:.4f}",
            f"{r.date} 13:05:09",
            "complete",
        ]
        for i, r in enumerate(ROWS)
    ]
    return written([header, *rows], quoting=csv.QUOTE_ALL)


def woocommerce() -> str:
    header = [
        "Order Number",
        "Order Status",
        "Order Date",
        "Customer User ID",
        "Item Name",
        "Quantity",
        "Item Cost",
        "Order Line Total",
    ]
    rows = [
        [
            str(500 + i // 2),
            "completed",
            f"{r.date} 13:05",
            r.customer,
            r.product,
            str(r.quantity),
            f"{r.amount / r.quantity:.2f}",
            f"{r.amount:.2f}",
        ]
        for i, r in enumerate(ROWS)
    ]
    return "\ufeff" + written([header, *rows])


def amazon() -> str:
    header = [
        "order-id",
        "order-item-id",
        "purchase-date",
        "buyer-email",
        "sku",
        "product-name",
        "quantity-purchased",
        "currency",
        "item-price",
    ]
    rows = [
        [
            f"306-{i // 2:07d}",
            str(10**13 + i),
            f"{r.date}T13:05:09+00:00",
            f"{r.customer}@marketplace.example",
            f"S{PRODUCTS.index(r.product)}",
            r.product,
            str(r.quantity),
            "EUR",
            f"{r.amount / r.quantity:.4f}",
        ]
        for i, r in enumerate(ROWS)
    ]
    return written([header, *rows], delimiter="\t")


def by_sku(prefix: str, customer: str = "{}") -> tuple[tuple, ...]:
    """The lines with products as "code · name"."""
    return tuple(
        (
            customer.format(r.customer),
            f"{prefix}{PRODUCTS.index(r.product)} · {r.product}",
            r.quantity,
            r.amount,
        )
        for r in ROWS
    )


def quickbooks() -> str:
    """The customer stands alone above the lines, its total below."""
    rows = [["", "Date", "Item", "Qty", "Amount"]]
    for customer, lines in groupby(ROWS, lambda row: row.customer):
        rows.append([customer, "", "", "", ""])
        rows += [["", str(r.date), r.product, str(r.quantity), f"{r.amount:.2f}"] for r in lines]
        rows.append([f"Total {customer}", "", "", "9", "1000.00"])
    return written([["Sales by Customer", "", "", "", ""], *rows, ["TOTAL", "", "", "96", "12000.00"]])


def filled_once() -> str:
    """The customer only in the first of its rows, as a pivot table shows it."""
    rows = cells()
    for i in range(len(rows)):
        if i % 4:
            rows[i][0] = ""
    return written([list(HEADER), *rows])


PROGRAMS: tuple[Case, ...] = (
    text_case("database output", "psql", psql, "extra spaces", file="out.txt", left_out=1),
    text_case("database output", "mysql", mysql, "extra spaces", file="out.txt", left_out=2),
    text_case("database output", "sqlcmd", sqlcmd, "", left_out=1),
    text_case("SAP lists", "with rules and padding", sap, "decimal comma", file="liste.txt", encoding="cp1252", lines=SAP_LINES, left_out=1),
    text_case("shop exports", "Shopify", shopify, fields=WITH_AMOUNT, lines=SHOPIFY),
    text_case("shop exports", "Square", square, "currency", fields=WITH_AMOUNT, lines=tuple((f"ID{c}", p, q, a) for c, p, q, a in expected(WITH_AMOUNT))),
    text_case("shop exports", "Magento", magento, fields=WITH_AMOUNT, lines=by_sku("SKU-")),
    text_case("shop exports", "WooCommerce", woocommerce, fields=WITH_AMOUNT),
    text_case("shop exports", "Amazon", amazon, fields=WITH_AMOUNT, lines=by_sku("S", "{}@marketplace.example"), file="orders.txt"),
    text_case("statistics programs", "R with row names", lambda: written(
        [list(HEADER), *([str(i), *row] for i, row in enumerate(cells(), 1))], quoting=csv.QUOTE_ALL)),
    text_case("statistics programs", "pandas with its index", lambda: written([["", *HEADER], *([str(i), *row] for i, row in enumerate(cells()))])),
    text_case("statistics programs", "pandas with decimals everywhere", table({"quantity": "{}.0".format})),
    text_case("groups of rows", "customer above, total below", quickbooks, "totals", left_out=25),
    text_case("groups of rows", "customer only in the first row", filled_once, "", lines=expected()),
)  # fmt: skip

BY_CUSTOMER = {customer: [row for row in ROWS if row.customer == customer] for customer in CUSTOMERS}
LINES = expected(WHO_WHAT)


def wide(cell: dict[bool, str], header: str = "customer_id", delimiter: str = ",") -> str:
    rows = [[c, *(cell[any(r.product == p for r in BY_CUSTOMER[c])] for p in PRODUCTS)] for c in CUSTOMERS]
    return written([[header, *PRODUCTS], *rows], delimiter=delimiter)


def amounts_wide(total: bool = False) -> str:
    rows = []
    for c in CUSTOMERS:
        row = [sum(r.amount for r in BY_CUSTOMER[c] if r.product == p) for p in PRODUCTS]
        rows.append([c, *(f"{v:.2f}" if v else "" for v in row), *([f"{sum(row):.2f}"] if total else [])])
    head = ["Kunde", *PRODUCTS, *(["Gesamt"] if total else [])]
    foot = [["Gesamt", *("1000.00" for _ in PRODUCTS), "6000.00"]] if total else []
    return written([head, *rows, *foot])


def baskets(delimiter: str = ",") -> str:
    return joined(delimiter.join(r.product for r in BY_CUSTOMER[c]) for c in CUSTOMERS for _ in range(3))


def list_in_a_cell(delimiter: str) -> str:
    rows = [[c, f"{delimiter} ".join(r.product for r in BY_CUSTOMER[c])] for c in CUSTOMERS]
    return written([["customer_id", "items"], *rows])


BASKETS = tuple(
    (str(1 + 3 * i + j), r.product) for i, c in enumerate(CUSTOMERS) for j in range(3) for r in BY_CUSTOMER[c]
)

SHAPES: tuple[Case, ...] = (
    text_case("wide tables", "ones and zeros", wide({True: "1", False: "0"}), fields=WHO_WHAT),
    text_case("wide tables", "ones and blanks", wide({True: "1", False: ""}, delimiter=";"), fields=WHO_WHAT),
    text_case("wide tables", "crosses", wide({True: "x", False: ""}, delimiter="\t"), fields=WHO_WHAT),
    text_case("wide tables", "yes and no", wide({True: "yes", False: "no"}), fields=WHO_WHAT),
    text_case("wide tables", "TRUE and FALSE", wide({True: "TRUE", False: "FALSE"}), fields=WHO_WHAT),
    text_case("wide tables", "WAHR and FALSCH", wide({True: "WAHR", False: "FALSCH"}), fields=WHO_WHAT),
    text_case("wide tables", "amounts", amounts_wide, fields=("customer", "product", "amount"), lines=expected(("customer", "product", "amount"))),
    text_case("wide tables", "amounts with totals", lambda: amounts_wide(True), "totals", fields=("customer", "product", "amount"),
              lines=expected(("customer", "product", "amount")), left_out=6),
    text_case("baskets", "one a line", lambda: joined(",".join(r.product for r in BY_CUSTOMER[c][: 2 + (i + j) % 3]) for i, c in enumerate(CUSTOMERS) for j in range(3)),
              fields=WHO_WHAT, lines=tuple((str(1 + 3 * i + j), r.product) for i, c in enumerate(CUSTOMERS) for j in range(3) for r in BY_CUSTOMER[c][: 2 + (i + j) % 3])),
    text_case("lists in one cell", "commas", list_in_a_cell(","), "several items", fields=WHO_WHAT),
    text_case("lists in one cell", "semicolons", list_in_a_cell(";"), "several items", fields=WHO_WHAT),
    text_case("lists in one cell", "bars", list_in_a_cell("|"), "several items", fields=WHO_WHAT),
)  # fmt: skip

CASES = (*PROGRAMS, *SHAPES)
