"""Could it be chance? Rules against purchases that keep what is known of everybody's activity and every product's sale.

Chance is the same purchases with both margins kept: each product as many buyers, each customer (or order) as many
products (:mod:`segcore.statistics.margins`). A pair is judged by the tail of its joint count there, among tables that
have both products' totals as they are. Two things are added, both measured on tables without any rule (see
tests/bench/rules_noise.py): what a typical pair of equally popular products has beyond the null belongs to chance
(:mod:`segcore.rules.misfit`), and so does a surplus of a hundredth. Rows that are copies of one another count as one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from segcore.rules.copies import witnesses_per_find
from segcore.rules.layers import Layers, Question, layers_of, log_at_least, tilted
from segcore.rules.misfit import Misfit, fit_misfit
from segcore.rules.tables import RuleTable
from segcore.statistics import MarginNull, Tails, fit_margins, joint_counts, joint_tails

SURPLUS = 0.01  # of the expected number; that and less is not worth calling more (or fewer) than chance
BLOCK = 4_000  # tests at once
ROUNDING = 1e-9

Tested = tuple[
    np.ndarray, np.ndarray
]  # expected rows with both, and the logarithm of the chance of at least so many


@dataclass(frozen=True, eq=False)
class Chance:
    """The null of one table of rules.

    Attributes
    ----------
    values : csr_matrix of 0/1, rows × items: products in the order of ``place``, then groups
    place : int array
        Where each item of the table of rules stands there.
    null : MarginNull
        Of the products alone.
    members : csr_matrix of bool, products × groups, or None
    misfit : Misfit
    copies : float
        Rows that count as one witness.
    """

    values: sparse.csr_matrix
    place: np.ndarray
    null: MarginNull
    members: sparse.csr_matrix | None
    misfit: Misfit
    copies: float

    @property
    def products(self) -> int:
        """How many of the columns are products."""
        return self.null.shape[1]

    @cached_property
    def layers(self) -> Layers:
        """What longer rules and groups are judged by."""
        return layers_of(self.null, self.values, self.members)

    @cached_property
    def totals(self) -> np.ndarray:
        """Rows that hold each column."""
        return np.bincount(self.values.indices, minlength=self.values.shape[1])

    def more(self, left: np.ndarray, right: np.ndarray, both: np.ndarray) -> Tested:
        """Are pairs of items together in more rows than chance gives? int arrays (pairs,)."""
        one, other = self.place[left], self.place[right]
        groups = (one >= self.products).astype(np.int64) + (other >= self.products)
        expected, log_p = np.zeros(len(both)), np.zeros(len(both))
        for number, way in enumerate((self._more_products, self._more_mixed, self._more_groups)):
            some = np.flatnonzero(groups == number)
            if len(some):
                expected[some], log_p[some] = way(one[some], other[some], both[some])
        return expected, _settled(log_p) / self.copies

    def fewer(self, left: np.ndarray, right: np.ndarray, both: np.ndarray, surplus: float) -> Tested:
        """Are pairs of products together in fewer rows than chance gives, by more than ``surplus``? int arrays (pairs,)."""
        one, other = self.place[left], self.place[right]
        usual = np.minimum(self.misfit.of(self.totals[one], self.totals[other]), 0.0)
        plain = _expected(self.null, one, other)
        most = np.floor(both + (surplus - usual) * plain + ROUNDING).astype(np.int64)
        log_p = _tails(self.null, one, other, most).log_lower
        return plain * (1.0 + usual), _settled(log_p) / self.copies

    def adds(
        self, one: np.ndarray, other: np.ndarray, rest: np.ndarray, counts: Callable[..., np.ndarray]
    ) -> Tested:
        """Do two sets go together among the rows that hold a third? int arrays (tests, length of the set).

        Parameters
        ----------
        counts : callable
            Rows with the sets named: ``counts("one", "rest")``; an int array, one entry a test.
        """
        expected, log_p = np.empty(len(one)), np.empty(len(one))
        for start in range(0, len(one), BLOCK):
            part = slice(start, start + BLOCK)
            sides = [self.place[side[part]] for side in (one, other, rest)]
            n_rest, n_one, n_other, n_both = (
                counts(*names)[part]
                for names in (("rest",), ("one", "rest"), ("other", "rest"), ("one", "other", "rest"))
            )
            asked = self._among(sides, n_rest, n_one, n_other)
            plain, variance = asked.moments()
            usual = np.zeros(len(plain))
            if one.shape[1] == 1 == other.shape[1]:
                usual = np.maximum(self.misfit.of(*(self.totals[side[:, 0]] for side in sides[:2])), 0.0)
            least = np.ceil(n_both - (SURPLUS + usual) * plain - ROUNDING)
            expected[part], log_p[part] = (
                plain * (1.0 + usual),
                log_at_least(least, plain, variance, np.minimum(n_one, n_other)),
            )
        return expected, _settled(log_p) / self.copies

    def _more_products(self, one: np.ndarray, other: np.ndarray, both: np.ndarray) -> Tested:
        plain = _expected(self.null, one, other)
        usual = np.maximum(self.misfit.of(self.totals[one], self.totals[other]), 0.0)
        least = np.ceil(both - (SURPLUS + usual) * plain - ROUNDING).astype(np.int64)
        return plain * (1.0 + usual), _tails(self.null, one, other, least).log_upper

    def _more_mixed(self, one: np.ndarray, other: np.ndarray, both: np.ndarray) -> Tested:
        """A product and a group of others: who buys nothing of the group is known for each size of a row."""
        layers, expected, log_p = self.layers, np.empty(len(both)), np.empty(len(both))
        product, group = np.minimum(one, other), np.maximum(one, other)
        for start in range(0, len(both), BLOCK):
            part = slice(start, start + BLOCK)
            a, b = product[part], group[part]
            chance = layers.chance[:, a], layers.chance[:, b]
            rows = np.broadcast_to(layers.rows[:, None], chance[0].shape)
            asked = Question(rows, *chance, layers.joined(*chance), self.totals[a], self.totals[b])
            expected[part], variance = asked.moments()
            least = np.ceil((both[part] - SURPLUS * expected[part]) - ROUNDING)
            most = np.minimum(self.totals[a], self.totals[b])
            log_p[part] = log_at_least(least, expected[part], variance, most)
        return expected, log_p

    def _more_groups(self, one: np.ndarray, other: np.ndarray, both: np.ndarray) -> Tested:
        """Two groups are judged at their own level: rows keep their number of groups."""
        null, first = self._of_groups, self.products
        plain = _expected(null, one - first, other - first)
        least = np.ceil(both - SURPLUS * plain - ROUNDING).astype(np.int64)
        return plain, _tails(null, one - first, other - first, least).log_upper

    @cached_property
    def _of_groups(self) -> MarginNull:
        """The groups, and the products that are in none of them."""
        assert self.members is not None
        alone = np.flatnonzero(np.asarray(self.members.sum(axis=1)).ravel() == 0)
        return fit_margins(sparse.hstack([self.values[:, self.products :], self.values[:, alone]]).tocsr())

    def _among(
        self, sides: list[np.ndarray], n_rest: np.ndarray, n_one: np.ndarray, n_other: np.ndarray
    ) -> Question:
        """The rows that hold the rest, and the chances of the two sets there."""
        one, other, rest = sides
        known = self._of(rest)

        def beside(*sets: np.ndarray) -> np.ndarray:
            with np.errstate(divide="ignore", invalid="ignore"):
                return np.where(known > 0, np.minimum(self._of(np.hstack([*sets, rest])) / known, 1.0), 0.0)

        rows = self.layers.holding[:, rest[:, 0]]
        for column in range(1, rest.shape[1]):
            rows = rows * tilted(rows, self.layers.chance[:, rest[:, column]], n_rest)
        return Question(rows, beside(one), beside(other), beside(one, other), n_one, n_other)

    def _of(self, sets: np.ndarray) -> np.ndarray:
        """Chance of every column of each set: the rarest products are joined to the others, groups stand last."""
        rank = np.where(
            np.arange(len(self.totals)) < self.products, self.totals, self.totals + self.values.shape[0] + 1
        )
        return self.layers.of(np.take_along_axis(sets, np.argsort(rank[sets], axis=1, kind="stable"), axis=1))


def _expected(null: MarginNull, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return joint_counts(null, one, other).expected


def _tails(null: MarginNull, one: np.ndarray, other: np.ndarray, count: np.ndarray) -> Tails:
    with np.errstate(divide="ignore", invalid="ignore"):  # where the totals leave the count no choice
        return joint_tails(null, one, other, count, totals_kept=True)


def _settled(log_p: np.ndarray) -> np.ndarray:
    """A count that the totals leave no choice about is no find."""
    return np.where(np.isnan(log_p), 0.0, log_p)


def chance_of(table: RuleTable, floor: int) -> Chance:
    """Solve the null of a table of rules; products of fewer rows than ``floor`` are not tested."""
    groups = table.groups
    products = np.setdiff1d(np.arange(len(table.items)), groups)
    order = np.concatenate([products, groups])
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    fine = table.values[:, products].tocsr() if len(groups) else table.values
    null = fit_margins(fine)
    common = np.flatnonzero(np.bincount(fine.indices, minlength=fine.shape[1]) >= floor)
    members = None
    if len(groups) and table.apart is not None:
        members = table.apart[products][:, groups].tocsr()
    return Chance(
        values=table.values[:, order].tocsr() if len(groups) else fine,
        place=place,
        null=null,
        members=members,
        misfit=fit_misfit(null, fine, common),
        copies=witnesses_per_find(null, fine),
    )
