"""What a customer is called on the screen: the name in the file beside the id, where there is one."""

from __future__ import annotations

from pages.ui.parts import cached
from pages.ui.parts.view import View


def called(view: View, label: str) -> str:
    """``Jane Smith (C-1042)``, or the id where the file has no names."""
    purchases = cached.purchases(view.study.data_digest)
    if not purchases.has_customer_names:
        return label
    name = str(purchases.customer_name([label])[0])
    return f"{name} ({label})" if name and name != label else label


def row_noun(view: View) -> str:
    """One of the rows: a customer or a basket."""
    return view.matrix.row_word[:-1]
