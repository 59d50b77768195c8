"""Where nothing holds, the page says so and offers buttons that change the study and compare again."""

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from segcore import studies
from segcore.storage.store import default_store
from tests.pages.conftest import PATIENCE, ROOT, OpenPage, until_still


@pytest.fixture(scope="module")
def noise(shared_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> studies.Study:
    """Ninety customers, thirty products of ten kinds, best-sellers and nothing else; looked at by product."""
    generator = np.random.default_rng(3)
    popularity = 1 / np.arange(1, 41)
    rows = ["customer,product,kind,day"]
    for customer in range(90):
        bought = generator.choice(40, 5, replace=False, p=popularity / popularity.sum())
        rows += [f"c{customer:02d},p{one:02d},kind {one % 10},2024-03-0{1 + one % 9}" for one in bought]
    path = tmp_path_factory.mktemp("noise") / "noise.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    with path.open("rb") as content:
        kept = default_store().keep_upload(path.name, content)
    file = studies.StudyFile(kept.stored_name, kept.name, kept.digest)
    saved = studies.save(studies.new_study(pending=(file,)))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    app.query_params["study"] = saved.id
    until_still(app)
    return studies.load(saved.id)


def words(page: AppTest) -> str:
    shown = [*page.markdown, *page.caption, *page.info, *page.error, *page.warning]
    return " ".join(element.value for element in shown).replace("\\", "").replace("\u00a0", " ")


def button(page: AppTest, start: str):
    return next(one for one in page.button if one.label.replace("\\", "").startswith(start))


def own(study: studies.Study) -> studies.Study:
    return studies.save(study.with_(id=studies.new_study().id, level="product", k=None))


def test_noise_is_said_to_hold_no_segments_and_every_way_out_is_a_button(
    open_page: OpenPage, noise: studies.Study
):
    page = open_page("How many", own(noise).id)
    assert not page.exception
    said = words(page)
    assert "No reliable segmentation at this level" in said
    assert "What to try" in said
    assert button(page, "Work at the level “kind”")
    assert button(page, "Leave out")
    assert "Who are these" not in " ".join(one.label for one in page.button)


def test_the_level_is_changed_and_compared_at_once(open_page: OpenPage, noise: studies.Study):
    study = own(noise)
    page = until_still(button(open_page("How many", study.id), "Work at the level “kind”").click().run())
    assert not page.exception
    assert studies.load(study.id).level == "kind"


def test_rare_products_are_left_out_and_the_rest_is_compared_at_once(
    open_page: OpenPage, noise: studies.Study
):
    study = own(noise)
    page = open_page("How many", study.id)
    way = button(page, "Leave out")
    rare = int(way.label.split()[2])
    page = until_still(way.click().run())
    assert not page.exception
    assert studies.load(study.id).filters.min_customers == 4
    assert 0 < rare < 40
    assert not [one for one in page.button if one.label.startswith("Leave out")]
    assert button(page, "See what is bought together")
