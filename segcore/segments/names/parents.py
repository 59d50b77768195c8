"""The coarser labels that products sit under, where these are kinds of products."""

from __future__ import annotations

import pandas as pd

from segcore.language.months import month_of
from segcore.matrix import PurchaseMatrix
from segcore.purchases import Purchases
from segcore.purchases.levels import level_codes, level_parts

NEARLY_ONE_PARENT = 0.95
FEWEST_PARENTS = 3
YES_NO = frozenset({"true", "false", "yes", "no", "y", "n", "t", "f", "ja", "nein", "oui", "non", "si", "sí"})


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
