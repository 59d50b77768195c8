"""Names beside ids: which column says what a product code or a customer id is called, and labels that carry both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from segcore.intake.columns.columns import Guess
from segcore.intake.columns.matrix_shape import Guessed, Seen
from segcore.intake.columns.profiles import Profile
from segcore.intake.columns.roles import Roles
from segcore.intake.columns.vocabulary import VOCABULARY, speaks_of, words_of
from segcore.intake.rows.set_aside import Lines

BETWEEN = " · "
OWN_LEVEL = (
    0.8  # below this share of names to codes, one name stands for several codes and is a level of its own
)
FEWEST = {"customer": 0.5, "product": 0.2}  # names to ids: a column with fewer is a group, not a name

_NAMING = frozenset(
    "name names title description desc descr label fullname firstname lastname surname forename nachname vorname "
    "kundenname kunde debitorname firma company bezeichnung artikelbezeichnung artikelname produktname produktbezeichnung "
    "beschreibung artikeltext itemname productname libelle libellé designation désignation nom prenom prénom nombre "
    "apellido descripcion descripción denominazione descrizione omschrijving naam benämning "
    "název nazwa opis наименование название megnevezés neve adı όνομα nome".split()
)
_PARTS = (
    frozenset("first firstname forename vorname prenom prénom given".split()),
    frozenset("last lastname surname nachname family apellido".split()),
)
_GROUPS = VOCABULARY["describes product"] - _NAMING


def with_names(guessed: Guessed, seen: Sequence[Seen], fixed: Mapping[str, Any]) -> Guessed:
    """Move the columns that name customers and products out of the attributes, unless somebody has placed them."""
    for word in ("customer", "product"):
        if fixed.keys() & {f"{word}_attributes", f"{word}_names"}:
            continue
        guessed = _with_names_of(word, guessed, seen)
    return guessed


def _with_names_of(word: str, guessed: Guessed, seen: Sequence[Seen]) -> Guessed:
    roles = guessed.roles
    main = next((one for one in seen if one.table.name == roles.lines_table), seen[0])
    key = main.profiles.get(getattr(roles, word) or "")
    if key is None or not _is_code(key):
        return guessed
    for table in (roles.lines_table, getattr(roles, f"{word}_table")):
        one = next((other for other in seen if other.table.name == table), None)
        if one is None:
            continue
        found = _naming_columns(word, one, key, guessed)
        if found:
            return _moved(word, found, one, key, guessed)
    return guessed


def _is_code(key: Profile) -> bool:
    """Whether the labels are codes that nobody can read: numbers, or a mix with digits in nearly every one."""
    coded = sum(any(c.isdigit() for c in text) for text in key.samples)
    named = set(words_of(key.name)) & _NAMING
    return bool(key.samples) and not named and coded >= 0.8 * len(key.samples)


def _naming_columns(word: str, one: Seen, key: Profile, guessed: Guessed) -> tuple[str, ...]:
    roles = guessed.roles
    guesses = guessed.columns.get(one.table.name, {})
    used = {roles.customer, roles.order, roles.product, roles.date, roles.quantity, roles.amount}
    able = [
        name
        for name, profile in one.profiles.items()
        if name not in used
        and _could_name(word, profile, key)
        and _belongs(word, name, guesses.get(name, ("", ""))[0])
    ]
    parts = [next((n for n in able if set(words_of(n)) & part), None) for part in _PARTS]
    if word == "customer" and all(parts):
        return tuple(map(str, parts))
    ranked = sorted(able, key=lambda n: (-one.profiles[n].distinct, one.table.names.index(n)))
    return tuple(ranked[:1])


def _could_name(word: str, profile: Profile, key: Profile) -> bool:
    words = set(words_of(profile.name))
    lettered = sum(sum(sign.isalpha() for sign in text) >= 2 for text in profile.samples)
    named = words & _NAMING or (len(words) == 1 and speaks_of(profile.name, word))
    if not named or profile.is_number or profile.is_date or lettered < 0.5 * len(profile.samples):
        return False
    if word == "product" and words & _GROUPS:
        return False
    part = bool(words & (_PARTS[0] | _PARTS[1]))  # first names alone repeat
    return profile.distinct >= (0.1 if part else FEWEST[word]) * min(key.distinct, profile.filled)


def _belongs(word: str, name: str, guess: str) -> bool:
    """Whether a name is this one's: its header says so, or it follows from the id and the header names no other."""
    other = "product" if word == "customer" else "customer"
    if speaks_of(name, other):
        return False
    return guess == f"{word} attribute" or (
        speaks_of(name, word) and guess in ("ignored", f"{other} attribute")
    )


def _moved(word: str, found: tuple[str, ...], one: Seen, key: Profile, guessed: Guessed) -> Guessed:
    roles, name = guessed.roles, f"{word}_attributes"
    share = one.profiles[found[0]].distinct / max(1, key.distinct)
    level = word == "product" and share < OWN_LEVEL
    other = "product" if word == "customer" else "customer"
    changes: dict[str, Any] = {
        f"{word}_names": found,
        name: tuple(n for n in getattr(roles, name) if level or n not in found),
        f"{other}_attributes": tuple(n for n in getattr(roles, f"{other}_attributes") if n not in found),
    }
    told: Guess = (f"{word} name", f"it says what each {word} is called")
    columns = {**guessed.columns.get(one.table.name, {}), **dict.fromkeys(found, told)}
    return Guessed(replace(roles, **changes), {**guessed.columns, one.table.name: columns}, guessed.reasons)


def split_names(word: str, described: pd.DataFrame, roles: Roles) -> tuple[pd.DataFrame, pd.Series | None]:
    """Attributes, and one name a label put together from the naming columns."""
    attributes = described[list(getattr(roles, f"{word}_attributes"))]
    naming = [n for n in getattr(roles, f"{word}_names") if n in described]
    if not naming:
        return attributes, None
    parts = described[naming].astype("object").to_numpy()
    joined = [" ".join(dict.fromkeys(part for part in row if part)) for row in parts]
    return attributes, pd.Series(joined, index=described.index, dtype="object")


def with_product_names(
    lines: Lines, products: pd.DataFrame, names: pd.Series | None
) -> tuple[Lines, pd.DataFrame, pd.Series | None]:
    """Lines and products labelled "code · name", and the code behind each label; as they were without names."""
    if names is None or not names.ne("").any():
        return lines, products, None
    codes = lines.product.texts
    called = names.to_numpy()
    labels = np.array(
        [f"{c}{BETWEEN}{n}" if n and n != c else c for c, n in zip(codes, called, strict=True)], dtype=object
    )
    if len(set(labels)) < len(labels):
        return lines, products, None
    index = pd.Index(labels, dtype="object")
    named = replace(lines, product=replace(lines.product, texts=labels))
    return named, products.set_axis(index), pd.Series(codes, index=index, dtype="object")
