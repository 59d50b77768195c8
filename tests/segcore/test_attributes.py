"""What is known of customers, in few groups: nothing lost, nothing invented."""

import pandas as pd

from segcore.purchases import make_purchases
from segcore.purchases.attributes import OTHER, as_categories


def known_of(**columns: list) -> pd.DataFrame:
    """The groups of sixty customers with these attributes."""
    ids = [f"{i:02d}" for i in range(60)]
    attributes = pd.DataFrame(columns, index=ids, dtype="str")
    made = make_purchases(ids * 2, ["a"] * 60 + ["b"] * 60, customer_attributes=attributes)
    return as_categories(made)


def test_few_values_stay_as_they_are_and_unknown_stays_unknown():
    groups = known_of(region=["N", "S", ""] * 20)["region"]
    assert groups.value_counts().to_dict() == {"N": 20, "S": 20, "": 20}


def test_many_numbers_become_bands_of_about_equal_size():
    groups = known_of(age=[str(18 + i) for i in range(60)])["age"]
    assert groups.nunique() == 5 and groups.value_counts().min() >= 11
    assert groups.iloc[0] == "18–29" and groups.iloc[-1].endswith("–77")


def test_rare_values_are_gathered_and_addresses_left_out():
    towns = [f"T{i % 20}" if i < 30 else "Bonn" for i in range(60)]
    groups = known_of(town=towns, mail=[f"a{i}@b.c" for i in range(60)], same=["x"] * 60)
    assert list(groups) == ["town"]
    assert groups["town"].nunique() <= 12 and {"Bonn", OTHER} <= set(groups["town"])
    assert (groups["town"] == "Bonn").sum() == 30
