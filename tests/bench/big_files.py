"""A shop's big exports, made by seed: lines as CSV, lines as a workbook.

The CSV is what a shop in Germany would export: semicolons, decimal commas, signs between thousands, days before months,
customers with leading zeros or stray spaces, lines cut short, lines without customer, amounts that are none, returns.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

LEVELS = ("Category", "Department")
HEADER = ("Customer", "Product", *LEVELS, "Date", "Quantity", "Amount")


def write_csv(path: Path, n_lines: int) -> None:
    """Lines of a shop with 8,000 products in 300 categories and 30 departments, forty lines a customer."""
    generator = np.random.default_rng(0)
    popular = np.cumsum(1.0 / np.arange(1, 8_001) ** 0.9)
    lines = pd.DataFrame(
        {
            "customer": generator.integers(0, max(n_lines // 40, 100), n_lines, dtype=np.int32),
            "product": np.searchsorted(popular, generator.random(n_lines) * popular[-1]).astype(np.int32),
            "day": generator.integers(0, 700, n_lines, dtype=np.int32),
            "pieces": generator.integers(1, 5, n_lines, dtype=np.int32),
            "cents": (100 * generator.lognormal(2.0, 1.2, n_lines)).astype(np.int32) + 1,
            "chance": generator.integers(0, 20_000, n_lines, dtype=np.int32),
        }
    )
    with duckdb.connect() as engine:
        engine.register("lines", lines)
        engine.execute(f"COPY ({_AS_TEXT}) TO '{path}' (HEADER false, DELIMITER '\t', QUOTE '')")


_SIGN = "CASE WHEN chance BETWEEN 100 AND 199 THEN '-' ELSE '' END"
_MONEY = "CASE WHEN cents >= 100000 THEN (cents // 100000) || '.' || printf('%03d', cents // 100 % 1000) ELSE (cents // 100)::VARCHAR END"
_AS_TEXT = f"""
    SELECT '{";".join(HEADER)}' UNION ALL
    SELECT concat_ws(';',
        CASE WHEN chance < 10 THEN '' ELSE printf('%07d', customer) END || CASE WHEN chance BETWEEN 10 AND 29 THEN ' ' ELSE '' END,
        printf('Product %04d', product), printf('Category %03d', product % 300), printf('Department %02d', product % 30),
        strftime(DATE '2024-01-01' + day, '%d.%m.%Y'), {_SIGN} || pieces,
        CASE WHEN chance BETWEEN 30 AND 34 THEN NULL WHEN chance BETWEEN 35 AND 38 THEN 'n/a'
             ELSE {_SIGN} || {_MONEY} || printf(',%02d', cents % 100) END)
    FROM lines"""


def write_xlsx(path: Path, n_rows: int) -> None:
    """The same shop as a workbook of numbers, texts and days."""
    from xlsxwriter import Workbook

    generator = np.random.default_rng(1)
    with Workbook(str(path), {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet("Sales")
        sheet.write_row(0, 0, HEADER)
        for row, (who, what, day, pieces, cents) in enumerate(
            generator.integers(1, [5_000, 8_000, 700, 5, 5_000], (n_rows, 5)).tolist(), start=1
        ):
            date = pd.Timestamp("2024-01-01") + pd.Timedelta(days=day)
            sheet.write_row(
                row, 0, [who, f"Product {what}", f"Category {what % 300}", f"Department {what % 30}"]
            )
            sheet.write_datetime(row, 4, date.to_pydatetime())
            sheet.write_row(row, 5, [pieces, cents / 100])
