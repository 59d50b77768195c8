"""The Data page: cells pasted, repairs undone, a further file, what only a person can know; nothing chosen is lost."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from segcore import studies
from segcore.storage.store import default_store
from tests.pages.conftest import OpenPage, until_still

HEAD = "customer_id,customer_name,product,date,amount"


def purchases(day: str = "{1:02d}/{0:02d}/2024") -> str:
    """Returns, a product in two spellings, days that can be read both ways."""
    rows = [HEAD]
    for i in range(120):
        product = ("Tea", "TEA", "Bun", "Jam", "Rice", "Oil")[i % 6]
        date = day.format(1 + i % 9, 1 + i % 5)
        rows.append(f"{i % 20:04d},Ann {i % 20},{product},{date},{'-' if i % 40 == 7 else ''}{2 + i % 7}.50")
    return "\n".join(rows) + "\n"


@pytest.fixture
def opened(shared_workspace: Path, open_page: OpenPage) -> AppTest:
    """The Data page after such a file was read."""
    kept = default_store().keep_upload("shop.csv", purchases().encode())
    file = studies.StudyFile(kept.stored_name, kept.name, kept.digest)
    saved = studies.save(studies.new_study(pending=(file,)))
    app = open_page("Data", saved.id)
    assert not app.exception
    return app


def id_of(app: AppTest) -> str:
    """The study in the address."""
    found = app.query_params["study"]
    return found if isinstance(found, str) else found[0]


def study_of(app: AppTest) -> studies.Study:
    return studies.load(id_of(app))


def acted(app: AppTest, _act: object) -> AppTest:
    """The page after an act."""
    return until_still(app)


def words(app: AppTest) -> str:
    return " ".join(element.value for element in (*app.markdown, *app.caption))


def control(app: AppTest, choice: str):
    found = [box for box in app.selectbox if box.key and box.key.endswith(f"-{choice}")]
    assert len(found) == 1, [box.key for box in app.selectbox]
    return found[0]


def test_what_the_file_cannot_tell_is_asked(opened: AppTest):
    assert "One thing only you can know" in words(opened)
    assert control(opened, "day_first").key.startswith("asked-")
    app = acted(opened, control(opened, "day_first").set_value(False))
    assert study_of(app).roles["day_first"] is False
    assert "only you can know" not in words(app) and "as chosen" in words(app)


@pytest.mark.parametrize(
    ("choice", "other", "said"),
    [("returns", "drop", "3 returns left out"), ("spellings", "keep", "kept apart, as chosen")],
)
def test_a_repair_is_undone_beside_it_and_what_was_chosen_stays(
    opened: AppTest, choice: str, other: str, said: str
):
    app = opened
    studies.update(id_of(app), lambda one: one.with_(k=3, name="Spring"))
    usual = study_of(app).data_digest
    app = acted(app, control(app, choice).set_value(other))
    after = study_of(app)
    assert after.roles[choice] == other and said in words(app)
    assert after.data_digest != usual and (after.k, after.name) == (3, "Spring")
    before = study_of(app).roles["returns" if choice == "spellings" else "spellings"]
    app = acted(app, control(app, choice).set_value("net" if choice == "returns" else "merge"))
    assert study_of(app).data_digest == usual
    assert before == study_of(app).roles["returns" if choice == "spellings" else "spellings"]


def test_pasted_cells_are_an_upload(shared_workspace: Path, open_page: OpenPage):
    app = open_page("Data")
    app.text_area[0].set_value(purchases().replace(",", "\t"))
    app = acted(app, next(b for b in app.button if b.label == "Read these cells").click())
    assert not app.exception
    assert [file.name for file in study_of(app).files] == ["pasted cells"]
    assert "20 customers" in words(app)


def test_minimum_data_is_said_beside_the_drop_zone(open_page: OpenPage):
    assert "About 100 customers with 3 purchases each" in words(open_page("Data"))


def test_a_further_file_describes_customers_and_keeps_the_choices(opened: AppTest):
    app = opened
    study = studies.update(id_of(app), lambda one: one.with_(k=4))
    rows = ["customer,region", *(f"{i},{'NS'[i % 2]}" for i in range(25))]
    kept = default_store().keep_upload("regions.csv", "\n".join(rows).encode())
    file = studies.StudyFile(kept.stored_name, kept.name, kept.digest)
    studies.update(study.id, lambda one: one.with_(pending=(*one.files, file), pending_roles=dict(one.roles)))
    app = until_still(app)
    after = study_of(app)
    assert not app.exception and after.k == 4 and len(after.files) == 2
    assert after.roles["customer_attributes"] == ["region"]
    assert "20 of 20 customers found in" in words(app)


def test_the_same_file_leads_to_earlier_work(opened: AppTest, open_page: OpenPage):
    earlier = studies.update(id_of(opened), lambda one: one.with_(k=5, name="First look"))
    again = studies.save(studies.new_study(pending=earlier.files))
    app = open_page("Data", again.id)
    assert "You opened this file before" in words(app) and "First look" in words(app).replace("\\", "")
    app = acted(app, next(b for b in app.button if b.label == "Go on there").click())
    assert study_of(app).id == earlier.id and not studies.exists(again.id)


def test_nothing_of_others_is_told_where_others_can_reach(
    opened: AppTest, open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
):
    earlier = studies.update(id_of(opened), lambda one: one.with_(k=5))
    again = studies.save(studies.new_study(pending=earlier.files))
    monkeypatch.setattr("pages.ui.shell.session.is_local", lambda: False)
    assert "You opened this file before" not in words(open_page("Data", again.id))
