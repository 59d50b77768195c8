"""Every page can be read by everybody: axe-core finds nothing serious, on a light and on a dark screen."""

from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Page

from tests.browser.steps import finished, load, open_page, shot

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
PAGES = ("Product level", "How many", "Segments", "What if", "Rules", "Offers", "Share", "Help")
SERIOUS = {"serious", "critical"}


def findings(page: Page) -> list[str]:
    """What axe-core calls serious or critical on the page as it stands."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    report = page.evaluate("axe.run({resultTypes: ['violations']})")
    assert len(report["passes"]) > 5  # it did look
    return [
        f"{rule['id']}: {node['html'][:160]} {node['failureSummary'][:240]}"
        for rule in report["violations"]
        if rule["impact"] in SERIOUS
        for node in rule["nodes"]
    ]


# What stands right of the window and is not inside a box that scrolls by itself, as tables and tabs do.
CUT = """
() => {
  const main = document.querySelector('[data-testid="stMain"]');
  const scrolls = it => ['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(it).overflowX);
  const inBox = it => { for (let at = it.parentElement; at && at !== main; at = at.parentElement) if (scrolls(at)) return true; };
  const out = [...main.querySelectorAll('*')].filter(
    it => it.getBoundingClientRect().width > 0 && it.getBoundingClientRect().right > innerWidth + 1 && !inBox(it));
  const wide = main.scrollWidth > main.clientWidth || document.documentElement.scrollWidth > innerWidth;
  return [...(wide ? ['the page scrolls sideways'] : []), ...out.map(it => it.outerHTML.slice(0, 120))];
}
"""
PATHS = {
    "Data": "", "Product level": "hierarchy", "How many": "sweep", "Segments": "segments", "What if": "whatif",
    "Rules": "rules", "Offers": "offers", "Share": "share", "Help": "help",
}  # fmt: skip


@pytest.mark.long
def test_at_twice_the_size_nothing_is_cut_and_nothing_serious_is_found(visit, server, data_dir):
    page = visit(server, width=720, height=450)  # 1440 × 900 at 200 %
    found = {"empty": [*page.evaluate(CUT), *findings(page)]}
    load(page, data_dir / "wine" / "WineKMC.xlsx")
    study = page.url.split("?")[1]
    for title, path in PATHS.items():
        page.goto(f"/{path}?{study}")
        finished(page, 240)
        shot(page, f"twice-{title}")
        found[title] = [*page.evaluate(CUT), *findings(page)]
    assert {title: said for title, said in found.items() if said} == {}


@pytest.mark.long
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_serious_violation(visit, server, data_dir, scheme: str):
    page = visit(server, scheme=scheme)
    found = {"empty": findings(page)}
    load(page, data_dir / "wine" / "WineKMC.xlsx")
    found["Data"] = findings(page)
    for title in PAGES:
        finished(open_page(page, title), 240)
        found[title] = findings(page)
    assert {title: said for title, said in found.items() if said} == {}
