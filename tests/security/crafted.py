"""Study files as a stranger would craft them: taken apart and put together with the standard library alone."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from segcore import studies
from segcore.hierarchy import profile_levels
from segcore.intake.columns.roles import Roles
from segcore.intake.loaded import Loaded
from segcore.intake.report import Finding, IntakeReport, SourceFile
from segcore.purchases import Purchases, make_purchases
from segcore.purchases.kept import keep_purchases, purchases_key
from segcore.storage.store import Store
from segcore.studies import StudyFile, archive

Parts = dict[str, bytes]


def purchases(customers: int = 6, product: str = "tea") -> Purchases:
    """A few purchases of made-up products."""
    who = [f"c{n % customers}" for n in range(20)]
    what = [f"{product} {n % 5}" for n in range(20)]
    return make_purchases(who, what, quantity=[1.0] * 20, amount=[float(n) for n in range(20)])


def honest(root: Path, bought: Purchases) -> tuple[studies.Study, Parts]:
    """A study with its data and its upload, and the parts of the file it downloads as."""
    store = Store(root)
    keep_purchases(bought)
    kept = store.keep_upload("autumn.csv", b"who,what\n1,2\n")
    finding = Finding("3 labels were tidied.", 3, "Tea ", "column what", "Keep them apart.", "spellings")
    report = IntakeReport(
        (SourceFile("autumn.csv", kept.digest, kept.size),), 20, 20, 6, 5, "customers", repairs=(finding,)
    )
    loaded_key = store.key("loaded", of=bought.digest)
    store.save(
        loaded_key,
        Loaded(bought.digest, Roles(customer="who", product="what"), report, profile_levels(bought)),
    )
    study = studies.new_study(
        name="Autumn",
        files=(StudyFile(kept.stored_name, kept.name, kept.digest),),
        data_digest=bought.digest,
        loaded_key=loaded_key,
        level="Product",
        k=3,
    )
    packed = archive.pack(study, {"purchases": purchases_key(bought.digest), "loaded": loaded_key}, store)
    with zipfile.ZipFile(io.BytesIO(packed)) as box:
        return study, {name: box.read(name) for name in box.namelist()}


def sealed(raw: Mapping[str, Any]) -> bytes:
    """A study's JSON with the checksum it is saved with."""
    body = json.dumps(raw).encode("ascii")
    return body + b"\nsha256 " + hashlib.sha256(body).hexdigest().encode()


def raw_of(parts: Parts) -> dict[str, Any]:
    """The JSON of the study in a file."""
    return json.loads(parts["study.json"].rpartition(b"\nsha256 ")[0])


def boxed(parts: Mapping[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The parts as one file whose checksum fits."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", packing) as box:
        for name, content in parts.items():
            box.writestr(name, content)
        box.comment = b"0" * 64
    return checksummed(held.getvalue())


def checksummed(content: bytes) -> bytes:
    """The bytes of a file with the checksum that fits them."""
    body = content[:-64]
    return body + hashlib.sha256(body).hexdigest().encode("ascii")


def arrays(content: bytes) -> dict[str, np.ndarray]:
    """The arrays of a part."""
    with np.load(io.BytesIO(content)) as held:
        return {name: held[name] for name in held.files}


def npz(held: Mapping[str, np.ndarray], *, pickled: bool = False) -> bytes:
    """Arrays as a part."""
    out = io.BytesIO()
    np.savez(out, allow_pickle=pickled, **held)
    return out.getvalue()


def tree(root: Path) -> set[str]:
    """Every file below a folder."""
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
