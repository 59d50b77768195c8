"""Every page can be read by everybody: axe-core finds nothing serious, on a light and on a dark screen."""

from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Page

from tests.browser.steps import finished, load, open_page

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
