"""A map from a file: one column names the products, the others their groups; read as every other upload is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from segcore.errors import UnclearColumns
from segcore.intake.files.open_table import OpenTable
from segcore.intake.files.sources import opened
from segcore.intake.files.tables import open_tables
from segcore.intake.files.text_table import Column
from segcore.intake.report import Finding, Ledger
from segcore.intake.rows.catalogue import from_table
from segcore.intake.values.tidy import tidy
from segcore.purchases import Purchases
from segcore.purchases.levels import level_codes

MOST_COLUMNS = 12
ENOUGH = 0.05  # of the products or of the rows must be the same, or no column names the products


@dataclass(frozen=True, eq=False)
class MapFile:
    """What a map file says of the products.

    Attributes
    ----------
    name : str
        Of the table.
    key : str
        The column that names the products.
    groups : DataFrame, indexed by product
        One text column for every other column of the file; "" where the file does not know a product.
    known : int
        Products of the purchases that the file knows.
    findings : tuple of Finding
        Repairs and gaps, counted.
    """

    name: str
    key: str
    groups: pd.DataFrame
    known: int
    findings: tuple[Finding, ...]


def read_map(source: Any, purchases: Purchases) -> MapFile:
    """Read a file of products and their groups.

    Parameters
    ----------
    source : path or (name, bytes) pair
        Any table the intake reads.

    Raises
    ------
    UnreadableFile, UnclearColumns
        The file cannot be read, or no column of it names products of the purchases.
    """
    labels = Column(
        purchases.product_label,
        purchases.lines["product"].to_numpy(),
        purchases.products.index.to_numpy(dtype=object),
    )
    ledger = Ledger()
    with opened(source) as (origins, scratch):
        found = open_tables(origins, scratch, None)
        table, key = _key_column(found.tables, labels.texts)
        names = [name for name in table.names if name != key][:MOST_COLUMNS]
        if not names:
            raise UnclearColumns(
                "This file has a single column.",
                where=table.name,
                remedy="Add a column with the group of each product.",
            )
        text = table.load([key, *names], ledger)
        groups = from_table(labels, text, key, names, "product", ledger)
    groups.index = purchases.products.index
    known = int((groups != "").any(axis=1).sum())
    return MapFile(table.name, key, groups, known, (*ledger.repairs, *ledger.notes))


def _key_column(tables: Sequence[OpenTable], labels: np.ndarray) -> tuple[OpenTable, str]:
    """The column with most product labels in it, compared without case, spaces and leading zeros."""
    wanted = {_form(text) for text in labels}
    best: tuple[float, OpenTable, str] | None = None
    for table in tables:
        for name in table.names:
            values = {_form(text) for text in table.sample.columns[name].texts if text.strip()}
            shared = len(values & wanted) / max(1, min(len(values), len(wanted)))
            if values and (best is None or shared > best[0]):
                best = (shared, table, name)
    if best is None or best[0] < ENOUGH:
        raise UnclearColumns(
            "No column of this file names products of your purchases.",
            where=tables[0].name if tables else "",
            remedy=f"One column needs the products as your purchases write them, such as “{labels[0]}”.",
        )
    return best[1], best[2]


def _form(text: str) -> str:
    folded = tidy(text).casefold()
    return folded.lstrip("0") or folded


def expand(purchases: Purchases, level: str, groups: Mapping[str, str]) -> dict[str, str]:
    """Groups of a level's labels as groups of the products that carry them; labels without a group are left out."""
    codes, labels = level_codes(purchases, level)
    of_label = [groups.get(label, "") for label in labels]
    return {
        product: of_label[code]
        for product, code in zip(purchases.products.index, codes, strict=True)
        if of_label[code]
    }
