"""Opening a study that came as one file, under the limits of a job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segcore.jobs.question import Question, Size, Steps, question
from segcore.progress import Step
from segcore.questions.data import PARSED_PER_SECOND

if TYPE_CHECKING:
    from segcore.questions.bench import Workbench


@question("open study", version=1)
class OpenStudy(Question["tuple[str, bool]"]):
    """Check a study file that was uploaded and save what it holds under a new id: the id, whether data came along.

    Attributes
    ----------
    stored : str
        Its name among the uploads.
    turn : str
        Another one each time: everybody who opens the file gets a study of their own.
    """

    overtakes = True
    stored: str
    turn: str

    def words(self) -> str:
        return "Opening the study"

    def seconds(self, size: Size) -> float:
        return 2 + size.bytes_of([self.stored]) / PARSED_PER_SECOND * 4

    def about(self) -> frozenset[str]:
        return frozenset({self.stored.partition(".")[0]})

    def work(self, bench: Workbench) -> Steps[tuple[str, bool]]:
        from segcore.studies import opening

        yield Step(0.05, "Checking the study file")
        opened = opening.unpack(bench.store.upload_path(self.stored), bench.store)
        return opened.study.id, opened.has_data
