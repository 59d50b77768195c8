"""What segments are called: recognised in every run, named by people, kept in the study at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pages.ui.parts import cached
from pages.ui.shell import session

if TYPE_CHECKING:
    from segcore.choices.study import Study
    from segcore.matrix import PurchaseMatrix
    from segcore.segments import Segmentation
    from segcore.segments.names import Shown
    from segcore.segments.names.edit import NamesRead


def shown_as(key: str, matrix: PurchaseMatrix, segmentation: Segmentation) -> tuple[Study, Shown]:
    """Return the study that knows these segments, and what they are called; said to the study where they are new."""
    from segcore.segments import names

    purchases = cached.purchases(matrix.data_digest)

    def recognised(now: Study) -> Study:
        return names.recognise(now, key, purchases, matrix, segmentation)

    current = session.study()
    if recognised(current) is not current:
        current = session.update(lambda now: recognised(now).with_())
    return current, names.shown_as(current, key)


def look_at(key: str) -> None:
    """Remember which run is on the screen, so that the next one can say what is new in it."""
    from segcore.segments.names import looked_at

    if session.study().shown[:1] != (key,):
        session.update(lambda now: looked_at(now, key).with_())


def rename(
    key: str, wanted: Mapping[int, str], descriptions: Mapping[int, str], proposed: Mapping[int, str]
) -> None:
    """Save edited names and descriptions; they hold for these segments in every run."""
    from segcore.segments import names

    session.update(lambda now: names.rename(now, key, wanted, descriptions, proposed).with_())


def read_file(file: str, content: bytes, current: Mapping[int, str]) -> NamesRead:
    """Names from an uploaded file; UnreadableFile where it is none."""
    from segcore.intake.files.first_lines import lines_of_file
    from segcore.segments import names

    return names.read_names(lines_of_file(file, content), current)


def change_balance(balance: float) -> None:
    """Save what product lists and proposed names put first, the popular or the distinctive."""
    session.change(balance=float(balance))
