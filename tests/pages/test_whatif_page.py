"""The What if page without a browser: baskets, another range with a way back, segments by hand, newcomers, periods."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from segcore import studies
from segcore.storage.store import default_store
from tests.pages.conftest import PATIENCE, ROOT, OpenPage, two_tastes, until_still
from tests.pages.test_prepared_pages import with_label, words


@pytest.fixture
def prepared(study_id: str) -> studies.Study:
    """A copy of the small study, two tastes found, to change at will."""
    return studies.save(replace(studies.load(study_id), id=studies.new_study().id, k=2, level="product"))


def in_room(open_page: OpenPage, study: studies.Study, room: str) -> AppTest:
    page = open_page("What if", study.id)
    page.session_state["whatif-room"] = room
    return until_still(page)


def after(act) -> AppTest:
    """The page once it has answered an act."""
    return until_still(act.run())


def button(page: AppTest, label: str):
    return next(one for one in page.button if one.label.replace("\\", "") == label)


def test_a_basket_is_answered_and_grows_by_a_click(open_page: OpenPage, prepared: studies.Study):
    page = in_room(open_page, prepared, "A basket")
    assert not page.exception
    assert "add what somebody bought" in words(page)
    page = after(with_label(page.multiselect, "In the basket").set_value(["Assam", "Oolong"]))
    assert "This is a basket of “Tea” (100 %)" in words(page)
    assert studies.load(prepared.id).what_if.baskets[0].products == ("Assam", "Oolong")
    add = next(one for one in page.button if one.key == "basket-0-add-0")
    missing = add.label
    after(add.click())
    assert missing in studies.load(prepared.id).what_if.baskets[0].products
    assert not page.exception


def test_a_real_customer_starts_a_basket_and_two_stand_side_by_side(
    open_page: OpenPage, prepared: studies.Study
):
    page = in_room(open_page, prepared, "A basket")
    page = after(with_label(page.selectbox, "Start from a real customer").set_value("c30"))
    saved = studies.load(prepared.id).what_if.baskets[0]
    assert saved.customer == "c30" and len(saved.products) == 3
    assert "Exactly what c30 bought." in words(page)
    page = after(with_label(page.toggle, "Two baskets side by side").set_value(True))
    assert len(studies.load(prepared.id).what_if.baskets) == 2
    assert "Basket A:" in words(page) and "Basket B:" in words(page)


def test_dropping_a_taste_dissolves_its_segment_and_undo_brings_it_back(
    open_page: OpenPage, prepared: studies.Study
):
    page = in_room(open_page, prepared, "Another range")
    assert "Nothing is changed yet" in words(page)
    tea = ["Assam", "Darjeeling", "Oolong"]
    page = after(with_label(page.multiselect, "Drop products").set_value([*tea, "Sencha"]))
    assert not page.exception and not page.error
    assert "“Tea” dissolves: all its 16 customers are in no segment then" in words(page)
    before = studies.load(prepared.id).what_if.steps
    assert before[-1].left_out == (*tea, "Sencha")
    page = after(button(page, "Undo").click())
    assert "Nothing is changed yet" in words(page)
    assert with_label(page.multiselect, "Drop products").value == []
    page = after(button(page, "Redo").click())
    assert with_label(page.multiselect, "Drop products").value == [*tea, "Sencha"]
    page = after(button(page, "Reset").click())
    assert "Nothing is changed yet" in words(page)


def test_a_whole_group_is_dropped_and_scenarios_are_kept_and_compared(
    open_page: OpenPage, prepared: studies.Study
):
    page = in_room(open_page, prepared, "Another range")
    page = after(with_label(page.multiselect, "Which kind").set_value(["Tea"]))
    assert "“Tea” dissolves" in words(page)
    with_label(page.text_input, "Keep what is on the screen as").set_value("Without tea")
    page = after(button(page, "Keep").click())
    assert [one.name for one in studies.load(prepared.id).what_if.kept] == ["Without tea"]
    page = after(with_label(page.selectbox, "against").set_value("Without tea"))
    assert not page.exception
    assert "“The study as it is” and “Without tea” are" in words(page)


def test_a_scenario_called_like_the_study_does_not_take_its_place(
    open_page: OpenPage, prepared: studies.Study
):
    page = in_room(open_page, prepared, "Another range")
    after(with_label(page.multiselect, "Which kind").set_value(["Tea"]))
    state = studies.load(prepared.id).what_if
    kept = replace(state.steps[-1], name="The study as it is")
    studies.save(studies.load(prepared.id).with_(what_if=state.keep(kept)))
    page = in_room(open_page, prepared, "Another range")
    options = with_label(page.selectbox, "Hold").options
    assert options == ["The study as it is", "“The study as it is”", "What is on the screen"]
    page = after(with_label(page.selectbox, "against").set_value("“The study as it is”"))
    assert not page.exception
    assert "leaves all segments" in words(page) or "leave all segments" in words(page)


def test_merging_by_hand_is_marked_with_its_cost(open_page: OpenPage, prepared: studies.Study):
    page = in_room(open_page, prepared, "By hand")
    page = after(with_label(page.multiselect, "Merge").set_value([1, 2]))
    page = after(button(page, "Merge them").click())
    assert not page.exception and not page.error
    assert "Edited by hand: this costs" in words(page)
    assert studies.load(prepared.id).what_if.steps[-1].edits == (studies.Edit("merge", (1, 2)),)
    page = after(button(page, "Undo").click())
    assert "Nothing is changed yet" in words(page)


def test_what_is_split_and_what_is_defined_have_numbers_of_their_own(
    open_page: OpenPage, prepared: studies.Study
):
    page = in_room(open_page, prepared, "By hand")
    page = after(with_label(page.selectbox, "Split").set_value(1))
    page = after(button(page, "Split it in two").click())
    page = after(with_label(page.multiselect, "Products that must define a segment").set_value(["Assam"]))
    page = after(button(page, "Make a segment of them").click())
    assert not page.exception and not page.error
    made = studies.load(prepared.id).what_if.steps[-1].edits
    assert made == (studies.Edit("split", (1,), makes=3), studies.Edit("pin", products=("Assam",), makes=4))


def test_new_customers_are_told_who_they_join(open_page: OpenPage, prepared: studies.Study):
    lines = [
        "customer,product,kind,amount",
        "n1,Assam,Tea,3.5",
        "n1,Oolong,Tea,4.5",
        "n2,Rioja,Wine,9",
        "n2,Absinthe,Wine,9",
    ]
    kept = default_store().keep_upload("new.csv", ("\n".join(lines) + "\n").encode())
    file = studies.StudyFile(kept.stored_name, kept.name, kept.digest)
    studies.save(prepared.with_(newcomers=(file,)))
    page = in_room(open_page, prepared, "New customers")
    assert not page.exception and not page.error
    said = words(page)
    assert "Of 2 customers in the file 1 join" in said
    assert "1 of 4 (25 %) products are not known to the segments (Absinthe)" in said
    assert page.dataframe[0].value["segment"].tolist() == ["Tea", "Wine"]


def test_a_basket_follows_the_level_and_the_filters(open_page: OpenPage, prepared: studies.Study):
    begun = studies.WhatIf(baskets=(studies.Basket(("Assam", "Oolong"), "c30"),))
    studies.save(prepared.with_(what_if=begun, level="kind"))
    page = in_room(open_page, prepared, "A basket")
    assert with_label(page.multiselect, "In the basket").value == ["Tea"]
    assert "Exactly what c30 bought." in words(page)
    few = replace(prepared.filters, left_out=("Assam", "Darjeeling", "Oolong"), min_products=2)
    studies.save(prepared.with_(what_if=begun, filters=few))
    page = in_room(open_page, prepared, "A basket")
    assert not page.exception and not page.error
    assert "What c30 bought" not in words(page)


@pytest.fixture
def dated(shared_workspace: Path, tmp_path: Path) -> studies.Study:
    """The two tastes, bought from January to April."""
    lines = two_tastes(tmp_path / "dated.csv").read_text(encoding="utf-8").splitlines()
    days = (dt.date(2025, 1, 1) + dt.timedelta(days=7 * at % 120) for at in range(len(lines)))
    table = [f"{lines[0]},date", *map(",".join, zip(lines[1:], map(str, days), strict=False))]
    kept = default_store().keep_upload("dated.csv", "\n".join(table).encode())
    file = studies.StudyFile(kept.stored_name, kept.name, kept.digest)
    saved = studies.save(studies.new_study(pending=(file,)))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    app.query_params["study"] = saved.id
    until_still(app)
    return studies.save(studies.load(saved.id).with_(k=2, level="product"))


def test_another_period_begins_at_the_studys_own(open_page: OpenPage, dated: studies.Study):
    own = replace(dated.filters, date_from="2025-02-01", date_to="2025-03-31")
    studies.save(dated.with_(filters=own))
    page = in_room(open_page, dated, "Another range")
    field = with_label(page.date_input, "Only purchases between")
    assert field.value == (dt.date(2025, 2, 1), dt.date(2025, 3, 31))
    page = after(field.set_value((dt.date(2025, 1, 1), dt.date(2025, 3, 31))))
    assert not page.exception and not page.error
    assert "Purchases from 2025-01-01 to 2025-03-31" in words(page)
    now = studies.load(dated.id).what_if.steps[-1]
    assert (now.date_from, now.date_to) == ("2025-01-01", "2025-03-31")
    page = after(
        with_label(page.date_input, "Only purchases between").set_value(
            (dt.date(2025, 2, 1), dt.date(2025, 3, 31))
        )
    )
    assert studies.load(dated.id).what_if.steps[-1].is_empty


def test_days_that_the_purchases_do_not_have_give_way_to_two_halves(
    open_page: OpenPage, dated: studies.Study
):
    days = ("2024-01-01", "2024-02-01", "2024-02-02", "2024-03-01")
    studies.save(dated.with_(what_if=studies.WhatIf(days=days)))
    page = in_room(open_page, dated, "Two periods")
    assert not page.exception and not page.error
    assert with_label(page.date_input, "First period").value[0] == dt.date(2025, 1, 1)
    assert "who bought in both periods" in words(page)
    assert "The largest move: " not in words(page) or "from no segment" not in words(page)


def test_periods_need_dates(open_page: OpenPage, prepared: studies.Study):
    page = in_room(open_page, prepared, "Two periods")
    assert not page.exception
    assert "This file has no dates" in words(page)
