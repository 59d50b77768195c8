"""New customers: a frozen segmentation applied to another file, who joins which segment, and whether it still fits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.stats import chi2_contingency

from segcore.choices.matrix import MatrixSpec
from segcore.language.words import count, join_and, of, percent, plural
from segcore.matrix import PurchaseMatrix, build_matrix
from segcore.purchases import Purchases
from segcore.segments import Segmentation
from segcore.whatif.drift import Drift, drift_of, equal_exposure, fit_as_strangers
from segcore.whatif.fixed_model import Described, Frozen, Unknown, describe, freeze, frozen_matrix

SURE = 0.01
NOTICEABLE = 0.1  # of them more or fewer in a segment, above which nobody is said to be much like before


@dataclass(frozen=True, eq=False)
class Newcomers:
    """New customers in the words of the study's segments.

    Attributes
    ----------
    described : Described
        Shares, assignment and fit of every new customer who bought something.
    unknown : Unknown
        What they bought that the segments do not know.
    table : DataFrame, by segment
        ``customers``, ``share`` and ``share_before`` of the customers in segments, ``amount`` where there is money.
    already : int
        New customers whose id the study knows.
    drift : Drift
        Whether they are described worse than earlier customers were.
    fit, fit_before : float
        Median part of a customer's purchases that the segments reproduce; the earlier ones described as strangers,
        and seen for as long as the new ones.
    products_each, products_each_before : float
        Median number of products a customer.
    mix_differs : bool
        Whether they divide over the segments otherwise than before, more clearly than chance would (χ², 1 %).
    """

    described: Described
    unknown: Unknown
    table: pd.DataFrame
    already: int
    drift: Drift
    fit: float
    fit_before: float
    products_each: float
    products_each_before: float
    mix_differs: bool
    row_word: str

    @property
    def customers(self) -> int:
        """New customers who bought something."""
        return len(self.described.assignment)

    @property
    def in_segments(self) -> int:
        """Those that some segment describes."""
        return int(self.described.assignment.notna().sum())

    @property
    def comparable(self) -> int:
        """Those with a purchase the segments know."""
        return int(self.described.fit.notna().sum())


def newcomers_of(
    earlier: Purchases, spec: MatrixSpec, segmentation: Segmentation, arriving: Purchases
) -> Newcomers:
    """Apply the study's segments to other purchases.

    Parameters
    ----------
    earlier, spec, segmentation
        The study's data, choices and segments.
    arriving : Purchases
        The new file.

    Raises
    ------
    SpecError, NotEnoughData
        The new file lacks the level, or nothing in it is known.
    """
    frozen = freeze(earlier, segmentation, spec)
    matrix, unknown = frozen_matrix(frozen, arriving)
    before = build_matrix(earlier, spec=spec)
    described = describe(frozen, matrix)
    fit_before, sizes_before = _as_newcomers(earlier, arriving, frozen, before, segmentation)
    fit = described.fit.to_numpy()
    table = _table(described, segmentation)
    return Newcomers(
        described=described,
        unknown=unknown,
        table=table,
        already=int(matrix.customers.isin(earlier.customers).sum()),
        drift=drift_of((fit, matrix.products_per_customer), (fit_before, sizes_before)),
        fit=_median(fit),
        fit_before=_median(fit_before),
        products_each=float(np.median(matrix.products_per_customer)),
        products_each_before=float(np.median(before.products_per_customer)),
        mix_differs=_differs(table["customers"].to_numpy(), segmentation.sizes.to_numpy()),
        row_word=matrix.row_word,
    )


def _as_newcomers(
    earlier: Purchases,
    arriving: Purchases,
    frozen: Frozen,
    before: PurchaseMatrix,
    segmentation: Segmentation,
) -> tuple[np.ndarray, np.ndarray]:
    """Fit and number of products of the earlier customers, seen for as long as the new ones; NaN and 0 if not seen."""
    thinned = equal_exposure(earlier, arriving)
    if thinned is earlier:
        return fit_as_strangers(before.values, frozen.basis, segmentation.spec), before.products_per_customer
    part, _ = frozen_matrix(frozen, thinned)
    row = part.customers.get_indexer(before.customers)
    known = np.flatnonzero(row >= 0)
    place = sparse.csr_matrix(
        (np.ones(len(known)), (known, row[known])), shape=(len(before.customers), len(part.customers))
    )
    seen = sparse.csr_matrix(place @ part.values)
    return fit_as_strangers(before.values, frozen.basis, segmentation.spec, seen), np.diff(seen.indptr)


def _table(described: Described, segmentation: Segmentation) -> pd.DataFrame:
    sizes, before = described.sizes, segmentation.sizes
    table = pd.DataFrame(
        {
            "customers": sizes,
            "share": sizes / max(int(sizes.sum()), 1),
            "share_before": before / max(int(before.sum()), 1),
        }
    )
    if described.amount is not None:
        spent = described.amount.groupby(described.assignment).sum()
        table["amount"] = spent.reindex(table.index, fill_value=0.0).astype("float64")
    return table


def _median(values: np.ndarray) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else float("nan")


def _differs(now: np.ndarray, before: np.ndarray) -> bool:
    both = np.array([now, before])
    both = both[:, both.sum(axis=0) > 0]
    if both.shape[1] < 2 or not both.sum(axis=1).all():
        return False
    return bool(chi2_contingency(both).pvalue < SURE)


def newcomers_sentence(found: Newcomers, names: Mapping[int, str]) -> str:
    """Who joins which segment, largest first."""
    ranked = found.table.sort_values("customers", ascending=False, kind="stable")
    joins = [
        f"{count(n)} {'joins' if n == 1 else 'join'} “{names[int(s)]}”"
        for s, n in ranked["customers"].items()
        if n
    ]
    left = found.customers - found.in_segments
    rest = f"; {count(left)} {'is' if left == 1 else 'are'} in no segment" if left else ""
    everybody = plural(found.customers, found.row_word.removesuffix("s"))
    if not joins:
        return f"None of the {everybody} in the file fits a segment."
    return f"Of {everybody} in the file {join_and(joins)}{rest}."


def drift_sentence(found: Newcomers) -> str:
    """Whether the segments describe the newcomers as well as the customers they were found on."""
    if not found.comparable:
        return "The segments cannot describe them: nothing they bought is known."
    drift = found.drift
    if not np.isfinite(drift.worse):
        return f"The study has too few {found.row_word} to tell whether the segments describe these as well."
    head = f"The segments describe them {drift.verdict or f'as well as earlier {found.row_word}'}"
    if drift.is_open:
        head = "The segments seem to describe them worse, but that could be chance"
    cases = percent(drift.worse, 100)
    beside = (
        f"beside an earlier one with about as many products a newcomer is described worse in {cases} of cases"
    )
    again = " Find the segments again with these purchases among them." if drift.verdict else ""
    return f"{head}: {beside}, where 50 % is no difference.{again}"


def mix_sentence(found: Newcomers) -> str:
    """Whether they divide over the segments as everybody did before; "" where nobody is in one."""
    if not found.in_segments:
        return ""
    apart = (found.table["share"] - found.table["share_before"]).abs().max()
    how = "much like" if apart < NOTICEABLE else "not clearly otherwise than"
    how = "otherwise than" if found.mix_differs else how
    return f"They divide over the segments {how} the {found.row_word} before."


def unknown_sentence(found: Newcomers) -> str:
    """What was bought that the segments do not know; "" where there is nothing."""
    unknown = found.unknown
    if not unknown.products:
        return ""
    return (
        f"{of(unknown.products, unknown.of_products)} products are not known to the segments "
        f"({join_and(unknown.examples[:3], most=3)}{' …' if unknown.products > 3 else ''}); "
        f"they make {percent(unknown.share, unknown.of_cells)} of what was bought and were left aside."
    )
