"""The same question is answered from disk; damage is noticed; two writers do not disturb each other."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from segcore.errors import StoreError
from segcore.progress import Step
from segcore.storage.store import Store, default_store, workspace

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path)


def table() -> pd.DataFrame:
    return pd.DataFrame({"k": [2, 3], "error": [0.5, 0.25]}, index=pd.Index(["a", "b"], name="row"))


def test_a_result_is_found_again_by_another_store_on_the_same_folder(store, tmp_path):
    key = store.key("sweep", digest="d", ks=range(2, 4))
    assert not store.has(key)
    store.save(key, table())
    later = Store(tmp_path)
    assert later.has(key)
    pd.testing.assert_frame_equal(later.load(key), table())


def test_the_key_is_the_question():
    key = Store("unused").key
    base = key("sweep", digest="d", ks=(2, 3), spec=Step(0.0, "x"))
    assert len(base) == 64 and set(base) <= set("0123456789abcdef")
    assert key("sweep", spec=Step(0.0, "x"), ks=(2, 3), digest="d") == base
    different = {
        key("segment", digest="d", ks=(2, 3), spec=Step(0.0, "x")),
        key("sweep", digest="e", ks=(2, 3), spec=Step(0.0, "x")),
        key("sweep", digest="d", ks=(2, 4), spec=Step(0.0, "x")),
        key("sweep", digest="d", ks=(2, 3.0), spec=Step(0.0, "x")),
        key("sweep", digest="d", ks=[2, 3], spec=Step(0.0, "x")),
        key("sweep", digest="d", ks=(2, 3), spec=Step(0.5, "x")),
        base,
    }
    assert len(different) == 7


def test_entries_of_a_dict_may_come_in_any_order_but_arrays_may_not():
    key = Store("unused").key
    assert key("read", roles={"a": 1, "b": {"x": 1, "y": 2}}) == key(
        "read", roles={"b": {"y": 2, "x": 1}, "a": 1}
    )
    assert key("read", values=np.array([1.0, 2.0])) != key("read", values=np.array([2.0, 1.0]))


def test_the_key_changes_with_the_algorithm_version(monkeypatch):
    before = Store("unused").key("sweep", digest="d")
    monkeypatch.setattr("segcore.storage.store.ALGORITHM_VERSION", 10**6)
    assert Store("unused").key("sweep", digest="d") != before


def test_a_missing_result_is_said_in_a_sentence(store):
    with pytest.raises(StoreError, match="not stored any more"):
        store.load(store.key("sweep", digest="d"))


@pytest.mark.parametrize("suffix", [".json", ".npz"])
@pytest.mark.parametrize("where", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("fresh", [True, False])
def test_one_damaged_byte_is_noticed_and_a_new_save_heals(store, tmp_path, suffix, where, fresh):
    key = store.key("sweep", digest="d")
    store.save(key, table())
    assert store.has(key)
    path = next(store.folder(key).glob(f"*{suffix}"))
    content = bytearray(path.read_bytes())
    content[int(len(content) * where)] ^= 0x10
    path.write_bytes(content)
    reader = Store(tmp_path) if fresh else store
    with pytest.raises(StoreError, match="damaged") as caught:
        reader.load(key)
    assert caught.value.remedy == "Compute it again."
    assert not reader.has(key)
    reader.save(key, table())
    assert reader.has(key)
    pd.testing.assert_frame_equal(reader.load(key), table())


def test_a_truncated_or_lost_file_is_noticed(store):
    key = store.key("sweep", digest="d")
    store.save(key, table())
    numbers = next(store.folder(key).glob("*.npz"))
    numbers.write_bytes(numbers.read_bytes()[:-20])
    assert not store.has(key)
    numbers.unlink()
    assert not store.has(key)
    with pytest.raises(StoreError, match="damaged"):
        store.load(key)


def test_a_result_of_a_later_format_is_absent_not_misread(store):
    key = store.key("sweep", digest="d")
    store.save(key, 1)
    path = store.folder(key) / "result.json"
    text = json.loads(path.read_text())
    text["body"]["format"] = 99
    path.write_text(json.dumps(text))
    assert not store.has(key)


def test_what_cannot_be_stored_leaves_nothing_behind(store):
    key = store.key("sweep", digest="d")
    with pytest.raises(StoreError, match="cannot be stored"):
        store.save(key, {"ok": 1, "not": object()})
    assert not store.has(key) and store.size() == 0


@pytest.mark.parametrize("key", ["", "..", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 64 + "\n"])
def test_only_keys_name_folders(store, key):
    with pytest.raises(StoreError, match="not the key"):
        store.load(key)


def test_parts_come_back_in_order_and_a_damaged_one_is_left_out(store):
    key = store.key("sweep", digest="d")
    for index in (10, 2, 3):
        store.save_part(key, index, {"k": index})
    assert store.part_indexes(key) == [2, 3, 10]
    assert store.parts(key) == [{"k": 2}, {"k": 3}, {"k": 10}]
    (store.folder(key) / "parts" / "000003.json").write_text("{")
    assert store.parts(key) == [{"k": 2}, {"k": 10}]
    assert not store.has(key)
    store.clear_parts(key)
    assert store.parts(key) == []


def test_size_is_what_is_on_disk(store):
    assert store.size() == 0
    store.save(store.key("x"), np.zeros(1000))
    assert 8000 < store.size() < 12000


WRITER = """
import sys, numpy as np
from segcore.storage.store import Store
store = Store(sys.argv[1])
key = store.key("contested")
for turn in range(40):
    store.save(key, np.full(20_000, float(sys.argv[2]) + turn / 100))
"""


def test_two_processes_may_write_the_same_key_while_a_third_reads(store, tmp_path):
    key = store.key("contested")
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), number], cwd=ROOT)
        for number in ("1", "2")
    ]
    reads = 0
    while any(writer.poll() is None for writer in writers):
        if (store.folder(key) / "result.json").exists():
            values = Store(tmp_path).load(key)
            assert len(values) == 20_000 and (values == values[0]).all()
            reads += 1
    assert [writer.wait() for writer in writers] == [0, 0]
    assert reads > 0 and store.has(key)
    assert round(float(store.load(key)[0]), 2) in (1.39, 2.39)
    assert not list(store.folder(key).glob(".*.tmp"))


def test_the_workspace_is_where_the_variable_says(monkeypatch, tmp_path):
    monkeypatch.setenv("SEGCORE_WORKSPACE", str(tmp_path / "ours"))
    assert workspace() == tmp_path / "ours" == default_store().root
    monkeypatch.delenv("SEGCORE_WORKSPACE")
    assert workspace().name == "segcore" and workspace().is_absolute()


def test_importing_the_store_stays_light():
    heavy = "sklearn mlxtend plotly scipy streamlit".split()
    code = f"import sys, segcore.storage.store, segcore.storage.files; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
