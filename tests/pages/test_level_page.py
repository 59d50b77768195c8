"""The Product level page: levels tried, what to leave out, the long tail, unclean places, groups of one's own."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from pages.ui.parts import widgets
from segcore import studies
from segcore.purchases.kept import load_purchases
from segcore.storage.store import default_store
from tests.pages.conftest import ROOT, OpenPage, until_still

KINDS = ("Red wine", "White wine", "Sherry", "Port", "Green tea", "Black tea", "Mint tea", "Rooibos")
LETTERS = "abcdefg"


def write_shop(path: Path) -> Path:
    """Two tastes over four kinds in two aisles; a torn kind, a misspelling, a bag everybody buys, one giant customer."""
    generator = np.random.default_rng(7)
    rows = ["customer,article,kind,aisle"]
    for customer in range(160):
        side = customer % 2
        for _ in range(7):
            kind = 4 * side + int(generator.integers(0, 4))
            item = int(generator.integers(0, 7))
            rows.append(article(f"c{customer:03d}", kind, item))
        rows.append(f"c{customer:03d},Carrier bag,Bags,Checkout")
    rows += [article("giant", n % 8, n // 8) for n in range(56)]
    rows += [f"giant,odd {n},Red wine,Cellar" for n in range(40)]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def article(customer: str, kind: int, item: int) -> str:
    astray = {(7, 0): "Pantry", (5, 1): "Tea-corner"}
    aisle = astray.get((kind, item), "Cellar" if kind < 4 else "Tea corner")
    return f"{customer},{KINDS[kind]} no {LETTERS[item]},{KINDS[kind]},{aisle}"


@pytest.fixture(scope="module")
def shop_id(shared_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = write_shop(tmp_path_factory.mktemp("shop") / "shop.csv")
    with path.open("rb") as content:
        kept = default_store().keep_upload(path.name, content)
    saved = studies.save(
        studies.new_study(pending=(studies.StudyFile(kept.stored_name, kept.name, kept.digest),))
    )
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    app.query_params["study"] = saved.id
    assert not until_still(app).exception
    return saved.id


@pytest.fixture
def own(shop_id: str) -> studies.Study:
    return studies.save(replace(studies.load(shop_id), id=studies.new_study().id, level="article", k=2))


def words(page: AppTest) -> str:
    shown = [*page.markdown, *page.caption, *page.info, *page.error, *page.warning]
    return " ".join(element.value for element in shown).replace("\\", "").replace("\u00a0", " ")


def with_label(widgets, label: str):
    return next(widget for widget in widgets if label in widget.label)


def opened(page: AppTest, drawer: str) -> AppTest:
    page.session_state[drawer] = True
    return page.run()


def level_of(study: studies.Study, level: str) -> dict[str, str]:
    bought = load_purchases(studies.load(study.id).data_digest)
    return dict(zip(bought.products.index, bought.products[level], strict=True))


def test_every_level_is_tried_and_the_answer_follows(open_page: OpenPage, own: studies.Study):
    page = open_page("Product level", own.id)
    assert not page.exception
    said = words(page)
    assert "segments come back" in said or "No number of segments" in said
    assert "tried; the others are counted so far" not in said
    table = page.dataframe[-1].value
    assert {"stable segments", "in the largest", "index of top 5", "verdict"} <= set(table.columns)
    assert table["stable segments"].notna().any()


def test_what_everybody_buys_is_left_out_with_one_click(open_page: OpenPage, own: studies.Study):
    page = open_page("Product level", own.id)
    assert "Carrier bag (the name reads like a carrier bag; bought by 99 % of all customers)" in words(page)
    with_label(page.button, "Leave it out").click().run()
    assert not page.exception
    assert studies.load(own.id).filters.left_out == ("Carrier bag",)
    assert "Left out now: Carrier bag." in words(page)
    with_label(page.button, "Take back").click().run()
    assert studies.load(own.id).filters.left_out == ()


@pytest.mark.parametrize(
    ("button", "said", "saved"),
    [
        ("Let each weigh like", "weigh as much as one with", (0, 60)),
        ("Leave it out", "are left out.", (60, 0)),
    ],
)
def test_a_giant_is_capped_or_left_out(
    open_page: OpenPage, own: studies.Study, button: str, said: str, saved: tuple
):
    studies.save(own.with_(filters=replace(own.filters, left_out=("Carrier bag",))))
    page = open_page("Product level", own.id)
    assert "1 of 161" in words(page)
    with_label(page.button, button).click().run()
    assert not page.exception
    filters = studies.load(own.id).filters
    assert (filters.max_products, filters.cap_products) == saved
    assert said in words(page)
    next(b for b in page.button if b.key == "take-back-giants").click().run()
    assert studies.load(own.id).filters.cap_products == 0


def test_the_long_tail_goes_under_its_parent(open_page: OpenPage, own: studies.Study):
    page = opened(open_page("Product level", own.id), "mixed")
    assert not page.exception
    with_label(page.selectbox, "Put the others under").set_value("kind").run()
    with_label(page.select_slider, "Buyers from which").set_value(30).run()
    with_label(page.button, "Work at this mixed level").click().run()
    assert not page.exception
    assert studies.load(own.id).level == "article ≥ 30 buyers, else kind"
    assert "At “article ≥ 30 buyers, else kind”" in words(page)
    again = open_page("Segments", own.id)
    assert not again.exception


def test_unclean_places_are_counted_and_mended(open_page: OpenPage, own: studies.Study):
    page = opened(open_page("Product level", own.id), "unclean")
    assert not page.exception
    assert "2 of 9 (22 %) labels of kind stand under more than one aisle." in words(page)
    assert "1 label may be another one" in words(page)
    with_label(page.button, "Merge 1 ticked").click().run()
    assert not page.exception
    assert set(level_of(own, "aisle").values()) == {"Cellar", "Checkout", "Pantry", "Tea corner"}
    with_label(page.button, "Put each under one aisle").click().run()
    assert set(level_of(own, "aisle").values()) == {"Cellar", "Checkout", "Tea corner"}
    saved = studies.load(own.id)
    assert saved.data_digest != own.data_digest
    assert saved.base_digest == own.data_digest
    assert saved.k == 2  # at the article level nothing changed
    with_label(page.button, "Take all back").click().run()
    assert not page.exception
    assert studies.load(own.id).data_digest == own.data_digest


@pytest.mark.parametrize(
    ("way", "name"), [("From product names", "Kind"), ("From what is bought together", "Bought together")]
)
def test_groups_are_proposed_and_kept_as_a_level(
    open_page: OpenPage, own: studies.Study, way: str, name: str
):
    page = opened(open_page("Product level", own.id), "own-groups")
    page.session_state["groups-way"] = way
    until_still(page)
    assert not page.exception
    assert not page.error
    with_label(page.button, "Keep as a level").click().run()
    assert not page.exception
    (kept,) = studies.load(own.id).level_edits.maps
    assert kept.name == name
    assert name in with_label(page.selectbox, "Work at").options
    with_label(page.selectbox, "Work at").set_value(name).run()
    assert studies.load(own.id).level == name
    with_label(page.button, "Remove").click().run()
    assert not page.exception
    assert studies.load(own.id).level != name
    assert studies.load(own.id).data_digest == own.data_digest


def test_a_map_from_a_file_becomes_a_level(open_page: OpenPage, own: studies.Study):
    page = opened(open_page("Product level", own.id), "own-groups")
    page.session_state["groups-way"] = "From a file"
    until_still(page)
    rows = [f"{KINDS[k]} no {letter};{'Hot' if k > 3 else 'Cold'}" for k in range(8) for letter in LETTERS]
    page.file_uploader[0].upload(
        "map.csv", ("article;temperature\n" + "\n".join(rows)).encode(), "text/csv"
    ).run()
    assert not page.exception
    assert "knows 56 of 97" in words(page)
    with_label(page.button, "Keep as a level").click().run()
    assert not page.exception
    assert set(level_of(own, "temperature").values()) == {"Hot", "Cold", ""}


def test_edits_of_one_table_are_not_laid_over_another_as_long():
    one = pd.DataFrame({"group": ["Tea", "Tea"], "product": ["Assam", "Oolong"]})
    assert widgets.table_key("groups", one) == widgets.table_key("groups", one.copy())
    others = (one.assign(group=["Hot", "Hot"]), one.iloc[::-1], one.rename(columns={"product": "item"}))
    assert len({widgets.table_key("groups", table) for table in (one, *others)}) == 4
