"""A study file of few bytes that says it is endless, and purchases that no calendar or table could hold."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from segcore.purchases import Purchases, digest_of, make_purchases
from segcore.storage import codec
from segcore.storage.store import default_store
from segcore.studies import opening
from tests.security import crafted
from tests.security.crafted import Parts, boxed, npz, raw_of, sealed, tree

ROOT = Path(__file__).resolve().parents[2]
ENDLESS = {"t": "rangeindex", "v": [0, 10**12, 1], "name": None}
NOTHING = {"t": "rangeindex", "v": [0, 0, 1], "name": None}


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Parts:
    """The parts of an honest study file made on another machine."""
    with pytest.MonkeyPatch.context() as patch:
        elsewhere = tmp_path_factory.mktemp("elsewhere")
        patch.setenv("SEGCORE_WORKSPACE", str(elsewhere))
        return crafted.honest(elsewhere, crafted.purchases())[1]


def saying(**fields: Any) -> Callable[[Parts], Parts]:
    """The file with other fields of its purchases; arrays they name are one number."""

    def made(parts: Parts) -> Parts:
        meta = json.loads(parts["purchases.json"])
        meta["v"] |= fields
        held = crafted.arrays(parts["purchases.npz"]) | {"90": np.zeros(1, dtype=np.int64)}
        return {**parts, "purchases.json": json.dumps(meta).encode(), "purchases.npz": npz(held)}

    return made


def holding(change: Callable[[Purchases], Purchases]) -> Callable[[Parts], Parts]:
    """The file of other purchases, with the digest that fits them."""

    def made(parts: Parts) -> Parts:
        dates = np.array(["2024-01-01"] * 20, dtype="datetime64[s]")
        bought = change(make_purchases(list("abcde") * 4, list("wxyz") * 5, date=dates))
        bought = replace(bought, digest=digest_of(bought))
        meta, held = codec.encode(bought)
        study = {**raw_of(parts), "data_digest": bought.digest}
        rest = {name: content for name, content in parts.items() if not name.startswith("loaded")}
        mine = {
            "purchases.json": json.dumps(meta).encode(),
            "purchases.npz": npz(held),
            "study.json": sealed(study),
        }
        return {**rest, **mine}

    return made


def on(day: Any) -> Callable[[Parts], Parts]:
    """The file with one line on a day."""

    def dated(bought: Purchases) -> Purchases:
        days = bought.lines["date"].to_numpy().copy()
        days[0] = np.datetime64(day, "s")
        return replace(bought, lines=bought.lines.assign(date=days))

    return holding(dated)


LIES: dict[str, Callable[[Parts], Parts]] = {
    "endless customers": saying(customers=ENDLESS),
    "endless products": saying(products={"t": "frame", "index": ENDLESS, "columns": NOTHING, "v": []}),
    "endless lines of nothing": saying(lines={"t": "frame", "index": ENDLESS, "columns": NOTHING, "v": []}),
    "endless orders": saying(orders={"t": "multiindex", "levels": [ENDLESS], "codes": ["90"], "names": ["a"]}),
    "endless kinds": saying(orders={"t": "index", "name": None, "v": {"t": "categorical", "a": "90", "categories": ENDLESS, "ordered": False}}),
    "an endless matrix": saying(orders={"t": "sparse", "c": "csr_matrix", "shape": [10**12, 1], "data": "90", "indices": "90", "indptr": "90"}),
    "the first second there is": on(-(2**63) + 1),
    "the last second there is": on(2**63 - 1),
    "before the calendar": on("-0044-03-15"),
    "after the calendar": on("10000-01-01"),
    "no lines": holding(lambda bought: replace(bought, lines=bought.lines.iloc[:0])),
}  # fmt: skip

OPEN = """
import resource, sys
from pathlib import Path
from segcore.storage.store import default_store
from segcore.studies import opening, proof
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for path in sys.argv[1:]:
    try:
        opening.unpack(Path(path), default_store())
        print("opened")
    except BaseException as error:
        print(type(error).__name__, error)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_a_few_bytes_that_say_they_are_endless_are_refused_in_little_memory(parts, workspace, tmp_path):
    paths = [tmp_path / f"{n}.study" for n in range(len(LIES))]
    for path, lie in zip(paths, LIES.values(), strict=True):
        path.write_bytes(boxed(lie(parts)))
    done = subprocess.run(
        [sys.executable, "-c", OPEN, *map(str, paths)], cwd=ROOT, capture_output=True, text=True, check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30)),
    )  # fmt: skip
    *said, grown = done.stdout.strip().splitlines()
    assert {name: one for name, one in zip(LIES, said, strict=True) if not one.startswith("StoreError")} == {}
    assert int(grown) < 100_000  # kilobytes, the libraries among them
    assert not [name for name in tree(workspace) if not name.startswith("uploads/")]


def test_days_at_both_ends_of_the_calendar_are_days(parts: Parts, workspace: Path):
    for day in ("0001-01-01", "9999-12-31", "NaT"):
        assert opening.unpack(boxed(on(day)(parts)), default_store()).has_data
