"""Cells that hold an order's items with their numbers: JSON, ``name:…|qty:…``, ``Tea x 2, Bun (x1)``."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable, Sequence

import numpy as np

from segcore.intake.columns.vocabulary import speaks_of
from segcore.intake.files.open_table import OpenTable
from segcore.intake.files.text_table import Column, TextTable, column_of
from segcore.intake.layouts.layout import Layout, left_with_the_order, without_order_money

Item = dict[str, str]
NEARLY_ALL, LOOKED_AT, LONGEST = 0.9, 400, 100_000
_ENTRIES = re.compile(r"\s*[;\n]\s*")
_FIELDS = re.compile(r"\s*[|,]\s*")
_PAIR = re.compile(r"([^\W\d][\w ]{0,30}?)\s*[:=]\s*(.*)")
_PIECES = re.compile(r"\s*(?:[,;|\n、，；]|\s[+/]\s)\s*")
_COUNTED = (
    re.compile(r"(?P<n>\d{1,4})\s*[x×*]\s*(?P<name>\D.*)", re.IGNORECASE),
    re.compile(r"(?P<name>.*\S)\s*[\[(（]\s*[x×*]?\s*(?P<n>\d{1,4})\s*[x×*]?\s*[\])）]", re.IGNORECASE),
    re.compile(r"(?P<name>.*\S)\s+[x×*]\s*(?P<n>\d{1,4})", re.IGNORECASE),
    re.compile(r"(?P<name>.*[^\s\d])\s*[×*]\s*(?P<n>\d{1,4})"),
    re.compile(r"(?P<name>.*[^\s\d])\s*[:=]\s*(?P<n>\d{1,4})"),
)
Read = Callable[[str], "list[Item] | None"]


def structured_items(table: OpenTable) -> Layout | None:
    """The column whose cells are read as items by one of the ways to write them."""
    counted = any(speaks_of(n, "quantity") for n in table.names)
    for name in table.names:
        column = table.sample.columns[name]
        texts = [str(text) for text in column.texts[:LOOKED_AT]]
        if not texts or sum(len(t) > 3 for t in texts) < NEARLY_ALL * len(texts):
            continue
        for read in (_json, _pairs) if counted else (_json, _pairs, _counted):
            items = [read(text) if len(text) <= LONGEST else None for text in texts]
            known = [one for one in items if one is not None]
            if len(known) >= NEARLY_ALL * len(texts) and any(len(one) > 1 for one in known) and _again(known):
                return _layout(name, read, known, texts[0], table.names)
    return None


def _layout(name: str, read: Read, known: Sequence[list[Item]], example: str, names: Sequence[str]) -> Layout:
    keys = list(dict.fromkeys(key for one in known for item in one for key in item))
    called = {key: f"Item {key}" if key in names else key for key in keys}
    said = " with a number of pieces" if read is _counted else f" with {', '.join(keys)}"
    what = f"The cells of “{name}” hold lists of items{said}; each item was read as a line."
    what += left_with_the_order([other for other in names if other != name])

    def relay(source: TextTable) -> TextTable:
        return _as_lines(source, name, read, called)

    given = {}
    for role, words in (("product", ("name", "title", "product_name", "item", "product")),):
        found = next((key for word in words for key in keys if key.lower() == word), None)
        if found:
            given[role] = called[found]
    return Layout(what, 0.96, relay, given, len(known), example[:120])


def _as_lines(source: TextTable, name: str, read: Read, called: dict[str, str]) -> TextTable:
    column = source.columns[name]
    parts = [read(str(text)) or [{next(iter(called)): str(text)}] for text in column.texts]
    sizes = np.array([len(part) for part in parts] + [0])[column.codes]
    rows = np.repeat(np.arange(source.n_rows), sizes)
    items = [item for code in column.codes if code >= 0 for item in parts[code]]
    carried = without_order_money([n for n in source.names if n != name])
    columns: dict[str, Column] = {n: source.columns[n].take(rows) for n in carried}
    for key, new in called.items():
        cells = np.array([item.get(key, "") for item in items], dtype=object)
        columns[new] = column_of(new, cells)
    return TextTable(source.name, columns, len(rows), source.first_row)


def _again(known: Sequence[list[Item]]) -> bool:
    """Whether the same items come in several cells, as products do."""
    firsts = [next(iter(item.values()), "") for one in known for item in one]
    return len(set(firsts)) < 0.9 * len(firsts)


def _json(text: str) -> list[Item] | None:
    text = text.strip()
    if not text or text[0] + text[-1] not in ("[]", "{}"):
        return None
    for load in (json.loads, ast.literal_eval):
        try:
            return _items_of(load(text))
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            continue
    return None


def _items_of(found: object) -> list[Item] | None:
    if isinstance(found, dict):
        inner = [v for v in found.values() if isinstance(v, list)]
        if len(inner) == 1:
            return _items_of(inner[0])
        if found and all(isinstance(v, (int, float)) for v in found.values()) and not _are_fields(found):
            return [{"Item": str(k), "Quantity": f"{v:g}"} for k, v in found.items()]
        found = [found]
    if not isinstance(found, list) or not found:
        return None
    if all(isinstance(one, dict) for one in found):
        return [_flat(one) for one in found]
    if all(isinstance(one, (list, tuple)) and len(one) == 2 for one in found):
        return [{"Item": str(one[0]), "Quantity": str(one[1])} for one in found]
    return None


def _are_fields(found: dict) -> bool:
    return any(speaks_of(str(k), role) for k in found for role in ("quantity", "amount"))


def _flat(item: dict, prefix: str = "") -> Item:
    flat: Item = {}
    for key, value in item.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{key} ")
        elif not isinstance(value, list):
            flat[f"{prefix}{key}"] = "" if value is None else str(value)
    return flat


def _pairs(text: str) -> list[Item] | None:
    """``name:Tea|qty:1; name:Bun|qty:2``: the same keys in every entry."""
    items = []
    for entry in filter(None, _ENTRIES.split(text.strip())):
        found = [_PAIR.fullmatch(part) for part in _FIELDS.split(entry.strip())]
        if len(found) < 2 or not all(found):
            return None
        items.append({m[1].strip(): m[2].strip() for m in found if m})
    return items if items and len({next(iter(item)) for item in items}) == 1 else None


def _counted(text: str) -> list[Item] | None:
    """Names with a number of pieces before or behind."""
    pieces = [piece for piece in _PIECES.split(text.strip()) if piece]
    for form in _COUNTED:
        found = [form.fullmatch(piece) for piece in pieces]
        if found and all(found):
            return [{"Item": m["name"].strip(), "Quantity": m["n"]} for m in found if m]
    return None
