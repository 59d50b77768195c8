"""From a source and its roles to purchases, with a report that accounts for every line."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from segcore.errors import NotEnoughData
from segcore.intake.columns.alike import load_as, only_in_some
from segcore.intake.columns.naming import split_names, with_product_names
from segcore.intake.columns.roles import Roles
from segcore.intake.columns.vocabulary import speaks_of
from segcore.intake.files.open_table import OpenTable
from segcore.intake.files.tables import Opened
from segcore.intake.files.text_table import Column, TextTable, stack
from segcore.intake.report import IntakeReport, Ledger, some
from segcore.intake.rows import grid
from segcore.intake.rows import lines as line_shape
from segcore.intake.rows.baskets import BASKET, ITEM, cells_as_items
from segcore.intake.rows.catalogue import note_unclean_levels
from segcore.intake.rows.describe import check_columns, describe
from segcore.intake.rows.draft import stacked
from segcore.intake.rows.refused import refuse_tables_without_purchases
from segcore.intake.rows.set_aside import Lines
from segcore.progress import Step
from segcore.purchases import Purchases, make_purchases


@dataclass(frozen=True, eq=False)
class Intake:
    """Purchases, what happened on the way to them, and what the columns were taken to mean."""

    purchases: Purchases
    report: IntakeReport
    roles: Roles


def convert_opened(opened: Opened, roles: Roles) -> Iterator[Step | Intake]:
    """Convert opened tables; yields steps, then the intake.

    Raises
    ------
    UnclearColumns
        When a column named in the roles is missing, or buyer or product is not known.
    NotEnoughData
        When fewer than two customers or two products are left, or a table holds no purchases at all.
    """
    ledger = opened.ledger
    tables = stacked(opened.tables, roles)
    refuse_tables_without_purchases(tables[0], roles)
    if len(tables) > 1:
        aside = only_in_some(tables)
        same = f"the same columns but for {len(aside)}" if aside else "the same columns"
        ledger.note(
            f"{some(len(tables), 'table')} with {same} read as one.",
            len(tables),
            example=", ".join(aside[:3]),
        )
    _note_unused(opened, tables, roles, ledger)
    yield Step(0.05, f"Reading {tables[0].name}")
    lines = yield from _lines(tables, roles, ledger)
    yield Step(0.75, "Describing products and customers")
    products, called = split_names("product", describe("product", lines, opened, roles, ledger), roles)
    customers, names = split_names("customer", describe("customer", lines, opened, roles, ledger), roles)
    note_unclean_levels(products, ledger)
    yield Step(0.85, "Putting the purchases in order")
    _check_enough(lines, roles, ledger)
    lines, products, codes = with_product_names(lines, products, called)
    purchases = _purchases(lines, products, customers, roles, customer_names=names, product_codes=codes)
    yield Step(1.0, "Done")
    yield Intake(purchases, _report(purchases, opened, ledger), roles)


def _note_unused(opened: Opened, tables: Sequence[OpenTable], roles: Roles, ledger: Ledger) -> None:
    used = {roles.product_table, roles.customer_table, *(table.name for table in tables)}
    for table in opened.tables:
        if table.name not in used:
            what = f"This table was not used; it has {some(table.rows, 'row')}."
            ledger.note(
                what,
                table.rows,
                where=table.name,
                remedy="Choose it if it describes the products or customers.",
            )


def _lines(tables: list[OpenTable], roles: Roles, ledger: Ledger) -> Generator[Step, None, Lines]:
    """Yield steps; the generator's value is the converted lines."""
    if roles.shape == "baskets":
        table, roles = _baskets(tables, roles, ledger)
    else:
        columns = _needed(tables[0], roles)
        table = stack([load_as(tables[0], one, columns, ledger) for one in tables])
    if not tables[0].ordered and roles.blanks is None:
        roles = replace(roles, blanks="leave")
    if roles.shape == "matrix":
        yield Step(0.4, "Reading the cells")
        return grid.convert_matrix(table, roles, ledger, tables[0].delimiter)
    steps = line_shape.convert_lines(table, roles, ledger, tables[0].delimiter)
    del table  # the text goes as soon as the conversion has done with it
    for item in steps:
        if isinstance(item, Lines):
            return item
        yield item
    raise AssertionError("the conversion ends with its lines")


def _baskets(tables: list[OpenTable], roles: Roles, ledger: Ledger) -> tuple[TextTable, Roles]:
    """Lines with the columns Basket and Item, and the roles they then have."""
    main = tables[0]
    if main.load_lists is not None:
        table = main.load_lists()
    else:
        items = roles.product_columns or main.names
        carried = [name for name in (roles.customer, roles.order, roles.date) if name]
        check_columns([*carried, *items], main)
        loaded = stack([load_as(main, one, [*carried, *items], ledger) for one in tables])
        table = cells_as_items(loaded, items, carried)
        _note_measures_beside_items(main, items, carried, ledger)
    if roles.order is None:
        ledger.note(
            "Every row is taken as one basket; baskets are numbered in the order of the file.",
            where=main.name,
        )
    return table, replace(roles, order=roles.order or BASKET, product=ITEM)


def _note_measures_beside_items(
    table: OpenTable, items: Sequence[str], carried: Sequence[str], ledger: Ledger
) -> None:
    """Numbers beside lists of items are not read; whoever has them should know."""
    aside = [
        name
        for name in table.names
        if name not in (*items, *carried) and (speaks_of(name, "quantity") or speaks_of(name, "amount"))
    ]
    if aside:
        what = f"{some(len(aside), 'column')} with numbers beside the items not read: only what was bought counts."
        ledger.note(what, len(aside), example=", ".join(aside[:3]), where=table.name)


def _needed(table: OpenTable, roles: Roles) -> list[str]:
    """The columns to load from the lines' table; names that it does not have are refused."""
    if roles.shape == "matrix":
        names = grid.needed_columns(roles)
    else:
        line_shape.buyer_of(roles)
        names = line_shape.needed_columns(roles)
    names += [name for name in grid.described_columns(roles) if name in table.names]
    check_columns(names, table)
    return list(dict.fromkeys(names))


def _check_enough(lines: Lines, roles: Roles, ledger: Ledger) -> None:
    """One customer or one product has nothing to compare with."""
    for column, word in ((lines.customer, _buyer_word(roles)), (lines.product, "product")):
        found = int((column.counts > 0).sum())
        if found >= 2:
            continue
        lost = f" (left out: {some(ledger.lines_left_out, 'line')})" if ledger.lines_left_out else ""
        if found == 0:
            raise NotEnoughData(
                f"No purchase is left{lost}.",
                where=roles.lines_table or "",
                remedy="Check which columns are customer and product.",
            )
        only = column.texts[column.counts > 0][0]
        raise NotEnoughData(
            f"There is only one {word}, “{only}”{lost}.",
            where=roles.lines_table or "",
            remedy=f"Segments compare many {word}s: export more of them, or choose another column as {word}.",
        )


def _buyer_word(roles: Roles) -> str:
    return "customer" if roles.customer or roles.shape == "matrix" else "basket"


def _purchases(
    lines: Lines, products: pd.DataFrame, customers: pd.DataFrame, roles: Roles, **named: pd.Series | None
) -> Purchases:
    return make_purchases(
        _categorical(lines.customer),
        _categorical(lines.product),
        customer_label=lines.customer.name,
        product_label=lines.product.name,
        product_attributes=products,
        customer_attributes=customers,
        order=_categorical(lines.order) if lines.order is not None else None,
        date=lines.date,
        quantity=lines.quantity,
        amount=lines.amount,
        row_kind="customer" if _buyer_word(roles) == "customer" else "basket",
        **named,
    )


def _categorical(column: Column) -> pd.Categorical:
    return pd.Categorical.from_codes(column.codes, pd.Index(column.texts, dtype="object"))


def _report(purchases: Purchases, opened: Opened, ledger: Ledger) -> IntakeReport:
    span = purchases.date_span or (None, None)
    return IntakeReport(
        files=opened.files,
        lines_read=purchases.n_lines + ledger.lines_left_out,
        lines_kept=purchases.n_lines,
        customers=len(purchases.customers),
        products=len(purchases.products),
        row_word=purchases.row_word,
        first_date=span[0],
        last_date=span[1],
        repairs=tuple(ledger.repairs),
        left_out=tuple(ledger.left_out),
        notes=tuple(ledger.notes),
    )
