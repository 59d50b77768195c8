"""Opening a study that came as one file, under the limits of a job."""

from __future__ import annotations

from collections.abc import Generator

from segcore.progress import Step
from segcore.storage.store import default_store
from segcore.studies import opening


def open_file(stored: str, turn: str) -> Generator[Step, None, tuple[str, bool]]:
    """Check a study file that was uploaded and save what it holds under a new id.

    Parameters
    ----------
    stored : str
        Its name among the uploads.
    turn : str
        Another one each time: everybody who opens the file gets a study of their own.

    Returns
    -------
    tuple of (str, bool)
        The new study's id, and whether its data came along.
    """
    yield Step(0.05, "Checking the study file")
    opened = opening.unpack(default_store().upload_path(stored), default_store())
    return opened.study.id, opened.has_data
