"""What describes products and customers: the most frequent value wins, every conflict and gap is counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from segcore.intake.files.text_table import Column, TextTable
from segcore.intake.report import Ledger, some
from segcore.intake.values.labels import ATTRIBUTE, NAME, clean_labels
from segcore.intake.values.tidy import tidy


def vote(keys: Column, values: Column) -> tuple[np.ndarray, np.ndarray]:
    """The most frequent value of each key as text ("" = none), and which keys have several values.

    Ties go to the value that sorts first, so the order of lines cannot matter.
    """
    order = (
        np.argsort(values.texts.astype(str), kind="stable") if len(values.texts) else np.empty(0, np.int64)
    )
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    both = (keys.codes >= 0) & (values.codes >= 0)
    width = max(1, len(order))
    pairs, hits = np.unique(
        keys.codes[both].astype(np.int64) * width + rank[values.codes[both]], return_counts=True
    )
    key, value = pairs // width, pairs % width
    best = np.lexsort((value, -hits, key))
    first = best[np.unique(key[best], return_index=True)[1]]
    texts = np.full(len(keys.texts), "", dtype=object)
    texts[key[first]] = values.texts[order][value[first]] if len(order) else ""
    return texts, np.bincount(key, minlength=len(keys.texts)) > 1


def from_lines(
    keys: Column,
    table: TextTable,
    names: Sequence[str],
    word: str,
    ledger: Ledger,
    naming: Sequence[str] = (),
    spellings: str = "merge",
) -> pd.DataFrame:
    """Attributes that stand in the purchase lines themselves; one row a key. ``naming`` columns hold names."""
    found = {}
    for name in names:
        rules = NAME if name in naming else ATTRIBUTE
        values = clean_labels(table.columns[name], rules, ledger, f"{table.name}, column {name}", spellings)
        found[name] = _voted(keys, values, name, word, ledger, f"{table.name}, column {name}")
    return pd.DataFrame(found, index=pd.Index(keys.texts, dtype="object"))


def _voted(keys: Column, values: Column, name: str, word: str, ledger: Ledger, where: str) -> np.ndarray:
    texts, torn = vote(keys, values)
    if torn.any():
        ledger.repair(
            f"{some(int(torn.sum()), word)} with different values of “{name}”; the most frequent one was taken.",
            int(torn.sum()),
            example=str(keys.texts[np.flatnonzero(torn)[0]]),
            where=where,
        )
    return texts


def from_table(
    labels: Column,
    table: TextTable,
    key: str,
    names: Sequence[str],
    word: str,
    ledger: Ledger,
    naming: Sequence[str] = (),
    spellings: str = "merge",
) -> pd.DataFrame:
    """Attributes from a table of their own, joined on labels that are equal but for case and spaces."""
    place = _places(labels, table.columns[key], word, ledger, f"{table.name}, column {key}")
    known = np.zeros(len(labels.texts), dtype=bool)
    known[place[place >= 0]] = True
    keys = Column(key, place, labels.texts)
    found = {}
    for name in names:
        where = f"{table.name}, column {name}"
        rules = NAME if name in naming else ATTRIBUTE
        values = clean_labels(table.columns[name], rules, ledger, where, spellings)
        found[name] = _voted(keys, values, name, word, ledger, where)
    _report_join(labels, known, place, word, table.name, ledger)
    _report_unknown(labels, known, word, table.name, ledger)
    return pd.DataFrame(found, index=pd.Index(labels.texts, dtype="object"))


def _places(labels: Column, key: Column, word: str, ledger: Ledger, where: str) -> np.ndarray:
    """For every row of the table, the code of its label among the purchases, or -1."""
    used = {_fold(text): code for code, text in enumerate(labels.texts)}
    keys = [_fold(text) for text in key.texts]
    codes = np.array([used.get(text, -1) for text in keys], dtype=np.int32)
    if len(codes) and (codes >= 0).sum() < 0.5 * min(len(used), len(codes)):
        short = {text.lstrip("0"): code for text, code in used.items()}
        stripped = np.array([short.get(text.lstrip("0"), -1) for text in keys], dtype=np.int32)
        if len(short) == len(used) and (stripped >= 0).sum() > 2 * (codes >= 0).sum():
            count = int(((stripped >= 0) & (codes < 0)).sum())
            what = f"{some(count, word)} joined without leading zeros, which one of the two tables has lost."
            ledger.repair(what, count, example=keys[int(np.flatnonzero(stripped >= 0)[0])], where=where)
            codes = stripped
    return np.append(codes, np.int32(-1))[key.codes]


def _fold(text: str) -> str:
    folded = tidy(text).casefold()
    head, point, tail = folded.partition(".")
    return head if point and head.isdigit() and tail.strip("0") == "" else folded


def _report_join(
    labels: Column, known: np.ndarray, place: np.ndarray, word: str, table: str, ledger: Ledger
) -> None:
    """How many found their row, and how many rows belong to nobody here."""
    used = labels.counts > 0
    matched, spare = int((used & known).sum()), int((place < 0).sum())
    rest = (
        f" {some(spare, 'row')} of it belong{'s' if spare == 1 else ''} to nobody who bought."
        if spare
        else ""
    )
    if word == "product" and spare:
        rest = f" {some(spare, 'row')} of it describe{'s' if spare == 1 else ''} products nobody bought."
    ledger.note(f"{matched:,} of {some(int(used.sum()), word)} found in “{table}”.{rest}", matched)


def _report_unknown(labels: Column, known: np.ndarray, word: str, table: str, ledger: Ledger) -> None:
    counts = labels.counts
    absent = (counts > 0) & ~known
    if absent.any():
        lines = int(counts[absent].sum())
        ledger.note(
            f"{some(int(absent.sum()), word)} on {some(lines, 'line')} not in “{table}”; what it would say is unknown.",
            lines,
            example=str(labels.texts[np.flatnonzero(absent)[0]]),
            remedy="Export the two tables on the same day.",
        )


def through_join(join: Column, attributes: pd.DataFrame, products: Column, ledger: Ledger) -> pd.DataFrame:
    """Attributes of a joined column, carried over to the products that stand beside it in the lines."""
    found: Mapping[str, np.ndarray] = {
        name: _voted(products, join.recoded(attributes[name]), name, "product", ledger, "")
        for name in attributes.columns
    }
    return pd.DataFrame(found, index=pd.Index(products.texts, dtype="object"))


MOSTLY, NESTED_PARENTS = 0.8, 1.5


def note_unclean_levels(catalogue: pd.DataFrame, ledger: Ledger) -> None:
    """Pairs that look like levels of one hierarchy where some lower values stand under several upper ones."""
    codes = {name: pd.factorize(catalogue[name].replace("", pd.NA))[0] for name in catalogue.columns}
    sizes = {name: int(column.max()) + 1 for name, column in codes.items() if len(column)}
    for child, n_children in sizes.items():
        for parent, n_parents in sizes.items():
            if n_parents >= 2 and n_children > NESTED_PARENTS * n_parents:
                _note_pair(catalogue, child, parent, codes, ledger)


def _note_pair(
    catalogue: pd.DataFrame, child: str, parent: str, codes: Mapping[str, np.ndarray], ledger: Ledger
) -> None:
    both = (codes[child] >= 0) & (codes[parent] >= 0)
    lower, upper = codes[child][both], codes[parent][both]
    if not len(lower):
        return
    width = int(upper.max()) + 1
    pairs, hits = np.unique(lower.astype(np.int64) * width + upper, return_counts=True)
    parents = np.bincount(pairs // width)
    best = np.zeros(len(parents), dtype=np.int64)
    np.maximum.at(best, pairs // width, hits)
    spare = len(lower) - int((parents > 0).sum())
    usual = np.bincount(upper).max() / len(upper)
    agreeing = (best.sum() - (parents > 0).sum()) / spare if spare else 0
    torn = np.flatnonzero(parents > 1)
    if not len(torn) or agreeing < MOSTLY or agreeing - usual < 0.5 * (1 - usual):
        return
    example = catalogue[child].to_numpy()[both][np.flatnonzero(lower == torn[0])[0]]
    ledger.note(
        f"{len(torn):,} of {int((parents > 0).sum()):,} values of “{child}” stand under several values of “{parent}”.",
        len(torn),
        example=str(example),
    )
