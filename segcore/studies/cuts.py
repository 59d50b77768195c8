"""Which segmentation somebody means, whichever version computes it and wherever the result lies.

A cut is told by what was asked: the purchases, the matrix, the factorisation, what it goes on from. Votes, bundles and
scenarios are filed under it, so they outlive every change of algorithm. A choice at its default says nothing, so a spec
that gains a field leaves the cuts of before as they were.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import MISSING, fields, replace
from typing import TYPE_CHECKING, Any

from segcore.choices.study import Study

if TYPE_CHECKING:
    from segcore.choices.matrix import MatrixSpec
    from segcore.choices.nmf import NMFSpec


def cut_of(digest: str, matrix: MatrixSpec, nmf: NMFSpec, start_key: str = "") -> str:
    """The name of a cut: 32 hex digits.

    Parameters
    ----------
    digest : str
        Of the purchases.
    start_key : str
        Of the product scores it goes on from, "" for none.
    """
    asked = {"purchases": digest, "matrix": _chosen(matrix), "nmf": _chosen(nmf), "start": start_key}
    return hashlib.sha256(b"cut 1" + json.dumps(asked, sort_keys=True).encode("ascii")).hexdigest()[:32]


def key_as_filed(digest: str, matrix: MatrixSpec, nmf: NMFSpec, resamples: int, start_key: str = "") -> str:
    """The key of the result under which earlier versions filed what people did with a cut."""
    from segcore.storage.codec.legacy import LAST_FILED_BY_KEY, key_of_version

    start = {"start_key": start_key} if start_key else {}
    return key_of_version(
        LAST_FILED_BY_KEY,
        "job segcore.tasks.segments:segments",
        {"digest": digest, "matrix": matrix, "nmf": nmf, "resamples": resamples, **start},
    )


def refiled(study: Study, cuts: Mapping[str, str]) -> Study:
    """The study with everything filed under one of these names filed under the other; the same study where nothing is."""
    votes = tuple(replace(one, key=cuts.get(one.key, one.key)) for one in study.votes)
    bundles = tuple(replace(one, key=cuts.get(one.key, one.key)) for one in study.offers.bundles)
    tried = study.what_if
    steps, kept = (
        tuple(replace(one, base=cuts.get(one.base, one.base)) for one in some)
        for some in (tried.steps, tried.kept)
    )
    if (votes, bundles, steps, kept) == (study.votes, study.offers.bundles, tried.steps, tried.kept):
        return study
    return replace(
        study,
        votes=votes,
        offers=replace(study.offers, bundles=bundles),
        what_if=replace(tried, steps=steps, kept=kept),
    )


def _chosen(spec: Any) -> dict[str, Any]:
    """What of a spec is not at its default."""
    values = {field.name: getattr(spec, field.name) for field in fields(spec)}
    usual = {field.name: field.default for field in fields(spec) if field.default is not MISSING}
    return {name: value for name, value in values.items() if name not in usual or value != usual[name]}
