"""What is new in purchases that were read again, in words."""

from __future__ import annotations

import pandas as pd

from segcore.language.words import join_and, plural
from segcore.purchases import Purchases


def changes(before: Purchases, after: Purchases) -> str:
    """What ``after`` has that ``before`` has not and the other way round, as a sentence without its end.

    Lines are compared in number only; customers and products by their labels.
    """
    more = after.n_lines - before.n_lines
    parts = [plural(abs(more), f"{'more' if more > 0 else 'fewer'} purchase line")] if more else []
    word = after.row_word.removesuffix("s")
    parts += _labels(before.customers, after.customers, word) + _labels(
        before.products.index, after.products.index, "product"
    )
    if parts:
        return f"It has {join_and(parts)}"
    if _same_lines(before, after):
        return "Details of customers or products in it were changed; the purchases stayed"
    return "Purchases in it were changed; their number, the customers and the products stayed"


def _same_lines(before: Purchases, after: Purchases) -> bool:
    """Whether every line is equal, where customers and products are: codes then mean the same."""
    orders = [list(one.orders) if one.orders is not None else None for one in (before, after)]
    return orders[0] == orders[1] and before.lines.equals(after.lines)


def _labels(before: pd.Index, after: pd.Index, word: str) -> list[str]:
    new, gone = len(after.difference(before)), len(before.difference(after))
    said = [f"{plural(new, f'new {word}')}"] if new else []
    return said + ([plural(gone, f"{word} less", f"{word}s fewer")] if gone else [])
