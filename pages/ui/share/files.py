"""The files to take away, each made when asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.ui.parts import study_choices as choices
from pages.ui.parts.answers import BUTTON, ask
from pages.ui.share import story
from pages.ui.shell import session
from segcore.language.file_names import file_name
from segcore.language.words import join_and
from segcore.questions.share import WriteStory

if TYPE_CHECKING:
    from pages.ui.parts.view import View
    from segcore.choices.study import StudyFile
    from segcore.report import StorySpec

KINDS = (
    ("html", "Page to leave behind", ":material/web:", "text/html", "One file that opens anywhere, also without a network: the story in order with live charts, ready to print."),
    ("pptx", "Slides", ":material/slideshow:", "application/vnd.openxmlformats-officedocument.presentationml.presentation", "PowerPoint with charts and tables you can edit, talking points in the notes."),
    ("xlsx", "Workbook", ":material/table_view:", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel: every customer with segment, shares and scores, profiles, rules, offers, decisions, how it was made."),
)  # fmt: skip


def files(view: View) -> None:
    """Page, slides, workbook, script: one card each."""
    spec = story.spec_of(view)
    for column, kind in zip(st.columns(4), (*KINDS, None), strict=True):
        with column.container(border=True, height="stretch"):
            _script(view) if kind is None else _file(view, spec, *kind)
    missing = [
        what
        for what, key in (
            ("the comparison of numbers", spec.sweep_key),
            ("rules", spec.rules_key),
            ("the back-test of offers", spec.backtest_key),
            ("offers", spec.offers.everyone),
            ("bundles", spec.offers.bundles),
            ("a target list", spec.offers.target),
        )
        if not key
    ]
    if missing:
        st.caption(
            "Not in these files yet, because their page or tab has not been opened with these choices: "
            f"{join_and(missing)}."
        )


def _file(view: View, spec: StorySpec, form: str, title: str, icon: str, mime: str, about: str) -> None:
    from segcore.language.file_names import file_name

    st.markdown(f"**{title}**")
    st.caption(about)
    content = ask(WriteStory(spec, form), BUTTON("Make them" if form == "pptx" else "Make it"))
    if content is not None:
        st.download_button(
            "Download", content, file_name=file_name(view.study.name, "segments", view.study.updated[:10], form),
            mime=mime, icon=icon, type="primary", key=f"download-{form}", on_click="ignore", width="stretch",
        )  # fmt: skip


def _script(view: View) -> None:

    st.markdown("**Repeat script**")
    st.caption("A short Python file that makes the same assignments and rules again from the same files.")
    if view.segmentation.spec.initialisation == "custom":
        st.caption("Not for segments that went on from earlier ones: search anew under “How many” first.")
        return
    st.download_button(
        "Download", script_of(view), file_name=file_name(view.study.name, "repeat", view.study.updated[:10], "py"),
        mime="text/x-python", icon=":material/code:", key="download-script", on_click="ignore", width="stretch",
    )  # fmt: skip


def _file_name(file: StudyFile) -> str:
    """The file the repeat script opens; for what was read from a table, one that somebody has to save."""
    if file.stored.endswith(".snapshot"):
        return f"{file.name}.csv"
    return file.source.item.rsplit("/", 1)[-1] if file.source.is_source else file.name


def _told(file: StudyFile) -> str:
    source = file.source
    columns = f", columns {', '.join(source.columns)}" if source.columns else ""
    what = f"“{_file_name(file)}” holds the rows of {source.words} as read on {source.asked}{columns}"
    return f"{what}: save them under this name beside the script."


def script_of(view: View) -> bytes:
    """The repeat script of what is looked at now."""
    from segcore.report.export.script import Recipe, script

    study, edits = view.study, view.study.level_edits
    return script(
        Recipe(
            files=[_file_name(file) for file in study.files],
            sources=[_told(file) for file in study.files if file.source.is_source],
            roles=session.loaded().roles,
            matrix=view.matrix.spec,
            nmf=view.segmentation.spec,
            resamples=choices.sweep_spec(view.matrix.shape).resamples,
            names=view.names,
            digest=study.data_digest,
            rules=story.rules_spec(view),
            edits=None if edits.is_empty else edits,
        )
    )
