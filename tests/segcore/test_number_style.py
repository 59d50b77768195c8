"""Numbers in other signs than English ones: written for the reader, or restyled where a job wrote them for everybody."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segcore.figures.frame import blank, percent_ticks, plain, shorten
from segcore.intake.report import Finding
from segcore.language import words
from segcore.language.words import ENGLISH, NumberStyle
from segcore.purchases.attributes import restyled_band

GERMAN, FRENCH, SWISS = NumberStyle(".", ","), NumberStyle("\u202f", ","), NumberStyle("’", ".")


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    yield
    words.write_numbers_as(None)


@pytest.fixture
def german() -> None:
    words.write_numbers_as(lambda: GERMAN)


def write_as(style: NumberStyle) -> None:
    words.write_numbers_as(lambda: style)


@pytest.mark.parametrize(
    ("said", "english", "in_german"),
    [
        (lambda: words.count(1_234_567), "1,234,567", "1.234.567"),
        (lambda: words.count(999), "999", "999"),
        (lambda: words.decimal(1_234.56, 2), "1,234.56", "1.234,56"),
        (lambda: words.signed(-1_234.5), "−1,234.5", "−1.234,5"),
        (lambda: words.signed(0.25, 2), "+0.25", "+0,25"),
        (lambda: words.significant(0.0123456, 4), "0.01235", "0,01235"),
        (lambda: words.percent(0.051), "5.1 %", "5,1 %"),
        (lambda: words.percent(0.99999, 5_000), "over 99.9 %", "over 99,9 %"),
        (lambda: words.percent(0.0001, 5_000), "under 0.1 %", "under 0,1 %"),
        (lambda: words.points(0.0062), "0.62 %", "0,62 %"),
        (lambda: words.times(1.84), "1.8 times", "1,8 times"),
        (lambda: words.money(12.5), "12.50", "12,50"),
        (lambda: words.money(1_234_567, "EUR"), "1.2 million EUR", "1,2 million EUR"),
        (lambda: words.ordinal(1_001), "1,001st", "1.001st"),
        (lambda: words.of(1_200, 2_400), "1,200 of 2,400 (50.0 %)", "1.200 of 2.400 (50,0 %)"),
        (lambda: words.plural(1_200, "customer"), "1,200 customers", "1.200 customers"),
        (lambda: words.duration(5_400), "about 1.5 h", "about 1,5 h"),
        (lambda: words.size(1_234_000_000), "1,234 MB", "1.234 MB"),
    ],
)
def test_every_word_takes_the_readers_signs(said, english: str, in_german: str):
    assert said() == english
    write_as(GERMAN)
    assert said() == in_german


def test_the_source_is_asked_every_time():
    readers = iter([GERMAN, ENGLISH, FRENCH])
    words.write_numbers_as(lambda: next(readers))
    assert [words.count(1_000) for _ in range(3)] == ["1.000", "1,000", "1\u202f000"]


def test_english_meanwhile(german: None):
    with words.numbers_in_english():
        assert words.count(1_000) == "1,000"
        assert words.restyled("1,000") == "1,000"
    assert words.count(1_000) == "1.000"


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        ("Mined down to 1,234 customers: below 12,345,678 more.", "Mined down to 1.234 customers: below 12.345.678 more."),
        ("the last one gained 0.012 %, as 1,234.5 did", "the last one gained 0,012 %, as 1.234,5 did"),
        ("At least 1,234: no more.", "At least 1.234: no more."),
        ("“Milk 3.5” on 1,200 lines, not “1,234”", "“Milk 3.5” on 1.200 lines, not “1,234”"),
        ("index 122 (95 % sure: 1.2–1.4)", "index 122 (95 % sure: 1,2–1,4)"),
        ("version 1.2.3 of 20.03.2024 at 2024-01.5", "version 1.2.3 of 20.03.2024 at 2024-01.5"),
        ("sales 1.2.csv and v1.5 and 1.5b", "sales 1.2.csv and v1.5 and 1.5b"),
        ("3, 4 or 5 of 1,23 and 12,3456", "3, 4 or 5 of 1,23 and 12,3456"),
        ("10 of 11 (91 %)", "10 of 11 (91 %)"),
    ],
)  # fmt: skip
def test_what_a_job_wrote_is_restyled(german: None, kept: str, shown: str):
    assert words.restyled(kept) == shown


def test_names_of_products_stay_as_the_file_has_them(german: None):
    named = words.with_numbers(["Cola 1.5", "Cola 1.5 l", "Tea", "Pack of 1,000"])
    assert named == ("Cola 1.5", "Cola 1.5 l", "Pack of 1,000")
    kept = "Bought Cola 1.5 l: 1,200 of its 2,000 buyers (60.0 %) also bought Pack of 1,000."
    assert words.restyled(kept, named) == (
        "Bought Cola 1.5 l: 1.200 of its 2.000 buyers (60,0 %) also bought Pack of 1,000."
    )


@given(st.text())
def test_english_is_left_alone(text: str):
    assert words.restyled(text) == text


@given(
    st.lists(st.one_of(st.integers(0, 10**12), st.floats(0, 10**9, allow_nan=False)), max_size=6),
    st.sampled_from([ENGLISH, GERMAN, FRENCH, SWISS]),
)
def test_restyled_is_what_would_have_been_written_for_the_reader(numbers: list[float], style: NumberStyle):
    def sentence() -> str:
        return "; ".join(
            f"{words.count(n)} of them" if isinstance(n, int) else f"about {words.decimal(n, 2)} %"
            for n in numbers
        )

    words.write_numbers_as(None)
    kept = sentence()
    write_as(style)
    assert words.restyled(kept) == sentence()


def test_hover_texts_follow(german: None):
    assert "0,8 is the least" in words.explain("stability")


def test_a_finding_keeps_what_is_of_the_file(german: None):
    finding = Finding(
        "1,234 lines repaired.", 1_234, example="12.50", where="May 1.5, column 2.5", remedy="Keep 0.5."
    )
    assert finding.restyled.sentence == "May 1.5, column 2.5: 1.234 lines repaired. Example: 12.50. Keep 0,5."


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        ("1,000–2,500.5", "1.000–2.500,5"),
        ("1.000–2.000", "1.000–2.000"),
        ("18–25", "18–25"),
        ("3.5 kg", "3.5 kg"),
    ],
)
def test_only_bands_of_ours_are_restyled(german: None, kept: str, shown: str):
    assert restyled_band(kept) == shown


def test_figures_follow_on_axes_and_hover():
    assert blank(100, {}).layout.separators == ".,"
    write_as(GERMAN)
    assert blank(100, {}).layout.separators == ",."
    assert percent_ticks(0, 0.02)["ticktext"][1] == "0,5 %"
    write_as(FRENCH)
    assert (
        blank(100, {"title": words.plural(1_234, "customer")}).layout.meta["title"] == "1\u202f234 customers"
    )


def test_a_space_that_groups_digits_is_not_broken():
    assert plain("1\u202f234  customers") == "1\u202f234 customers"
    assert plain("Merlot\u00a0 Italy") == "Merlot Italy"
    assert shorten("1\u00a0234 customers", 40) == "1\u00a0234 customers"
    title = blank(100, {"title": "1\u202f234 customers buy", "wrap": 8}).layout.title.text
    assert "1\u202f234" in title
