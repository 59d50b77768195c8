"""What a factorisation returns: the two factors, how they were reached, and that in words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from segcore.choices.nmf import NMFSpec
from segcore.errors import SpecError
from segcore.factorization.penalty import is_wanted
from segcore.language.words import decimal, join_and, percent, plural


@dataclass(frozen=True, eq=False)
class Factorization:
    """W · H and how it was reached.

    Attributes
    ----------
    w : ndarray, (customers, k)
        Scores; carries the scale of the data.
    h : ndarray, (k, products)
        Every live row sums to 1.
    error : float
        ‖V − WH‖ for squared error; the square root of twice the divergence for Kullback–Leibler.
    explained_share : float
        1 − ‖V − WH‖² / ‖V‖², whatever the loss.
    restart_errors : tuple of float
        Error of every start, in order.
    dead : tuple of int
        Components (from 0) that explain nothing.
    last_gain : float
        What the last iteration that gained added, relative to what was at stake; not a number where the solver does
        not say (Kullback–Leibler).
    sampled : bool
        Whether it came to rest on a sample of the customers.
    without_purchases : float
        Share of the customers whose row is empty: they have no scores.
    """

    w: np.ndarray
    h: np.ndarray
    error: float
    explained_share: float
    iterations: int
    converged: bool
    last_gain: float
    restart_errors: tuple[float, ...]
    dead: tuple[int, ...]
    spec: NMFSpec
    sampled: bool = False
    without_purchases: float = 0.0

    def account(self, rows: str = "customers") -> tuple[str, ...]:
        """How the fit was reached, in sentences: rounds, rest, last gain, empty segments, rows without purchases."""
        rest = "and came to rest" if self.converged else "and stopped before it came to rest"
        last = gained(self.last_gain) if self.iterations > 1 else ""
        said = [f"The search took {plural(self.iterations, 'round')} {rest}{last}."]
        if self.sampled:
            said.append(f"It came to rest on a sample of the {rows}, then all were counted.")
        numbers = [str(component + 1) for component in self.dead]
        if numbers:
            are = "is empty: it explains" if len(numbers) == 1 else "are empty: they explain"
            said.append(f"Of {plural(self.spec.k, 'segment')}, number {join_and(numbers)} {are} nothing.")
        else:
            said.append("No segment is empty.")
        share = percent(self.without_purchases, len(self.w)) if self.without_purchases else "None"
        said.append(
            f"{share} of the {rows} {'have no' if self.without_purchases else 'is without'} purchases."
        )
        return tuple(said)


def gained(last_gain: float) -> str:
    """What the last round added, as the end of a sentence; nothing where that is not known."""
    if not np.isfinite(last_gain):
        return ""
    if last_gain < 5e-6:
        return "; the last one gained less than a thousandth of a percent"
    return f"; the last one gained {decimal(100 * last_gain, 3)} %"


def check_alive(fit: Factorization) -> None:
    """Refuse a factorisation without a single live segment: penalties wiped them all out.

    Raises
    ------
    SpecError
    """
    if len(fit.dead) == fit.spec.k and is_wanted(fit.spec):
        raise SpecError(
            "So short lists, or so few segments a customer, leave no segment at all.",
            remedy="Ask for less, or turn it off.",
        )
