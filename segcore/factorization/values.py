"""The numbers a factorisation works on: refused in words where they cannot be, brought near 1 where they can."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from segcore.errors import NotEnoughData, SpecError
from segcore.language.words import count

FAR = 1000  # powers of two up to which neither they nor their inverse leave the range of doubles


@dataclass(frozen=True, eq=False)
class Problem:
    """The values brought near 1 by a power of two, and what is needed to bring results back."""

    unit: sparse.csr_matrix
    exponent: int
    total: float

    @classmethod
    def of(cls, values: sparse.csr_matrix) -> Problem:
        """Take values that have been checked."""
        unit, exponent = _in_unit_range(values)
        return cls(unit, exponent, float(unit.data @ unit.data))


def _in_unit_range(values: sparse.csr_matrix) -> tuple[sparse.csr_matrix, int]:
    """Divide by a power of two so that the largest value lies in ½..1: no digit changes, no size is too small or large."""
    exponent = int(np.frexp(values.data.max())[1])
    data = shifted(values.data.astype(np.float64), -exponent)
    unit = sparse.csr_matrix((data, values.indices, values.indptr), shape=values.shape)
    if not data.all():  # scikit-learn's divergence fails on stored zeros, such as a quantity of 0
        unit = unit.copy()
        unit.eliminate_zeros()
    return unit, exponent


def shifted(numbers: np.ndarray, exponent: int, out: np.ndarray | None = None) -> np.ndarray:
    """Times a power of two, to the last digit; by a product where the power itself is a number, which is far faster."""
    if abs(exponent) > FAR:
        return np.ldexp(numbers, exponent, out=out)
    return np.multiply(numbers, 2.0**exponent, out=out)


def check_values(values: sparse.csr_matrix) -> None:
    """Refuse what cannot be factorised, in words."""
    if 0 in values.shape or values.nnz == 0 or not values.data.any():
        raise NotEnoughData(
            "There are no purchases to work with.", remedy="Loosen the filters or choose another level."
        )
    if not np.isfinite(values.data).all():
        raise SpecError("Some values are not numbers.", remedy="Check the quantity and amount columns.")
    if (values.data < 0).any():
        raise SpecError(
            "Some values are negative.", remedy="Net or drop returns before looking for segments."
        )
    if float(values.data.max()) > 1e150:
        raise SpecError(
            "Some values are too large to compute with.", remedy="Check the amount column, or damp it."
        )


def check_k(values: sparse.csr_matrix, k: int) -> None:
    """Refuse more segments than customers or products."""
    most = min(values.shape)
    if k > most:
        raise SpecError(
            f"{k} segments cannot be told apart with {count(values.shape[0])} rows and {count(values.shape[1])} products.",
            remedy=f"Use at most {most}.",
        )


def squared_residual(values: sparse.csr_matrix, w: np.ndarray, h: np.ndarray, total: float) -> float:
    """‖V − WH‖² from Gram matrices; W · H itself is never formed."""
    cross = float(np.vdot(values @ h.T, w))
    return max(total - 2.0 * cross + float(np.vdot(w.T @ w, h @ h.T)), 0.0)
