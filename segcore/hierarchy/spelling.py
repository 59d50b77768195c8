"""Labels that are probably one: the same letters in another dress, or one letter apart."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict

import numpy as np
import pandas as pd

LONG_ENOUGH = 6  # letters, below which one of them makes another word
MOST_LABELS = 20_000
_WORDS = re.compile(r"[^\W_]+")
SAME, ONE_LETTER = "differs by signs, spaces or accents only", "differs by one letter"


def find_spellings(catalogue: pd.DataFrame, weight: np.ndarray) -> pd.DataFrame:
    """Pairs of labels of one level that may be one.

    Returns
    -------
    DataFrame
        ``level``, ``usual`` (the spelling with more lines), ``other``, ``lines`` (of the other), ``why``; the other
        spellings with most lines first.
    """
    rows = []
    for level in catalogue.columns:
        lines = (
            pd.Series(weight).groupby(catalogue[level].to_numpy(dtype=object)).sum().drop("", errors="ignore")
        )
        if len(lines) <= MOST_LABELS:
            rows += [(level, *pair) for pair in _in_level(lines)]
    table = pd.DataFrame(rows, columns=["level", "usual", "other", "lines", "why"])
    return table.sort_values(
        ["lines", "level", "other"], ascending=[False, True, True], kind="stable"
    ).reset_index(drop=True)


def folded(label: str) -> str:
    """The letters and digits of a label, without case, accents, signs and spaces; "&" and "and" are one."""
    text = unicodedata.normalize("NFKD", label.casefold().replace("&", " and ").replace("ß", "ss"))
    return "".join(_WORDS.findall("".join(c for c in text if not unicodedata.combining(c))))


def _in_level(lines: pd.Series) -> list[tuple[str, str, int, str]]:
    """Each label that reads like one with more lines."""
    by_form: dict[str, list[str]] = defaultdict(list)
    for label in sorted(lines.index, key=lambda label: (-lines[label], label)):
        by_form[folded(label)].append(label)
    by_form.pop("", None)
    found = [(group[0], other, int(lines[other]), SAME) for group in by_form.values() for other in group[1:]]
    said = {other for _, other, _, _ in found}
    for usual, other in _one_letter_apart({form: group[0] for form, group in by_form.items()}):
        usual, other = sorted((usual, other), key=lambda label: (-lines[label], label))
        if other not in said:
            said.add(other)
            found.append((usual, other, int(lines[other]), ONE_LETTER))
    return found


def _one_letter_apart(forms: dict[str, str]) -> list[tuple[str, str]]:
    """Labels whose forms differ by one letter taken out, put in, changed or swapped with its neighbour.

    Forms that share what is left when one letter is taken out are compared (as in symmetric-delete spelling).
    """
    near: dict[str, set[str]] = defaultdict(set)
    for form in forms:
        if len(form) >= LONG_ENOUGH:
            for left in {form, *(form[:i] + form[i + 1 :] for i in range(len(form)))}:
                near[left].add(form)
    pairs = {
        (one, other)
        for group in near.values()
        if 1 < len(group) <= 50
        for one in group
        for other in group
        if one < other and _as_many_words(forms[one], forms[other]) and _is_slip(one, other)
    }
    return [(forms[one], forms[other]) for one, other in sorted(pairs)]


def _as_many_words(one: str, other: str) -> bool:
    """A letter that is a word of its own (large, X-large) is meant."""
    return len(_WORDS.findall(one)) == len(_WORDS.findall(other))


def _is_slip(one: str, other: str) -> bool:
    """Whether a slip of the finger makes one from the other; digits and a last letter (plural, sizes) never count."""
    if [c for c in one if c.isdigit()] != [c for c in other if c.isdigit()]:
        return False
    start = next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    end = max(len(one), len(other)) - start
    if end <= 1 or start == 0:
        return False
    if len(one) == len(other):
        swapped = one[start + 1 : start + 2] + one[start : start + 1] == other[start : start + 2]
        return one[start + 1 :] == other[start + 1 :] or (swapped and one[start + 2 :] == other[start + 2 :])
    short, long = sorted((one, other), key=len)
    return len(long) - len(short) == 1 and short[start:] == long[start + 1 :]
