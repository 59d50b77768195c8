"""The questions behind the expert table and the presets, run as the worker runs them."""

import pytest

from segcore.choices.offered import offered
from segcore.choices.sweep import SweepSpec
from segcore.factorization import NMFSpec
from segcore.matrix import MatrixSpec
from segcore.purchases.kept import keep_purchases
from segcore.questions.bench import Workbench
from segcore.questions.numbers import HowMany, MeasuresOfR, PresetEffects
from segcore.selection.expert_measures import MEASURES
from segcore.storage.store import Store, default_store
from tests.segcore import known


@pytest.fixture
def here(monkeypatch, tmp_path) -> Store:
    monkeypatch.setenv("SEGCORE_WORKSPACE", str(tmp_path))
    return default_store()


def finished(asked):
    steps, task = [], asked.work(Workbench(default_store()))
    while True:
        try:
            steps.append(next(task))
        except StopIteration as end:
            return end.value, steps


def test_expert_measures_of_a_stored_sweep_survive_the_store(here, data_dir):
    purchases, level = known.wine(data_dir), MatrixSpec("Offer #", "bought")
    keep_purchases(purchases)
    asked = HowMany(purchases.digest, level, SweepSpec((2, 3), NMFSpec(k=1), 4))
    here.save(asked.key(here), finished(asked)[0])
    result, steps = finished(MeasuresOfR(asked))
    assert list(result.table.columns) == list(MEASURES)
    assert list(result.table.index) == [2, 3]
    assert (result.customers, result.products, result.resamples) == (100, 32, 4)
    assert [step.fraction for step in steps] == sorted(step.fraction for step in steps)
    again = here.key("measures", n=1)
    here.save(again, result)
    assert here.load(again).table.equals(result.table)


def test_every_preset_that_can_work_is_measured(here, data_dir):
    purchases, level = known.wine(data_dir), MatrixSpec("Offer #", "balanced")
    keep_purchases(purchases)
    can = offered(has_amount=False, has_quantity=False, is_full=False)
    effects, steps = finished(PresetEffects(purchases.digest, level, NMFSpec(k=4), can))
    assert [(name, weighting) for name, weighting, _ in effects] == [
        ("standard", "balanced"), ("cleaner", "balanced"), ("rare", "rare")
    ]  # fmt: skip
    by_name = {name: effect for name, _, effect in effects}
    assert by_name["cleaner"].list_length < by_name["standard"].list_length
    assert len(steps) == 3
    here.save(here.key("effects", n=1), effects)
    assert here.load(here.key("effects", n=1)) == effects
