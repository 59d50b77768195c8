"""Tables that keep both margins and nothing else, drawn by lot: what anything is worth on data without a pattern.

:func:`swapped` keeps every margin exactly: rows meet in pairs and deal out anew what only one of them holds (the
curveball of Strona et al. 2014, Nat. Commun. 5, all rows at once as in Carstens, Hamann, Meyer, Penschuck, Tran &
Wagner 2018). :func:`drawn` follows the solved null, whose column margins are kept on average.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import sparse

from segcore.statistics.margins import MarginNull

# Sparse purchases change hands 13 times in so many rounds, those that fill a third of all cells 5 to 6 times. The number is fixed:
# to stop when enough have moved would favour tables that can just have moved.
ROUNDS = 40
CELLS = 1_000_000  # chances in memory at a time


def swapped(values: sparse.csr_matrix, seed: int | list[int], rounds: int = ROUNDS) -> sparse.csr_matrix:
    """Deal purchases out anew, with each row's and each column's number of them kept; float64 ones, indices sorted.

    Parameters
    ----------
    values : csr_matrix, rows × products
        Anything but 0 counts as bought.
    rounds : int
        How often every row meets another.
    """
    rng = np.random.default_rng(seed)
    n, m = values.shape
    row = np.repeat(np.arange(n), np.diff(values.indptr))[values.data != 0]
    column = values.indices[values.data != 0].astype(np.int64)
    for _ in range(rounds if len(row) else 0):
        row, column = _round(row, column, m, rng.permutation(n), rng)
    table = sparse.csr_matrix((np.ones(len(row)), (row, column)), shape=(n, m))
    table.sort_indices()
    return table


def _round(
    row: np.ndarray, column: np.ndarray, m: int, place: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Rows at places 2i and 2i + 1 meet, and the two deal out what only one of them holds."""
    at = np.empty(len(place), dtype=np.int64)
    at[place] = np.arange(len(place))
    seat = at[row]
    # One number a purchase, sorted by pair and product; which of the two rows holds it is the last bit.
    key = np.sort(((seat >> 1) * m + column) * 2 + (seat & 1))
    cell, second = key >> 1, key & 1
    same = cell[1:] == cell[:-1]
    alone = np.flatnonzero(~(np.append(same, False) | np.insert(same, 0, False)))
    lot = np.argsort(cell[alone] // m + rng.random(len(alone)))  # a random order within each pair
    second[alone[lot]] = second[alone]  # both rows get back as many as they gave
    return place[cell // m * 2 + second], cell % m


def drawn(null: MarginNull, seed: int | list[int]) -> sparse.csr_matrix:
    """One table from the null: short rows have their exact size, all other margins are kept on average."""
    rng = np.random.default_rng(seed)
    exact = null.strata.exact[null.row_class]
    short, rest = np.flatnonzero(exact), np.flatnonzero(exact == 0)
    parts = [_one_by_one(null, short, exact[short], rng), *_at_once(null, rest, rng)]
    row, column = (np.concatenate(ends) for ends in zip(*parts, strict=True))
    table = sparse.csr_matrix((np.ones(len(row)), (row, column)), shape=null.shape)
    table.sort_indices()
    return table


def _at_once(
    null: MarginNull, rows: np.ndarray, rng: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Rows that hold each product independently of the others: rows and products, some rows at a time."""
    chance = null.strata.chance.astype(np.float32)
    step = max(CELLS // max(null.shape[1], 1), 1)
    for start in range(0, len(rows), step):
        some = rows[start : start + step]
        of_row = chance[null.row_class[some]].take(null.column_class, axis=1)
        at, column = np.nonzero(rng.random(of_row.shape, dtype=np.float32) < of_row)
        yield some[at], column


def _one_by_one(
    null: MarginNull, rows: np.ndarray, left: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Rows of exact size, which are offered the products in turn; ``left`` is what each still has to get."""
    chains, found, left = _chains(null), [], left.copy()
    for column, of in enumerate(null.column_class if len(rows) else ()):
        if null.free[of]:
            took = rng.random(len(rows)) < chains.chance(column, left)
            left -= took
        else:
            took = null.strata.chance[null.row_class[rows], of] > 0.5
        found.append(rows[took])
    counts = np.array([len(part) for part in found], dtype=np.int64)
    return np.concatenate([*found, np.zeros(0, dtype=np.int64)]), np.repeat(np.arange(len(counts)), counts)


class _Chains:
    """Products offered one after another: the chance that a row takes this one if it needs so many of the rest."""

    def __init__(self, odds: np.ndarray, largest: int) -> None:
        self._odds = odds
        self._rest = np.zeros((len(odds) + 1, largest + 1))  # of the products after this one
        self._rest[-1, 0] = 1.0
        for at in range(len(odds) - 1, -1, -1):
            chance = odds[at] / (1.0 + odds[at])
            self._rest[at] = self._rest[at + 1] * (1.0 - chance)
            self._rest[at, 1:] += self._rest[at + 1, :-1] * chance

    def chance(self, column: int, left: np.ndarray) -> np.ndarray:
        odds, after = self._odds[column], self._rest[column + 1]
        take = np.zeros(len(after))
        take[1:] = odds * after[:-1]
        with np.errstate(divide="ignore", invalid="ignore"):
            share = take / (after + take)
        return np.nan_to_num(share)[left]


def _chains(null: MarginNull) -> _Chains:
    return _Chains(null.table.odds[null.column_class], null.table.largest)
