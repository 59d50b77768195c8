"""Sparsity: shorter product lists, fewer segments a customer, by penalties that do not depend on the size of the data.

A plain L1 penalty on H is void: halving H and doubling W leaves W · H as it is and halves the penalty. Here the
penalty of a component is ‖w‖ · ‖h‖₁ (and ‖w‖₁ · ‖h‖ for customers, ‖w‖² · ‖h‖² for L2), which no such scaling changes
(Bach, Mairal & Ponce 2008; Haeffele & Vidal 2019). Each row of a factor still has its optimum in closed form: subtract
in the numerator (L1), shrink the whole row (the other side's L1), add to the diagonal (L2). So the descent stays
block-wise exact and the penalised error never rises.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from segcore.choices.nmf import NMFSpec
from segcore.factorization.hals import NO_LEAP, Descent
from segcore.factorization.row_updates import INNER_SWEEPS, TINY, at_stake, gram_of, leapt

WARM_UP = 5


@dataclass(frozen=True)
class Penalty:
    """Weights of the penalties in the unit of one problem's values.

    Attributes
    ----------
    products, customers : float
        L1 on the product basis and on the customer basis. 1 in the spec is the usual length of a product's column
        (of a customer's row): a component that explains less than one usual product is then wiped out.
    evenness : float
        L2, without unit.
    """

    products: float
    customers: float
    evenness: float

    @classmethod
    def of(cls, spec: NMFSpec, total: float, shape: tuple[int, int]) -> Penalty | None:
        """Scale the wishes of a spec to data with squared norm ``total``; None where there is none."""
        if not is_wanted(spec):
            return None
        n, p = shape
        norm = np.sqrt(total)
        return cls(
            spec.sparsity_products * norm / np.sqrt(p),
            spec.sparsity_customers * norm / np.sqrt(n),
            spec.evenness,
        )


NO_PENALTY = Penalty(0.0, 0.0, 0.0)


def is_wanted(spec: NMFSpec) -> bool:
    """Whether a spec asks for any penalty."""
    return bool(spec.sparsity_products or spec.sparsity_customers or spec.evenness)


class PenalisedDescent(Descent):
    """A descent on ½‖V − WH‖² plus the penalties; ``objective`` is twice that, ``squared_error`` only the misfit.

    Parameters
    ----------
    penalty : Penalty
    warm_up : int
        Iterations without penalty at first: components that still look alike would wipe each other out.
    """

    def __init__(
        self, w: np.ndarray | None, h: np.ndarray, dtype: type, penalty: Penalty, warm_up: int = WARM_UP
    ) -> None:
        super().__init__(w, h, dtype)
        self.in_blocks = False  # its price needs the length of whole columns of W
        self.wanted, self.warm_up = penalty, warm_up
        self.penalty = NO_PENALTY if warm_up else penalty
        self.lowest = np.inf

    @property
    def objective(self) -> float:
        """What goes down: squared error and penalties; without bound while the penalties are still off."""
        return self.lowest if self.iterations > self.warm_up else np.inf

    def move_customers(self, block: int, cross: np.ndarray) -> np.ndarray:
        """Improve W for the present H, given H · Vᵀ, and leap on; return where it leapt."""
        if self.warm_up and self.iterations == self.warm_up:
            self.penalty, self.lowest, self.calm = self.wanted, np.inf, 0
        new = penalised_rows(
            self.standing(block, cross), cross, self.gram_h, own_l1=self.penalty.customers, other_l1=self.penalty.products,
            other_sums=self.h_ahead.sum(axis=1), evenness=self.penalty.evenness,
        )  # fmt: skip
        ahead = self.leap_on(block, new)
        self.gram_w = gram_of(ahead)
        return ahead

    def move_products(self, cross: np.ndarray, total: float, tolerance: float) -> None:
        """Improve H for the present W, given Wᵀ · V; measure; leap on, or go back where the last leap overshot."""
        gram, whole = self.gram_w, self.w_ahead[0]
        assert whole is not None  # customers move first
        sums = whole.sum(axis=1)
        new = penalised_rows(
            self.h_ahead, cross, gram, own_l1=self.penalty.products, other_l1=self.penalty.customers,
            other_sums=sums, evenness=self.penalty.evenness,
        )  # fmt: skip
        own = gram_of(new)
        misfit = total - 2.0 * float(np.vdot(cross.astype(np.float64), new)) + float(np.vdot(gram, own))
        reached = max(misfit, 0.0) + self._price(np.diag(gram), sums, np.diag(own), new.sum(axis=1))
        self.iterations += 1
        stake = at_stake(misfit, total)
        if reached > self.lowest:
            is_calm = reached - self.lowest <= tolerance * stake or self.leap < NO_LEAP
            self.calm = self.calm + 1 if is_calm else 0
            self._go_back()
            return
        gain = (self.lowest - reached) / stake if np.isfinite(self.lowest) else 1.0
        self.last_gain, self.calm = gain, self.calm + 1 if gain <= tolerance else 0
        self.h_ahead = leapt(new, self.h_now, self.leap)
        self.h_now, self.reached = new, (self.w_ahead, new)
        self.lowest, self.squared_error = reached, max(misfit, 0.0)
        self._dare()
        if self.iterations < self.warm_up:
            self.calm = 0

    def _price(
        self, w_squares: np.ndarray, w_sums: np.ndarray, h_squares: np.ndarray, h_sums: np.ndarray
    ) -> float:
        """Twice the penalties, from the squared lengths and the sums of all components."""
        w_squares, w_sums, h_squares, h_sums = (
            part.astype(np.float64) for part in (w_squares, w_sums, h_squares, h_sums)
        )
        return float(
            2.0 * self.penalty.products * (np.sqrt(w_squares) @ h_sums)
            + 2.0 * self.penalty.customers * (np.sqrt(h_squares) @ w_sums)
            + self.penalty.evenness * (w_squares @ h_squares)
        )


def penalised_rows(
    factor: np.ndarray,
    cross: np.ndarray,
    gram: np.ndarray,
    *,
    own_l1: float,
    other_l1: float,
    other_sums: np.ndarray,
    evenness: float,
) -> np.ndarray:
    """Return the factor after a few sweeps, each row set to its penalised optimum given the others.

    Parameters
    ----------
    factor : ndarray, (k, m)
    cross, gram : ndarray, (k, m) and (k, k)
        Products of the other factor with the data and with itself.
    own_l1, other_l1 : float
        Weight of the L1 penalty on this factor and on the other one.
    other_sums : ndarray, (k,)
        L1 norm of the other factor's rows.
    """
    factor = factor.copy()
    for _ in range(INNER_SWEEPS):
        for j in range(len(factor)):
            own = float(gram[j, j])
            if own <= TINY:
                factor[j] = 0.0  # its other half is gone: what is left explains nothing
                continue
            row = cross[j] - gram[j] @ factor + gram[j, j] * factor[j]
            row -= row.dtype.type(own_l1 * np.sqrt(own))
            np.maximum(row, 0.0, out=row)
            length = float(np.sqrt(np.vdot(row, row)))
            kept = max(1.0 - other_l1 * float(other_sums[j]) / length, 0.0) if length > 0 else 0.0
            factor[j] = row * row.dtype.type(kept / (own * (1.0 + evenness)))
    return factor
