"""Looking at files, reading them, fetching a sample."""

from __future__ import annotations

import tempfile
from collections.abc import Generator
from pathlib import Path

from segcore.intake import Draft, Roles, convert
from segcore.intake import extend as extend_roles
from segcore.intake import inspect as inspect_files
from segcore.intake.loaded import Loaded
from segcore.progress import Step, part_of
from segcore.purchases.kept import keep_purchases
from segcore.storage.store import default_store
from segcore.storage.uploads import StoredUpload

Files = tuple[tuple[str, str], ...]  # the person's name for each file, and its name among the uploads


def uploads(files: Files) -> list[tuple[str, str]]:
    """Names and places of uploads; nothing else is ever read, whatever a study says.

    Raises
    ------
    StoreError
        A name is not one we gave, or its file is gone.
    """
    return [(name, str(default_store().upload_path(stored).absolute())) for name, stored in files]


def inspect(files: Files) -> Generator[Step, None, Draft]:
    """Look at files: tables, columns, guessed roles."""
    yield Step(0.1, "Looking at the file")
    return inspect_files(uploads(files))


def extend(files: Files, roles: Roles) -> Generator[Step, None, Roles]:
    """Find the place of files that came later beside those already read."""
    yield Step(0.1, "Looking at the further file")
    return extend_roles(uploads(files), roles)


def read(files: Files, roles: Roles) -> Generator[Step, None, Loaded]:
    """Read files into purchases and measure every level."""
    from segcore.hierarchy import profile_levels

    intake = yield from part_of(convert(uploads(files), roles), 0.8)
    yield Step(0.85, "Keeping the purchases")
    keep_purchases(intake.purchases)
    yield Step(0.92, "Measuring every product level")
    return Loaded(intake.purchases.digest, intake.roles, intake.report, profile_levels(intake.purchases))


def sample(name: str) -> Generator[Step, None, tuple[StoredUpload, ...]]:
    """Write a sample's files into the uploads, as if somebody had dropped them."""
    from segcore.samples import complete_journey_files, wine_merchant_file

    yield Step(0.1, "Fetching the sample")
    with tempfile.TemporaryDirectory(prefix="segcore-") as folder:
        if name == "complete_journey":
            paths = complete_journey_files(folder, form="parquet")
        else:
            paths = (Path(folder) / "wine merchant.csv",)
            wine_merchant_file(paths[0])
        yield Step(0.8, "Keeping the files")
        return tuple(_kept(path) for path in paths)


def _kept(path: Path) -> StoredUpload:
    with path.open("rb") as content:
        return default_store().keep_upload(path.name, content)
