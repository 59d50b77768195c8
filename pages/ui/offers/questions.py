"""The questions of the Offers page, built from what it looks at."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pages.ui.parts import study_choices as choices
from segcore.choices.offered import WEEKS
from segcore.choices.offers import BackTestSpec
from segcore.questions.offers import (
    BackTestOffers,
    FindBundles,
    HitsByK,
    LearnOffers,
    ListTargets,
    OffersOfAll,
)

if TYPE_CHECKING:
    from pages.ui.offers.context import Room
    from pages.ui.parts.view import View


def learned(view: View) -> LearnOffers:
    """Ask for what all ways to rank go by."""
    return LearnOffers(view.asked)


def test_spec(view: View) -> BackTestSpec:
    """Return the back-test the study asks for."""
    wanted = view.study.offers
    weeks = wanted.weeks if wanted.weeks in WEEKS else None  # a study of another hand may ask for any
    return BackTestSpec(n=min(wanted.tested, max(1, view.matrix.shape[1] // 2)), weeks=weeks)


def back_test(view: View) -> BackTestOffers:
    """Ask how every way to rank does on hidden purchases."""
    return BackTestOffers(view.study.data_digest, view.matrix.spec, view.segmentation.spec, test_spec(view))


def by_k(view: View) -> HitsByK:
    """Ask for the hit rate at several numbers of segments."""
    ks, spec = tuple(choices.sweep_spec(view.matrix.shape).ks), replace(test_spec(view), resamples=200)
    return HitsByK(view.study.data_digest, view.matrix.spec, view.segmentation.spec, ks, spec)


def everyone(room: Room) -> OffersOfAll:
    """Ask for everybody's offers."""
    return OffersOfAll(learned(room.view), _test(room), room.spec)


def target_list(room: Room, product: str) -> ListTargets:
    """Ask who gets an offer; how many others a customer gets, and what they are worth, does not matter for it."""
    spec = replace(room.spec, n=1, left_out=(), rank_by="chance", margins=())
    names = tuple(sorted(room.view.names.items()))
    return ListTargets(learned(room.view), _test(room), spec, product, names)


def bundles(room: Room, segment: int, products: tuple[tuple[str, ...], ...] = ()) -> FindBundles:
    """Ask for the bundles of a segment, or for the figures of given ones."""
    return FindBundles(learned(room.view), _test(room), room.scorer, segment, products)


def _test(room: Room) -> BackTestOffers | None:
    return None if room.test is None else back_test(room.view)
