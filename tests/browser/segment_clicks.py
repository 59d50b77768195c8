"""Clicks on every chart that shows segments, and the seconds until what is behind them stands on the screen."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from playwright.sync_api import Locator, Page, expect

from tests.browser.steps import chart, choose, finished, load, open_page, view

# Where on the screen a point of the chart is, and what it carries: [x, y, customdata].
_PLACE = """
([plot, wanted, axis]) => {
  const figure = plot.querySelector('.js-plotly-plot') ?? plot;
  const full = figure._fullLayout, box = figure.getBoundingClientRect();
  for (const trace of figure._fullData) {
    const data = trace.customdata ? [...trace.customdata] : [];
    if (axis && trace.yaxis !== axis) continue;
    const at = data.findIndex(item => JSON.stringify(item).includes(wanted));
    if (at < 0) continue;
    const x = full[trace.xaxis.replace('x', 'xaxis')], y = full[trace.yaxis.replace('y', 'yaxis')];
    const within = trace.type === 'bar' ? 0.5 : 1;
    return [box.x + x._offset + x.d2p(within * trace.x[at]), box.y + y._offset + y.d2p(trace.y[at]), data[at]];
  }
  return null;
}
"""
BEHIND = ".st-key-behind"
KINDS = ("tea", "wine", "bread", "fish")


def shop_file(path: Path, customers: int) -> Path:
    """Four tastes of fifteen products each, about eight purchases a customer, with money."""
    generator = np.random.default_rng(customers)
    lines = ["customer,product,kind,amount"]
    for customer in range(customers):
        taste = customer % len(KINDS)
        for _ in range(8):
            kind = taste if generator.random() < 0.75 else int(generator.integers(len(KINDS)))
            number = int(15 * generator.random() ** 1.5)
            lines.append(f"c{customer:05d},{KINDS[kind]} {number},{KINDS[kind]},{2 + number}.50")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def open_segments(page: Page, file: Path, k: int, timeout: float = 300) -> Page:
    """Load the file, choose k, open Segments and wait until its checks have ended."""
    load(page, file, timeout)
    finished(open_page(page, "How many", timeout), timeout)
    choose(page, "Work with", f"{k} segments", timeout)
    finished(open_page(page, "Segments", timeout), timeout)
    expect(page.get_by_text("Checking what could be chance")).to_have_count(0, timeout=timeout * 1000)
    return finished(page, timeout)


def click_until_answered(page: Page, where: Locator, wanted: str, axis: str = "") -> tuple[float, str]:
    """Click the point whose data hold this text, on one axis or any; the seconds until the panel has changed, and what it says."""
    expect(where.first).to_be_visible()
    where.first.scroll_into_view_if_needed()
    page.wait_for_timeout(400)  # the chart's own drawing is not what is measured
    place = where.first.evaluate(
        "(plot, [wanted, axis]) => (" + _PLACE + ")([plot, wanted, axis])", [wanted, axis]
    )
    assert place, f"no point of the chart holds {wanted}"
    before = page.locator(BEHIND).inner_text() if page.locator(BEHIND).count() else ""
    page.mouse.move(place[0], place[1])
    start = time.perf_counter()
    page.mouse.click(place[0], place[1])
    page.wait_for_function(
        "([panel, before]) => { const it = document.querySelector(panel); return it && it.innerText && it.innerText !== before }",
        arg=[BEHIND, before],
        polling=20,
    )
    taken = time.perf_counter() - start
    finished(page)
    return taken, page.locator(BEHIND).inner_text()


def every_click(page: Page) -> Iterator[tuple[str, float, str]]:
    """Click through every chart: what was clicked, the seconds, what the panel says."""
    basis = chart(page, "how each row")
    cell = basis.first.evaluate(
        "plot => [...(plot.querySelector('.js-plotly-plot') ?? plot)._fullData.find(t => t.customdata).customdata[3]]"
    )
    yield (
        "customer cell",
        *click_until_answered(
            page, basis, json.dumps(cell[:2], separators=(",", ":"), ensure_ascii=False)[:-1]
        ),
    )
    yield "a column’s name", *click_until_answered(page, basis, "[null,2", "y2")
    yield "a block’s name", *click_until_answered(page, basis, "[null,3", "y")
    yield "a whole row", *click_until_answered(page, basis, '",0,0]')
    view(page, "Products")
    yield "product cell", *click_until_answered(page, chart(page, "which products belong together"), ",1,")
    yield (
        "a product’s name",
        *click_until_answered(page, chart(page, "which products belong together"), '",0,0]'),
    )
    view(page, "Sizes")
    yield "size", *click_until_answered(page, chart(page, "in each segment"), "3")
    view(page, "Map")
    yield "point of the map", *click_until_answered(page, chart(page, "corner"), ",2,")
    yield "index bar", *click_until_answered(page, chart(page, "than by everybody"), " ")
