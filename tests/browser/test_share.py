"""What is sent opens elsewhere, what is shown by link is not changed, what is deleted can be taken back."""

import io
import re
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect
from pptx import Presentation

from tests.bad_files import bom
from tests.browser.serve import Server, serve
from tests.browser.steps import (
    answer,
    choose,
    finished,
    load,
    open_page,
    page_text,
    press,
    question,
    settled,
)


@pytest.fixture(scope="module")
def share_server(tmp_path_factory: pytest.TempPathFactory):
    """A server of these tests' own: its list of studies holds theirs alone."""
    with serve(tmp_path_factory.mktemp("share")) as running:
        yield running


@pytest.fixture
def study(visit, share_server: Server, tmp_path: Path, data_dir: Path) -> Page:
    """The wine workbook with segments, at the Share page."""
    page = load(visit(share_server), data_dir / "wine" / "WineKMC.xlsx")
    for title in ("How many", "Segments", "Rules", "Share"):
        finished(open_page(page, title))
    return page


def saved(page: Page, button, tmp_path: Path) -> Path:
    with page.expect_download() as got:
        button.click()
    path = tmp_path / got.value.suggested_filename
    got.value.save_as(path)
    return path


def made(page: Page, form: str, tmp_path: Path) -> Path:
    """Press the first button that makes a file until the wanted one can be downloaded; download it."""
    wanted = page.locator(f".st-key-download-{form}").get_by_role("button")
    while not wanted.count():
        press(page, re.compile("^Make (it|them)$"))
    return saved(page, wanted, tmp_path)


def off_the_paper(reader: Page) -> list[str]:
    """What would be cut when the page is printed on A4 with its own margins."""
    reader.set_viewport_size({"width": 688, "height": 1000})  # 182 mm
    reader.emulate_media(media="print")
    return reader.evaluate(
        "[...document.querySelectorAll('.js-plotly-plot, table, p, h2')].filter("
        "it => it.getBoundingClientRect().right > innerWidth + 1).map(it => it.outerHTML.slice(0, 80))"
    )


def test_a_picture_of_a_chart_is_named_after_study_and_heading(study: Page):
    finished(open_page(study, "Segments"))
    chart = study.get_by_test_id("stPlotlyChart").first
    heading = study.locator('[class*="st-key-chart-"] h4').first.inner_text()
    chart.hover()
    with study.expect_download() as got:
        chart.locator('[data-title*="png" i], [data-title*="picture" i], [aria-label*="png" i]').first.click()
    assert got.value.suggested_filename.startswith("WineKMC - ")
    assert heading.split()[0] in got.value.suggested_filename and got.value.suggested_filename.endswith(
        ".png"
    )


def test_offers_and_what_ifs_go_into_the_files(study: Page, tmp_path: Path):
    for tab in ("", "Bundles", "Who gets it"):
        finished(open_page(study, "Offers"), 240)
        if tab:
            study.get_by_role("tab", name=tab, exact=True).click()
            finished(study, 240)
    best = re.search(r"(?:Send|Offer) (.+?) to the segment", answer(study))[1]
    finished(open_page(study, "Share"))
    assert "Not in these files yet" not in page_text(study)
    html, slides, book = (made(study, form, tmp_path) for form in ("html", "pptx", "xlsx"))
    sheets = openpyxl.load_workbook(book)
    assert {"Back-test", "Offers", "Bundles", "Target list"} <= set(sheets.sheetnames)
    first = next(sheets["Offers"].iter_rows(min_row=2, values_only=True))
    assert best in first[1]
    titles = [slide.shapes.title.text_frame.text for slide in Presentation(slides).slides]
    assert any(title.startswith(f"First to offer: {best}") for title in titles)
    assert f"First to offer: {best}" in html.read_text(encoding="utf-8").replace("&#x27;", "’")


def test_files_say_what_the_screen_says_and_the_page_opens_without_a_network(
    study: Page, browser: Browser, tmp_path: Path
):
    finished(open_page(study, "Segments"))
    names = {text.split(",")[0] for text in re.findall(r"“([^”]+)”", answer(study))}
    finished(open_page(study, "Share"))
    html, slides, book = (made(study, form, tmp_path) for form in ("html", "pptx", "xlsx"))
    assert "WineKMC" in html.name and html.stat().st_size < 8e6

    offline = browser.new_context(offline=True)
    reader, asked, complaints = offline.new_page(), [], []
    reader.on("request", lambda request: asked.append(request.url))
    reader.on(
        "console", lambda message: message.type in ("error", "warning") and complaints.append(message.text)
    )
    reader.on("pageerror", lambda error: complaints.append(str(error)))
    reader.goto(html.as_uri())
    expect(reader.locator(".js-plotly-plot .main-svg").first).to_be_visible()
    drawn = reader.locator(".js-plotly-plot").count()
    words = reader.locator("body").inner_text()
    assert off_the_paper(reader) == []
    offline.close()
    assert complaints == [] and asked == [html.as_uri()] and drawn >= 5
    assert names and all(name in words for name in names)

    deck = Presentation(io.BytesIO(slides.read_bytes()))
    shares = next(shape.chart for shape in deck.slides[1].shapes if shape.has_chart).plots[0].series[0].values
    sheet = openpyxl.load_workbook(book)["Segments"]
    sizes = [row[1] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert sum(sizes) == 100 and sorted(shares) == sorted(float(size) for size in sizes)


def test_a_presentation_goes_step_by_step_with_the_keyboard_and_ends(study: Page):
    press(study, "Present it on the wall")
    seen = [question(study)]
    expect(study.get_by_test_id("stTopNav")).to_have_count(0)
    while study.get_by_role("button", name="Next").is_enabled():
        study.keyboard.press("ArrowRight")
        expect(study.get_by_role("heading", level=1)).not_to_have_text(seen[-1])
        seen.append(question(finished(study)))
    assert len(seen) == len(set(seen)) >= 6
    study.reload()
    assert question(finished(study)) == seen[-1]
    study.keyboard.press("Escape")
    expect(study.get_by_role("heading", level=1)).to_have_text("What can we send?")


def test_a_link_shows_the_study_and_nothing_done_there_changes_it(study: Page, visit, share_server: Server):
    study.get_by_text("Links to look at it").click()
    press(study, "Link that follows this study")
    link = study.get_by_test_id("stCode").filter(has_text="study=").first.inner_text().strip()
    own = re.search(r"study=([\w-]+)", study.url)[1]
    assert own not in link
    guest = finished(visit(share_server, "/sweep?" + link.split("?")[1]))
    assert "read only" in page_text(guest)
    choose(guest, "Work with", "5 segments")
    assert "5 segments" in page_text(guest)
    finished(open_page(study, "How many"))
    assert "5 segments ·" not in page_text(study)
    assert own not in guest.url and own not in guest.content()


def test_two_tabs_tell_each_other(study: Page, visit, share_server: Server):
    other = finished(visit(share_server, "/sweep" + "?" + study.url.split("?")[1]))
    choose(other, "Work with", "5 segments")
    # Looked for at once: on a busy machine it would have gone again before the page is still.
    study.get_by_test_id("stTopNav").get_by_role("link", name="Segments", exact=True).click()
    expect(study.get_by_test_id("stToast")).to_contain_text("another tab", timeout=60_000)
    assert "5 segments" in page_text(finished(study))


def test_a_study_is_deleted_taken_back_sent_and_opened_again(study: Page, tmp_path: Path):
    study.get_by_label("Name of this study").fill("Spring tasting")
    study.keyboard.press("Enter")
    expect(study.get_by_role("heading", level=5).first).to_contain_text("Spring tasting")
    sent = saved(study, study.get_by_role("button", name="Download as one file"), tmp_path)
    press(study, "Delete this study")
    press(study, "Go to Data")
    assert "is deleted" in page_text(study)
    press(study, "Undo")
    assert "Spring tasting" in page_text(study)
    study.get_by_text("Open a saved study file").click()
    study.get_by_test_id("stFileUploaderDropzoneInput").last.set_input_files(sent)
    expect(study.get_by_role("heading", level=1)).to_have_text("What is in this file?", timeout=30_000)
    assert "100 customers" in page_text(finished(study))
    finished(open_page(study, "Segments"))
    assert "kinds of customers" in question(study)


def test_a_damaged_study_file_is_said(visit, share_server: Server, tmp_path: Path):
    page = visit(share_server)
    bad = tmp_path / "broken.study"
    bad.write_bytes(b"PK" + bytes(500))
    page.get_by_text("Open a saved study file").click()
    page.get_by_test_id("stFileUploaderDropzoneInput").last.set_input_files(bad)
    expect(page.get_by_test_id("stAlertContentError")).to_contain_text(
        "not a study, or it is damaged", timeout=30_000
    )


def test_a_note_and_every_choice_are_in_the_log(visit, share_server: Server, tmp_path: Path):
    page = load(visit(share_server), bom(tmp_path).path)
    finished(open_page(page, "How many"))
    finished(open_page(page, "Share"))
    page.get_by_label("Note").fill("Ask sales about **Champagne**")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("stMain")).to_contain_text("Ask sales about **Champagne** (note on Share)")
    assert settled(page).get_by_label("Note").input_value() == ""
