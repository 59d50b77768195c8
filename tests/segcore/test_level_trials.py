"""Every level tried on a sample: what holds, what is too thin or too coarse, and a shop without tastes gets none."""

import numpy as np
import pandas as pd
import pytest

from segcore.hierarchy import LevelTrial, profile_levels, try_level, trying_levels, with_trials
from segcore.hierarchy.trial import sampled_matrix
from segcore.hierarchy.verdict import UNRELIABLE, judge_trial
from segcore.purchases import make_purchases
from segcore.storage import codec
from tests.segcore import known


def shop_without_tastes(seed=0, customers=793, items=1_850, lines=9_994):
    """As large as a well-known sample of an office supplier, every purchase drawn by popularity alone."""
    generator = np.random.default_rng(seed)
    kind = np.arange(items) % 17
    weight = generator.lognormal(0, 0.3, items) * np.linspace(1.5, 0.1, 17)[kind]
    who = np.append(np.arange(customers), generator.integers(0, customers, lines - customers))
    what = generator.choice(items, lines, p=weight / weight.sum())
    kinds = pd.DataFrame({"kind": [f"k{k:02d}" for k in kind]}, index=[f"i{i:04d}" for i in range(items)])
    return make_purchases([f"c{c:03d}" for c in who], [f"i{i:04d}" for i in what], product_attributes=kinds)


def four_tastes(customers=600, seed=3):
    """Four tastes of eight kinds each; every kind comes in thirty articles, so that articles are rare."""
    generator = np.random.default_rng(seed)
    taste = np.arange(customers) % 4
    who = np.repeat(np.arange(customers), 14)
    own = generator.random(len(who)) < 0.85
    kind = np.where(
        own, 8 * taste[who] + generator.integers(0, 8, len(who)), generator.integers(0, 32, len(who))
    )
    article = 30 * kind + generator.integers(0, 30, len(who))
    tree = pd.DataFrame(
        {
            "kind": [f"kind {a // 30:02d}" for a in range(960)],
            "side": [f"side {a // 480}" for a in range(960)],
        },
        index=[f"a{a:03d}" for a in range(960)],
    )
    return make_purchases([f"c{c:03d}" for c in who], [f"a{a:03d}" for a in article], product_attributes=tree)


def test_a_shop_without_tastes_gets_no_reliable_segmentation():
    purchases = shop_without_tastes()
    trial = try_level(purchases, "Product")
    assert trial.stable_k is None
    table = with_trials(profile_levels(purchases), [trial], "customers")
    assert table.loc["Product", "verdict"] == UNRELIABLE
    assert "2 to 8" in table.loc["Product", "reason"]
    assert "fewer than 20 buyers" in table.loc["Product", "reason"]


def test_planted_tastes_are_found_at_the_level_they_live_at_and_it_is_recommended():
    purchases = four_tastes()
    levels = ("Product", "kind", "side")
    parts = []
    steps = trying_levels(purchases, levels)
    while True:
        try:
            step = next(steps)
        except StopIteration as end:
            trials = end.value
            break
        parts += [step.part] if step.part is not None else []
        assert 0 <= step.fraction <= 1
    assert [part.level for part in parts] == [
        "side",
        "kind",
        "Product",
    ]  # the quickest first, each as it is known
    assert [trial.level for trial in trials] == list(levels)
    table = with_trials(profile_levels(purchases, levels), trials, "customers")
    assert table.loc["kind", "stable_k"] == 4
    assert table.loc["kind", "verdict"] == "good"
    assert table.index[table["recommended"]].tolist() == ["kind"]
    assert table.loc["kind", "largest"] == pytest.approx(0.25, abs=0.02)
    assert 250 < table.loc["kind", "index"] < 400
    assert table.loc["side", "verdict"] != "good"
    assert (
        codec.decode(*codec.encode(trials)) == trials or codec.decode(*codec.encode(trials))[1] == trials[1]
    )


def test_what_is_not_tried_yet_is_missing_and_keeps_what_counting_says():
    purchases = four_tastes(200)
    profile = profile_levels(purchases)
    table = with_trials(profile, [], "customers")
    assert table["stable_k"].isna().all()
    assert not table["tried"].any()
    assert table["verdict"].tolist() == profile["verdict"].tolist()
    assert table["recommended"].tolist() == profile["recommended"].tolist()


def test_the_same_customers_are_drawn_every_time():
    generator = np.random.default_rng(1)
    purchases = make_purchases(generator.integers(0, 9_500, 60_000), generator.integers(0, 40, 60_000))
    one, again = sampled_matrix(purchases, "Product"), sampled_matrix(purchases, "Product")
    assert one.shape[0] == 8_000
    assert one.customers.equals(again.customers)


def test_wine_and_baskets_get_the_verdicts_of_their_size(data_dir):
    wine = known.wine(data_dir)
    table = with_trials(
        profile_levels(wine, ("Offer #", "Origin")),
        [try_level(wine, level) for level in ("Offer #", "Origin")],
        "customers",
    )
    assert table.loc["Offer #", "verdict"] == "good"
    assert 3 <= table.loc["Offer #", "stable_k"] <= 5
    assert table.loc["Origin", "verdict"] != "good"


def row(verdict="good", **facts):
    return pd.Series(
        {
            "verdict": verdict,
            "reason": "As counted.",
            "products": 40,
            "customers": 500,
            "thin_share": 0.7,
            **facts,
        }
    )


@pytest.mark.parametrize(
    ("counted", "trial", "verdict"),
    [
        ("good", {"stable_k": 6, "largest": 0.3, "smallest": 0.05}, "good"),
        ("too thin", {"stable_k": 3, "largest": 0.66, "smallest": 0.05}, "too thin"),
        ("too thin", {"stable_k": 6, "largest": 0.3, "smallest": 0.09}, "good"),
        ("good", {"stable_k": 8, "largest": 0.57, "smallest": 0.01}, "too coarse"),
        ("good", {"stable_k": 2, "largest": 0.6, "smallest": 0.4}, "good"),
        ("good", {"stable_k": 8, "largest": 0.4, "smallest": 0.0}, "too coarse"),
        ("good", {"stable_k": 8, "largest": 0.2, "smallest": 0.1, "is_trivial": True}, "too coarse"),
        ("too coarse", {"stable_k": 4, "largest": 0.3, "smallest": 0.1}, "too coarse"),
        ("good", {"stable_k": 4, "largest": 0.3, "smallest": 0.1, "reliable": False}, UNRELIABLE),
        ("good", {}, UNRELIABLE),
    ],
)  # fmt: skip
def test_verdicts_by_hand(counted, trial, verdict):
    trial = LevelTrial("x", 500, **{"reliable": True, "index": 250.0, **trial})
    said = judge_trial(row(counted), trial, "customers")
    assert said.verdict == verdict
    assert said.reason.endswith(".")


@pytest.mark.long
def test_the_complete_journey_is_best_cut_by_type():
    from segcore.samples.journey import complete_journey

    purchases = complete_journey()
    levels = ("product_type", "product_category", "department")
    table = with_trials(
        profile_levels(purchases, levels), [try_level(purchases, level) for level in levels], "customers"
    )
    assert table.index[table["recommended"]].tolist() == ["product_type"]
    assert table.loc["product_type", "stable_k"] in (6, 7, 8)
    assert table.loc["product_category", "verdict"] == "too coarse"
    # Of 31 departments everybody buys most: what is left beside how much each buys is no more than chance.
    assert table.loc["department", "verdict"] in ("too coarse", UNRELIABLE)
    assert table["index"].idxmax() == "product_type"
