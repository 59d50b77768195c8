"""Files as people send them: one clear sentence, or a reported repair and the right numbers."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from segcore.errors import NotEnoughData, SegcoreError, UnreadableFile
from segcore.intake import Intake, read
from tests.bad_files import CASES, MORE, TWELVE, Truth
from tests.nasty.base import Case
from tests.nasty.base import Truth as Lines
from tests.nasty.check import wrong

Maker = Callable[[Path], Truth]


@pytest.fixture(params=[*TWELVE, *MORE], ids=lambda maker: maker.__name__)
def truth(request: pytest.FixtureRequest, tmp_path: Path) -> Truth:
    return request.param(tmp_path)


def refusal(truth: Truth) -> SegcoreError:
    with pytest.raises((UnreadableFile, NotEnoughData)) as caught:
        read(truth.path)
    return caught.value


def test_a_file_gives_one_clear_sentence_or_the_right_purchases(truth: Truth):
    if truth.refused:
        error = refusal(truth)
        assert truth.says in error.what
        assert error.where == truth.path.name
        assert error.what.endswith(".") and error.remedy.endswith(".")
        return
    found = read(truth.path)
    check(found, truth)


def check(found: Intake, truth: Truth) -> None:
    bought, report = found.purchases, found.report
    assert (bought.n_lines, len(bought.customers), len(bought.products)) == (
        truth.lines,
        truth.customers,
        truth.products,
    )
    assert truth.says in " ".join(report.sentences())
    assert sum(finding.count for finding in report.left_out) == truth.left_out
    assert report.lines_read == report.lines_kept + truth.left_out
    if truth.amount is not None:
        assert bought.lines["amount"].sum() == pytest.approx(truth.amount)


def test_the_twelve_are_twelve():
    assert len({maker.__name__ for maker in TWELVE}) == 12


def test_several_unreadable_files_are_refused_together(tmp_path: Path):
    paths = [maker(tmp_path).path for maker in (TWELVE[0], TWELVE[4])]
    with pytest.raises(UnreadableFile) as caught:
        read(paths)
    assert "empty.csv" in caught.value.sentence and "report.xls" in caught.value.sentence


@pytest.fixture(scope="module")
def tally(request: pytest.FixtureRequest) -> Iterator[Counter[str]]:
    """How many files of each kind were right; printed at the end."""
    right: Counter[str] = Counter()
    yield right
    made = Counter(case.kind for case in CASES)
    lines = [f"{sum(right.values())} of {len(CASES)} files in {len(made)} kinds are right:"]
    lines += [f"  {right[kind]:3d} of {made[kind]:2d}  {kind}" for kind in sorted(made)]
    with request.config.pluginmanager.getplugin("capturemanager").global_and_fixture_disabled():
        print("", *lines, sep="\n")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_every_line_comes_back_or_the_file_is_refused(case: Case, tmp_path: Path, tally: Counter[str]):
    truth = case.make(tmp_path)
    if truth.refused:
        refused_in_words(truth)
    else:
        assert wrong(read(truth.path, **truth.choices), truth) == []
    tally[case.kind] += 1


def refused_in_words(truth: Lines) -> None:
    with pytest.raises(SegcoreError) as caught:
        read(truth.path)
    error = caught.value
    assert truth.says in error.what and error.where == truth.path.name
    assert error.what.endswith(".") and error.remedy.endswith(".")


def test_there_are_as_many_files_and_kinds_as_promised():
    assert len(CASES) >= 120 and len({case.kind for case in CASES}) >= 45
    assert len({case.id for case in CASES}) == len(CASES)
