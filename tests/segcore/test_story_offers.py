"""What to offer, what was tested and what was tried out leave the house with the numbers on screen."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import NamedTuple

import openpyxl
import pandas as pd
import pytest
from pptx import Presentation
from pptx.util import Inches

import segcore
from segcore import studies
from segcore.figures.palette import segment_colour
from segcore.offers import OfferSpec, learn, usual_prices
from segcore.offers.backtest import back_test
from segcore.offers.bundles import bundles_of, judge_bundle
from segcore.offers.presentation import Telling
from segcore.offers.recommend import offering
from segcore.offers.targets import cut, suggested_cut, targeting
from segcore.progress import finished
from segcore.report import KeptScenario, Results, Story, StorySpec, VoteSaid, tell
from segcore.report.export.book import book
from segcore.report.export.page import page
from segcore.report.export.slides import FOOT, HIGH, WIDE, slides
from segcore.report.next_offers import EACH, Offered
from segcore.samples import wine_merchant
from segcore.studies import OfferTest, Scenario
from segcore.whatif.scenario import outcome_of

NAMES = {1: "Sparkling", 2: "Reds", 3: "Whites"}


class Told(NamedTuple):
    """A study with everything in it."""

    purchases: segcore.Purchases
    spec: StorySpec
    results: Results
    story: Story


@pytest.fixture(scope="module")
def told() -> Told:
    purchases = wine_merchant().purchases
    matrix = segcore.build_matrix(purchases, level="Varietal")
    cut_ = segcore.segment(matrix, k=3, resamples=3)
    test = back_test(purchases, matrix.spec, cut_.spec)
    known, spec = learn(matrix, cut_), OfferSpec(scorer=test.default, n=2)
    chance, prices = test.chances[test.default], usual_prices(purchases, matrix)
    everyone = finished(offering(matrix, cut_, known, spec, chance))
    telling = Telling(NAMES, "Varietal", "customers", matrix.shape[0], spec, test, prices)
    product = str(telling.opportunities(everyone)["product"].iloc[0])
    target = finished(targeting(matrix, cut_, known, product, spec, chance=chance, names=NAMES))
    own = judge_bundle(purchases, matrix, cut_, known, 1, tuple(known.products[:2]), chance, prices)
    bundles = {
        n: ((own,) if n == 1 else (), bundles_of(purchases, matrix, cut_, known, n, chance, prices))
        for n in NAMES
    }
    scenario = Scenario("Without the best-seller", "base", left_out=(str(known.products[0]),))
    groups = (
        studies.TestedSegment("Sparkling", "", "", 200, 50, 60, 5),
        studies.TestedSegment("Reds", "", "", 200, 50, 20, 5),
    )
    tests = (
        OfferTest("a", "2026-10-01T09:00", product, 0.1, 0.05, 0.2, groups=groups, outcome="sales.csv"),
        OfferTest("b", "2026-11-01T09:00", product, 0.1, 0.05, 0.2, groups=(studies.TestedSegment("Reds", "", "", 90, 10),)),
    )  # fmt: skip
    story_spec = StorySpec(
        title="Spring", day="2026-11-29", files=("wine.csv",), digest=purchases.digest, matrix=matrix.spec,
        segments_key="0" * 64, names=tuple(NAMES.items()), colours=tuple((n, segment_colour(n)) for n in NAMES),
        tests=tests, scenarios=(KeptScenario(scenario), KeptScenario(replace(scenario, name="Gone"))),
    )  # fmt: skip
    results = Results(
        matrix, cut_, backtest=test,
        offered=Offered(telling, everyone, target, 0, bundles),
        scenarios=(outcome_of(purchases, matrix.spec, cut_, scenario), None),
    )  # fmt: skip
    return Told(purchases, story_spec, results, tell(story_spec, results))


def test_the_story_goes_from_the_proof_to_what_was_tried(told: Told):
    kinds = [chapter.kind for chapter in told.story.chapters]
    assert kinds == ["overview", *["segment"] * 3, "offers", "next", "bundles", "target", "tests", "scenarios", "method"]  # fmt: skip


def test_offers_told_are_the_first_of_each_segment_and_the_workbook_has_them_all(told: Told):
    offered = told.results.offered
    table = offered.telling.opportunities(offered.everyone)
    chapter = told.story.chapter("next")
    assert str(table["product"].iloc[0]) in chapter.heading
    assert chapter.table["segment"].value_counts().max() <= EACH
    sheets = openpyxl.load_workbook(io.BytesIO(book(told.spec, told.results, told.story, told.purchases)))
    assert sheets["Offers"].max_row == len(table) + 1
    header, *rows = sheets["Offers"].iter_rows(values_only=True)
    read = pd.DataFrame(rows, columns=header)
    assert read["a best offer for"].tolist() == table["among"].tolist()
    assert read["segment"].tolist() == [NAMES[int(n)] for n in table["segment"]]
    assert read["likely buyers to"].tolist() == table["high"].tolist()  # numbers, not words
    assert sheets["Bundles"].max_row == sum(
        len({bundle.products for bundle in (*own, *found)}) for own, found in offered.bundles.values()
    ) + 1  # fmt: skip
    assert {"Target list", "Tests", "What if", "Customer scores", "Product scores"} <= set(sheets.sheetnames)


def test_the_target_list_has_the_suggested_customers_and_says_what_they_promise(told: Told):
    offered, n = told.results.offered, suggested_cut(told.results.offered.target)
    chapter = told.story.chapter("target")
    promise = cut(offered.target, n)
    assert f"{promise.low} to {promise.high}" in chapter.sentences[0]
    assert chapter.table["customers on the list"].sum() == n
    assert len(offered.telling.list_table(offered.target, offered.taken)) == n
    assert replace(offered, take=7).taken == 7
    assert replace(offered, take=10**6).taken == len(offered.target.table)


def test_a_list_of_an_offer_made_again_is_not_of_the_others(told: Told):
    offered = told.results.offered
    spec = OfferSpec(offer_bought=True)
    matrix, cut_ = told.results.matrix, told.results.segmentation
    known = learn(matrix, cut_)
    for chance in (offered.target.chance, None):
        again = finished(targeting(matrix, cut_, known, offered.target.product, spec, chance=chance))
        telling = replace(offered.telling, test=offered.telling.test if chance else None)
        said = telling.target(again, cut(again, 10))
        n = segcore.language.words.count(again.customers)
        assert len(again.table) == again.customers and f"of the {n} who can get it" in said
        assert " other " not in said
    assert " of the other " in offered.telling.target(offered.target, cut(offered.target, 10))


def test_a_bundle_somebody_made_comes_first_and_is_marked(told: Told):
    table = told.story.chapter("bundles").table
    first = table[table["segment"] == "Sparkling"].iloc[0]
    assert first["note"] == "yours"
    assert (table["note"] == "yours").sum() == 1


def test_tests_say_what_they_brought_or_that_it_is_to_come(told: Told):
    chapter = told.story.chapter("tests")
    assert chapter.heading == "Two tests with a hold-out, one read so far"
    assert "80 of 400 (20 %) with the offer" in chapter.sentences[0]
    assert "90 customers with the offer, 10 held out" in chapter.sentences[1]
    assert chapter.table["with the offer"].tolist() == ["60 of 200 (30 %)", "20 of 200 (10 %)"]
    assert chapter.table["bought"].tolist() == ["more", "not enough data"]


def test_scenarios_say_what_changed_and_what_moved(told: Told):
    chapter, outcome = told.story.chapter("scenarios"), told.results.scenarios[0]
    assert "Without " in chapter.table["what changed"][0]
    assert (
        f"{outcome.moved} of {outcome.compared}" in chapter.sentences[0] or "none of" in chapter.sentences[0]
    )
    assert "not in the workspace" in chapter.sentences[1]


def test_a_number_not_chosen_is_told_with_its_votes(told: Told):
    votes = (VoteSaid(3, (("can we name them", "yes"),)), VoteSaid(4, (("are they distinct", "no"),)))
    sweep = segcore.sweep_k(told.results.matrix, range(2, 5), resamples=2)
    story = tell(replace(told.spec, votes=votes), replace(told.results, sweep=sweep))
    said = " ".join(story.chapter("number").sentences)
    assert "3 segments (chosen): can we name them: yes" in said
    assert "4 segments (not chosen): are they distinct: no" in said


def boxes(slide) -> list[tuple[int, int, int, int]]:
    """What stands on a slide beside the strip of colour: left, top, right, bottom."""
    return [
        (shape.left, shape.top, shape.left + shape.width, shape.top + shape.height)
        for shape in slide.shapes
        if not (shape.left == 0 and shape.height == HIGH)
    ]


@pytest.mark.parametrize(
    "suffix", ["", " and everybody who likes the very same on long evenings in the country" * 3]
)
def test_nothing_on_a_slide_overlaps_or_runs_off_it(told: Told, suffix: str):
    names = {n: name + suffix for n, name in NAMES.items()}
    telling = replace(told.results.offered.telling, names=names)
    spec = replace(told.spec, names=tuple(names.items()), title="Spring" + suffix)
    results = replace(told.results, offered=replace(told.results.offered, telling=telling))
    deck = Presentation(io.BytesIO(slides(tell(spec, results))))
    for slide in deck.slides:
        found = boxes(slide)
        assert slide.shapes.title.text_frame.text
        for left, top, right, bottom in found:
            assert 0 <= left < right <= WIDE and 0 <= top < bottom <= HIGH
        for at, one in enumerate(found):
            for other in found[at + 1 :]:
                apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
                assert apart, (slide.shapes.title.text_frame.text, one, other)
        for shape in slide.shapes:
            if shape.has_table:
                assert shape.top + sum(row.height for row in shape.table.rows) <= FOOT
                assert sum(column.width for column in shape.table.columns) <= WIDE - Inches(1)


def test_the_page_holds_every_chapter(told: Told):
    body = page(told.story).decode("utf-8")
    for chapter in told.story.chapters:
        assert chapter.heading.split("“")[0][:20] in body
