"""Purchases: the canonical tidy lines, the catalogue of products with their levels, an exact digest.

Everything downstream starts here. Labels are sorted once and lines carry integer codes into them, so the same
purchases in any line order give the same object and the same digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import pandas as pd

RowKind = Literal["customer", "basket"]


def _no_names() -> pd.Series:
    return pd.Series([], index=pd.Index([], dtype="str"), dtype="str")


MEASURES = ("quantity", "amount")


@dataclass(frozen=True, eq=False)
class Purchases:
    """Who bought what.

    Attributes
    ----------
    lines : DataFrame
        One row a purchase line: ``customer`` and ``product`` (int32 codes into ``customers`` and ``products``)
        and, where the file has them, ``order`` (int32 code into ``orders``), ``date`` (datetime64[s], NaT where
        unknown), ``quantity`` and ``amount`` (float64; negative for returns).
    customers : Index
        Sorted unique labels of the rows; its name is the column's header in the file.
    products : DataFrame
        The catalogue: index the sorted unique product labels, one text column per attribute ("" = unknown).
    orders : Index or None
        Labels of the orders where the file has them.
    customer_attributes : DataFrame
        Indexed by ``customers``; for profiles only, never for segments.
    row_kind : {"customer", "basket"}
        What one row of a matrix is: a file without customers has baskets as rows.
    customer_names : Series
        What each of ``customers`` is called ("" = unknown); empty where the file had nothing but the labels.
    product_codes : Series
        The bare code behind each product label where the file had code and name ("85123A · White heart" → "85123A");
        empty where the labels stand in the file as they are.
    """

    lines: pd.DataFrame
    customers: pd.Index
    products: pd.DataFrame
    orders: pd.Index | None
    customer_attributes: pd.DataFrame
    row_kind: RowKind
    digest: str
    customer_names: pd.Series = field(default_factory=_no_names)
    product_codes: pd.Series = field(default_factory=_no_names)

    @property
    def has_customer_names(self) -> bool:
        """Whether the file had names beside the customers' ids."""
        return len(self.customer_names) > 0

    def customer_name(self, ids: Iterable[str]) -> np.ndarray:
        """The names of these customers in order; "" where unknown."""
        wanted = list(ids)
        return self.customer_names.reindex(wanted).fillna("").to_numpy(dtype=object)

    def product_code(self, labels: Iterable[str]) -> np.ndarray:
        """The codes behind these product labels in order; the label itself where it is the code."""
        codes = self.product_codes.to_dict()
        return np.array([codes.get(label, label) for label in labels], dtype=object)

    @property
    def n_lines(self) -> int:
        """Number of purchase lines."""
        return len(self.lines)

    @property
    def product_label(self) -> str:
        """The file's own word for a product: the name of the finest level."""
        return str(self.products.index.name)

    @property
    def attributes(self) -> tuple[str, ...]:
        """Product attributes, each of which is a possible level."""
        return tuple(map(str, self.products.columns))

    @property
    def row_word(self) -> str:
        """The plural for the rows, as a sentence needs it."""
        return "customers" if self.row_kind == "customer" else "baskets"

    def has(self, column: str) -> bool:
        """Whether the lines carry ``order``, ``date``, ``quantity`` or ``amount``."""
        return column in self.lines.columns

    @property
    def date_span(self) -> tuple[pd.Timestamp, pd.Timestamp] | None:
        """First and last purchase date, or None where the file has no usable dates."""
        if not self.has("date") or self.lines["date"].isna().all():
            return None
        return self.lines["date"].min(), self.lines["date"].max()


def make_purchases(
    customer: Sequence | np.ndarray,
    product: Sequence | np.ndarray,
    *,
    customer_label: str = "Customer",
    product_label: str = "Product",
    product_attributes: pd.DataFrame | None = None,
    customer_attributes: pd.DataFrame | None = None,
    order: Sequence | np.ndarray | None = None,
    date: Sequence | np.ndarray | None = None,
    quantity: Sequence | np.ndarray | None = None,
    amount: Sequence | np.ndarray | None = None,
    row_kind: RowKind = "customer",
    customer_names: pd.Series | None = None,
    product_codes: pd.Series | None = None,
) -> Purchases:
    """Build the canonical form from parallel columns of labels (text) and values.

    ``product_attributes`` and ``customer_attributes`` are indexed by label and may cover more or fewer labels than
    the lines: extra ones are dropped, missing ones read "". So may ``customer_names`` and ``product_codes``.
    """
    customer_codes, customers = encode_labels(customer, customer_label)
    positions, product_index = encode_labels(product, product_label)
    columns: dict[str, np.ndarray] = {"customer": customer_codes, "product": positions}
    orders = None
    if order is not None:
        columns["order"], orders = encode_labels(order, "Order")
    if date is not None:
        columns["date"] = np.asarray(pd.to_datetime(pd.Series(date)), dtype="datetime64[s]")
    for name, values in (("quantity", quantity), ("amount", amount)):
        if values is not None:
            columns[name] = (
                np.asarray(values, dtype=np.float64) + 0.0
            )  # −0 and 0 are one number, and one digest
    lines = _in_canonical_order(columns)
    catalogue = _align(product_attributes, product_index)
    attributes = _align(customer_attributes, customers)
    named, coded = _named(customer_names, customers), _named(product_codes, product_index)
    made = Purchases(lines, customers, catalogue, orders, attributes, row_kind, "", named, coded)
    return replace(made, digest=digest_of(made))


def _named(names: pd.Series | None, labels: pd.Index) -> pd.Series:
    """The names of exactly these labels; empty where there is none at all."""
    if names is None or not len(names):
        return _no_names()
    aligned = names[~names.index.duplicated()].reindex(labels)
    aligned = aligned.astype("object").where(aligned.notna(), "").astype("str").rename("Name")
    return aligned if aligned.ne("").any() else _no_names()


def encode_labels(labels: Sequence | np.ndarray, name: str) -> tuple[np.ndarray, pd.Index]:
    """Codes into the sorted unique labels: numbers in number order, everything else as text.

    A label is its text: the number 1 and the text "1" are one customer.
    """
    codes, found = _distinct(labels)
    same, unique = pd.factorize(np.array([str(label) for label in found], dtype=object))
    codes = same[codes]
    order = natural_order(unique)
    rank = np.empty(len(order), dtype=np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    return rank[codes], pd.Index(unique[order], dtype="str", name=name)


def _distinct(labels: Sequence | np.ndarray) -> tuple[np.ndarray, Sequence]:
    """Codes into the distinct labels; a categorical brings them along, so its cells need not be looked at again."""
    if not isinstance(labels, pd.Categorical) or (labels.codes < 0).any():
        return pd.factorize(np.asarray(labels, dtype=object), use_na_sentinel=False)
    used = np.bincount(labels.codes, minlength=len(labels.categories)) > 0
    return (np.cumsum(used, dtype=np.int32) - np.int32(1))[labels.codes], labels.categories[used].tolist()


def natural_order(labels: Iterable[str]) -> np.ndarray:
    """Positions that sort the labels: by number where every one is a plain whole number, else as text."""
    texts = [str(label) for label in labels]
    if texts and all(text.isascii() and text.isdigit() and len(text) <= 18 for text in texts):
        keys = [(int(text), text) for text in texts]
    else:
        keys = [(0, text) for text in texts]
    return np.asarray(sorted(range(len(texts)), key=keys.__getitem__), dtype=np.int64)


def _in_canonical_order(columns: dict[str, np.ndarray]) -> pd.DataFrame:
    """Sort the lines by all their columns, so that line order in the file cannot matter.

    One number a line says customer and product; only lines that share it are compared in their other columns.
    """
    names = [n for n in ("customer", "product", "order", "date", "quantity", "amount") if n in columns]
    rest = [_sortable(columns[n]) for n in names[2:]]
    cell = cell_numbers(columns["customer"], columns["product"])
    position = np.argsort(cell)
    cell = cell[position]
    shared = np.zeros(len(cell), dtype=bool)
    shared[1:] = cell[1:] == cell[:-1]
    shared[:-1] |= shared[1:]
    lines = position[shared]
    position[shared] = lines[np.lexsort([*(key[lines] for key in reversed(rest)), cell[shared]])]
    del cell, rest
    return pd.DataFrame({n: columns.pop(n)[position] for n in names}, copy=False)


def cell_numbers(customer: np.ndarray, product: np.ndarray) -> np.ndarray:
    """One int64 a line that is the same where customer and product codes are, in their order."""
    return customer.astype(np.int64) * (int(product.max(initial=0)) + 1) + product


def _sortable(values: np.ndarray) -> np.ndarray:
    return values.view("int64") if values.dtype.kind == "M" else values


def _align(table: pd.DataFrame | None, labels: pd.Index) -> pd.DataFrame:
    """The attributes of exactly these labels, as text, "" where unknown."""
    if table is None or table.shape[1] == 0:
        return pd.DataFrame(index=labels)
    aligned = table[~table.index.duplicated()].reindex(labels)
    aligned = aligned.astype("object").where(aligned.notna(), "").astype("str")
    aligned.index = labels
    aligned.columns = pd.Index([str(c) for c in aligned.columns], dtype="object")
    return aligned


def digest_of(purchases: Purchases) -> str:
    """SHA-256 over every value and label, nothing sampled; 32 hex digits. What the purchases say of it does not count."""
    lines, orders = purchases.lines, purchases.orders
    state = hashlib.sha256(b"purchases 1")
    for name in lines.columns:
        state.update(f"|{name}|".encode())
        state.update(np.ascontiguousarray(_sortable(lines[name].to_numpy())).data)
    for part in (purchases.customers, orders if orders is not None else pd.Index([], dtype="str")):
        _feed(state, part)
    for table in (purchases.products, purchases.customer_attributes):
        _feed(state, table.index)
        for name in table.columns:
            state.update(f"|{name}|".encode("utf-8", "surrogatepass"))
            _feed(state, table[name])
    state.update(purchases.row_kind.encode())
    for place, names in enumerate((purchases.customer_names, purchases.product_codes)):
        if len(names):  # purchases without names keep the digest they had before names were kept
            state.update(f"|names {place}|".encode())
            _feed(state, names)
    return state.hexdigest()[:32]


def _feed(state: hashlib._Hash, labels: pd.Index | pd.Series) -> None:
    """Length-prefix each label, so that no two lists of labels can run into the same bytes."""
    state.update(f"[{labels.name}:{len(labels)}]".encode("utf-8", "surrogatepass"))
    for label in labels.tolist():
        raw = str(label).encode("utf-8", "surrogatepass")
        state.update(len(raw).to_bytes(4, "little") + raw)
