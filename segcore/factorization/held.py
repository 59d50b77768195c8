"""Going on from segments at hand: warm, with what must not change held still.

The segments at hand are at rest: with nothing changed, going on moves nobody. Where everything may change, a warm fit
goes on until it rests as they do. Where something is held, small gains end it sooner.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import sparse

from segcore.choices.nmf import CUSTOM, NMFSpec, afresh, at_rest
from segcore.factorization.fit import factorize
from segcore.factorization.result import Factorization


def refit(
    values: sparse.csr_matrix, start: np.ndarray, spec: NMFSpec, free: np.ndarray | None = None
) -> Factorization:
    """Factorise from a product basis at hand.

    Parameters
    ----------
    values : csr_matrix, (n, p)
    start : ndarray, (k, p)
        Rows that are all 0 stay so.
    spec : NMFSpec
        The choices behind the segments; its k gives way to the rows of ``start``. Penalties are applied where
        everything may change, and not where something is held.
    free : ndarray of bool, (k, p), optional
        Entries that may change; all of them when left out.

    Returns
    -------
    Factorization
        Live rows of H sum to 1; its spec is one that needs no start.

    Raises
    ------
    SpecError, NotEnoughData
        As :func:`factorize`.
    """
    warm = replace(spec, k=len(start), initialisation=CUSTOM, restarts=None)
    if free is None or free.all():
        found = factorize(values, at_rest(warm), start=start)
    else:
        found = factorize(values, warm, start=start, free=free)
    return replace(found, spec=replace(spec, k=len(start)))


def fresh(spec: NMFSpec, k: int) -> NMFSpec:
    """The same choices for another number of segments, to be looked for without a start at hand."""
    return replace(afresh(spec), k=k)
