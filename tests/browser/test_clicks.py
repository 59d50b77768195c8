"""Charts answer clicks: a level, a number of segments, a customer; a row of the table shows the customer beside it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.serve import Server
from tests.browser.steps import answer, chart, chosen, finished, load, open_page, page_text, question

# Where on the screen a point of the chart is: the trace that carries customdata, found by what it carries.
_PLACE = """
([plot, wanted]) => {
  const figure = plot.querySelector('.js-plotly-plot') ?? plot;
  const full = figure._fullLayout, box = figure.getBoundingClientRect();
  for (const trace of figure._fullData) {
    const data = trace.customdata ? [...trace.customdata] : [];
    const at = data.findIndex(item => JSON.stringify(item).includes(wanted));
    if (at < 0) continue;
    const x = full[trace.xaxis.replace('x', 'xaxis')], y = full[trace.yaxis.replace('y', 'yaxis')];
    const within = trace.type === 'bar' ? 0.5 : 1;  // the middle of a lying bar, not its edge
    return [box.x + x._offset + x.d2p(within * trace.x[at]), box.y + y._offset + y.d2p(trace.y[at])];
  }
  return null;
}
"""


def click_point(page: Page, where: Locator, wanted: str) -> None:
    """Click the point of a chart whose data hold this text, as a person does: scroll there, move, press."""
    expect(where.first).to_be_visible()
    where.first.scroll_into_view_if_needed()
    page.wait_for_timeout(300)  # the chart's own drawing is not part of the page's state
    place = where.first.evaluate("(plot, wanted) => (" + _PLACE + ")([plot, wanted])", wanted)
    assert place, f"no point of the chart holds {wanted}"
    page.mouse.move(*place)
    page.mouse.click(*place)
    finished(page)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two tastes and a few shared products, in a file with a group above each product."""
    lines = ["customer,product,group"]
    for customer in range(120):
        taste = "tea" if customer % 2 else "coffee"
        for number in range(6):
            if (customer * 7 + number * 3) % 4:
                lines.append(f"c{customer:03d},{taste} {number},{taste}")
        lines.append(f"c{customer:03d},milk {customer % 3},dairy")
        lines.append(f"c{customer:03d},cups {customer % 4},china")
    path = tmp_path_factory.mktemp("files") / "two tastes.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_a_click_chooses_k_and_a_customer(server: Server, visit: Callable[..., Page], small: Path):
    page = visit(server)
    load(page, small)
    finished(open_page(page, "How many"))
    click_point(page, chart(page, "explained"), "3")
    assert chosen(page, "Work with") == "3 segments"

    finished(open_page(page, "Segments"))
    assert question(page) == "Who are our three kinds of customers?"
    click_point(page, chart(page, "Customer basis"), '"c00')
    assert "Bought" in page_text(page)

    table = page.get_by_test_id("stDataFrame").filter(has=page.locator("canvas")).nth(1)
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    page.mouse.click(box["x"] + 16, box["y"] + 35 + 17)  # the tick box of the first row, below the header
    finished(page)
    assert "Bought coffee 1, coffee 2, coffee 3, coffee 5, cups 0 and milk 0." in page_text(page)


def test_a_click_chooses_the_level(server: Server, visit: Callable[..., Page], small: Path):
    page = visit(server)
    load(page, small)
    finished(open_page(page, "Product level"))
    click_point(page, page.get_by_test_id("stPlotlyChart"), "group")
    assert answer(page).startswith("At “group”")
