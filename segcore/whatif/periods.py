"""Time: the same segments on two periods, who moved between them, and how much of that is chance.

Somebody with three purchases in spring and three in autumn lands in different segments now and then without having
changed at all. So the purchases of everybody are also dealt out by lot over the two periods, as many days in each as
before: what moves then is what moves by chance.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from segcore.choices.matrix import MatrixSpec
from segcore.errors import NotEnoughData, SpecError
from segcore.language.words import count, join_and, of, percent
from segcore.progress import Step
from segcore.purchases import Purchases
from segcore.segments import Segmentation
from segcore.whatif.fixed_model import Frozen, describe, freeze, frozen_matrix
from segcore.whatif.outcome import before_and_after, flows_between

DEALS, FEW_DEALS = 10, 3
MANY_LINES = 300_000
SURE = 0.05
BEYOND = 0.02  # share of customers that must move beyond what the worst deal gives

Window = tuple[str | None, str | None]


@dataclass(frozen=True, eq=False)
class Movement:
    """Two periods in the words of the same segments.

    Attributes
    ----------
    first, second : pair of ISO dates, both inclusive
    assignments : DataFrame, by customer
        Segment in the ``first`` and the ``second`` period; missing where nothing was bought.
    flows : DataFrame
        ``from`` and ``to`` (segments, 0 for nobody's segment), ``customers``, ``stays``.
    table : DataFrame, by segment
        ``before`` and ``after`` customers (``amount_before``, ``amount_after``); of those with purchases in both
        periods ``entered`` and ``left``; ``p``, how likely such a difference is by chance (sign test, Holm).
    moved, compared : int
        Customers in another segment, of those in a segment in both periods.
    by_chance : tuple of float
        Shares that move when everybody's days are dealt out by lot, one a deal.
    """

    first: Window
    second: Window
    assignments: pd.DataFrame
    flows: pd.DataFrame
    table: pd.DataFrame
    moved: int
    compared: int
    by_chance: tuple[float, ...]
    row_word: str

    @property
    def moved_share(self) -> float:
        """Share of the compared customers that moved."""
        return self.moved / max(self.compared, 1)

    @property
    def chance_share(self) -> float:
        """Share that moves by chance alone, in the mean; NaN where nothing could be dealt."""
        return float(np.mean(self.by_chance)) if self.by_chance else float("nan")

    @property
    def is_real(self) -> bool:
        """Whether more moved than in any deal, and clearly so."""
        return bool(self.by_chance) and self.moved_share >= max(self.by_chance) + BEYOND

    @property
    def growing(self) -> list[int]:
        """Segments that more customers entered than left, beyond chance; the largest gain first."""
        return self._changed(1)

    @property
    def shrinking(self) -> list[int]:
        """Segments that more customers left than entered, beyond chance; the largest loss first."""
        return self._changed(-1)

    def _changed(self, sign: int) -> list[int]:
        net = sign * (self.table["entered"] - self.table["left"])
        clear = net[(net > 0) & (self.table["p"] < SURE)]
        return [int(n) for n in clear.sort_values(ascending=False, kind="stable").index]


def halves(purchases: Purchases, window: Window = (None, None)) -> tuple[Window, Window]:
    """Two periods of equal length that follow each other, over all days or those of a window.

    Raises
    ------
    SpecError
        There are no dates, or fewer than two days.
    """
    if purchases.date_span is None:
        raise SpecError("This file has no dates, so there are no periods to compare.")
    first, last = (moment.normalize() for moment in purchases.date_span)
    first = max(first, pd.Timestamp(window[0])) if window[0] else first
    last = min(last, pd.Timestamp(window[1])) if window[1] else last
    if last <= first:
        raise SpecError("All purchases are of one day, so there are no periods to compare.")
    middle = first + (last - first + pd.Timedelta(days=1)) // 2
    ends = (first, middle.normalize() - pd.Timedelta(days=1), middle.normalize(), last)
    a, b, c, d = (day.strftime("%Y-%m-%d") for day in ends)
    return (a, b), (c, d)


def moving(
    purchases: Purchases, spec: MatrixSpec, segmentation: Segmentation, first: Window, second: Window
) -> Generator[Step, None, Movement]:
    """Describe both periods by the same segments and follow everybody from one to the other.

    Raises
    ------
    SpecError
        There are no dates, or the periods overlap.
    NotEnoughData
        Nothing was bought in one of them.
    """
    if not (first[1] and second[0] and first[1] < second[0]):
        raise SpecError("The two periods overlap.", remedy="Let the second begin after the first has ended.")
    yield Step(0.05, "Describing both periods")
    frozen = freeze(purchases, segmentation, spec)
    parts = [_lines_in(purchases, window) for window in (first, second)]
    (one, paid), (other, paid_later) = (_assigned(frozen, purchases, part) for part in parts)
    moved, compared = _moved(one, other)
    by_chance = []
    deals = DEALS if sum(part.sum() for part in parts) <= MANY_LINES else FEW_DEALS
    for number in range(deals if compared else 0):
        yield Step(0.3 + 0.6 * number / deals, "Dealing the purchases out by lot")
        dealt = _dealt(purchases, parts, np.random.default_rng(number))
        away, both = _moved(*(_assigned(frozen, purchases, part)[0] for part in dealt))
        by_chance.append(away / max(both, 1))
    table = before_and_after(one, other, list(map(int, segmentation.sizes.index)), (paid, paid_later))
    return Movement(
        first, second, pd.DataFrame({"first": one, "second": other}), flows_between(one, other),
        table.join(_growth(one, other, table.index)), moved, compared, tuple(by_chance), purchases.row_word,
    )  # fmt: skip


def _lines_in(purchases: Purchases, window: Window) -> np.ndarray:
    """Which lines fall into a period."""
    if not purchases.has("date"):
        raise SpecError("This file has no dates, so there are no periods to compare.")
    day = purchases.lines["date"]
    inside = day >= pd.Timestamp(window[0]) if window[0] else day.notna()
    if window[1]:
        inside &= day < pd.Timestamp(window[1]) + pd.Timedelta(days=1)
    if not inside.any():
        raise NotEnoughData("Nothing was bought in one of the periods.", remedy="Choose other days.")
    return inside.to_numpy()


def _assigned(frozen: Frozen, purchases: Purchases, lines: np.ndarray) -> tuple[pd.Series, pd.Series | None]:
    """Segment and money of everybody by these lines alone; who bought nothing is not listed."""
    part = replace(purchases, lines=purchases.lines[lines], digest=f"{purchases.digest} in part")
    described = describe(frozen, frozen_matrix(frozen, part)[0])
    return described.assignment, described.amount


def _moved(one: pd.Series, other: pd.Series) -> tuple[int, int]:
    """Customers in another segment, of those in one both times."""
    both = one.dropna().index.intersection(other.dropna().index)
    return int((one[both] != other[both]).sum()), len(both)


def _dealt(
    purchases: Purchases, parts: list[np.ndarray], generator: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Every customer's shopping days dealt out over the two periods, as many in each as there were."""
    places = np.flatnonzero(parts[0] | parts[1])
    lines = purchases.lines.iloc[places]
    day = lines["date"].to_numpy().astype("datetime64[D]").astype(np.int64)
    visits = pd.DataFrame({"customer": lines["customer"].to_numpy(), "day": day, "second": parts[1][places]})
    visit = visits.groupby(["customer", "day"], sort=True)["second"].first()
    customer = visit.index.get_level_values("customer").to_numpy()
    # Days are in order within each customer; sorting them by lot and handing out the same labels shuffles them.
    order = np.lexsort((generator.random(len(visit)), customer))
    second = np.empty(len(visit), dtype=bool)
    second[order] = visit.to_numpy(dtype=bool)
    at = visit.index.get_indexer(pd.MultiIndex.from_frame(visits[["customer", "day"]]))
    later, earlier = np.zeros(len(parts[0]), dtype=bool), np.zeros(len(parts[0]), dtype=bool)
    later[places], earlier[places] = second[at], ~second[at]
    return earlier, later


def _growth(one: pd.Series, other: pd.Series, segments: pd.Index) -> pd.DataFrame:
    """Of customers with purchases in both periods: who entered each segment, who left, and the sign test."""
    both = one.dropna().index.intersection(other.dropna().index)
    was, is_now = one[both].astype("int64").to_numpy(), other[both].astype("int64").to_numpy()
    entered = np.array([((is_now == n) & (was != n)).sum() for n in segments], dtype=np.int64)
    left = np.array([((was == n) & (is_now != n)).sum() for n in segments], dtype=np.int64)
    p = np.array(
        [binomtest(int(a), int(a + b)).pvalue if a + b else 1.0 for a, b in zip(entered, left, strict=True)]
    )
    return pd.DataFrame({"entered": entered, "left": left, "p": _holm(p)}, index=segments)


def _holm(p: np.ndarray) -> np.ndarray:
    """p-values corrected for asking about every segment (Holm 1979)."""
    order = np.argsort(p, kind="stable")
    stepped = np.maximum.accumulate(p[order] * (len(p) - np.arange(len(p))))
    corrected = np.empty(len(p))
    corrected[order] = np.minimum(stepped, 1.0)
    return corrected


def movement_sentence(found: Movement, names: Mapping[int, str]) -> str:
    """Who moved, beside chance, and which segments grow."""
    word = found.row_word
    if not found.compared:
        return f"No {word} bought in both periods, so nobody can be followed."
    head = f"{of(found.moved, found.compared)} {word} who bought in both periods are in another segment"
    if found.by_chance:
        usual = percent(found.chance_share, found.compared)
        beside = f"by chance alone {usual} would be"
        head += f"; {beside}" if found.is_real else f", but {beside}: no clear movement"
    changes = [
        f"“{names[n]}” {verb} ({count(found.table.loc[n, 'entered'])} came, {count(found.table.loc[n, 'left'])} left)"
        for verb, numbers in (("grows", found.growing[:2]), ("shrinks", found.shrinking[:2]))
        for n in numbers
    ]
    return f"{head}. {join_and(changes) if changes else 'No segment clearly grows or shrinks'}."
