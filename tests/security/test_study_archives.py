"""A study file from a stranger: it reads no file of the machine, poisons no cache, and unpacks to no flood."""

from __future__ import annotations

import hashlib
import io
import json
import random
import resource
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from segcore.errors import StoreError
from segcore.progress import finished
from segcore.purchases.kept import keep_purchases, load_purchases, purchases_key
from segcore.questions.bench import Workbench
from segcore.questions.data import ExtendRoles, InspectFiles, ReadFiles
from segcore.questions.levels import TryLevels
from segcore.questions.offers import ReadOutcome
from segcore.questions.whatif import ReadNewcomers
from segcore.storage.store import Store, default_store
from segcore.studies import opening
from tests.security import crafted
from tests.security.crafted import Parts, arrays, boxed, checksummed, npz, raw_of, sealed, tree

ROOT = Path(__file__).resolve().parents[2]
OTHER = "e" * 32


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Parts:
    """The parts of an honest study file made on another machine."""
    with pytest.MonkeyPatch.context() as patch:
        elsewhere = tmp_path_factory.mktemp("elsewhere")
        patch.setenv("SEGCORE_WORKSPACE", str(elsewhere))
        return crafted.honest(elsewhere, crafted.purchases())[1]


def with_json(parts: Parts, name: str, change: Callable[[dict], object]) -> Parts:
    """The parts with a change in one JSON of them."""
    raw = raw_of(parts) if name == "study.json" else json.loads(parts[name])
    change(raw)
    return {**parts, name: sealed(raw) if name == "study.json" else json.dumps(raw).encode()}


def refused(content: bytes, workspace: Path) -> str:
    """Open a file that must be refused; nothing of it may stay but files under their own digest."""
    before = tree(workspace.parent)
    with pytest.raises(StoreError) as caught:
        opening.unpack(content, default_store())
    left = tree(workspace.parent) - before
    assert not [name for name in left if not name.startswith("workspace/uploads/")], left
    assert caught.value.remedy and "nobody foresaw" not in caught.value.sentence
    return caught.value.sentence


def test_an_honest_file_opens_and_its_results_are_read_again(parts: Parts, workspace: Path):
    opened = opening.unpack(boxed(parts), default_store())
    assert opened.has_data and opened.study.name == "Autumn"
    loaded = default_store().load(opened.study.loaded_key)
    assert loaded.digest == opened.study.data_digest and loaded.report.repairs[0].choice == "spellings"
    assert load_purchases(opened.study.data_digest).n_lines == 20


@pytest.mark.parametrize(
    "stored", ["/etc/passwd", "../secrets.toml", "..\\x", "", "a" * 64 + "/../../x", "\x00"]
)
@pytest.mark.parametrize("task", [InspectFiles, ExtendRoles, ReadFiles, ReadNewcomers, ReadOutcome])
def test_no_job_reads_what_is_no_upload(workspace: Path, stored: str, task: Callable):
    (workspace / "secrets.toml").write_text("who,what\nsecret,password\n")
    files = (("a.csv", stored),)
    others = {name: None for name in ("segments", "roles") if name in task.__dataclass_fields__}
    steps = task(files=files, **others).work(Workbench(default_store()))
    with pytest.raises(StoreError, match="not in the workspace"):
        finished(steps)


def test_purchases_with_another_files_digest_are_refused(parts: Parts, workspace: Path):
    victim = crafted.purchases(4, "wine")
    keep_purchases(victim)
    lie = with_json(parts, "purchases.json", lambda meta: meta["v"].update(digest=victim.digest))
    lie = with_json(lie, "study.json", lambda raw: raw.update(data_digest=victim.digest))
    assert "not the ones they say" in refused(
        boxed({n: c for n, c in lie.items() if "loaded" not in n}), workspace
    )
    assert load_purchases(victim.digest).lines.equals(victim.lines)


def test_keys_that_a_file_names_are_made_anew(parts: Parts, workspace: Path):
    store = default_store()
    question = TryLevels("0" * 32, ("product",)).key(store)
    lie = with_json(parts, "about.json", lambda raw: raw["keys"].update(loaded=question, purchases=question))
    lie = with_json(lie, "study.json", lambda raw: raw.update(loaded_key=question))
    opened = opening.unpack(boxed(lie), store)
    assert not store.has(question) and opened.study.loaded_key != question
    mine = {purchases_key(opened.study.data_digest), opened.study.loaded_key}
    assert {Path(name).parts[2] for name in tree(workspace) if name.startswith("results/")} == mine


def test_segments_to_go_on_from_are_kept_by_what_they_are(parts: Parts, workspace: Path):
    import pandas as pd

    from segcore.storage import codec
    from segcore.studies.start import Start

    scores = pd.DataFrame(np.full((5, 3), 0.2), index=pd.Index([f"tea {n}" for n in range(5)], dtype="str"))
    meta, held = codec.encode(Start(scores))
    more = {**parts, "start.json": json.dumps(meta).encode(), "start.npz": npz(held)}
    named = {"start_key": "b" * 64, "start_k": 3}
    more = with_json(more, "study.json", lambda raw: raw["sweep"].update(named))
    key = opening.unpack(boxed(more), default_store()).study.sweep.start_key
    assert key not in ("", "b" * 64) and default_store().load(key).product_scores.shape == (5, 3)
    four = with_json(more, "study.json", lambda raw: raw["sweep"].update(start_k=4))
    assert "no scores" in refused(boxed(four), workspace)


def lines_with(parts: Parts, change: Callable[[dict[str, np.ndarray]], object]) -> Parts:
    """The parts with other numbers in the purchases."""
    held = arrays(parts["purchases.npz"])
    change(held)
    return {**parts, "purchases.npz": npz(held)}


def entry(name: str, content: bytes = b"x", mode: int = 0) -> Callable[[Parts], bytes]:
    """A file with one entry more."""

    def made(parts: Parts) -> bytes:
        held = io.BytesIO(boxed(parts))
        with zipfile.ZipFile(held, "a") as box:
            one = zipfile.ZipInfo(name)
            one.external_attr = mode << 16
            box.writestr(one, content)
            box.comment = b"0" * 64
        return checksummed(held.getvalue())

    return made


def npy(header: str, body: bytes = b"") -> bytes:
    """An array file with a header of one's own."""
    text = header.encode().ljust(118) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + body


def one_array(content: bytes, name: str = "0.npy", packing: int = zipfile.ZIP_STORED) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", packing) as box:
        box.writestr(name, content)
    return held.getvalue()


def claims(shape: str, dtype: str = "'<f8'", body: bytes = b"\0" * 8) -> Callable[[Parts], bytes]:
    header = f"{{'descr': {dtype}, 'fortran_order': False, 'shape': {shape}, }}"
    return lambda parts: boxed({**parts, "purchases.npz": one_array(npy(header, body))})


def lying_size(parts: Parts) -> bytes:
    """The zip's table says that an entry is far smaller than it is."""
    content = bytearray(boxed(parts))
    place = content.rfind(b"PK\x01\x02")
    struct.pack_into("<I", content, place + 24, 5)
    return checksummed(bytes(content))


def encrypted(parts: Parts) -> bytes:
    content = bytearray(boxed(parts))
    place = content.find(b"PK\x01\x02")
    struct.pack_into("<H", content, place + 8, 1)
    return checksummed(bytes(content))


def twice(parts: Parts) -> bytes:
    held = io.BytesIO(boxed(parts))
    with zipfile.ZipFile(held, "a") as box, pytest.warns(UserWarning, match="Duplicate"):
        box.writestr("study.json", parts["study.json"])
        box.comment = b"0" * 64
    return checksummed(held.getvalue())


def wrong_upload(parts: Parts) -> bytes:
    (name,) = (one for one in parts if one.startswith("uploads/"))
    return boxed({**parts, name: b"other bytes"})


def no_purchases(parts: Parts) -> bytes:
    return boxed({name: content for name, content in parts.items() if not name.startswith("purchases")})


def foreign(name: str, part: str = "purchases.json") -> Callable[[Parts], bytes]:
    return lambda parts: boxed(with_json(parts, part, lambda meta: meta.update(n=name)))


def about(**fields: object) -> Callable[[Parts], bytes]:
    return lambda parts: boxed(with_json(parts, "about.json", lambda raw: raw.update(fields)))


LIES: dict[str, Callable[[Parts], bytes]] = {
    "an entry above": entry("../evil.json"),
    "an absolute entry": entry("/etc/cron.d/evil"),
    "a backslash": entry("uploads\\..\\evil"),
    "an unknown entry": entry("evil.pkl"),
    "a NUL in a name": entry("uploads/" + "a" * 64 + "\0.csv"),
    "an upload above": entry("uploads/../studies/" + "a" * 22 + ".json"),
    "an upload nobody refers to": entry("uploads/" + hashlib.sha256(b"x").hexdigest(), b"x"),
    "a link": entry("start.json", b"/etc/passwd", 0o120777),
    "an upload of other bytes": wrong_upload,
    "an entry twice": twice,
    "a small size said": lying_size,
    "encrypted": encrypted,
    "packed otherwise": lambda parts: boxed(parts, zipfile.ZIP_BZIP2),
    "no purchases but what was read": no_purchases,
    "half of the purchases": lambda parts: boxed({n: c for n, c in parts.items() if n != "purchases.npz"}),
    "a later version": about(schema=99),
    "a version that is no number": about(format="1"),
    "about is a list": lambda parts: boxed({**parts, "about.json": b"[]"}),
    "NaN in JSON": lambda parts: boxed({**parts, "about.json": b'{"format": NaN, "schema": 2, "keys": {}}'}),
    "JSON without end": lambda parts: boxed({**parts, "purchases.json": b"[" * 200_000}),
    "a class of the library": foreign("os:system"),
    "a class of another room": foreign("rule spec"),
    "a path as class": lambda parts: boxed(with_json(parts, "purchases.json", lambda meta: meta.update(c="os:system", n=None))),
    "a later record": lambda parts: boxed(with_json(parts, "purchases.json", lambda meta: meta.update(version=99))),
    "a function as class": foreign("segcore.storage.store:default_store", "loaded.json"),
    "a pickle": lambda parts: boxed({**parts, "purchases.npz": npz({"0": np.array([{}], dtype=object)}, pickled=True)}),
    "an array of a million million": claims("(1000000000000,)"),
    "an array of less than nothing": claims("(-1,)"),
    "an array of nothing, often": claims("(1000000000000, 0)", body=b""),
    "an array of records": claims("(1,)", "[('a', '<f8')]"),
    "an array named above": lambda parts: boxed({**parts, "purchases.npz": one_array(npy("{}"), "../x.npy")}),
    "an array packed inside": lambda parts: boxed({**parts, "purchases.npz": one_array(b"\0" * 9_000_000, packing=zipfile.ZIP_DEFLATED)}),
    "codes that lead nowhere": lambda parts: boxed(lines_with(parts, lambda held: [one.__iadd__(99) for one in held.values() if one.dtype == np.int32])),
    "money without end": lambda parts: boxed(lines_with(parts, lambda held: [one.fill(np.inf) for one in held.values() if one.dtype == np.float64])),
    "lines of another day": lambda parts: boxed(lines_with(parts, lambda held: [one.fill(1) for one in held.values() if one.dtype == np.float64])),
    "another digest in the study": lambda parts: boxed(with_json(parts, "study.json", lambda raw: raw.update(data_digest=OTHER))),
    "edits of other purchases": lambda parts: boxed(with_json(parts, "study.json", lambda raw: raw["level_edits"].update(base=OTHER))),
    "a column that is a number": lambda parts: boxed(with_json(parts, "study.json", lambda raw: raw.update(roles={"customer": 5}))),
    "a role nobody knows": lambda parts: boxed(with_json(parts, "study.json", lambda raw: raw.update(roles={"evil": "x"}))),
    "a repair of no kind": lambda parts: boxed({**parts, "loaded.json": parts["loaded.json"].replace(b'"spellings"', b'"__class__"')}),
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_a_file_that_lies_is_refused_with_a_sentence(parts: Parts, workspace: Path, lie: str):
    said = refused(LIES[lie](parts), workspace)
    assert "not a study, or it is damaged" in said or "newer version" in said


def test_flipped_bits_under_a_fitting_checksum_are_refused_or_change_nothing(parts: Parts, workspace: Path):
    content, luck, opened = boxed(parts), random.Random(4), 0
    honest = crafted.purchases()
    for _ in range(400):
        flipped = bytearray(content)
        flipped[luck.randrange(len(content) - 64)] ^= 1 << luck.randrange(8)
        try:
            found = opening.unpack(checksummed(bytes(flipped)), default_store())
        except StoreError as error:
            assert error.remedy
            continue
        opened += 1
        if found.has_data:
            assert load_purchases(honest.digest).lines.equals(honest.lines)
    assert opened < 40


@pytest.mark.parametrize("sealed_again", [False, True])
def test_a_file_cut_short_is_refused(parts: Parts, workspace: Path, sealed_again: bool):
    content = boxed(parts)
    for n in range(35):
        cut = content[: len(content) * n // 35]
        refused(checksummed(cut) if sealed_again and len(cut) > 64 else cut, workspace)


OPEN = """
import resource, sys
from pathlib import Path
from segcore.storage.store import default_store
from segcore.studies import opening
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    opening.unpack(Path(sys.argv[1]), default_store())
except Exception as error:
    print(type(error).__name__, error)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def bomb(parts: Parts, name: str, megabytes: int) -> bytes:
    """The file with one entry that unfolds to so many zeros, and is packed as tightly as can be."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as box:
        for one, content in parts.items():
            if one != name:
                box.writestr(one, content)
        with box.open(name, "w") as flood:
            for _ in range(megabytes):
                flood.write(b"\0" * (1 << 20))
        box.comment = b"0" * 64
    return checksummed(held.getvalue())


@pytest.mark.parametrize("name", ["purchases.npz", "purchases.json", "study.json", "loaded.json"])
def test_a_flood_is_refused_before_it_flows(parts: Parts, workspace: Path, tmp_path: Path, name: str):
    path = tmp_path / "bomb.study"
    path.write_bytes(bomb(parts, name, 200))
    assert path.stat().st_size < 2_000_000
    done = subprocess.run(
        [sys.executable, "-c", OPEN, str(path)], cwd=ROOT, capture_output=True, text=True, check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30)),
    )  # fmt: skip
    said, grown = done.stdout.strip().splitlines()
    assert (said.startswith("StoreError") and "larger than it may be" in said) or "more than a study" in said
    assert int(grown) < 50_000  # kilobytes
    assert Store(workspace).size() == 0
