"""Roles: what each table and column means. Guessed first, then corrected by whoever knows the file."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, Literal

from segcore.errors import SpecError

Shape = Literal["lines", "matrix", "baskets"]

_CHOICES = {
    "shape": ("lines", "matrix", "baskets"),
    "matrix_values": ("bought", "quantity", "amount"),
    "matrix_rows": ("customers", "products"),
    "amount_is": ("total", "each"),
    "returns": ("net", "drop", "keep"),
    "duplicates": ("keep", "drop"),
    "day_first": (None, True, False),
    "decimal": (None, ",", "."),
    "spellings": ("merge", "keep"),
    "lists": (None, "split", "keep"),
    "blanks": (None, "fill", "leave"),
    "no_purchases": ("drop", "keep"),
}
_LISTS = ("product_attributes", "customer_attributes", "product_columns", "product_names", "customer_names")


@dataclass(frozen=True)
class Roles:
    """What the tables and columns of an upload mean.

    Attributes
    ----------
    shape : {"lines", "matrix", "baskets"}
        One row a purchase; one row a customer with a column a product; one row a basket with its items.
    lines_table : str or None
        The table with the purchases; None where there is only one table.
    product_table, customer_table : str or None
        Tables that describe products and customers.
    join_on : str or None
        Column of the lines that leads to ``product_table``; normally the product.
    product_key, customer_key : str or None
        The joined column's name in ``product_table`` and ``customer_table`` where it differs there.
    customer, order, product, date, quantity, amount : str or None
        Columns of the lines.
    product_attributes, customer_attributes : tuple of str
        Columns that describe products and customers, from the lines or from their tables.
    product_names, customer_names : tuple of str
        Columns that say what a product code or a customer id is called; several are read as one name.
    product_columns : tuple of str
        Matrix only: the columns that are products (or customers, where a row is a product).
    matrix_values : {"bought", "quantity", "amount"}
        Matrix only: what the cells say.
    matrix_rows : {"customers", "products"}
        Matrix only: what a row is.
    amount_is : {"total", "each"}
        Whether ``amount`` is for the whole line or the price of one piece.
    returns : {"net", "drop", "keep"}
        Negative lines: kept as they are, left out, or counted as purchases with their sign dropped.
    duplicates : {"keep", "drop"}
        Lines that repeat another one exactly.
    day_first : bool or None
        Whether 03/04/2024 is in April; None: decided by vote.
    decimal : {None, ",", "."}
        The decimal sign where 1.234 could be both; None: decided by vote.
    spellings : {"merge", "keep"}
        Whether TEA and Tea are one product.
    lists : {None, "split", "keep"}
        Whether a cell such as "tea, bun" holds several products; None: decided by what the cells share.
    blanks : {None, "fill", "leave"}
        Whether a blank cell means the same as the one above, as in a pivot table; None: decided by their pattern.
    line_kind : str or None
        Column of the lines that says which are no purchases: a status, an event, a type.
    no_purchases : {"drop", "keep"}
        Whether those are left out.
    """

    shape: Shape = "lines"
    lines_table: str | None = None
    product_table: str | None = None
    customer_table: str | None = None
    join_on: str | None = None
    product_key: str | None = None
    customer_key: str | None = None
    customer: str | None = None
    order: str | None = None
    product: str | None = None
    date: str | None = None
    quantity: str | None = None
    amount: str | None = None
    product_attributes: tuple[str, ...] = ()
    customer_attributes: tuple[str, ...] = ()
    product_columns: tuple[str, ...] = ()
    matrix_values: Literal["bought", "quantity", "amount"] = "bought"
    matrix_rows: Literal["customers", "products"] = "customers"
    amount_is: Literal["total", "each"] = "total"
    returns: Literal["net", "drop", "keep"] = "net"
    duplicates: Literal["keep", "drop"] = "keep"
    day_first: bool | None = None
    decimal: Literal[",", "."] | None = None
    spellings: Literal["merge", "keep"] = "merge"
    lists: Literal["split", "keep"] | None = None
    blanks: Literal["fill", "leave"] | None = None
    product_names: tuple[str, ...] = ()
    customer_names: tuple[str, ...] = ()
    line_kind: str | None = None
    no_purchases: Literal["drop", "keep"] = "drop"

    def __post_init__(self) -> None:
        for name in _LISTS:
            object.__setattr__(self, name, tuple(getattr(self, name)))
        for name, allowed in _CHOICES.items():
            if getattr(self, name) not in allowed:
                known = ", ".join(map(repr, allowed))
                raise SpecError(
                    f"“{name}” cannot be {getattr(self, name)!r}.", remedy=f"Choose one of {known}."
                )
        self._check_columns()

    def _check_columns(self) -> None:
        if self.shape == "lines" and self.product is not None:
            if self.product in (self.customer, self.order):
                raise SpecError(
                    f"The column “{self.product}” cannot be the product and the customer or order at once.",
                    remedy="Choose two different columns.",
                )
        if self.shape == "matrix" and set(self.product_columns) & {self.customer, *self.customer_attributes}:
            raise SpecError(
                "A column cannot be both a product and the customer or a customer attribute.",
                remedy="Take it out of one of the two.",
            )

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Every role and choice that can be set."""
        return tuple(f.name for f in fields(cls))

    @classmethod
    def check_names(cls, choices: dict[str, Any]) -> None:
        """Refuse a choice that does not exist, and say which do."""
        unknown = [name for name in choices if name not in cls.names()]
        if unknown:
            raise SpecError(
                f"There is no choice called “{unknown[0]}”.", remedy=f"Known: {', '.join(cls.names())}."
            )
