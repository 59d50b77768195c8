"""A further file beside purchases that were already understood: what it says of customers or products is joined."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from segcore.errors import UnclearColumns
from segcore.intake.columns.roles import Roles
from segcore.intake.columns.shapes import guess
from segcore.intake.files.sources import opened
from segcore.intake.files.tables import open_tables
from segcore.intake.rows.draft import stacked

_DESCRIBED = ("product", "customer")
_LEFT_OPEN = {f"{word}_{part}" for word in _DESCRIBED for part in ("attributes", "names", "table", "key")}


def extend(source: Any, roles: Roles) -> Roles:
    """Roles in which files that came later have their place; all that was decided before stays.

    Parameters
    ----------
    source
        All files, the earlier ones first.
    roles : Roles
        As the earlier files were read.

    Raises
    ------
    UnclearColumns
        No column of a further file holds the same customers or products.
    """
    with opened(source) as (origins, scratch):
        found = open_tables(origins, scratch)
        fixed = {name: getattr(roles, name) for name in Roles.names() if name not in _LEFT_OPEN}
        fixed |= {
            name: value for name in _LEFT_OPEN if name.endswith("_table") and (value := getattr(roles, name))
        }
        if roles.product_table is None:
            fixed.pop("join_on")
        guessed = guess(found.tables, fixed).roles
        used = {
            guessed.product_table,
            guessed.customer_table,
            *(t.name for t in stacked(found.tables, guessed)),
        }
        spare = [table.name for table in found.tables if table.name not in used]
    if spare:
        raise UnclearColumns(
            "No column of this table holds the same customers or products as the purchases.",
            where=spare[-1],
            remedy="One column must hold the ids as they stand in the purchases; check it and add the file again.",
        )
    return _merged(roles, guessed)


def _merged(roles: Roles, guessed: Roles) -> Roles:
    changes: dict[str, Any] = {"join_on": roles.join_on or guessed.join_on}
    for word in _DESCRIBED:
        new = getattr(roles, f"{word}_table") is None
        for part in ("table", "key"):
            name = f"{word}_{part}"
            changes[name] = getattr(guessed if new else roles, name)
        names = getattr(roles, f"{word}_names") or getattr(guessed, f"{word}_names")
        old = getattr(roles, f"{word}_attributes")
        added = getattr(guessed, f"{word}_attributes") if new and changes[f"{word}_table"] else ()
        changes[f"{word}_names"] = names
        changes[f"{word}_attributes"] = (*old, *(n for n in added if n not in (*old, *names)))
    return replace(roles, **changes)
