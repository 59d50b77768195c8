"""Sample data: a wine merchant of our own with planted tastes, and real households from a package."""

from segcore.samples.journey import (
    JourneyTables,
    complete_journey,
    complete_journey_files,
    complete_journey_tables,
)
from segcore.samples.merchant import LEVEL, SampleData, Truth, wine_merchant
from segcore.samples.merchant_file import wine_merchant_file

__all__ = [
    "LEVEL",
    "JourneyTables",
    "SampleData",
    "Truth",
    "complete_journey",
    "complete_journey_files",
    "complete_journey_tables",
    "wine_merchant",
    "wine_merchant_file",
]
