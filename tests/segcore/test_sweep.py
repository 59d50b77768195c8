"""The sweep: failed points are marked, planted tastes are stable and found, noise is not called a segmentation."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from segcore.choices.sweep import SweepSpec
from segcore.errors import NotEnoughData, SpecError
from segcore.factorization import NMFSpec, factorize
from segcore.factorization.stability import agreement, match, resampled_bases, stability_of
from segcore.matrix import build_matrix
from segcore.progress import Step
from segcore.samples import LEVEL, wine_merchant
from segcore.selection import judge
from segcore.selection.chance import beyond_chance
from segcore.selection.evidence import BEYOND_CHANCE, STABLE, ceiling_of, knee_of
from segcore.selection.findings import listed
from segcore.selection.sweep import SweepPoint, sweep_k, sweep_table, sweeping
from tests.segcore import known


def test_the_table_of_the_wine_case(data_dir):
    figures = known.expected(data_dir, "wine")["nmf"]["offer_binary"]["by_k"]
    sweep = sweep_k(known.wine_matrix(data_dir, "Offer #"), range(2, 11), resamples=0)
    table = sweep.table
    assert table.index.tolist() == list(range(2, 11))
    for k in table.index:
        assert table.loc[k, "error"] <= figures[str(k)]["reconstruction_err"] * (1 + 1e-4)
        assert table.loc[k, "explained_share"] == pytest.approx(1 - (table.loc[k, "error"] / 18.0) ** 2)
    assert table["explained_share"].is_monotonic_increasing
    assert 0 < sweep.baseline < table.loc[2, "explained_share"]
    assert (table["failure"] == "").all()
    assert table["stability_worst"].isna().all()
    assert sweep.fit(3).spec.k == 3
    with pytest.raises(SpecError, match="not part of this comparison"):
        sweep.fit(11)


@pytest.mark.parametrize(
    ("level", "name"), [("Offer #", "offer_binary"), ("Varietal + Origin", "varietal_x_origin_binary")]
)
def test_the_knee_is_the_published_elbow(data_dir, level, name):
    figures = known.expected(data_dir, "wine")["nmf"][name]
    published = pd.Series({int(k): row["explained_share"] for k, row in figures["by_k"].items()})
    assert knee_of(published) == figures["elbow_max_distance_to_chord"]["k"]


def test_the_knee_of_plain_curves():
    k = np.arange(2, 11)
    assert knee_of(pd.Series(np.minimum(k, 5.0), k)) == 5
    assert knee_of(pd.Series(k.astype(float), k)) is None
    assert knee_of(pd.Series(np.ones(9), k)) is None
    assert knee_of(pd.Series([0.1, 0.5], [2, 3])) is None
    assert knee_of(pd.Series([], dtype=float)) is None


def test_one_failed_k_is_marked_and_the_rest_goes_on():
    values, _ = known.planted(2, per_block=20, products=2)
    sweep = sweep_k(known.matrix_of(values), range(2, 8), resamples=2)
    assert sweep.table.index.tolist() == [2, 3, 4, 5, 6, 7]
    assert (sweep.table.loc[:4, "failure"] == "").all()
    assert sweep.table.loc[:4, "explained_share"].notna().all()
    for k in (5, 6, 7):
        assert "Use at most 4." in sweep.table.loc[k, "failure"]
        assert np.isnan(sweep.table.loc[k, "error"])
        with pytest.raises(SpecError):
            sweep.fit(k)
    assert judge(sweep.table, sweep.baseline).sentence


def test_every_k_too_large_is_still_an_answer():
    sweep = sweep_k(known.matrix_of(np.ones((3, 2))), (5, 6), resamples=2)
    assert (sweep.table["failure"] != "").all()
    assert sweep.knee is None
    verdict = judge(sweep.table, sweep.baseline)
    assert verdict.suggested is None
    assert verdict.sentence


def test_what_cannot_be_swept_is_refused_before_any_work():
    with pytest.raises(NotEnoughData):
        sweep_k(known.matrix_of(np.zeros((4, 4))))
    for wrong in ({"ks": ()}, {"ks": (1,)}, {"ks": (0, 2)}, {"ks": (2,), "resamples": -1}):
        with pytest.raises(SpecError) as caught:
            SweepSpec(**wrong)
        assert caught.value.remedy
    assert SweepSpec(ks=(4, 2, 2, 1)).ks == (2, 4)


def test_steps_rise_to_one_and_points_leave_twice():
    values, _ = known.planted(3, per_block=25)
    steps, points = sweeping(known.matrix_of(values), SweepSpec(ks=(2, 3), resamples=3)), []
    fractions = []
    while True:
        try:
            step = next(steps)
        except StopIteration as end:
            sweep = end.value
            break
        assert isinstance(step, Step)
        assert step.message
        fractions.append(step.fraction)
        points += [step.part] if isinstance(step.part, SweepPoint) else []
    assert fractions == sorted(fractions)
    assert fractions[-1] <= 1
    left = [(point.k, point.stability is not None) for point in points]
    assert sorted(left[:2]) == [(2, False), (3, False)]  # each as it comes to rest
    assert left[2:] == [(2, True), (3, True)]
    pd.testing.assert_frame_equal(sweep_table(points), sweep.table)
    halfway = sweep_table(points[:3])
    assert halfway["stability_worst"].notna().tolist() == [True, False]


def test_repeats_agree_to_the_last_digit():
    values, _ = known.planted(3, per_block=30, other=0.1)
    one, other = (sweep_k(known.matrix_of(values), (2, 3, 4), resamples=4) for _ in range(2))
    pd.testing.assert_frame_equal(one.table, other.table, check_exact=True)
    assert one.baseline == other.baseline


def test_divergence_sweeps_too():
    values, _ = known.planted(3, per_block=20)
    sweep = sweep_k(known.matrix_of(values), (2, 3), resamples=2, loss="kullback-leibler", restarts=1)
    assert (sweep.table["failure"] == "").all()
    assert sweep.table.loc[3, "stability_worst"] > 0.9


# Stability.


def test_stability_by_hand():
    one, other = np.array([[1.0, 0, 0], [0, 1, 0]]), np.array([[1.0, 0, 0], [0, 1, 1]])
    measured = stability_of([one, other])
    np.testing.assert_allclose(measured.per_segment, [1.0, 1 / np.sqrt(2)])
    assert measured.worst == pytest.approx(1 / np.sqrt(2))
    assert stability_of([one]) is None
    generator = np.random.default_rng(0)
    bases = [generator.random((3, 5)) for _ in range(6)]
    unit = [b / np.linalg.norm(b, axis=1, keepdims=True) for b in bases]
    pairs = [np.sum(a * b, axis=1) for i, a in enumerate(unit) for b in unit[:i]]
    np.testing.assert_allclose(stability_of(bases).per_segment, np.mean(pairs, axis=0))


def test_matching_undoes_any_order():
    h = np.random.default_rng(1).random((5, 30))
    order = np.array([3, 0, 4, 1, 2])
    np.testing.assert_array_equal(h[order][match(h, h[order])], h)


def test_customers_of_planted_tastes_agree_in_every_resample():
    values, taste = known.planted(3, per_block=40, own=0.7, other=0.01)
    values = sparse.csr_matrix(values)
    fit = factorize(values, NMFSpec(k=3))
    bases = list(resampled_bases(values, fit.spec, fit.h, 5))
    component = fit.w.argmax(axis=1)
    share = agreement(values, bases, component)
    assert share.mean() > 0.99
    assert len(set(zip(component.tolist(), taste.tolist(), strict=True))) == 3


def test_too_few_customers_to_resample_leave_stability_out():
    sweep = sweep_k(known.matrix_of(np.eye(4)), (4,), resamples=5)
    assert sweep.table.loc[4, "failure"] == ""
    assert np.isnan(sweep.table.loc[4, "stability_worst"])


def dealt_out(seed, n=150, products=24, each=4.0, skew=1.0):
    """Noise with best-sellers: every purchase independent of every other."""
    generator = np.random.default_rng(seed)
    popularity = 1 / np.arange(1, products + 1) ** skew
    chance = np.minimum(each * popularity / popularity.sum(), 0.9)
    return (generator.random((n, products)) < chance).astype(float)


@pytest.fixture(scope="module")
def planted_sweeps():
    return [
        sweep_k(known.matrix_of(known.planted(4, 40, 6, seed=seed)[0]), range(2, 7), resamples=6, restarts=2)
        for seed in range(6)
    ]


@pytest.fixture(scope="module")
def noise_sweeps():
    """Planted tastes with every column shuffled, and noise with best-sellers, ten seeds in all."""
    values = [known.shuffled_columns(known.planted(4, 40, 6, seed=seed)[0], seed) for seed in range(5)]
    values += [dealt_out(seed) for seed in range(5)]
    return [sweep_k(known.matrix_of(v), (2, 3, 4), resamples=6, restarts=2) for v in values]


def test_planted_tastes_are_stable_at_their_own_number(planted_sweeps):
    assert min(sweep.table.loc[4, "stability_worst"] for sweep in planted_sweeps) >= 0.95


def test_the_planted_number_is_suggested(planted_sweeps):
    verdicts = [judge(sweep.table, sweep.baseline) for sweep in planted_sweeps]
    suggested = [verdict.suggested for verdict in verdicts]
    print("suggested where 4 were planted:", suggested)
    assert suggested.count(4) >= len(suggested) - 1
    for verdict in verdicts:
        assert verdict.reliable
        assert verdict.low <= verdict.suggested <= verdict.high
        assert "best-sellers alone" in verdict.sentence


def test_planted_tastes_explain_more_than_chance_up_to_their_number_and_no_further(planted_sweeps):
    for sweep in planted_sweeps:
        above = sweep.table["beyond_chance"]
        assert above.loc[2:4].min() > 10
        assert above.loc[5:].max() < BEYOND_CHANCE


def test_noise_gets_no_reliable_segmentation(noise_sweeps):
    verdicts = [judge(sweep.table, sweep.baseline) for sweep in noise_sweeps]
    refused = [verdict for verdict in verdicts if not verdict.reliable]
    fooled = sum((sweep.table["stability_worst"] >= STABLE).any() for sweep in noise_sweeps)
    print(
        f"no reliable segmentation for {len(refused)} of {len(verdicts)} sets of noise; {fooled} look stable"
    )
    assert len(refused) >= len(verdicts) - 1
    assert fooled > 0  # stability alone would have called these reliable
    for verdict in refused:
        assert verdict.sentence.startswith("No reliable segmentation at this level")
        assert verdict.suggested is None


def test_noise_never_looks_as_stable_as_planted_tastes(planted_sweeps, noise_sweeps):
    flat = noise_sweeps[:5]
    planted = np.mean([sweep.table.loc[4, "stability_worst"] for sweep in planted_sweeps])
    assert np.mean([sweep.table.loc[4, "stability_worst"] for sweep in flat]) < STABLE < planted


def test_gain_beyond_chance_by_hand():
    chance = [np.array([0.1, 0.2, 0.3]), np.array([0.1, 0.22, 0.32]), np.array([0.1, 0.18, 0.28])]
    above = beyond_chance([np.array([0.1, 0.3, 0.4]), *chance])
    spread = np.sqrt(np.mean([0.2**2, 0.0]))
    np.testing.assert_allclose(above, [1 / spread, 0.0], atol=1e-9)


def verdict_of(worst, smallest=(0.3, 0.2, 0.1), explained=(0.2, 0.3, 0.35), n_products=None, **lines):
    columns = {
        "stability_worst": worst,
        "smallest_share": smallest,
        "explained_share": explained,
        "failure": "",
    }
    table = pd.DataFrame(columns | lines, index=pd.Index(range(2, 2 + len(worst)), name="k"))
    return judge(table, 0.1, n_products=n_products)


def test_verdicts_say_what_is_the_matter():
    assert verdict_of([0.99, 0.95, 0.5]).suggested == 3
    assert "with 4 one of them would no longer be stable" in verdict_of([0.99, 0.95, 0.5]).sentence
    assert (
        "with 4 one of them would be too small" in verdict_of([0.99, 0.95, 0.95], [0.3, 0.2, 0.001]).sentence
    )
    tiny = verdict_of([0.99, 0.95, 0.95], [0.001, 0.001, 0.001])
    assert not tiny.reliable
    assert "under 2" in tiny.sentence
    assert "do not all come" not in tiny.sentence
    waiting = verdict_of([np.nan] * 3)
    assert waiting.sentence.startswith("Still checking")
    assert "do not all come back" in verdict_of([0.5, 0.6, 0.7]).sentence


def test_neighbours_of_the_suggestion_are_told():
    fewer, more = verdict_of([0.6, 0.95, 0.5]).reasons[-2:]
    assert fewer.startswith("One fewer (2) would capture 20 % instead of 30 %, and one of them")
    assert (
        more == "One more (4) would capture 35 % instead of 30 %, but one of them would no longer be stable."
    )


def test_every_line_is_read_in_one_sentence():
    said = verdict_of(
        [0.99, 0.95, 0.5],
        beyond_chance=(30.0, 20.0, 1.0),
        gain=(0.1, 0.1, 0.05),
        gain_by_chance=(0.02, 0.02, 0.049),
    ).readings
    assert said.explained.startswith("The elbow bends at 3: 3 segments explain 30 %, best-sellers alone 10 %")
    assert said.stability == "All segments come back with 2 and 3; with 4 the weakest reaches only 0.50."
    assert said.chance == (
        "Up to 3, a further segment explains more than it would by chance; the 4th adds 5.0 %, by lot 4.9 %."
    )
    assert said.size == "No segment is too small: the smallest holds 10 % of the customers."
    unmeasured = verdict_of([np.nan] * 3).readings
    assert (unmeasured.stability, unmeasured.chance) == ("", "")


def test_where_lines_disagree_each_says_its_number():
    verdict = verdict_of([0.99, 0.98, 0.96, 0.4], (0.3,) * 4, (0.2, 0.4, 0.42, 0.44))
    assert (verdict.suggested, verdict.low, verdict.high) == (4, 3, 4)
    assert verdict.reasons[0].endswith("The elbow speaks for 3 and stability for up to 4.")


def test_numbers_are_listed_as_runs():
    assert [listed(ks) for ks in ((3,), (2, 4), (2, 3, 4), (2, 3, 4, 6, 7))] == [
        "3",
        "2 and 4",
        "2 to 4",
        "2 to 4, 6 and 7",
    ]


def test_what_is_firm_goes_before_what_is_only_stable():
    verdict = verdict_of([0.99, 0.95, 0.85])
    assert (verdict.suggested, verdict.high) == (3, 4)
    assert "with 4 one of them would come back less surely (stability 0.85)" in verdict.sentence
    assert verdict_of([0.85, 0.85, 0.5]).suggested == 3


def test_chance_is_the_ceiling():
    explained = (0.2, 0.3, 0.4, 0.5)  # no elbow
    rest = {"smallest": (0.3, 0.2, 0.2, 0.2), "explained": explained}
    capped = verdict_of([0.99] * 4, **rest, beyond_chance=(30.0, 20.0, -1.0, -2.0))
    assert (capped.suggested, capped.low, capped.high) == (3, 3, 3)
    assert capped.reasons[0] == "The lines agree on 3."
    assert "with 4 the last of them would explain no more than it would by chance" in capped.sentence
    meeting = verdict_of([0.95, 0.75, 0.3, 0.3], **rest, beyond_chance=(30.0, 20.0, -1.0, -2.0))
    assert meeting.suggested == 3
    open_end = verdict_of([0.95, 0.9, 0.3, 0.75], **rest, beyond_chance=(30.0, 20.0, 20.0, 20.0))
    assert open_end.suggested == 3
    by_lot = verdict_of([0.99] * 4, **rest, beyond_chance=(1.0, 0.5, -1.0, 2.0))
    assert not by_lot.reliable
    assert "dealt out by lot" in by_lot.sentence
    uneven = verdict_of([0.99] * 4, **rest, beyond_chance=(1.0, 0.5, -1.0, 2.0), unevenness=[3.0] * 4)
    assert "heavy and light buyers, not tastes" in uneven.sentence
    assert "heavy and light" not in by_lot.sentence
    unmeasured = verdict_of([np.nan] * 4, **rest, beyond_chance=(1.0, 0.5, -1.0, 2.0))
    assert "dealt out by lot" in unmeasured.sentence  # however the resamples turn out


def test_an_unshaken_elbow_lifts_the_suggestion_and_says_so():
    lines = {
        "smallest": [0.2] * 6,
        "explained": (0.2, 0.3, 0.4, 0.41, 0.42, 0.43),
        "beyond_chance": (9.0, 1.0, 1.0, 0.0, 0.0, 0.0),
    }
    verdict = verdict_of([0.99, 0.99, 0.99, 0.5, 0.5, 0.5], **lines)
    assert (verdict.suggested, verdict.low, verdict.high) == (4, 2, 4)
    assert "beyond 2, segments may form around single best-sellers" in verdict.reasons[0]
    assert verdict_of([0.99, 0.99, 0.94, 0.5, 0.5, 0.5], **lines).suggested == 2


def test_nearly_as_many_segments_as_products_are_trivial():
    assert verdict_of([0.5, 0.5, 0.99]).suggested == 4
    verdict = verdict_of([0.5, 0.5, 0.99], n_products=5)
    assert not verdict.reliable
    assert "nearly as many segments as products" in verdict.sentence


def test_a_step_without_gain_is_bridged_only_by_a_great_one():
    def ceiling(*above):
        return ceiling_of(pd.Series(above, range(2, 2 + len(above))))

    assert ceiling(9.0, 8.0, -1.0, 0.0) == 3
    assert ceiling(9.0, -2.0, 12.0, -1.0) == 4
    assert ceiling(9.0, -5.2, 5.3, 0.0) == 2
    assert ceiling(1.0, 2.0) == 1
    assert ceiling(np.nan, np.nan) is None


def test_real_purchases_get_a_sensible_number(data_dir):
    products = known.wine_matrix(data_dir, "Varietal + Origin", "balanced")
    origins = known.wine_matrix(data_dir, "Origin", "balanced")
    assert verdict_on(products).suggested in (3, 4)
    assert verdict_on(origins).suggested in (None, 2)  # 8 and 9 of 9 come back, which says nothing


def test_the_planted_tastes_of_the_sample_are_suggested():
    sample = wine_merchant()
    verdict = verdict_on(build_matrix(sample.purchases, LEVEL))
    assert verdict.suggested == verdict.low == sample.truth.taste.nunique() == 5
    assert "what everybody buys" in verdict.sentence  # best-sellers form the sixth


def verdict_on(matrix):
    sweep = sweep_k(matrix, range(2, min(11, matrix.shape[1] + 1)), resamples=10)
    return judge(sweep.table, sweep.baseline, matrix.row_word, matrix.shape[1])
