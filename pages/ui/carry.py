"""What a study keeps when its own files are read again: with another repair, with more about its customers, or anew."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pages.ui import cached
from segcore.errors import SpecError

if TYPE_CHECKING:
    from segcore.studies import Study, StudyFile
    from segcore.tasks.data import Loaded


def kept_choices(study: Study, result: Loaded, files: tuple[StudyFile, ...]) -> dict[str, Any] | None:
    """The choices that still hold on what was read now; None where these are other data.

    Changes of the hierarchy are made again on the new reading, so that no work on it is lost.
    """
    from segcore.levels import level_parts
    from segcore.tasks.data import keep_edited
    from segcore.weighting import offered

    before, now = ({_origin(file) for file in some} for some in (study.files, files))
    if not before or not before <= now or not study.level:
        return None
    edits = (
        study.level_edits if study.level_edits.is_empty else replace(study.level_edits, base=result.digest)
    )
    digest = result.digest if edits.is_empty else keep_edited(result.digest, edits)
    bought = cached.purchases(digest)
    try:
        level_parts(bought, study.level)
    except SpecError:
        return None
    able = offered(bought.has("amount"), bought.has("quantity"), False)
    weighting = study.weighting if study.weighting in able else able[0]
    return {"data_digest": digest, "level_edits": edits, "weighting": weighting}


def _origin(file: StudyFile) -> object:
    """What makes a file the same one: its bytes, or the table or path it is read from, whatever that holds by now."""
    return file.source.same_place if file.source.is_source else file.digest
