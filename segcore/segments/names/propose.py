"""Names proposed for segments: from distinctive products, by their parent where they share one; short and unique."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from segcore.language.months import month_of
from segcore.language.words import readable
from segcore.matrix import PurchaseMatrix
from segcore.purchases import Purchases
from segcore.purchases.levels import UNKNOWN, level_codes, level_parts
from segcore.segments.profiles import BALANCE, naming_products, profile_products
from segcore.segments.segmentation import Segmentation

LOOKED_AT = 5
AGREEING = 0.6
LONGEST = 40
SHORT_CODE = 4  # letters
PAIR = " & "
NEARLY_ONE_PARENT = 0.95
FEWEST_PARENTS = 3
STANDS_OUT = 1.5
YES_NO = frozenset({"true", "false", "yes", "no", "y", "n", "t", "f", "ja", "nein", "oui", "non", "si", "sí"})


def propose_names(
    purchases: Purchases,
    matrix: PurchaseMatrix,
    segmentation: Segmentation,
    balance: float = BALANCE,
) -> dict[int, str]:
    """Return a name for every segment number.

    Five products speak for a segment, on the balance of popular and distinctive: a parent that most of them share (a
    varietal, a category) gives the name, otherwise the one or two strongest products do.
    """
    return unique_names(draft_names(purchases, matrix, segmentation, balance))


def draft_names(
    purchases: Purchases,
    matrix: PurchaseMatrix,
    segmentation: Segmentation,
    balance: float = BALANCE,
) -> dict[int, list[str]]:
    """Candidate names of every segment, best first; two segments may want the same."""
    profile = profile_products(matrix, segmentation, balance)
    parents = parents_of(purchases, matrix)
    return {
        int(number): _draft(profile, parents, number, matrix.spec.level)
        for number in segmentation.sizes.index
    }


def parents_of(purchases: Purchases, matrix: PurchaseMatrix) -> pd.DataFrame:
    """The coarser labels each product of the matrix sits under, one text column per attribute that groups it.

    Only attributes that (nearly) always give a product a single value count as its parents.
    """
    codes, labels = level_codes(purchases, matrix.spec.level)
    found = {}
    for attribute in purchases.attributes:
        values = purchases.products[attribute].to_numpy(dtype=object)
        pairs = pd.DataFrame({"code": codes, "value": values}).value_counts().reset_index()
        main = pairs.drop_duplicates("code").set_index("code")["value"]
        single = (pairs.groupby("code")["count"].max() / pairs.groupby("code")["count"].sum()).mean()
        if (
            single >= NEARLY_ONE_PARENT
            and 1 < main.nunique() < len(labels)
            and attribute != matrix.spec.level
        ):
            found[attribute] = main.reindex(range(len(labels))).set_axis(labels)
    table = pd.DataFrame(found, index=labels).reindex(matrix.products)
    named = table[[column for column in table if not _names_nothing(table[column])]]
    parts = [part for part in level_parts(purchases, matrix.spec.level) if part in named]
    return named[parts] if len(parts) > 1 else named


def _names_nothing(labels: pd.Series) -> bool:
    """Whether a parent's labels are no kind of product: bare numbers, yes and no, months."""
    known = labels[labels.notna() & (labels != "")]
    is_number = pd.to_numeric(known, errors="coerce").notna()
    plain = known.astype(str).str.strip().str.casefold()
    is_when = plain.map(month_of).notna()
    return len(known) == 0 or (is_number | plain.isin(YES_NO) | is_when).mean() > 0.9


def _draft(profile: pd.DataFrame, parents: pd.DataFrame, segment: int, level: str) -> list[str]:
    """Candidate names, best first."""
    rows = naming_products(profile, segment, LOOKED_AT)
    votes = rows.set_index("product")["buyers"].astype(float)
    everybody = profile[profile["segment"] == segment].set_index("product")["buyers_all"].astype(float)
    shared = [name for column in parents for name in _majority(parents[column], votes, everybody)]
    products = [readable(product, level) for product in votes.index]
    numbered = len(votes) > 0 and products[0] != votes.index[0]  # a bare number: its name holds the column's
    pairs = [PAIR.join((products[0], _beside(product, level, numbered))) for product in votes.index[1:]]
    first = [pair for pair in pairs[:1] if len(pair) <= LONGEST]
    named = [*shared, *first, *products, *pairs[1:]]
    return [*map(_in_a_calm_voice, named), f"Segment {segment}"]


def _beside(product: str, level: str, said_before: bool) -> str:
    """The second of a pair: ``Offer # 11 & 1`` says the column's name once."""
    return product if said_before else readable(product, level)


def _in_a_calm_voice(name: str) -> str:
    """A name that the file shouts, as a sentence writes it; short codes stay."""
    return name.capitalize() if name.isupper() and len(name) > SHORT_CODE else name


def _majority(parent: pd.Series, votes: pd.Series, everybody: pd.Series) -> list[str]:
    """The parent that holds most votes, if it holds clearly more of them than it does among everybody."""
    strength = votes.groupby(parent.reindex(votes.index)).sum()
    if len(votes) < 2 or not len(strength):
        return []
    value, share = str(strength.idxmax()), strength.max() / votes.sum()
    usual = everybody[parent.reindex(everybody.index) == value].sum() / max(everybody.sum(), 1.0)
    stands_out = share >= AGREEING and share >= STANDS_OUT * usual
    return [value] if stands_out and value not in ("", UNKNOWN) else []


def unique_names(drafts: dict[int, list[str]], taken: Collection[str] = ()) -> dict[int, str]:
    """Give each segment its best name that is still free, the largest segment choosing first.

    Parameters
    ----------
    taken : collection of str
        Names that other segments of the same cut have already.
    """
    used, names = {_words(name) for name in taken}, {}
    for number, candidates in drafts.items():
        numbered = (f"Segment {number}" + " again" * extra for extra in range(len(drafts) + len(used) + 1))
        names[number] = next(c for c in (*candidates, *numbered) if c.strip() and _words(c) not in used)
        used.add(_words(names[number]))
    return names


def _words(name: str) -> frozenset[str]:
    """A name without its order: "Fresh & Frozen" and "Frozen & Fresh" would be taken for one another."""
    return frozenset(part.strip().casefold() for part in name.split(PAIR))
