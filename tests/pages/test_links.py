"""A link sets what is seen; only an act on it changes the study. And a study goes on with another file."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from segcore import studies
from segcore.storage.store import default_store
from segcore.studies import links, opening
from segcore.studies.other_data import taken_to
from tests.files import three_tastes
from tests.pages.conftest import FILES, PATIENCE, ROOT, OpenPage, until_still

NOTE = "This link shows"
Arrive = Callable[..., AppTest]


def kept_file(path: Path) -> studies.StudyFile:
    with path.open("rb") as content:
        kept = default_store().keep_upload(path.name, content)
    return studies.StudyFile(kept.stored_name, kept.name, kept.digest)


@pytest.fixture(scope="module")
def read_study(shared_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> studies.Study:
    """A study whose file is read, with three segments."""
    file = kept_file(three_tastes(tmp_path_factory.mktemp("links") / "autumn.csv"))
    saved = studies.save(studies.new_study(pending=(file,)))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    app.query_params["study"] = saved.id
    until_still(app)
    return studies.update(saved.id, lambda now: now.with_(k=3, level="product", name="Autumn"))


@pytest.fixture
def study(read_study: studies.Study) -> studies.Study:
    """The same for every test, whatever the one before did."""
    return studies.save(read_study)


@pytest.fixture
def arrive(shared_workspace: Path) -> Arrive:
    """Come through a link: ``arrive("How many", study="…", k="5")``."""

    def come(title: str, **asked: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
        for name, value in asked.items():
            app.query_params[name] = value
        return until_still(until_still(app).switch_page(f"pages/{FILES[title]}"))

    return come


def acted(app: AppTest, _act: object) -> AppTest:
    """The page after an act."""
    return until_still(app)


def note(app: AppTest) -> str:
    return " ".join(element.value for element in app.markdown if NOTE in element.value)


def test_a_link_shows_its_number_and_saves_nothing(study: studies.Study, arrive: Arrive):
    app = arrive("How many", study=study.id, k="4")
    assert app.selectbox(key="k-4").value == 4 and "4 segments instead of 3" in note(app)
    assert studies.load(study.id).k == 3


def test_writing_a_note_keeps_the_view_and_choosing_takes_it_over(study: studies.Study, arrive: Arrive):
    app = arrive("Share", study=study.id, k="4", balance="1", buyers="2")
    acted(app, app.text_input(key="note-Share").set_value("Seen through a link"))
    noted = studies.load(study.id)
    assert noted.log[-1].what == "Seen through a link"
    assert (noted.k, noted.balance, noted.filters) == (3, study.balance, study.filters)
    assert NOTE in note(app)
    until_still(app.switch_page("pages/sweep.py"))
    acted(app, app.selectbox(key="k-4").set_value(5))
    taken = studies.load(study.id)
    assert (taken.k, taken.balance, taken.filters.min_customers) == (5, 1.0, 2)
    assert not note(app) and set(app.query_params) == {"study"}
    assert [entry.what for entry in taken.log[-2:]] == [
        "Chose 5 segments instead of 3.",
        "Filters: keeps products with 2 customers or more.",
    ]


@pytest.mark.parametrize(("button", "k"), [("view-keep", 4), ("view-leave", 3)])
def test_both_ways_on_from_a_link(study: studies.Study, arrive: Arrive, button: str, k: int):
    app = arrive("How many", study=study.id, k="4")
    acted(app, app.button(key=button).click())
    assert app.selectbox(key=f"k-{k}").value == k == studies.load(study.id).k
    assert not note(app) and set(app.query_params) == {"study"}


def test_a_link_to_look_at_shows_the_view_and_saves_nothing(study: studies.Study, arrive: Arrive):
    app = arrive("How many", study=links.make(study, frozen=False), k="4")
    assert app.selectbox(key="k-4").value == 4 and "4 segments instead of 3" in note(app)
    acted(app, app.selectbox(key="k-4").set_value(5))
    assert app.selectbox(key="k-5").value == 5
    assert studies.load(study.id) == study


def test_what_cannot_be_is_not_said(study: studies.Study, arrive: Arrive):
    junk = {
        "k": "99",
        "level": "no such",
        "balance": "zz",
        "buyers": "9999",
        "from": "31.12.",
        "count": "moon",
    }
    app = arrive("How many", study=study.id, **junk)
    assert app.selectbox(key="k-3").value == 3 and not app.exception and not app.error and not note(app)
    assert set(app.query_params) == {"study"}
    assert studies.load(study.id) == study


def other_file(study: studies.Study, path: Path, open_page: OpenPage) -> AppTest:
    """The study opened with another file, at the Data page."""
    sizes = {"customers": 48, "products": 12, "purchase lines": 144}
    waiting = studies.save(taken_to(study, (kept_file(path),), sizes))
    assert waiting.id != study.id
    return open_page("Data", waiting.id)


def informed(app: AppTest) -> str:
    """What the page says in its notes, without the marks that keep text from being obeyed."""
    return " ".join(element.value for element in app.info).replace("\\", "")


def opened(app: AppTest) -> studies.Study:
    found = app.query_params["study"]
    return studies.load(found if isinstance(found, str) else found[0])


def test_a_study_goes_on_with_next_months_file(study: studies.Study, open_page: OpenPage, tmp_path: Path):
    names = studies.Identity(1, "Wine lovers", 1, edited=True, profiles={"product": {"Merlot": 0.3, "Rioja": 0.3, "Malbec": 0.2, "Chianti": 0.2}})  # fmt: skip
    rich = study.with_(
        identities=(names,),
        votes=(studies.Vote("s", 3, nameable="yes"),),
        filters=studies.Filters(min_customers=2, left_out=("Toast", "Rye")),
        balance=0.5,
    )
    studies.save(rich)
    app = other_file(rich, three_tastes(tmp_path / "winter.csv", 60, without="Toast"), open_page)
    now = opened(app)
    assert (now.k, now.level, now.balance, now.filters) == (3, "product", 0.5, studies.Filters(min_customers=2, left_out=("Rye",)))  # fmt: skip
    assert now.votes == () and now.name == "Autumn with winter" and not now.other_data.is_waiting
    said = informed(app)
    assert "60 customers instead of 48" in said and "11 products instead of 12" in said
    assert "Carried over: what each column means, the level “product”, filters, 3 segments" in said
    assert "Not carried over: 1 left-out product not in these data" in said and "1 vote" in said
    assert any("with the choices of “Autumn”" in entry.what for entry in now.log)
    assert studies.load(study.id) == rich
    segments = until_still(app.switch_page("pages/segments.py"))
    assert not segments.exception
    shown = [identity.name for identity in opened(app).identities if identity.edited]
    assert shown == ["Wine lovers"]
    assert any("Wine lovers" in option for option in segments.selectbox(key="segment-chosen").options)


def test_columns_called_otherwise_are_understood_anew(
    study: studies.Study, open_page: OpenPage, tmp_path: Path
):
    file = three_tastes(tmp_path / "umsatz.csv", head="Kunde,Artikel,Gruppe,Umsatz")
    app = other_file(study, file, open_page)
    now = opened(app)
    assert not app.exception and now.data_digest and now.k == 3 and now.level == "Artikel"
    said = informed(app)
    assert "the level “product”, which is not in these data" in said
    assert "what each column means, for the columns are called otherwise" in said


def test_another_file_in_the_same_study_begins_anew_and_shows_no_old_vote(
    study: studies.Study, open_page: OpenPage, tmp_path: Path
):
    file = kept_file(three_tastes(tmp_path / "spring.csv", 36))
    voted = study.with_(votes=(studies.Vote("s", 3, nameable="yes"),), pending=(file,), pending_roles={})
    studies.save(voted)
    open_page("Data", study.id)
    now = studies.load(study.id)
    assert now.files == (file,) and (now.votes, now.k, now.other_data.study) == ((), None, "")
    assert studies.versions(study.id)[0].votes == voted.votes


def test_choices_without_their_data_are_carried_to_the_file_that_comes(
    study: studies.Study, open_page: OpenPage, tmp_path: Path
):
    alone = opening.unpack(
        studies.to_bytes(study.with_(files=(), data_digest="", loaded_key="")), default_store()
    ).study
    file = kept_file(three_tastes(tmp_path / "later.csv", 54))
    studies.update(alone.id, lambda now: now.with_(pending=(file,), pending_roles=dict(study.roles)))
    app = open_page("Data", alone.id)
    now = studies.load(alone.id)
    assert (now.k, now.level) == (3, "product")
    assert "These are the choices of “Autumn” on other data." in informed(app)
