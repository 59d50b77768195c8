"""The chapters on what to do: what to offer to whom, what goes together, who gets it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from segcore.language.words import count, join_and, plural
from segcore.offers.targets import cut, suggested_cut
from segcore.report.records import Chapter

if TYPE_CHECKING:
    from segcore.offers import Everyone
    from segcore.offers.bundles import Bundle
    from segcore.offers.presentation import Telling
    from segcore.offers.targets import TargetList

WORKBOOK_ONLY = ("elsewhere", "worth")
EACH = 3  # offers told for each segment; all are in the workbook


@dataclass(frozen=True, eq=False)
class Offered:
    """What was asked for on the Offers page.

    Attributes
    ----------
    bundles : mapping of segment to (put together by somebody, proposed)
    take : int
        Customers taken from the target list, 0 for as many as are suggested.
    """

    telling: Telling
    everyone: Everyone
    target: TargetList | None = None
    take: int = 0
    bundles: Mapping[int, tuple[tuple[Bundle, ...], tuple[Bundle, ...]]] = field(default_factory=dict)

    @property
    def taken(self) -> int:
        """How many customers of the target list are taken."""
        if self.target is None:
            return 0
        return min(self.take or suggested_cut(self.target), len(self.target.table))

    def every_offer(self) -> pd.DataFrame:
        """Every product that can be offered to every segment, the most promising first, in plain numbers."""
        rows = self.telling.opportunities(self.everyone)
        table = self._offers(rows).drop(columns=["likely buyers", "why"], errors="ignore")
        if self.telling.chance is not None:
            table["likely buyers from"] = rows["low"].to_numpy(dtype=int)
            table["likely buyers to"] = rows["high"].to_numpy(dtype=int)
        table["bought it in the segment"] = rows["buyers"].to_numpy()
        table["size of the segment"] = rows["size"].to_numpy()
        table["bought it in all"] = rows["buyers_all"].to_numpy()
        return table

    def first_offers(self) -> pd.DataFrame:
        """The first few of each segment, in words."""
        table = self.telling.opportunities(self.everyone)
        return self._offers(table[table.groupby("segment").cumcount() < EACH])

    def every_bundle(self) -> pd.DataFrame:
        """The bundles of all segments in plain numbers."""
        rows = []
        for segment, (own, proposed) in self.bundles.items():
            for at, one in enumerate(_together(own, proposed)):
                note = "yours" if at < len(own) else "more than chance" if one.sure else "may be chance"
                rows.append(
                    {
                        "segment": self.telling.names[segment],
                        "bundle": ", ".join(self.telling.product(p) for p in one.products),
                        "note": note,
                        "bought all": one.all_bought,
                        "size of the segment": one.size,
                        "expected by chance": round(one.by_chance, 2),
                        "could complete it": one.some_bought,
                        "bought all elsewhere": one.elsewhere,
                        "typical spend on it": one.typical_spend,
                        "likely purchases from": one.low if self.telling.chance else None,
                        "likely purchases to": one.high if self.telling.chance else None,
                        "worth from": one.money_low,
                        "worth to": one.money_high,
                    }
                )
        return pd.DataFrame(rows).dropna(axis=1, how="all")

    def bundles_told(self) -> pd.DataFrame:
        """The bundles of all segments in words, without what only the workbook has room for."""
        parts = []
        for segment, (own, proposed) in self.bundles.items():
            both = _together(own, proposed)
            if both:
                table = self.telling.bundles(both, len(own), spend=False)
                table.insert(0, "segment", self.telling.names[segment])
                parts.append(table.drop(columns=list(WORKBOOK_ONLY), errors="ignore"))
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()

    def _offers(self, rows: pd.DataFrame) -> pd.DataFrame:
        told = self.telling.offers(rows)
        told.insert(0, "segment", rows["segment"].map(self.telling.names).to_numpy())
        return told


def _together(own: tuple[Bundle, ...], proposed: tuple[Bundle, ...]) -> list[Bundle]:
    """Bundles somebody put together, then the proposed ones that are not among them."""
    kept = {bundle.products for bundle in own}
    return [*own, *(bundle for bundle in proposed if bundle.products not in kept)]


def next_chapters(offered: Offered) -> list[Chapter]:
    """What to offer; then bundles and a target list, where somebody looked at them."""
    chapters = [_next(offered)]
    if offered.bundles:
        chapters.append(_bundles(offered))
    if offered.target is not None and len(offered.target.table):
        chapters.append(_target(offered, offered.target))
    return chapters


def _next(offered: Offered) -> Chapter:
    telling = offered.telling
    table = telling.opportunities(offered.everyone)
    if not len(table):
        return Chapter("next", "There is nothing left to offer", ("Everybody bought what may be offered.",))
    first = table.iloc[0]
    heading = (
        f"First to offer: {telling.product(first['product'])}, to “{telling.names[int(first['segment'])]}”"
    )
    leaders = table[table.groupby("segment").cumcount() == 0]
    sentences = tuple(telling.opportunity(row) for _, row in leaders.iterrows())
    points = (*sentences[:1], "Whether an offer adds anything is known only after a test with a hold-out.")
    return Chapter("next", heading, sentences, None, offered.first_offers(), points)


def _bundles(offered: Offered) -> Chapter:
    telling = offered.telling
    sure = [
        (segment, proposed)
        for segment, (_, proposed) in offered.bundles.items()
        if proposed and proposed[0].sure
    ]
    if not sure:
        heading = "No products are bought together clearly more than chance within a segment"
        rest = f"Looked at: {join_and([f'“{telling.names[segment]}”' for segment in offered.bundles])}."
        return Chapter("bundles", heading, (rest,), None, offered.bundles_told())
    segment, proposed = sure[0]
    together = join_and([telling.product(product) for product in proposed[0].products])
    sentences = tuple(telling.bundle(one, found) for one, found in sure)
    return Chapter(
        "bundles", f"{together} go together in “{telling.names[segment]}”", sentences, None,
        offered.bundles_told(), sentences[:1],
    )  # fmt: skip


def _target(offered: Offered, target: TargetList) -> Chapter:
    telling, n = offered.telling, offered.taken
    word = telling.row_word.removesuffix("s")
    homes = telling.list_table(target, n)["segment"].value_counts(sort=True)
    table = pd.DataFrame(
        {"segment": homes.index, f"{word}s on the list": homes.to_numpy(), "share of the list": homes.to_numpy() / n}
    )  # fmt: skip
    said = f"{telling.target(target, cut(target, n))}"
    heading = f"{telling.product(target.product)} goes to {plural(n, word)}"
    first = str(homes.index[0])
    where = first if first == "in no segment" else f"in “{first}”"
    mostly = f"The largest part, {count(homes.iloc[0])} of {count(n)}, is {where}."
    return Chapter("target", heading, (said, mostly), None, table, (said,))
