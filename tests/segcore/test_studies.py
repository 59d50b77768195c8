"""Nothing a person chose is lost: not by a refresh, a second tab, a restart, or a later version."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tracemalloc
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segcore import studies
from segcore.choices.level_edits import LevelEdits, Move, OneParent, ProductMap, Rename
from segcore.choices.log import Entry
from segcore.choices.offered import WEIGHTINGS
from segcore.errors import SpecError, StoreError
from segcore.matrix import MatrixSpec
from segcore.storage import codec
from segcore.storage.store import Store
from segcore.studies import (
    Filters,
    Identity,
    Names,
    RuleOptions,
    Study,
    StudyFile,
    SweepOptions,
    Vote,
    migrations,
    other_data,
    shelf,
)
from segcore.studies.checksum import unseal

ROOT = Path(__file__).resolve().parents[2]
TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
DIGEST, FILE_DIGEST = (st.just("") | st.text("0123456789abcdef", min_size=n, max_size=n) for n in (32, 64))
MOMENT = st.datetimes(datetime(1970, 1, 1), datetime(9998, 12, 31)).map(datetime.isoformat)
DAY = st.dates(min_value=date(1970, 1, 1)).map(date.isoformat)
FILES = st.builds(StudyFile, FILE_DIGEST | FILE_DIGEST.map(lambda d: d and d + ".csv"), TEXT, FILE_DIGEST)

SCENARIOS = st.builds(
    studies.Scenario,
    name=TEXT,
    base=TEXT,
    left_out=st.lists(TEXT, max_size=2).map(tuple),
    without=st.lists(st.builds(studies.Group, TEXT, TEXT), max_size=2).map(tuple),
    date_to=st.none() | st.just("2024-01-31"),
    min_products=st.integers(0, 9),
    k=st.none() | st.integers(1, 9),
    edits=st.lists(
        st.builds(
            studies.Edit,
            st.sampled_from(["merge", "lock", "pin"]),
            st.lists(st.integers(1, 9), max_size=2).map(tuple),
            st.lists(TEXT, max_size=2).map(tuple),
        )
        | st.builds(studies.Edit, st.just("split"), st.tuples(st.integers(1, 9))),
        max_size=2,
    ).map(tuple),
)

STUDIES = st.builds(
    lambda **choices: studies.new_study(**choices),
    log=st.lists(st.builds(Entry, MOMENT, TEXT, TEXT), max_size=2).map(tuple),
    author=TEXT,
    name=TEXT,
    files=st.lists(FILES, max_size=2).map(tuple),
    sample=TEXT,
    data_digest=DIGEST,
    loaded_key=FILE_DIGEST,
    roles=st.dictionaries(TEXT, TEXT | st.none() | st.lists(TEXT, max_size=2), max_size=3),
    level=TEXT,
    weighting=st.sampled_from(sorted(WEIGHTINGS)),
    filters=st.builds(
        Filters,
        min_customers=st.integers(1, 99),
        left_out=st.lists(TEXT, max_size=3).map(tuple),
        date_from=st.none() | st.just("2024-01-31"),
    ),
    level_edits=st.builds(
        LevelEdits,
        DIGEST,
        st.lists(
            st.builds(ProductMap, TEXT, st.sampled_from(["file", "names", "purchases", "hand"]), TEXT),
            max_size=2,
        ).map(tuple),
        st.lists(st.builds(Rename, TEXT, TEXT, TEXT), max_size=2).map(tuple),
        st.lists(st.builds(OneParent, TEXT, TEXT), max_size=2).map(tuple),
        st.lists(st.builds(Move, TEXT, TEXT, TEXT, TEXT), max_size=2).map(tuple),
    ),
    sweep=st.builds(
        SweepOptions,
        max_k=st.integers(2, 20),
        restarts=st.none() | st.integers(1, 9),
        start_key=FILE_DIGEST,
        start_k=st.integers(0, 20),
    ),
    k=st.none() | st.integers(1, 20),
    names=st.lists(
        st.builds(
            Names,
            TEXT,
            st.dictionaries(st.integers(1, 20), TEXT, max_size=3),
            st.dictionaries(st.integers(1, 20), TEXT, max_size=3),
            st.dictionaries(st.integers(1, 20), st.integers(1, 50), max_size=3),
            st.dictionaries(st.integers(1, 20), st.integers(0, 10), max_size=3),
        ),
        max_size=2,
    ).map(tuple),
    identities=st.lists(
        st.builds(
            Identity,
            st.integers(1, 50),
            TEXT,
            st.integers(0, 10),
            TEXT,
            st.booleans(),
            st.floats(0, 1),
            st.dictionaries(TEXT, st.dictionaries(TEXT, st.floats(0, 1), max_size=3), max_size=2),
        ),
        max_size=2,
    ).map(tuple),
    shown=st.lists(TEXT, max_size=2).map(tuple),
    what_if=st.builds(
        studies.WhatIf,
        st.lists(SCENARIOS, max_size=2).map(tuple),
        st.integers(0, 2),
        st.lists(SCENARIOS, max_size=1).map(tuple),
        st.lists(st.builds(studies.Basket, st.lists(TEXT, max_size=2).map(tuple), TEXT), max_size=2).map(
            tuple
        ),
        st.lists(DAY, max_size=4).map(tuple),
    ),
    newcomers=st.lists(FILES, max_size=1).map(tuple),
    balance=st.floats(0, 1),
    votes=st.lists(
        st.builds(Vote, TEXT, st.integers(1, 20), *[st.sampled_from(["", *studies.ANSWERS])] * 3), max_size=2
    ).map(tuple),
    rules=st.builds(
        RuleOptions,
        min_support=st.floats(0, 1),
        max_length=st.none() | st.integers(2, 5),
        everything=st.booleans(),
        products=st.dictionaries(st.just("require"), st.lists(TEXT, max_size=2).map(tuple), max_size=1),
    ),
    offers=st.builds(
        studies.OfferOptions,
        left_out=st.lists(TEXT, max_size=2).map(tuple),
        margins=st.dictionaries(TEXT, st.floats(0, 1e6), max_size=2),
        weeks=st.none() | st.integers(0, 26),
        product=TEXT,
        bundles=st.lists(
            st.builds(studies.SavedBundle, TEXT, st.integers(1, 9), st.lists(TEXT, max_size=3).map(tuple)),
            max_size=2,
        ).map(tuple),
    ),
    offer_tests=st.lists(
        st.builds(
            studies.OfferTest,
            id=TEXT,
            created=MOMENT,
            product=TEXT,
            base=st.floats(0, 1),
            effect=st.floats(0, 1),
            held_share=st.floats(0, 1),
            groups=st.lists(
                st.builds(studies.TestedSegment, TEXT, TEXT, TEXT, st.integers(0, 99), st.integers(0, 99)),
                max_size=2,
            ).map(tuple),
        ),
        max_size=2,
    ).map(tuple),
)


@settings(deadline=None, max_examples=60)
@given(STUDIES)
def test_a_study_downloads_and_opens_again_unchanged(study):
    assert studies.from_bytes(studies.to_bytes(study)) == study


def test_a_saved_study_is_found_by_another_process(tmp_path):
    study = studies.save(studies.new_study(level="Varietal + Origin", k=3), tmp_path)
    code = "import sys; from pathlib import Path; from segcore import studies; print(studies.load(sys.argv[1], Path(sys.argv[2])).k)"
    done = subprocess.run(
        [sys.executable, "-c", code, study.id, str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "3"
    assert studies.exists(study.id, tmp_path) and not studies.exists("a" * 22, tmp_path)


def test_the_workspace_variable_decides_where(monkeypatch, tmp_path):
    monkeypatch.setenv("SEGCORE_WORKSPACE", str(tmp_path))
    study = studies.save(studies.new_study(name="Autumn"))
    assert studies.load(study.id) == study
    assert [path.name for path in (tmp_path / "studies").iterdir()] == [f"{study.id}.json"]


def test_ids_are_long_random_and_different():
    ids = {studies.new_study().id for _ in range(200)}
    assert len(ids) == 200 and all(len(one) == 22 for one in ids)


@pytest.mark.parametrize(
    "study_id",
    [
        "",
        "..",
        "../../etc/passwd",
        "a" * 21,
        "a" * 23,
        "a" * 21 + "/",
        "a" * 21 + ".",
        "a" * 22 + "\n",
        "ä" * 22,
    ],
)
def test_only_ids_open_files(tmp_path, study_id):
    assert not studies.exists(study_id, tmp_path)
    with pytest.raises(StoreError, match="not the address"):
        studies.load(study_id, tmp_path)


def test_an_unknown_id_is_said_in_a_sentence(tmp_path):
    with pytest.raises(StoreError, match="no saved study") as caught:
        studies.load("a" * 22, tmp_path)
    assert caught.value.remedy


def test_a_change_is_a_new_record_with_a_new_time():
    before = studies.new_study()
    after = before.with_(k=4, filters=Filters(min_customers=20))
    assert (before.k, after.k, after.id, after.created) == (None, 4, before.id, before.created)
    assert after.updated > before.updated and after.updated.endswith("+00:00")


def test_choices_become_the_matrix_they_mean():
    filters = Filters(5, 2, ("Bag", "Air"), "2024-01-01", None)
    study = studies.new_study(level="Varietal", weighting="bought", filters=filters)
    expected = MatrixSpec("Varietal", "bought", 5, 2, ("Air", "Bag"), "2024-01-01", None)
    assert study.matrix_spec() == expected
    with pytest.raises(SpecError):
        study.with_(weighting="by the moon").matrix_spec()


def test_names_stay_with_the_segmentation_they_were_given_to():
    three = Names("key of k=3", {1: "Bubbles", 2: "Reds"}, {1: "Buys Champagne."})
    four = Names("key of k=4", {1: "All sorts"})
    study = studies.new_study().with_names(three).with_names(four)
    assert study.names_of("key of k=3") == three and study.names_of("key of k=4") == four
    assert study.names_of("another") == Names("another")
    renamed = study.with_names(Names("key of k=3", {1: "Sparkling"}))
    assert renamed.names_of("key of k=3").names == {1: "Sparkling"} and len(renamed.names) == 2
    opened = studies.from_bytes(studies.to_bytes(renamed))
    assert opened.names_of("key of k=4").names == {1: "All sorts"}


def test_roles_of_any_form_are_kept_by_the_codec():
    roles = {"customer": "Name", "levels": ("Varietal", "Origin"), "order": None}
    study = studies.new_study(roles=codec.encode(roles)[0])
    assert codec.decode(studies.from_bytes(studies.to_bytes(study)).roles, {}) == roles


SAVER = """
import sys
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from segcore import studies
study = studies.load(sys.argv[1], Path(sys.argv[2]))
for turn in range(60):
    studies.save(study.with_(level=sys.argv[3] * 30_000, k=turn + 1), Path(sys.argv[2]))
"""


def test_two_tabs_never_leave_a_torn_file(tmp_path):
    study = studies.save(studies.new_study(level="a"), tmp_path)
    tabs = [
        subprocess.Popen([sys.executable, "-c", SAVER, study.id, str(tmp_path), letter], cwd=ROOT)
        for letter in "ab"
    ]
    seen = set()
    while any(tab.poll() is None for tab in tabs):
        level = studies.load(study.id, tmp_path).level
        assert len(set(level)) == 1 and len(level) in (1, 30_000)
        seen.add(level[0])
    assert [tab.wait() for tab in tabs] == [0, 0] and seen
    assert studies.load(study.id, tmp_path).k == 60
    assert not list((tmp_path / "studies").glob(".*"))


def good() -> dict:
    return json.loads(unseal(studies.to_bytes(studies.new_study())))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x89PNG",
        b"[]",
        b"{}",
        b"[" * 100_000,
        json.dumps({**good(), "id": "../../x"}).encode(),
        json.dumps({**good(), "schema": "1"}).encode(),
        json.dumps({**good(), "schema": 0}).encode(),
        json.dumps({**good(), "filters": {"nonsense": 1}}).encode(),
        json.dumps({**good(), "names": [{"key": "", "names": {"one": ""}, "descriptions": {}}]}).encode(),
        studies.to_bytes(studies.new_study())[:-30],
    ],
)
def test_what_is_not_a_study_is_refused_in_a_sentence(content):
    with pytest.raises(StoreError, match="not a study, or it is damaged"):
        studies.from_bytes(content)


def test_a_study_from_a_later_version_says_so():
    with pytest.raises(StoreError, match="newer version"):
        studies.from_bytes(json.dumps({**good(), "schema": studies.SCHEMA + 1}).encode())


def test_earlier_schemas_are_brought_forward_step_by_step(monkeypatch):
    monkeypatch.setattr(migrations, "SCHEMA", 3)
    steps = {
        1: lambda raw: {**raw, "level": raw["depth"]},
        2: lambda raw: {name: value for name, value in raw.items() if name != "depth"},
    }
    monkeypatch.setattr(migrations, "MIGRATIONS", steps)
    old = {"schema": 1, "depth": "Varietal"}
    assert studies.migrate(old) == {"schema": 3, "level": "Varietal"}
    assert old == {"schema": 1, "depth": "Varietal"}


FIRST_RELEASE = (
    b'{"created": "2026-01-02T03:04:05.000006+00:00", "data_digest": "%b", "files": [{"digest": "%b", "name": '
    b'"wine.xlsx", "stored": "%b.xlsx"}], "filters": {"date_from": null, "date_to": null, "left_out": ["Bag"], '
    b'"min_customers": 2, "min_products": 1}, "id": "AAAAAAAAAAAAAAAAAAAAAA", "k": 3, "level": "Varietal", '
    b'"loaded_key": "", "name": "", "names": [{"descriptions": {}, "key": "s", "names": {"1": "Reds"}}], "roles": {}, '
    b'"rules": {"max_length": null, "min_confidence": 0.5, "min_lift": 0.0, "min_support": 0.05, "per": "customer"}, '
    b'"sample": "", "schema": 1, "sweep": {"initialisation": "nndsvda", "loss": "squared", "max_k": 10, "restarts": '
    b'null, "seed": 0}, "updated": "2026-01-02T03:04:05.000006+00:00", "weighting": "balanced"}'
) % (b"d" * 32, b"f" * 64, b"f" * 64)


def test_a_file_of_schema_1_opens_for_ever():
    study = studies.from_bytes(FIRST_RELEASE)
    assert isinstance(study, Study)
    assert (study.level, study.k, study.filters.left_out) == ("Varietal", 3, ("Bag",))
    assert study.names_of("s").names == {1: "Reds"} and study.files[0].name == "wine.xlsx"


@pytest.mark.parametrize(
    ("name", "shown", "extension"),
    [
        ("WineKMC.xlsx", "WineKMC.xlsx", ".xlsx"),
        ("C:\\Users\\me\\Käufe 2024.CSV", "Käufe 2024.CSV", ".csv"),
        ("../../etc/passwd", "passwd", ""),
        ("a.tar.gz", "a.tar.gz", ".gz"),
        ("nul\0l.cs\0v", "null.csv", ".csv"),
        ("x.c/s\\v", "v", ""),
        ("x.c s", "x.c s", ""),
        ("", "file", ""),
    ],
)
def test_an_upload_is_kept_by_content_with_its_extension(tmp_path, name, shown, extension):
    store = Store(tmp_path)
    kept = store.keep_upload(name, b"who,what\n1,2\n")
    assert (kept.name, kept.size) == (shown, 13)
    assert kept.stored_name == kept.digest + extension
    assert store.upload_path(kept.stored_name).read_bytes() == b"who,what\n1,2\n"
    assert str(store.upload_path(kept.stored_name)) == kept.path
    assert Path(kept.path).parent == tmp_path / "uploads"


def test_the_same_content_is_one_file_and_the_stream_is_not_held_in_memory(tmp_path):
    store, size = Store(tmp_path), 40_000_000
    source = tmp_path / "big.csv"
    source.write_bytes(b"0123456789abcdef" * (size // 16))
    tracemalloc.start()
    with source.open("rb") as handle:
        first = store.keep_upload("big.csv", handle)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert first.size == size and peak < size / 8
    assert store.keep_upload("copy of big.csv", io.BytesIO(source.read_bytes())).path == first.path
    assert len(list((tmp_path / "uploads").iterdir())) == 1


@pytest.mark.parametrize("stored", ["", "../studies/x.json", "a" * 64, "a" * 64 + ".csv/..", "a" * 64 + "\n"])
def test_only_kept_uploads_are_opened(tmp_path, stored):
    with pytest.raises(StoreError, match="not in the workspace"):
        Store(tmp_path).upload_path(stored)


def test_importing_studies_stays_light():
    heavy = "sklearn mlxtend plotly scipy streamlit".split()
    code = f"import sys, segcore.studies; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_votes_belong_to_one_segmentation_and_can_be_taken_back():
    study = studies.new_study().with_vote(Vote("a", 3, nameable="yes")).with_vote(Vote("b", 4, distinct="no"))
    assert study.vote_of("a", 3).answers == ("yes", "", "")
    assert study.vote_of("c", 5) == Vote("c", 5)
    changed = study.with_vote(Vote("a", 3, nameable="unsure", recognised="yes"))
    assert [vote.key for vote in changed.votes] == ["b", "a"]
    assert changed.vote_of("a", 3).answers == ("unsure", "", "yes")
    assert changed.with_vote(Vote("a", 3)).votes == (Vote("b", 4, distinct="no"),)
    with pytest.raises(ValueError, match="answer"):
        Vote("a", 3, nameable="perhaps")


def test_a_study_saved_before_there_were_votes_and_sparsity_opens():
    raw = json.loads(unseal(studies.to_bytes(studies.new_study(k=3))))
    del raw["votes"]
    for name in ("sparsity_products", "sparsity_customers", "evenness"):
        del raw["sweep"][name]
    opened = studies.from_bytes(json.dumps(raw).encode())
    assert (opened.votes, opened.sweep, opened.k) == ((), SweepOptions(), 3)
    raw["votes"] = [{"key": "a", "k": 3, "nameable": "maybe"}]
    with pytest.raises(StoreError):
        studies.from_bytes(json.dumps(raw).encode())


def test_other_data_may_be_baskets_where_there_were_customers():
    other = studies.OtherData("Spring", ("spring.csv",), {"customers": 600, "products": 30}, digest="d")
    said = other_data.in_words(other, {"baskets": 50, "products": 31})
    assert "50 baskets instead of 600 customers and 31 products instead of 30." in said


def test_a_source_that_is_still_to_be_read_leaves_the_uploads_alone_at_its_end(workspace):
    study = studies.save(replace(studies.new_study(), pending=(StudyFile("", "purchases (shop)", ""),)))
    (workspace / "uploads").mkdir(exist_ok=True)
    assert shelf.delete(study.id, lambda digest: None) == ()
    assert (workspace / "uploads").is_dir()
