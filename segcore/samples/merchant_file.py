"""The wine merchant's purchases as the file a merchant would export, with the flaws such files have.

Everything wrong with it can be repaired without loss: spaces around names, varietals in capitals, sales at the till
without a customer, and a row of totals at the end. Read as any upload is, it gives ``wine_merchant`` again.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pandas as pd

from segcore.samples.merchant import Merchant, draw_merchant

FILE_NAME = "wine merchant.csv"
SPACED, CAPITALS, TILL_SALES = 14, 9, 25


def wine_merchant_file(target: str | Path | BinaryIO, seed: int = 7) -> None:
    """Write the merchant's export as CSV (UTF-8, comma, header first) to a path or a binary file.

    Columns: Customer, Customer name, Order, Date, Offer, Varietal, Origin, Style, Quantity, Amount. The same seed
    gives the same bytes.
    """
    content = _as_csv(_with_flaws(_export(draw_merchant(seed)), seed))
    if isinstance(target, str | Path):
        Path(target).write_bytes(content)
    else:
        target.write(content)


def _export(drawn: Merchant) -> pd.DataFrame:
    """Every line with its customer's name and its offer's wine, all as text."""
    lines = drawn.lines.join(drawn.customers["Customer name"], on="Customer").join(drawn.offers, on="Offer")
    lines["Date"] = lines["Date"].dt.strftime("%Y-%m-%d")
    lines["Quantity"] = lines["Quantity"].map(str)
    lines["Amount"] = lines["Amount"].map("{:.2f}".format)
    order = ["Customer", "Customer name", "Order", "Date", *lines.columns[3:4], *drawn.offers.columns]
    return lines[[*order, "Quantity", "Amount"]].astype(object)


def _with_flaws(lines: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Make the file as untidy as real ones are."""
    rng = np.random.default_rng([seed, 1])
    for column, count, flaw in (
        ("Customer name", SPACED, lambda text: f" {text}  "),
        ("Varietal", CAPITALS, str.upper),
    ):
        for row in rng.choice(len(lines), count, replace=False):
            lines.loc[row, column] = flaw(lines.loc[row, column])
    till = lines.iloc[np.sort(rng.choice(len(lines), TILL_SALES, replace=False))].copy()
    till[["Customer", "Customer name"]] = ""
    till["Order"] = [f"T{number + 1:05d}" for number in range(len(till))]
    everything = pd.concat([lines, till]).sort_values("Date", kind="stable", ignore_index=True)
    return pd.concat([everything, _totals(everything)], ignore_index=True)


def _totals(lines: pd.DataFrame) -> pd.DataFrame:
    row = dict.fromkeys(lines.columns, "")
    row["Customer"] = "Total"
    row["Quantity"] = str(int(lines["Quantity"].astype(int).sum()))
    row["Amount"] = f"{lines['Amount'].astype(float).sum():.2f}"
    return pd.DataFrame([row])


def _as_csv(table: pd.DataFrame) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows(table.itertuples(index=False))
    return text.getvalue().encode("utf-8")
