"""What becomes of a study's choices when files are read: its own again, others in their place, or others on purpose."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from pages.ui.parts import cached
from pages.ui.shell import address, session
from segcore import studies
from segcore.choices.offered import offered
from segcore.choices.other_data import OtherData
from segcore.errors import SpecError
from segcore.language.words import numbers_in_english

if TYPE_CHECKING:
    from segcore.choices.study import Study, StudyFile
    from segcore.intake import Roles
    from segcore.intake.loaded import Loaded

BASKET_RULES = studies.RuleOptions(
    min_support=0.01, min_confidence=0.25
)  # one visit holds far less than a customer


def open_data(key: str, result: Loaded, files: tuple[StudyFile, ...], roles: Roles) -> None:
    """Make freshly read files the study's data, with the choices that hold on them."""
    address.drop()
    study = session.study()
    if study.data_digest and study.base_digest == result.digest:
        choices: dict[str, Any] = {"data_digest": study.data_digest}
    else:
        choices = _kept(study, result, files) or _carried(study, result) or _first(study, result, files)
    session.change(files=files, roles=asdict(roles), pending=(), pending_roles={}, loaded_key=key, **choices)
    session.forget_widgets()


def _kept(study: Study, result: Loaded, files: tuple[StudyFile, ...]) -> dict[str, Any]:
    """Everything, where its own files are read with another repair or with more about its customers; else nothing.

    Changes of the hierarchy are made again on the new reading, so that no work on it is lost.
    """
    from segcore.purchases.levels import level_parts

    before, now = ({_origin(file) for file in some} for some in (study.files, files))
    if not before or not before <= now or not study.level:
        return {}
    digest, edits = _edited(study, result)
    bought = cached.purchases(digest)
    try:
        level_parts(bought, study.level)
    except SpecError:
        return {}
    able = offered(bought.has("amount"), bought.has("quantity"), False)
    weighting = study.weighting if study.weighting in able else able[0]
    return {"data_digest": digest, "level_edits": edits, "weighting": weighting}


def _carried(study: Study, result: Loaded) -> dict[str, Any]:
    """What holds of a study taken to other data on purpose, or of one whose own are not here; else nothing."""
    from segcore.studies.other_data import carried

    if not study.other_data.is_waiting:
        if not study.level or session.loaded() is not None:
            return {}
        study = replace(study, other_data=OtherData(study.name, tuple(file.name for file in study.files)))
    digest, edits = _edited(study, result)
    with numbers_in_english():  # what it says is kept for every reader of the study
        choices = carried(study, cached.purchases(digest), _recommended(result))
    other = replace(choices["other_data"], digest=result.digest)
    return {**choices, "data_digest": digest, "level_edits": edits, "other_data": other}


def _first(study: Study, result: Loaded, files: tuple[StudyFile, ...]) -> dict[str, Any]:
    """What a study starts with: the recommended level, the weighting that fits, thresholds that find rules.

    Names stay with what segments buy. What speaks of the earlier data's segments goes; its version keeps it.
    """
    from segcore.studies.other_data import figures_gone

    bought = cached.purchases(result.digest)
    level = _recommended(result)
    full = session.is_full(result.levels, level)
    return {
        **figures_gone(study),
        "offer_tests": study.offer_tests,  # they name their customers themselves, and their outcome is still to come
        "data_digest": result.digest,
        "name": files[0].name if files[0].source.is_source else files[0].name.rsplit(".", 1)[0],
        "level": level,
        "weighting": offered(bought.has("amount"), bought.has("quantity"), full)[0],
        "filters": studies.Filters(),
        "level_edits": studies.LevelEdits(),
        "k": None,
        "rules": BASKET_RULES if bought.row_kind == "basket" else studies.RuleOptions(),
        "other_data": OtherData(),
    }


def _edited(study: Study, result: Loaded) -> tuple[str, studies.LevelEdits]:
    """The digest of the new reading under the study's changes of the hierarchy, and those changes."""
    from segcore.purchases.kept import keep_edited

    if study.level_edits.is_empty:
        return result.digest, study.level_edits
    edits = replace(study.level_edits, base=result.digest)
    return keep_edited(result.digest, edits), edits


def _recommended(result: Loaded) -> str:
    return str(result.levels.index[result.levels["recommended"]][0])


def _origin(file: StudyFile) -> object:
    """What makes a file the same one: its bytes, or the table or path it is read from, whatever that holds by now."""
    return file.source.same_place if file.source.is_source else file.digest
