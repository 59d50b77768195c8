"""At the smallest screen we promise, every figure, label and name on a chart is there to its last letter."""

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.serve import Server
from tests.browser.steps import finished, load, no_error, open_page, view

# Words that their box hides in part, and words of a chart that reach beyond it.
_CUT = """
() => {
  const hidden = e => e.clientWidth > 0 && e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflow !== 'visible';
  const figures = [...document.querySelectorAll('[data-testid^="stMetric"], button p, label p')]
    .filter(e => [e, ...e.querySelectorAll('*')].some(hidden)).map(e => e.innerText);
  const beyond = [...document.querySelectorAll('.stPlotlyChart')].flatMap(chart => {
    const room = chart.getBoundingClientRect();
    return [...chart.querySelectorAll('svg text')].filter(text => {
      const box = text.getBoundingClientRect();
      return box.width > 0 && (box.left < room.left - 1 || box.right > room.right + 1
        || box.top < room.top - 1 || box.bottom > room.bottom + 1);
    }).map(text => text.textContent);
  });
  return [...figures, ...beyond];
}
"""
KINDS = ("Comfortable garden chairs", "Espresso machines & grinders", "Children’s winter clothing", "Fishing")


@pytest.fixture
def long_names(tmp_path: Path) -> Path:
    """Three thousand customers who spend millions on products with long names."""
    chance, path = random.Random(5), tmp_path / "long names.csv"
    with path.open("w", encoding="utf-8") as out:
        out.write("member,order,day,article,department,amount\n")
        for member in range(3_000):
            taste = chance.randrange(4)
            for order in range(3):
                kind = KINDS[taste if chance.random() < 0.8 else chance.randrange(4)]
                day = f"2025-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
                article = f"{kind} {chance.randint(1, 8)}"
                amount = chance.randint(20_000, 90_000) / 100
                out.write(f'M{member:05d},{3 * member + order},{day},"{article}","{kind}",{amount}\n')
    return path


def test_nothing_is_cut_off_at_1024(server: Server, visit: Callable[..., Page], long_names: Path):
    page = load(visit(server, width=1024, height=768), long_names)
    assert page.evaluate(_CUT) == []
    for title, views in (
        ("Product level", ()),
        ("How many", ("Stability", "Over chance", "Smallest", "K-means")),
        ("Segments", ("Products", "Sizes", "Map")),
        ("What if", ()),
        ("Rules", ()),
        ("Offers", ()),
    ):
        finished(open_page(page, title, 240), 240)
        no_error(page)
        assert page.evaluate(_CUT) == [], title
        for name in views:
            view(page, name)
            assert page.evaluate(_CUT) == [], f"{title}, {name}"
