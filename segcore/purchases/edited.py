"""Purchases under a hierarchy that somebody changed: the same lines, another catalogue, a digest of their own.

Edits are not a field of MatrixSpec on purpose. A level means something in the matrix, in rules, names, offers and
exports alike; all of them are keyed by the digest of the purchases, and none has to know of edits.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace

import numpy as np
import pandas as pd

from segcore.choices.level_edits import LevelEdits, Move, OneParent, ProductMap, Rename
from segcore.errors import SpecError
from segcore.purchases.cells import share_cells
from segcore.purchases.levels import COMBINE, UNKNOWN, parents_of_labels
from segcore.purchases.levels.codes import codes_of
from segcore.purchases.record import Purchases

LONGEST_NAME = 60


def edited_digest(base: str, edits: LevelEdits) -> str:
    """The digest of purchases under these edits; the base itself where nothing is changed."""
    if edits.is_empty:
        return base
    said = json.dumps([base, asdict(replace(edits, base=""))], sort_keys=True)
    return hashlib.sha256(b"level edits 1" + said.encode("ascii")).hexdigest()[:32]


def apply_edits(purchases: Purchases, edits: LevelEdits) -> Purchases:
    """The same purchases under a changed hierarchy; sums per customer and product are shared, not made again.

    Edits that speak of levels or labels this file does not have change nothing.
    """
    if edits.is_empty:
        return purchases
    products = purchases.products.copy()
    for one in edits.maps:
        products[one.name] = _mapped(products, one)
    for rename in edits.renames:
        _rename(products, rename)
    for pair in edits.one_parent:
        _one_parent(purchases, products, pair)
    for move in edits.moves:
        _move(products, move)
    changed = replace(purchases, products=products, digest=edited_digest(purchases.digest, edits))
    share_cells(changed, purchases)
    return changed


def check_name(name: str, purchases: Purchases) -> str:
    """A name for a new level, tidied.

    Raises
    ------
    SpecError
        It is empty, taken by the product itself, or would read as a combination or a mixed level.
    """
    tidy = " ".join(name.split())[:LONGEST_NAME]
    if not tidy:
        raise SpecError("A level needs a name.", remedy="Call it what its groups are, such as “Kind”.")
    if tidy == purchases.product_label or COMBINE in tidy or " buyers, else " in tidy:
        raise SpecError(f"A level cannot be called “{tidy}”.", remedy="Choose another name.")
    return tidy


def _mapped(products: pd.DataFrame, one: ProductMap) -> pd.Series:
    """The level's labels: as mapped, else as they were, else unknown."""
    groups = one.groups
    before = products[one.name] if one.name in products else pd.Series("", index=products.index)
    wanted = [
        groups.get(product, old) for product, old in zip(products.index, before.to_numpy(), strict=True)
    ]
    return pd.Series(wanted, index=products.index, dtype="str")


def _rename(products: pd.DataFrame, rename: Rename) -> None:
    if rename.level in products.columns:
        column = products[rename.level]
        products[rename.level] = column.mask(column == rename.old, rename.new).astype("str")


def _one_parent(purchases: Purchases, products: pd.DataFrame, pair: OneParent) -> None:
    """Give every product the parent that most lines of its label name; products without a label keep theirs."""
    if not _has(purchases, products, pair.level) or pair.parent_level not in products.columns:
        return
    child, parent = codes_of(_labels(products, pair.level)), codes_of(products[pair.parent_level])
    top = parent[1].to_numpy(dtype=object)[parents_of_labels(purchases, child, parent)][child[0]]
    stays = (_labels(products, pair.level) == "").to_numpy()
    before = products[pair.parent_level].to_numpy(dtype=object)
    unknown = (before == "") & (top == UNKNOWN)
    products[pair.parent_level] = pd.Series(
        np.where(stays | unknown, before, top), index=products.index, dtype="str"
    )


def _move(products: pd.DataFrame, move: Move) -> None:
    if move.parent_level not in products.columns:
        return
    labels = _labels(products, move.level) if move.level in products.columns else products.index.to_series()
    column = products[move.parent_level]
    products[move.parent_level] = column.mask((labels == move.label).to_numpy(), move.parent).astype("str")


def _has(purchases: Purchases, products: pd.DataFrame, level: str) -> bool:
    return level == purchases.product_label or level in products.columns


def _labels(products: pd.DataFrame, level: str) -> pd.Series:
    """The text of a level for every product; the product itself where it is not an attribute."""
    return products[level] if level in products.columns else products.index.to_series()
