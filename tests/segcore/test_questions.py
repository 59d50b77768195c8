"""Questions: registered once, keyed by name and fields, forgotten with their data, secrets kept out."""

from __future__ import annotations

import importlib
import pickle
import pkgutil
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest

import segcore.questions
from segcore.errors import JobError, StoreError
from segcore.jobs import Request, table
from segcore.jobs import question as questions
from segcore.jobs.question import Digest, Files, Question, check, private, question
from segcore.matrix import MatrixSpec
from segcore.purchases import make_purchases
from segcore.purchases.kept import keep_purchases, purchases_key
from segcore.questions.bench import Workbench
from segcore.questions.data import ReadFiles, Sample
from segcore.storage import store as storage
from segcore.storage.codec import names
from segcore.storage.store import Store

ROOT = Path(__file__).resolve().parents[2]
MODULES = [one.name for one in pkgutil.iter_modules(segcore.questions.__path__, "segcore.questions.")]


class Told(Question[str]):
    def words(self):
        return "Telling"

    def seconds(self, size):
        return 1.0

    def work(self, bench):
        yield from ()
        return "told"


@question("test base", version=1)
class Base(Told):
    data: Digest
    k: int = 3


@question("test above", version=1)
class Above(Told):
    base: Base
    several: tuple[Base, ...] = ()
    files: Files = ()
    secret: str | None = private()


def every_question() -> dict[str, type[Question]]:
    for name in MODULES:
        importlib.import_module(name)
    return {
        name: cls for name, cls in questions.registered().items() if cls.__module__.startswith(questions.HOME)
    }


def test_a_key_follows_name_version_and_fields_and_no_path(tmp_path, monkeypatch):
    store, asked = Store(tmp_path), Base("d" * 32)
    key = asked.key(store)
    assert Base(k=3, data="d" * 32).key(store) == key != Base("d" * 32, 4).key(store)
    monkeypatch.setattr(Base, "__module__", "segcore.questions.elsewhere")
    assert asked.key(store) == key
    monkeypatch.setattr(Base, "version", 2)
    assert asked.key(store) != key
    monkeypatch.setattr(Base, "version", 1)
    monkeypatch.setattr(storage, "ALGORITHM_VERSION", 10_000)
    assert asked.key(store) != key


def test_a_question_within_a_question_counts_by_its_own_key(tmp_path, monkeypatch):
    store = Store(tmp_path)
    one, other = Above(Base("d" * 32)), Above(Base("d" * 32, 4))
    key = one.key(store)
    assert key != other.key(store) != Above(Base("d" * 32), (Base("e"),)).key(store)
    monkeypatch.setattr(Base, "version", 2)
    assert one.key(store) != key
    with pytest.raises(StoreError, match="cannot be stored"):
        Base(object()).key(store)


def test_an_answer_is_about_all_data_and_files_behind_it():
    asked = Above(Base("a" * 32), (Base("b" * 32), Base("")), (("mine.csv", "c" * 64 + ".csv"),))
    assert asked.about() == {"a" * 32, "b" * 32, "c" * 64}


def test_a_secret_is_in_no_key_no_text_and_forgotten_when_the_work_is_over(tmp_path):
    store, bare = Store(tmp_path), Above(Base("d"))
    told = Above(Base("d"), secret="opensesame")
    assert told.key(store) == bare.key(store) and told == bare
    request = Request.about(told)
    assert "opensesame" not in repr(request) and request.question.private() == (("secret", "opensesame"),)
    after = request.without_private()
    assert after.question.private() == () and b"opensesame" not in pickle.dumps(after)


def test_only_registered_questions_of_the_product_are_worked_on():
    check(Sample("wine_merchant"))
    check(Base("d"), modules=(__name__,))

    class Stray(Base):
        pass

    class Impostor(Told):
        name = "sample"

    for asked, modules in (
        (Base("d"), ()), (Stray("d"), (__name__,)), (Impostor(), (__name__,)), ("sample", ()), (Sample, ()),
    ):  # fmt: skip
        with pytest.raises(JobError, match="is not a question of this product"):
            check(asked, modules)
    with pytest.raises(JobError, match="Two questions"):
        question("sample")(type("Sample", (Told,), {}))


def test_no_stored_record_can_name_a_question():
    """So that nothing read from a file, a study or an address decides what a worker runs."""
    homes = {f"{cls.__module__}:{cls.__qualname__}" for cls in every_question().values()}
    assert homes and homes & set(names.HOMES.values()) == set()


def test_every_question_of_data_says_so_and_every_field_is_typed():
    for name, cls in every_question().items():
        assert cls.name == name and cls.__doc__ and not cls.__doc__.startswith(cls.__qualname__ + "("), name
        types = {one.name: one.type for one in fields(cls)}
        assert {types.get("data", "Digest"), types.get("files", "Files")} == {"Digest", "Files"}, name
        assert {"object", "Any"} & set(types.values()) == set(), name


def test_questions_are_light_to_import():
    code = f"import sys, {', '.join(MODULES)}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) & {"numpy", "pandas", "scipy", "sklearn", "mlxtend", "duckdb"} == set()


def test_a_bench_keeps_what_it_has_loaded_and_gives_out_nothing_that_left_the_store(workspace: Path):
    bought = make_purchases(["a", "a", "b"], ["x", "y", "x"])
    keep_purchases(bought)
    store = storage.default_store()
    bench, spec = Workbench(store), MatrixSpec("Product", "bought")
    assert bench.purchases(bought.digest) is bench.purchases(bought.digest)
    assert bench.matrix(bought.digest, spec) is bench.matrix(bought.digest, MatrixSpec("Product", "bought"))
    assert bench.matrix(bought.digest, spec).shape == (2, 2)
    asked = Base(bought.digest)
    store.save(asked.key(store), "said")
    assert bench.answer(asked) == "said"
    for key in (purchases_key(bought.digest), asked.key(store)):
        store.folder(key).rename(store.folder(key).with_suffix(".gone"))
    for again in (lambda: bench.matrix(bought.digest, spec), lambda: bench.answer(asked)):
        with pytest.raises(StoreError, match="not stored any more"):
            again()


def test_an_estimate_grows_with_the_file(workspace: Path):
    bench = Workbench(storage.default_store())
    small, large = (bench.store.keep_upload(f"{n}.csv", b"a,b\n" * n) for n in (10, 4_000_000))
    quick, slow = (ReadFiles((("f.csv", one.stored_name),), None).seconds(bench) for one in (small, large))
    assert quick == pytest.approx(2, abs=0.1) and slow == pytest.approx(4, abs=0.1)


def test_estimates_follow_what_jobs_took_on_this_machine(tmp_path):
    known = table.Table(Store(tmp_path), slots=1)

    def expected(key: str, seconds: float) -> float:
        known.enter(key * 64, Request(Sample("wine_merchant"), "Work", seconds), False)
        known._jobs = {name: job for name, job in known._jobs.items() if name == key * 64}
        return known.status(key * 64).remaining

    assert expected("a", 10) == pytest.approx(10)
    began = known.begin()
    known.end(replace(began, started=began.started - 30), "done")
    assert expected("b", 10) == pytest.approx(30, rel=0.01)
    assert expected("c", 20) == pytest.approx(60, rel=0.01)
    began = known.begin()
    known.end(replace(began, started=began.started - 20), "failed")
    assert expected("d", 10) == pytest.approx(30, rel=0.01), "what failed tells nothing"
