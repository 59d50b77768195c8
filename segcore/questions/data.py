"""Looking at files, reading them, fetching a sample."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from segcore.jobs.question import Files, Question, Size, Steps, question
from segcore.progress import Step, part_of

if TYPE_CHECKING:
    from segcore.intake import Draft, Roles
    from segcore.intake.loaded import Loaded
    from segcore.questions.bench import Workbench
    from segcore.storage.store import Store
    from segcore.storage.uploads import StoredUpload

PARSED_PER_SECOND = 8_000_000  # bytes of a text file, measured on two cores


@question("inspect files", version=1)
class InspectFiles(Question["Draft"]):
    """Look at files: tables, columns, guessed roles."""

    overtakes = True
    files: Files

    def words(self) -> str:
        return "Looking at the file"

    def seconds(self, size: Size) -> float:
        return 2

    def work(self, bench: Workbench) -> Steps[Draft]:
        from segcore.intake import inspect

        yield Step(0.1, "Looking at the file")
        return inspect(bench.uploads(self.files))


@question("extend roles", version=1)
class ExtendRoles(Question["Roles"]):
    """Find the place of files that came later beside those already read."""

    overtakes = True
    files: Files
    roles: Roles

    def words(self) -> str:
        return "Looking at the further file"

    def seconds(self, size: Size) -> float:
        return 2

    def work(self, bench: Workbench) -> Steps[Roles]:
        from segcore.intake import extend

        yield Step(0.1, "Looking at the further file")
        return extend(bench.uploads(self.files), self.roles)


@question("read files", version=1)
class ReadFiles(Question["Loaded"]):
    """Read files into purchases and measure every level."""

    files: Files
    roles: Roles

    def words(self) -> str:
        return "Reading the purchases"

    def seconds(self, size: Size) -> float:
        return 2 + size.bytes_of(stored for _, stored in self.files) / PARSED_PER_SECOND

    def work(self, bench: Workbench) -> Steps[Loaded]:
        from segcore.hierarchy import profile_levels
        from segcore.intake import convert
        from segcore.intake.loaded import Loaded
        from segcore.purchases.kept import keep_purchases

        intake = yield from part_of(convert(bench.uploads(self.files), self.roles), 0.8)
        yield Step(0.85, "Keeping the purchases")
        keep_purchases(intake.purchases, bench.store)
        yield Step(0.92, "Measuring every product level")
        return Loaded(intake.purchases.digest, intake.roles, intake.report, profile_levels(intake.purchases))


@question("sample", version=1)
class Sample(Question["tuple[StoredUpload, ...]"]):
    """Write a sample's files into the uploads, as if somebody had dropped them."""

    overtakes = True
    which: str

    def words(self) -> str:
        return "Fetching the sample"

    def seconds(self, size: Size) -> float:
        return 3

    def work(self, bench: Workbench) -> Steps[tuple[StoredUpload, ...]]:
        from segcore.samples import complete_journey_files, wine_merchant_file

        yield Step(0.1, "Fetching the sample")
        with tempfile.TemporaryDirectory(prefix="segcore-") as folder:
            if self.which == "complete_journey":
                paths = complete_journey_files(folder, form="parquet")
            else:
                paths = (Path(folder) / "wine merchant.csv",)
                wine_merchant_file(paths[0])
            yield Step(0.8, "Keeping the files")
            return tuple(_kept(path, bench.store) for path in paths)


def _kept(path: Path, store: Store) -> StoredUpload:
    with path.open("rb") as content:
        return store.keep_upload(path.name, content)
