"""The questions the Offers page puts to the job runner."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pages.ui.parts import answers, cached
from pages.ui.parts import study_choices as choices
from segcore.choices.offered import WEEKS
from segcore.choices.offers import BackTestSpec
from segcore.jobs import Request

if TYPE_CHECKING:
    from pages.ui.offers.context import Room
    from pages.ui.parts.view import View
    from segcore.choices.offers import OfferSpec
    from segcore.offers import Learned

CELLS_PER_SECOND = 25_000_000  # customers × products that one way to rank gets through
TASKS = "segcore.tasks.offers"


def _cells(view: View) -> float:
    return view.matrix.shape[0] * min(view.matrix.shape[1], 3_000)


def learned(view: View) -> Request:
    """Ask for what all ways to rank go by."""
    return Request.of(
        f"{TASKS}:learned",
        digest=view.study.data_digest,
        matrix=view.matrix.spec,
        segments_key=view.key,
        title="Counting what is bought together",
        seconds=1 + view.matrix.values.nnz / 3_000_000,
        short=True,
    )


def test_spec(view: View) -> BackTestSpec:
    """Return the back-test the study asks for."""
    wanted = view.study.offers
    weeks = wanted.weeks if wanted.weeks in WEEKS else None  # a study of another hand may ask for any
    return BackTestSpec(n=min(wanted.tested, max(1, view.matrix.shape[1] // 2)), weeks=weeks)


def back_test(view: View) -> Request:
    """Ask how every way to rank does on hidden purchases."""
    return Request.of(
        f"{TASKS}:back_test",
        digest=view.study.data_digest,
        matrix=view.matrix.spec,
        nmf=view.segmentation.spec,
        spec=test_spec(view),
        title="Testing offers on hidden purchases",
        seconds=3 + 14 * min(_cells(view), 10_000 * 3_000) / CELLS_PER_SECOND,
    )


def by_k(view: View) -> Request:
    """Ask for the hit rate at several numbers of segments."""
    sweep = choices.sweep_spec(view.matrix.shape)
    return Request.of(
        f"{TASKS}:by_k",
        digest=view.study.data_digest,
        matrix=view.matrix.spec,
        nmf=view.segmentation.spec,
        ks=tuple(sweep.ks),
        spec=replace(test_spec(view), resamples=200),
        title="Trying other numbers of segments",
        seconds=3 + 7 * len(sweep.ks) * min(_cells(view), 10_000 * 3_000) / CELLS_PER_SECOND,
    )


def everyone(room: Room) -> Request:
    """Ask for everybody's offers."""
    return Request.of(
        f"{TASKS}:offers_of_all", **_known(room), spec=room.spec, title="Ranking offers for everybody",
        seconds=1 + 2 * _cells(room.view) / CELLS_PER_SECOND, short=True,
    )  # fmt: skip


def target_list(room: Room, product: str) -> Request:
    """Ask who gets an offer."""
    return Request.of(
        f"{TASKS}:target_list", **_known(room), spec=_one_offer(room.spec), product=product,
        names=tuple(sorted(room.view.names.items())), title="Ranking customers for this offer",
        seconds=1 + _cells(room.view) / CELLS_PER_SECOND, short=True,
    )  # fmt: skip


def bundles(room: Room, segment: int, products: tuple[tuple[str, ...], ...] = ()) -> Request:
    """Ask for the bundles of a segment, or for the figures of given ones."""
    return Request.of(
        f"{TASKS}:bundles", **_known(room), scorer=room.scorer, segment=segment, products=products,
        title="Looking for what is bought together", seconds=2, short=True,
    )  # fmt: skip


def outcome(name: str, path: str) -> Request:
    """Ask for the rows of a test's outcome."""
    return Request.of(
        f"{TASKS}:outcome", name=name, path=path, title="Reading the outcome", seconds=2, short=True
    )


def _known(room: Room) -> dict[str, object]:
    view = room.view
    return {
        "digest": view.study.data_digest,
        "matrix": view.matrix.spec,
        "segments_key": view.key,
        "learned_key": learned(view).key(cached.store()),
        "test_key": back_test(view).key(cached.store()) if room.test is not None else "",
    }


def _one_offer(spec: OfferSpec) -> OfferSpec:
    """Choices that matter for one product: how many others a customer gets does not, nor what they are worth."""
    return replace(spec, n=1, left_out=(), rank_by="chance", margins=())


def learned_of(view: View) -> Learned | None:
    """What all ways to rank go by; None after showing where its job stands."""
    return answers.result_of(learned(view))
