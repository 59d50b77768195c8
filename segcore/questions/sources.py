"""Copying what a database or a folder of this server holds into the uploads."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from segcore.jobs.question import Question, Size, Steps, private, question

if TYPE_CHECKING:
    from segcore.choices.read_from import ReadFrom
    from segcore.choices.study import StudyFile
    from segcore.questions.bench import Workbench
    from segcore.sources.allowed import Allowed


@question("fetch sources", version=1)
class FetchSources(Question["tuple[StudyFile, ...]"]):
    """Copy sources into the uploads; ``allowed`` may hold passwords and stays in memory."""

    wanted: tuple[ReadFrom, ...]
    allowed: Allowed | None = private()

    def words(self) -> str:
        return f"Reading {self.wanted[0].name}"

    def seconds(self, size: Size) -> float:
        return 10

    def about(self) -> frozenset[str]:
        return frozenset({one.earlier for one in self.wanted} - {""})

    def work(self, bench: Workbench) -> Steps[tuple[StudyFile, ...]]:
        from segcore.choices.study import StudyFile
        from segcore.sources.fetch import Fetched, fetch

        assert self.allowed is not None  # it is asked with what the server may read, be it nothing
        kept = []
        with tempfile.TemporaryDirectory(prefix="segcore-", ignore_cleanup_errors=True) as folder:
            for item in fetch(self.wanted, self.allowed, Path(folder)):
                if isinstance(item, Fetched):
                    with item.path.open("rb") as content:
                        upload = bench.store.keep_upload(item.path.name, content)
                    item.path.unlink()
                    kept.append(StudyFile(upload.stored_name, item.source.name, upload.digest, item.source))
                else:
                    yield item
        return tuple(kept)
