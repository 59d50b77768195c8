"""What leaves the house says the numbers on screen: the story, and the page, slides, workbook and script made of it."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from pptx import Presentation
from pptx.enum.chart import XL_CHART_TYPE
from python_calamine import CalamineWorkbook

import segcore
from segcore.choices.level_edits import LevelEdits, Rename
from segcore.factorization import NMFSpec
from segcore.figures.palette import segment_colour
from segcore.language.words import count
from segcore.matrix import MatrixSpec
from segcore.progress import finished
from segcore.purchases import make_purchases
from segcore.purchases.edited import apply_edits
from segcore.report import Results, StorySpec, VoteSaid, tell
from segcore.report.export import table_csv
from segcore.report.export.book import book
from segcore.report.export.page import page
from segcore.report.export.pictures import heatmaps
from segcore.report.export.script import Recipe, script
from segcore.report.export.segment_tables import customer_table, profile_table
from segcore.report.export.slides import slides
from segcore.rules import WORTHY, RuleFilter, RuleSpec, as_text, filter_rules
from segcore.rules.mining import mining_purchases
from segcore.samples import wine_merchant, wine_merchant_file
from segcore.segments.profiles import profile_products

ROOT = Path(__file__).resolve().parents[2]
HOSTILE = '=cmd|"/c calc"!A1 </script><script>alert(1)</script><img src=http://example.invalid/x>'
NAMES = {1: HOSTILE, 2: "Sparkling", 3: "Rosé", 4: "Reds"}


@pytest.fixture(scope="module")
def told():
    purchases = wine_merchant().purchases
    matrix = segcore.build_matrix(purchases, level="Varietal")
    sweep = segcore.sweep_k(matrix, range(2, 6), resamples=4)
    segmentation = segcore.segment(matrix, k=4, resamples=4)
    rules = segcore.mine_rules(purchases, "Varietal", min_support=0.05, min_confidence=0.3)
    spec = StorySpec(
        title=HOSTILE,
        day="2026-11-22",
        files=("wine.csv",),
        digest=purchases.digest,
        matrix=matrix.spec,
        segments_key="0" * 64,
        names=tuple(NAMES.items()),
        colours=tuple((number, segment_colour(number)) for number in NAMES),
        votes=(VoteSaid(5, (("can we name them", "no"),)),),
        log=(("2026-11-22 10:00", "Ada", "Chose 4 segments instead of 5."),),
    )
    results = Results(matrix, segmentation, sweep, rules)
    return purchases, spec, results, tell(spec, results)


def test_the_story_goes_in_order_and_holds_the_numbers(told):
    _, _, results, story = told
    kinds = [chapter.kind for chapter in story.chapters]
    assert kinds == ["overview", "number", *["segment"] * 4, "rules", "decisions", "method"]
    sizes = results.segmentation.sizes
    shares = [round(100 * size / sizes.sum(), 1) for size in sizes]
    assert list(story.chapters[0].chart.series[0].values) == shares
    assert [chapter.table["customers"].sum() for chapter in story.chapters[:1]] == [sizes.sum()]
    assert "can we name them: no" in " ".join(story.chapters[1].sentences)
    assert story.record["Data digest"] == told[1].digest


def test_rules_that_may_be_chance_do_not_stand_out(told):
    _, spec, results, story = told
    shown = filter_rules(results.rules, RuleFilter())
    doubtful = int(results.rules.may_be_chance[shown].sum())
    assert 0 < doubtful < len(shown)
    chapter = tell(replace(spec, rules_filter=RuleFilter()), results).chapter("rules")
    sure = len(shown) - doubtful
    assert (
        chapter.heading.startswith(f"{sure} rule")
        and f"{count(doubtful)} more may be chance" in chapter.heading
    )
    assert set(chapter.table.get("note", ["may be chance"])) <= {"", "may be chance"}
    only = replace(results, rules=replace(results.rules, p_adjusted=np.ones(len(results.rules))))
    chapter = tell(replace(spec, rules_filter=RuleFilter()), only).chapter("rules")
    assert chapter.heading.startswith("None of ") and chapter.sentences[0].startswith("May be chance: ")
    assert set(chapter.table["note"]) == {"may be chance"}
    assert "may be chance" not in story.chapter("rules").heading


def test_the_record_names_every_filter_and_penalty(told):
    _, spec, results, story = told
    cut = replace(results.segmentation, spec=replace(results.segmentation.spec, sparsity_products=0.5))
    matrix = replace(spec.matrix, min_products=2, cap_products=40)
    record = tell(replace(spec, matrix=matrix), replace(results, segmentation=cut)).record
    assert "customers with fewer products left out below: 2" in record["Filters"]
    assert "customers with more products weigh like one with: 40" in record["Filters"]
    assert record["Sparsity of product lists"] == "0.5" and "Evenness" not in record
    giants = tell(replace(spec, matrix=replace(spec.matrix, max_products=30)), results).record
    assert giants["Filters"] == "customers with more products left out above: 30"
    assert story.record["Filters"] == "none" and "Sparsity of product lists" not in story.record


def test_products_asked_for_at_another_level_do_not_stop_the_story(told):
    _, spec, results, story = told
    stale = replace(WORTHY, require=("Not at this level",), exclude_left=("Nor this",))
    chapter = tell(replace(spec, rules_filter=stale), results).chapter("rules")
    assert chapter.heading == story.chapter("rules").heading


def test_every_index_on_a_card_is_the_share_inside_over_the_share_overall(told):
    _, spec, results, story = told
    profile = profile_products(results.matrix, results.segmentation, spec.balance)
    for chapter in (one for one in story.chapters if one.kind == "segment"):
        rows = profile[profile["segment"] == chapter.segment].set_index("product")
        for label, value in zip(chapter.chart.labels, chapter.chart.series[0].values, strict=True):
            row = rows.loc[label]
            assert value == pytest.approx(100 * row["share"] / row["share_all"], abs=0.06)


def test_the_page_is_one_file_that_asks_nobody_and_obeys_no_name(told):
    _, spec, results, story = told
    content = page(story, {"overview": heatmaps(spec, results)})
    assert len(content) < 8e6
    body = content.decode("utf-8").split("</head>", 1)[1]
    assert "<script>alert" not in body and "<img" not in body
    assert not re.search(r"<[^>]+(?:src|href)=[\"']?(?:https?:)?//", body)
    assert "default-src 'none'" in content.decode("utf-8")


def test_slides_hold_native_charts_with_the_numbers_on_screen(told):
    *_, story = told
    deck = Presentation(io.BytesIO(slides(story)))
    assert len(deck.slides) == len(story.chapters) + 2
    for slide, chapter in zip(list(deck.slides)[1:], story.chapters, strict=False):
        drawn = [shape.chart for shape in slide.shapes if shape.has_chart]
        assert len(drawn) == (chapter.chart is not None)
        for chart in drawn:
            bars = chapter.chart.kind == "bars"
            series = list(chart.plots[0].series)
            for one, wanted in zip(reversed(series) if bars else series, chapter.chart.series, strict=True):
                values = one.values[::-1] if bars else one.values
                assert tuple(values) == wanted.values
    assert any(shape.has_table for slide in deck.slides for shape in slide.shapes)
    assert all(slide.has_notes_slide for slide in list(deck.slides)[1:3])


def test_slides_leave_a_gap_where_stability_was_not_measured_and_hold_any_title(told):
    _, spec, results, _ = told
    blind = segcore.sweep_k(results.matrix, range(2, 4), resamples=0)
    deck = slides(tell(replace(spec, title="x" * 400), replace(results, sweep=blind)))
    charts = [
        shape.chart
        for slide in Presentation(io.BytesIO(deck)).slides
        for shape in slide.shapes
        if shape.has_chart
    ]
    lines = next(chart for chart in charts if chart.chart_type == XL_CHART_TYPE.LINE_MARKERS)
    explained, steady = (series.values for series in lines.plots[0].series)
    assert all(explained) and set(steady) <= {None}


def test_baskets_are_not_called_customers():
    rng = np.random.default_rng(5)
    purchases = make_purchases(
        [f"b{row}" for row in rng.integers(0, 60, 400)], [f"p{one}" for one in rng.integers(0, 8, 400)], row_kind="basket"
    )  # fmt: skip
    matrix = segcore.build_matrix(purchases, level="Product")
    cut = segcore.segment(matrix, k=4, resamples=4)
    assert (cut.stability < 0.8).any()
    numbers = tuple((n, f"S{n}") for n in range(1, 5))
    spec = StorySpec(
        "Tills", "2026-11-22", ("tills.csv",), purchases.digest, matrix.spec, "0" * 64, numbers,
        tuple((n, segment_colour(n)) for n, _ in numbers),
    )  # fmt: skip
    sweep = segcore.sweep_k(matrix, range(2, 5), resamples=2)
    for chapter in tell(spec, Results(matrix, cut, sweep)).chapters:
        if chapter.kind != "method":
            said = " ".join(
                (chapter.heading, *chapter.sentences, chapter.chart.says if chapter.chart else "")
            )
            assert "customer" not in said


def test_two_readers_find_the_same_numbers_in_the_workbook_and_no_formula(told):
    purchases, spec, results, story = told
    content = book(spec, results, story, purchases)
    sheets = openpyxl.load_workbook(io.BytesIO(content))
    other = CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert sheets.sheetnames == other.sheet_names
    assert {"Segments", "Customers", "Products", "Profiles", "How many", "Rules", "Decisions", "About"} <= set(sheets.sheetnames)  # fmt: skip
    assert all(cell.data_type != "f" for sheet in sheets for row in sheet.iter_rows() for cell in row)
    wanted = customer_table(purchases, results.matrix, results.segmentation, NAMES)
    read = pd.DataFrame(other.get_sheet_by_name("Customers").to_python())
    shares = read.iloc[1:, -4:].to_numpy(dtype=float)
    assert shares == pytest.approx(wanted.iloc[:, -4:].to_numpy(), abs=1e-12)
    for row, line in zip(sheets["Customers"].iter_rows(min_row=2, values_only=True), read.iloc[1:].itertuples(index=False), strict=True):  # fmt: skip
        assert [cell or 0 for cell in row[-4:]] == pytest.approx([cell or 0 for cell in line[-4:]])


def test_profiles_in_the_workbook_add_up(told):
    _, spec, results, _ = told
    table = profile_table(profile_products(results.matrix, results.segmentation, spec.balance), NAMES)
    inside = table.groupby("product")["buyers"].sum()
    assert inside.equals(table.drop_duplicates("product").set_index("product")["buyers in all"].sort_index())


@pytest.mark.parametrize("source", ["sample", "wine"])
def test_the_script_makes_the_same_bytes_again(tmp_path, source, request):
    if source == "sample":
        path = tmp_path / "wine merchant.csv"
        wine_merchant_file(path)
        level = "Varietal"
    else:
        real = request.getfixturevalue("data_dir") / "wine" / "WineKMC.xlsx"
        path = tmp_path / real.name
        path.write_bytes(real.read_bytes())
        level = "Varietal + Origin"
    data = segcore.read(path)
    edits = None
    if source == "sample":
        old = str(data.purchases.products["Varietal"].iloc[0])
        edits = LevelEdits(data.purchases.digest, renames=(Rename("Varietal", old, "Renamed “it”"),))
        data = replace(data, purchases=apply_edits(data.purchases, edits))
    matrix_spec, nmf, rules = MatrixSpec(level, min_customers=2), NMFSpec(k=3), RuleSpec(level)
    matrix = segcore.build_matrix(data.purchases, spec=matrix_spec)
    segmentation = segcore.segment(matrix, spec=nmf, resamples=5)
    names = {1: HOSTILE, 2: 'say "two"', 3: "{three}"}
    recipe = Recipe([path.name], data.roles, matrix_spec, nmf, 5, names, data.purchases.digest, rules, edits)
    (tmp_path / "repeat.py").write_bytes(script(recipe))
    done = subprocess.run([sys.executable, str(tmp_path / "repeat.py")], cwd=ROOT, env={"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}, capture_output=True, text=True)  # fmt: skip
    assert done.returncode == 0, done.stderr
    wanted = table_csv(customer_table(data.purchases, matrix, segmentation, names))
    assert (tmp_path / "assignments.csv").read_bytes() == wanted
    assert (tmp_path / "rules.csv").read_bytes() == table_csv(
        as_text(finished(mining_purchases(data.purchases, rules)))
    )


def test_the_script_refuses_another_file(tmp_path):
    path = tmp_path / "wine merchant.csv"
    wine_merchant_file(path)
    data = segcore.read(path)
    recipe = Recipe([path.name], data.roles, MatrixSpec("Varietal"), NMFSpec(k=3), 0, {1: "a", 2: "b", 3: "c"}, "f" * 32)  # fmt: skip
    (tmp_path / "repeat.py").write_bytes(script(recipe))
    done = subprocess.run([sys.executable, str(tmp_path / "repeat.py")], cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True)  # fmt: skip
    assert done.returncode != 0 and "not the ones the study was made from" in done.stderr
