"""What limits a sweep, in sentences: a sample, a search cut short, empty segments, customers without purchases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segcore.factorization.sampling import LEAST, SHARE, is_sampled
from segcore.factorization.stability import MOST_CUSTOMERS
from segcore.factorization.stability import SHARE as KEPT
from segcore.language.words import count, of, percent, plural
from segcore.selection.sweep import KL_RESAMPLES

if TYPE_CHECKING:
    from segcore.choices.sweep import SweepSpec
    from segcore.matrix import PurchaseMatrix
    from segcore.selection.sweep import Sweep


def limits(sweep: Sweep, matrix: PurchaseMatrix, k: int) -> tuple[str, ...]:
    """What a reader must know of the fit at one k; nothing where nothing limits it."""
    fit, rows = sweep.fit(k), matrix.row_word
    n, said = matrix.shape[0], []
    if fit.sampled:
        said.append(
            f"Sampled: of {count(n)} {rows}, about {count(max(SHARE * n, LEAST))} shaped the numbers compared here, then "
            f"all were counted. The number you work with is computed on all {rows}."
        )
    elif is_sampled(matrix.values):
        said.append(f"Computed on all {count(n)} {rows}.")
    if not fit.converged:
        said.append(f"The search stopped after {plural(fit.iterations, 'round')} before it came to rest.")
    if fit.dead:
        said.append(f"{plural(len(fit.dead), 'segment is', 'segments are')} empty: fewer would say the same.")
    without = int((matrix.products_per_customer == 0).sum())
    if without:
        said.append(f"{of(without, n)} {rows} have no purchases at this level and belong to no segment.")
    return tuple(said)


def resampled_in_words(spec: SweepSpec, n: int, row_word: str) -> str:
    """How stability was measured: ``when a fifth of the customers is left out, 20 times``."""
    times = spec.resamples if spec.nmf.loss == "squared" else min(spec.resamples, KL_RESAMPLES)
    if KEPT * n > MOST_CUSTOMERS:
        return f"in {times} samples of {count(MOST_CUSTOMERS)} {row_word}"
    return f"when a fifth of the {row_word} is left out, {times} times"


def starts_in_words(sweep: Sweep, k: int) -> str:
    """How many starts were made at one k, and how far apart they ended."""
    errors = sweep.fit(k).restart_errors
    if len(errors) < 2:
        return f"One start at {k} segments: whether another would end elsewhere was not tried."
    spread = max(errors) / max(min(errors), 1e-300) - 1
    if spread < 0.001:
        return f"All {len(errors)} starts at {k} segments ended equally well."
    return f"Of {len(errors)} starts at {k} segments the worst misses {percent(spread)} more than the best, which is kept."
