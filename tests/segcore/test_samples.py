"""The sample data: the same every time, and with tastes that can be found where they were planted."""

import csv
import io
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

import segcore
from segcore.errors import IntakeError
from segcore.samples import (
    LEVEL,
    SampleData,
    complete_journey,
    complete_journey_files,
    complete_journey_tables,
    journey,
    wine_merchant,
    wine_merchant_file,
)
from segcore.samples.wine_list import BEST_SELLERS, TASTES

RECOVERED = 0.7  # adjusted Rand index at the planted level; 0.81 was measured for the default seed


@pytest.fixture(scope="module")
def sample() -> SampleData:
    return wine_merchant()


def recovery(sample: SampleData, level: str) -> float:
    """Adjusted Rand index of five segments against the planted tastes."""
    found = segcore.segment(segcore.build_matrix(sample.purchases, level=level), k=5).assignment
    return adjusted_rand_score(
        sample.truth.taste, found.reindex(sample.truth.taste.index).fillna(0).astype(int)
    )


def test_the_merchant_is_the_same_every_time(sample: SampleData, tmp_path: Path) -> None:
    assert wine_merchant().purchases.digest == sample.purchases.digest
    assert wine_merchant(seed=8).purchases.digest != sample.purchases.digest
    buffer = io.BytesIO()
    wine_merchant_file(buffer)
    wine_merchant_file(tmp_path / "export.csv")
    assert (tmp_path / "export.csv").read_bytes() == buffer.getvalue()


def test_the_merchant_is_as_large_as_promised(sample: SampleData) -> None:
    purchases = sample.purchases
    assert len(purchases.customers) == 600
    assert 120 <= len(purchases.products) <= 160
    assert purchases.products[["Varietal", "Origin"]].drop_duplicates().shape[0] == 30
    assert purchases.products["Varietal"].nunique() == 10
    first, last = purchases.date_span
    assert pd.Timedelta(days=660) < last - first <= pd.Timedelta(days=760)
    assert 8 <= purchases.n_lines / 600 <= 20
    returns = purchases.lines["quantity"] < 0
    assert 50 < returns.sum() < 300
    assert (purchases.lines.loc[returns, "amount"] < 0).all()
    assert not purchases.lines.duplicated().any()


def test_tastes_share_varietals_and_origins() -> None:
    wines = [wine for taste in TASTES.values() for wine in taste]
    assert len(set(wines + list(BEST_SELLERS))) == 30
    tastes_of_varietal = Counter(wine.varietal for wine in wines)
    tastes_of_origin = Counter(
        origin for taste in TASTES.values() for origin in {wine.origin for wine in taste}
    )
    assert min(tastes_of_varietal.values()) >= 2
    assert min(tastes_of_origin.values()) >= 2


def test_the_tastes_are_of_unequal_size(sample: SampleData) -> None:
    sizes = sample.truth.taste.value_counts()
    assert list(sizes.index) == list(TASTES)
    assert sizes.iloc[0] >= 2 * sizes.iloc[-1]
    assert list(sample.truth.taste.index) == list(sample.purchases.customers)


def test_the_planted_level_is_recommended(sample: SampleData) -> None:
    levels = segcore.profile_levels(sample.purchases)
    assert list(levels.index[levels["recommended"]]) == [sample.truth.level] == [LEVEL]
    assert levels.loc["Offer", "verdict"] == "too thin"
    assert levels.loc["Offer", "rare_share"] > 0.5
    assert levels.loc["Varietal", "verdict"] == "too coarse"


def test_the_tastes_are_found_at_their_level_and_blurred_at_others(sample: SampleData) -> None:
    planted = recovery(sample, LEVEL)
    others = {level: recovery(sample, level) for level in ("Offer", "Varietal", "Origin")}
    assert planted >= RECOVERED
    assert max(others.values()) < planted - 0.25
    assert max(others["Varietal"], others["Origin"]) < 0.35


def test_each_segment_sells_the_wines_of_one_taste(sample: SampleData) -> None:
    found = segcore.segment(segcore.build_matrix(sample.purchases, level=LEVEL), k=5)
    taste_of = {wine: taste for taste, wines in sample.truth.products.items() if taste for wine in wines}
    leading = [
        found.product_scores[s].drop(list(sample.truth.products[""])).nlargest(4).index for s in range(1, 6)
    ]
    tastes = [Counter(taste_of[wine] for wine in wines).most_common(1)[0] for wines in leading]
    assert {taste for taste, _ in tastes} == set(TASTES)
    assert all(count >= 3 for _, count in tastes)


def test_the_file_has_flaws_and_reads_back_as_the_same_purchases(sample: SampleData, tmp_path: Path) -> None:
    path = tmp_path / "wine merchant.csv"
    wine_merchant_file(path)
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    assert sum(row["Customer"] == "" for row in rows) == 25
    assert sum(row["Varietal"].isupper() for row in rows) == 9
    assert sum(row["Customer name"] != row["Customer name"].strip() for row in rows) == 14
    assert rows[-1]["Customer"] == "Total"
    intake = segcore.read(path)
    assert intake.purchases.digest == sample.purchases.digest
    assert intake.report.lines_read - intake.report.lines_kept == 26
    assert intake.report.repairs


def test_the_complete_journey_has_its_published_counts(tmp_path: Path) -> None:
    tables = complete_journey_tables()
    assert len(tables.lines) == 1_469_307
    assert tables.lines["household_id"].nunique() == 2_469
    assert len(tables.products) == 92_331
    assert len(tables.households) == 801
    assert list(tables.products.columns) == ["product_id", *journey.HIERARCHY]
    unknown = ~tables.lines["product_id"].isin(tables.products["product_id"])
    assert unknown.sum() == 4_836


def test_the_complete_journey_files_hold_the_tables(tmp_path: Path) -> None:
    written = complete_journey_files(tmp_path / "csv")
    again = complete_journey_files(tmp_path / "again")
    assert [path.name for path in written] == [
        "complete journey purchases.csv",
        "complete journey products.csv",
        "complete journey households.csv",
    ]
    for one, other in zip(written, again, strict=True):
        assert one.read_bytes() == other.read_bytes()
    with written[0].open(encoding="utf-8") as file:
        assert next(file).strip() == "household_id,basket_id,date,product_id,quantity,sales_value"
        assert sum(1 for _ in file) == 1_469_307
    parquet = complete_journey_files(tmp_path / "parquet", "parquet")
    assert all(path.read_bytes()[:4] == b"PAR1" for path in parquet)


def test_the_complete_journey_as_purchases() -> None:
    purchases = complete_journey()
    assert (purchases.n_lines, len(purchases.customers), len(purchases.products)) == (
        1_469_307,
        2_469,
        68_509,
    )
    assert purchases.attributes == journey.HIERARCHY
    assert purchases.products["department"].eq("").sum() > 0
    assert purchases.customer_attributes["age"].ne("").sum() == 801
    assert np.isclose(purchases.lines["amount"].sum(), 4_593_000, rtol=0.02)


def test_a_missing_package_is_said_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journey, "PACKAGE", "no_such_package_at_all")
    with pytest.raises(IntakeError, match="pip install no_such_package_at_all"):
        complete_journey_tables()
