"""What every page about segments looks at: the study, the matrix, the segments and their names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import streamlit as st

from pages.ui.parts import answers, cached, filing, finding, naming, questions, widgets
from pages.ui.parts import level_choices as working_level
from pages.ui.parts.text import escape
from pages.ui.shell import navigation, session
from segcore.errors import SegcoreError
from segcore.figures.palette import segment_colour

if TYPE_CHECKING:
    import pandas as pd

    from segcore.choices.study import Study
    from segcore.matrix import PurchaseMatrix
    from segcore.questions.segments import FindSegments
    from segcore.segments import Segmentation


@dataclass(frozen=True, eq=False)
class View:
    """One segmentation as the page shows it, with the names people gave its segments.

    ``asked`` is the question behind it, ``key`` where the answer lies; ``cut`` names the segmentation in every version, and what people did is filed
    under it. ``names`` and ``places`` (on the palette) are of the segments, not of their numbers: they are the same in every
    run in which the segment turns up. ``new`` and ``gone`` are against the run looked at before.
    """

    study: Study
    matrix: PurchaseMatrix
    segmentation: Segmentation
    asked: FindSegments
    key: str
    cut: str
    proposed: dict[int, str]
    names: dict[int, str]
    places: dict[int, int] = field(default_factory=dict)
    descriptions: dict[int, str] = field(default_factory=dict)
    new: tuple[int, ...] = ()
    gone: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, study: Study, matrix: PurchaseMatrix, segmentation: Segmentation, asked: FindSegments
    ) -> View:
        """Gather names, as proposed and as people know the segments."""
        key, cut = answers.key_of(asked), filing.cut(asked)
        filing.bring_forward([asked], {filing.earlier_base(matrix.digest, segmentation): cut})
        study, shown = naming.shown_as(key, matrix, segmentation)
        proposed = cached.proposed_names(study.data_digest, matrix.spec, key, study.balance)
        return cls(
            study,
            matrix,
            segmentation,
            asked,
            key,
            cut,
            proposed,
            dict(shown.names),
            dict(shown.colours),
            dict(shown.descriptions),
            shown.new,
            shown.gone,
        )

    @property
    def colours(self) -> dict[int, str]:
        """One colour a segment, the same everywhere and in every run."""
        return {
            int(number): segment_colour(self.places.get(int(number), int(number)))
            for number in self.segmentation.sizes.index
        }

    @property
    def share_columns(self) -> dict[int, str]:
        """A column name for each segment's shares, which no segment name can make equal to another column."""
        return {number: f"share of {name}" for number, name in self.names.items()}

    def profile(self, balance: float | None = None) -> pd.DataFrame:
        """What each segment buys, on the study's balance of popular and distinctive."""
        chosen = self.study.balance if balance is None else balance
        return cached.product_profile(self.study.data_digest, self.matrix.spec, self.key, chosen)

    def summary(self) -> pd.DataFrame:
        """Size and money of each segment."""
        return cached.summary(self.study.data_digest, self.matrix.spec, self.key)


def need_segments(question: str) -> View:
    """Return the study's segments as people named them, found on the way where they are not yet.

    While they are being found the page shows its question and the job's progress, and stops.
    """
    study = session.study()
    try:
        matrix = cached.matrix(study.data_digest, working_level.matrix_spec())
        asked = questions.segments(study, matrix, finding.number_of_kinds(question, study, matrix))
    except SegcoreError as error:
        st.title(question, anchor=False)
        st.error(escape(error.sentence), icon=":material/error:")
        widgets.next_page(navigation.LEVEL, "Change the level or the filters")
        st.stop()
    head = st.container()
    segmentation = answers.ask(asked)
    if segmentation is None:
        head.title(question, anchor=False)
        st.stop()
    naming.look_at(answers.key_of(asked))
    return View.of(study, matrix, segmentation, asked)
