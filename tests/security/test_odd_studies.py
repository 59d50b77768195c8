"""A study whose fields hold what they may, and that makes no sense on its data: every page works, or says so.

Another hand may have written it, or other data. What cannot be on this page's data is passed over as in an address.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest
from streamlit.testing.v1 import AppTest

from segcore import studies
from segcore.choices.level_edits import LevelEdits, Rename
from segcore.choices.log import Entry
from segcore.choices.other_data import OtherData
from segcore.choices.packed_ids import pack_ids
from segcore.choices.read_from import ReadFrom
from segcore.errors import StoreError
from segcore.storage.store import default_store
from segcore.studies import (
    Basket,
    Edit,
    Filters,
    Group,
    Identity,
    Names,
    OfferOptions,
    OfferTest,
    Scenario,
    Study,
    StudyFile,
    SweepOptions,
    Vote,
    WhatIf,
)
from segcore.studies import TestedSegment as Arms  # a name that does not begin like a test's
from tests.pages.conftest import FILES, PATIENCE, ROOT, own_browser, shared_workspace, until_still
from tests.pages.test_prepared_pages import with_label, words

__all__ = ["own_browser", "shared_workspace"]
KINDS = {"Wine": ("Merlot", "Malbec", "Rioja", "Chianti"), "Tea": ("Assam", "Darjeeling", "Oolong", "Sencha")}
EVIL = ("**x**[a](http://b)`c`<b>$y$:red[z]|\n# h\t" * 8)[:200]
ROOMS = ("A basket", "Another range", "By hand", "New customers", "Two periods")
TABS = ("Next offers", "Does it work?", "Bundles", "Who gets it", "Test & learn")
VIEWS = ("Points", "Groups", "By segment", "Bought instead")
# Every page, with the part of it that is opened, as a click would open it.
PLACES: dict[str, tuple[str, dict[str, object]]] = {
    **{title: (title, {}) for title in FILES},
    **{f"What if: {room}": ("What if", {"whatif-room": room}) for room in ROOMS},
    **{f"Offers: {tab}": ("Offers", {"offers-tab": tab}) for tab in TABS},
    **{f"Rules: {view}": ("Rules", {"rules-view": view}) for view in VIEWS},
    "How many: Advanced": ("How many", {"advanced": True, "compare": True}),
}
GONE = StudyFile("a" * 64 + ".csv", "gone.csv", "a" * 64)
Change = Callable[["Known"], Study]


class Known(NamedTuple):
    """A sound study with everything, the key its segments lie under, and what scenarios on them are filed under."""

    study: Study
    key: str
    cut: str

    def with_(self, **changes: object) -> Study:
        """A copy under an id of its own."""
        return replace(self.study, id=studies.new_study().id, **changes)

    def trying(self, *edits: Edit, **changes: object) -> Study:
        """The study with this scenario on the screen and kept three times."""
        one = Scenario(base=self.cut, edits=edits, **changes)
        kept = tuple(replace(one, name=name) for name in (EVIL, EVIL, "The study as it is"))
        return self.with_(what_if=WhatIf((one,), 1, kept))


@pytest.fixture(scope="module")
def known(shared_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Known:
    """A small file with everything a file can have, read and divided in two."""
    path = tmp_path_factory.mktemp("file") / "tastes.csv"
    path.write_text("\n".join(["customer,product,kind,amount,quantity,order,date", *_lines()]) + "\n")
    with path.open("rb") as content:
        kept = default_store().keep_upload(path.name, content)
    file = StudyFile(kept.stored_name, kept.name, kept.digest)
    saved = studies.save(studies.new_study(pending=(file,)))
    until_still(_app(saved.id))
    read = studies.load(saved.id)
    small = replace(read, k=2, level="product", sweep=replace(read.sweep, max_k=3))
    page = opened(small, "What if: Another range")
    with_label(page.multiselect, "Drop products").set_value(["Assam"])
    until_still(page)
    after = studies.load(small.id)
    return Known(replace(after, what_if=WhatIf()), after.shown[0], after.what_if.steps[-1].base)


def _lines() -> Iterator[str]:
    for customer in range(40):
        kind = "Wine" if customer < 24 else "Tea"
        for at, product in enumerate(KINDS[kind]):
            if (customer + at) % 4:
                day = f"2024-{1 + (customer + at) % 12:02d}-{1 + customer % 28:02d}"
                order = customer * 2 + at % 2
                yield f"c{customer:02d},{product},{kind},{5 + at}.50,{1 + at % 2},o{order:03d},{day}"


def _app(study: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    app.query_params["study"] = study
    return app


def opened(study: Study, place: str) -> AppTest:
    """A page with the study; its part opened."""
    title, state = PLACES[place]
    page = until_still(until_still(_app(studies.save(study).id)).switch_page(f"pages/{FILES[title]}"))
    for key, value in state.items():
        page.session_state[key] = value
    return until_still(page) if state else page


def answers(study: Study, place: str, caplog: pytest.LogCaptureFixture) -> AppTest:
    """The page, which works or says in a sentence what is wrong and what to do."""
    with caplog.at_level(logging.ERROR):
        page = opened(study, place)
    said = words(page)
    assert not page.exception
    assert not [one for one in caplog.records if one.exc_info], caplog.text
    assert "nobody foresaw" not in said and "not foreseen" not in said
    assert len(page.error) <= 1
    assert all(one.value.count(".") >= 2 for one in page.error), "what is wrong, and what to do"
    assert said.strip()
    return page


def _test(**fields: object) -> OfferTest:
    usual = {
        "id": "t",
        "created": "2024-01-01",
        "product": "none",
        "base": 0.0,
        "effect": 0.0,
        "held_share": 0.0,
    }
    return OfferTest(**{**usual, **fields})


def _group(**fields: object) -> Arms:
    usual = {"segment": EVIL, "treated": pack_ids(["a"]), "held_out": "", "n_treated": 1, "n_held_out": 0}
    return Arms(**{**usual, **fields})


def everywhere(known: Known) -> Study:
    """Nonsense in as many fields as do not hide each other."""
    scenario = Scenario(
        EVIL, known.cut, ("Assam", "Assam", "none", EVIL), ("none", "Assam"), (Group("kind", "none"),), "1600-01-01",
        "9999-12-31", 0, None, (Edit("lock", (0, 99)), Edit("merge", (1, 1)), Edit("pin", (), ("none",), 1)),
    )  # fmt: skip
    study = known.study
    return known.with_(
        name=EVIL, author=EVIL, balance=0.3777, shown=("x", ""), newcomers=(GONE, GONE),
        rules=replace(study.rules, rank="none", also_level="none", products={"nobody": ("x",), "require": ("none",)}),
        votes=(Vote("x", 9_999, "yes"), Vote("", 0)),
        names=(Names(known.key, {500: ""}, {}, {0: 1, 1: 77, 2: 77, 99: 2}, {1: 9_999, 2: 9_999}),),
        identities=(Identity(2**53, EVIL, 9_999, EVIL, True, 0.77, {"none": {"x": 1e308}, "product": {"Tea": -1e300}}),) * 2,
        offers=OfferOptions(
            n=17, recent_days=13, left_out=("none",), product="none", take=10**12, margins={"none": 5.0}, rank_by="margin",
            weeks=7, tested=37, bundles=(studies.SavedBundle(known.cut, 9_999, ("none",)), studies.SavedBundle("", 1)),
        ),
        offer_tests=(_test(), _test(groups=(_group(treated="!!", held_out="####", n_treated=5, n_held_out=3),))),
        what_if=WhatIf((scenario,), 1, (scenario, scenario), (), ("2024-03-01",)),
        log=(Entry("0002-01-01T00:00:00-23:00", EVIL, EVIL, "note", "nowhere"), Entry("9998-12-31T23:59:59-14:00", "")),
        other_data=OtherData("Summer", ("s.csv",), {"x": 2**53}),
    )  # fmt: skip


@pytest.mark.parametrize("place", [place for place in PLACES if place not in ("What if", "Offers", "Rules")])
def test_nonsense_everywhere_stops_no_page(known: Known, place: str, caplog: pytest.LogCaptureFixture):
    assert not answers(everywhere(known), place, caplog).exception


def test_a_level_the_data_do_not_have_is_passed_over_and_another_can_be_chosen(known: Known, caplog):
    study = known.with_(level="no such")
    page = answers(study, "Product level", caplog)
    assert not page.error and with_label(page.selectbox, "Work at").value == "product"
    with_label(page.selectbox, "Work at").set_value("kind")
    until_still(page)
    assert studies.load(study.id).level == "kind"


def test_what_nobody_counted_and_days_no_calendar_shows_are_no_part_of_a_study(known: Known):
    for made in (
        lambda: Edit("split"),
        lambda: _group(n_treated=1, bought_treated=9),
        lambda: _test(groups=(_group(),), outcome="x.csv"),
    ):
        with pytest.raises(ValueError):
            made()
    for day in ("20240301", "2024-W20-1", "0001-01-01"):
        with pytest.raises(StoreError):
            studies.to_bytes(known.with_(filters=Filters(date_from=day)))
    with pytest.raises(StoreError):  # in no zone but its own
        studies.to_bytes(known.with_(updated="9999-12-31T23:59:59-14:00"))


def test_choices_that_undo_each_other_are_passed_over(known: Known, caplog: pytest.LogCaptureFixture):
    sweep = SweepOptions(3, "kullback-leibler", "nndsvd", 50, sparsity_products=0.5, evenness=1e6)
    for place in ("How many", "Segments"):
        assert not answers(known.with_(sweep=sweep), place, caplog).error


CASES: dict[str, tuple[Change, tuple[str, ...]]] = {
    "k of thousands": (lambda one: one.with_(k=5_000), ("How many", "Segments", "What if: By hand", "Offers: Next offers")),
    "odd filters": (lambda one: one.with_(filters=Filters(left_out=("none", EVIL), date_from="0002-01-01", date_to="9999-12-31")), ("Product level", "Segments", "What if: Another range", "What if: Two periods", "Rules: Points")),
    "k of one": (lambda one: one.with_(k=1), ("How many", "Segments", "Share", "Offers: Next offers", "What if: By hand")),
    "no level": (lambda one: one.with_(level="", weighting="share"), ("Data", "Product level", "Segments", "Rules: Points")),
    "a long level": (lambda one: one.with_(level="x" * 32_767), ("Data", "Product level", "Segments", "Share")),
    "a mixed level of nothing": (lambda one: one.with_(level="kind ≥ 999999999 buyers, else kind"), ("Product level", "Segments")),
    "many weeks": (lambda one: one.with_(offers=OfferOptions(weeks=520)), ("Offers: Next offers", "Offers: Does it work?")),
    "nothing to offer": (lambda one: one.with_(offers=OfferOptions(left_out=(*KINDS["Wine"], *KINDS["Tea"]))), tuple(f"Offers: {tab}" for tab in TABS)),
    "rules of no support": (lambda one: one.with_(rules=replace(one.study.rules, min_support=1e-300, min_confidence=0.777, min_lift=0.0, everything=True, method="fpmax", max_length=5, per="order")), ("Rules: Points", "Rules: Groups", "Share")),
    "rules beside themselves": (lambda one: one.with_(rules=replace(one.study.rules, also_level="product", min_support=1.0)), ("Rules: Points", "Rules: By segment")),
    "everything left out": (lambda one: one.with_(filters=Filters(left_out=(*KINDS["Wine"], *KINDS["Tea"]))), ("Product level", "How many", "Segments", "Rules: Points", "Share")),
    "the highest minimum": (lambda one: one.with_(filters=Filters(10_000, 10_000)), ("Product level", "Segments", "What if: Another range")),
    "caps": (lambda one: one.with_(filters=Filters(max_products=2**53, cap_products=2**53)), ("Product level", "Segments")),
    "days turned round": (lambda one: one.with_(filters=Filters(date_from="2024-12-01", date_to="2024-01-31")), ("Product level", "Segments", "What if: Two periods")),
    "days before all": (lambda one: one.with_(filters=Filters(date_from="0002-01-01", date_to="0003-01-01")), ("Product level", "How many", "What if: Two periods")),
    "edits of no segment": (lambda one: one.trying(Edit("split", (99,), makes=99), Edit("merge", (98, 97)), Edit("lock", (55,)), Edit("pin")), ("What if: By hand", "What if: Another range", "Share")),
    "edits that make what is there": (lambda one: one.trying(Edit("split", (1,), makes=2), Edit("pin", (), ("Assam",), 2)), ("What if: By hand", "What if: Another range")),
    "edits that make themselves": (lambda one: one.trying(Edit("split", (50,), makes=50), Edit("merge", (50, 51)), Edit("split", (51,), makes=50)), ("What if: By hand",)),
    "a locked one of many": (lambda one: one.trying(Edit("lock", (1, 2, 99)), k=1), ("What if: By hand", "What if: Another range")),
    "a hundred": (lambda one: one.trying(k=100), ("What if: Another range", "What if: By hand")),
    "few customers": (lambda one: one.trying(min_products=1_000), ("What if: Another range",)),
    "all groups": (lambda one: one.trying(without=(Group("kind", "Wine"), Group("kind", "Tea"), Group("none", EVIL))), ("What if: Another range", "Share")),
    "steps that are not there": (lambda one: one.with_(what_if=WhatIf(at=60)), ("What if: Another range",)),
    "odd baskets": (lambda one: one.with_(what_if=WhatIf(baskets=(Basket(("none", "Assam", "Assam", EVIL), "nobody"), Basket(("none",), "c01")))), ("What if: A basket",)),
    "periods that end before": (lambda one: one.with_(what_if=WhatIf(days=("2024-05-01", "2024-04-01", "2024-03-01", "2024-02-01"))), ("What if: Two periods",)),
    "three days": (lambda one: one.with_(what_if=WhatIf(days=("2024-03-01", "2024-04-01", "2024-05-01"))), ("What if: Two periods",)),
    "one name for all": (lambda one: one.with_(identities=tuple(replace(i, name=EVIL, edited=True, colour=9_999) for i in one.study.identities)), ("Segments", "Share", "Offers: Bundles", "Rules: By segment")),
    "no name": (lambda one: one.with_(identities=tuple(replace(i, name="", edited=True, colour=0) for i in one.study.identities)), ("Segments", "Share")),
    "no colours": (lambda one: one.with_(names=(replace(one.study.names[0], colours={}),)), ("Segments", "Share")),
    "one segment twice": (lambda one: one.with_(names=(Names(one.key, {}, {}, {1: 1, 2: 1}, {1: 1, 2: 1}),)), ("Segments", "How many: Advanced")),
    "penalties": (lambda one: one.with_(sweep=SweepOptions(3, sparsity_products=1e6, sparsity_customers=1e6, evenness=1e6)), ("How many", "How many: Advanced", "Segments", "Share", "What if: By hand")),
    "a start from nowhere": (lambda one: one.with_(sweep=SweepOptions(100, initialisation="custom", restarts=50)), ("How many", "How many: Advanced", "Segments")),
    "a start that is none": (lambda one: one.with_(sweep=SweepOptions(3, start_key=one.study.loaded_key, start_k=2)), ("How many: Advanced", "Segments", "Share")),
    "a start that is gone": (lambda one: one.with_(sweep=SweepOptions(3, start_key="f" * 64, start_k=2)), ("How many: Advanced", "Segments")),
    "another result": (lambda one: one.with_(loaded_key=one.key), ("Data", "Product level", "Segments", "Share", "Help")),
    "no purchases": (lambda one: one.with_(data_digest="d" * 32), ("Data", "Product level", "Segments", "Share")),
    "no files": (lambda one: one.with_(files=()), ("Data", "Share")),
    "files that are gone": (lambda one: one.with_(pending=(GONE,), pending_roles={"customer": "none"}), ("Data", "Segments")),
    "roles of no kind": (lambda one: one.with_(roles={"evil": "x"}, pending=one.study.files, pending_roles={"customer": 5}), ("Data", "What if: New customers", "Share")),
    "a folder nobody named": (lambda one: one.with_(pending=(StudyFile("", "x", "", ReadFrom("folder", "nowhere", "../../etc/passwd", "2024-01-01")),)), ("Data", "Segments")),
    "a table nobody named": (lambda one: one.with_(pending=(StudyFile("", "x", "", ReadFrom("database", EVIL, EVIL)),)), ("Data",)),
    "files of such a folder": (lambda one: one.with_(files=(replace(one.study.files[0], source=ReadFrom("folder", EVIL, "../x", "")),)), ("Data", "Share")),
    "other data still waiting": (lambda one: one.with_(pending=one.study.files, files=(), data_digest="", loaded_key="", other_data=OtherData("Summer")), ("Data",)),
    "a sample of no name": (lambda one: one.with_(sample="none", files=(), data_digest="", loaded_key=""), ("Data", "Share")),
    "changes without a base": (lambda one: one.with_(level_edits=LevelEdits("", (), (Rename("product", "Assam", "Oolong"),))), ("Data", "Product level", "Segments")),
    "changes of other purchases": (lambda one: one.with_(level_edits=LevelEdits("d" * 32, (), (Rename("product", "Assam", "Oolong"),))), ("Data", "Product level")),
    "a test of everybody": (lambda one: one.with_(offer_tests=(_test(created="9998-12-31T23:59:59+00:00", outcome="x", groups=(_group(n_treated=2**53, n_held_out=2**53, bought_treated=2**53, bought_held_out=0),)),)), ("Offers: Test & learn", "Share")),
}  # fmt: skip


@pytest.mark.long
@pytest.mark.parametrize(
    ("case", "place"), [(case, place) for case, (_, places) in CASES.items() for place in places]
)
def test_nonsense_stops_no_page(known: Known, case: str, place: str, caplog: pytest.LogCaptureFixture):
    assert not answers(CASES[case][0](known), place, caplog).exception
