"""What if: a scenario, a file of new customers, two periods; each from segments that are in the store."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from segcore.choices.matrix import MatrixSpec
from segcore.choices.scenarios import Scenario
from segcore.errors import UnclearColumns
from segcore.intake import Roles, convert
from segcore.intake import inspect as inspect_files
from segcore.progress import Step, part_of
from segcore.purchases import Purchases
from segcore.purchases.kept import load_purchases
from segcore.storage.store import default_store
from segcore.tasks.data import Files, uploads

if TYPE_CHECKING:
    from segcore.whatif.newcomers import Newcomers
    from segcore.whatif.outcome import Outcome
    from segcore.whatif.periods import Movement


def scenario(
    digest: str, matrix: MatrixSpec, segments_key: str, wanted: Scenario
) -> Generator[Step, None, Outcome]:
    """Find the segments of a scenario and follow everybody into them."""
    from segcore.whatif.scenario import trying

    yield Step(0.02, "Opening the study's segments")
    return (yield from trying(load_purchases(digest), matrix, default_store().load(segments_key), wanted))


def newcomers(
    digest: str, matrix: MatrixSpec, segments_key: str, files: Files, roles: Roles
) -> Generator[Step, None, Newcomers]:
    """Read files of new customers and apply the segments to them as they are."""
    from segcore.whatif.newcomers import newcomers_of

    arriving = yield from _read(files, roles)
    yield Step(0.8, "Applying the segments as they are")
    return newcomers_of(load_purchases(digest), matrix, default_store().load(segments_key), arriving)


def _read(files: Files, roles: Roles) -> Generator[Step, None, Purchases]:
    """The new purchases: columns mean what they mean in the study, or what they look like where they are others."""
    try:
        return (yield from _converted(files, roles))
    except UnclearColumns:
        return (yield from _converted(files, inspect_files(uploads(files)).roles))


def _converted(files: Files, roles: Roles) -> Generator[Step, None, Purchases]:
    return (yield from part_of(convert(uploads(files), roles), 0.75)).purchases


def periods(
    digest: str,
    matrix: MatrixSpec,
    segments_key: str,
    first: tuple[str | None, str | None],
    second: tuple[str | None, str | None],
) -> Generator[Step, None, Movement]:
    """Describe two periods by the same segments and follow everybody from one to the other."""
    from segcore.whatif.periods import moving

    yield Step(0.02, "Opening the study's segments")
    base = default_store().load(segments_key)
    return (yield from moving(load_purchases(digest), matrix, base, first, second))
