"""Unclean places of the hierarchy: named, counted, with what happens to them and a way to mend them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from pages.ui.parts import cached
from pages.ui.parts import level_choices as working_level
from pages.ui.parts.text import escape
from pages.ui.shell import session
from segcore.choices.level_edits import Move, Rename
from segcore.language.words import count, join_and, of, plural

if TYPE_CHECKING:
    from segcore.choices.study import Study
    from segcore.hierarchy.label_problems import TornPair, Unclean

SHOWN = 500
WORDS = (
    "different values of",
    "stand under several values",
)  # how the report of the file speaks of products torn apart


def show(study: Study) -> None:
    """One line that counts, and a drawer whose tables are made once it is opened."""
    if not cached.purchases(study.data_digest).attributes:
        return
    found = cached.unclean(study.data_digest)
    edits = study.level_edits
    mended = len(edits.renames) + len(edits.one_parent) + len(edits.moves)
    if not found.n_places and not mended:
        return
    if found.n_places:
        st.caption(_summary(found))
    drawer = st.expander(
        "Unclean places in the hierarchy",
        icon=":material/cleaning_services:",
        key="unclean",
        on_change="rerun",
    )
    with drawer:
        if drawer.open:
            _body(found, mended)


def _summary(found: Unclean) -> str:
    """All that was found, in one line."""
    lines = int(found.unknown["lines"].max()) if len(found.unknown) else 0
    parts = [
        f"{of(pair.n_torn, pair.labels)} labels of {escape(pair.level)} stand under more than one {escape(pair.parent_level)}"
        for pair in sorted(found.torn, key=lambda pair: -pair.n_torn)[:1]
    ]
    parts += [f"{plural(lines, 'line')} of products have no group"] if lines else []
    parts += [f"{plural(len(found.spellings), 'label')} may be spelled twice"] if len(found.spellings) else []
    return f"The product hierarchy of this file is not clean: {join_and(parts)}."


def _body(found: Unclean, mended: int) -> None:
    for pair in found.torn:
        _torn(pair)
    if len(found.spellings):
        _spellings(found)
    for level, row in found.unknown.iterrows():
        st.markdown(
            f"**{plural(int(row['products']), 'product')} on {plural(int(row['lines']), 'line')} have no {escape(level)}.** "
            "They are one group called “unknown” there. Give them a group under “Groups of your own”, below, or leave "
            "“unknown” out."
        )
    for sentence in _of_the_file():
        st.caption(escape(sentence))
    if mended:
        left, right = st.columns([3, 1], vertical_alignment="center")
        left.caption(f"{plural(mended, 'change')} of yours in force; the file itself is untouched.")
        right.button("Take all back", key="unmend", on_click=_take_back)


def _of_the_file() -> list[str]:
    """What the reading of the file said of products with several values, which it settled line by line."""
    loaded = session.loaded()
    return (
        []
        if loaded is None
        else [one.restyled.sentence for one in loaded.report.repairs if WORDS[0] in one.what]
    )


def _torn(pair: TornPair) -> None:
    """Labels under several parents: the count, the default, and a table to choose in."""
    level, parent = escape(pair.level), escape(pair.parent_level)
    st.markdown(
        f"**{of(pair.n_torn, pair.labels)} labels of {level} stand under more than one {parent}.** Each product counts under "
        f"the {parent} that its own row names. Where a whole label must go to one, it goes to the one most purchase lines name."
    )
    st.button(
        f"Put each under one {parent}", key=f"one-{pair.level}-{pair.parent_level}",
        on_click=_change, args=(lambda edits: edits.with_one_parent(pair.level, pair.parent_level),),
        help="The one that most of its purchase lines name; change single ones in the table.",
    )  # fmt: skip
    shown = pair.table.head(SHOWN)
    options = sorted(set(cached.purchases(session.study().data_digest).products[pair.parent_level]) - {""})
    key = f"torn-{pair.level}-{pair.parent_level}-{session.study().data_digest[:8]}"
    st.data_editor(
        shown.assign(share=100 * shown["share"])[["label", "parent", "share", "lines", "others"]],
        column_config={
            "label": st.column_config.TextColumn(pair.level),
            "parent": st.column_config.SelectboxColumn(f"goes under ({pair.parent_level})", options=options, required=True),
            "share": st.column_config.NumberColumn("of its lines", format="%.0f %%"),
            "lines": st.column_config.NumberColumn("lines", format="localized"),
            "others": "also under",
        },
        disabled=["label", "share", "lines", "others"],
        hide_index=True,
        height=min(38 + 35 * len(shown), 320),
        key=key,
        on_change=partial(_choose, key, pair),
    )  # fmt: skip
    if len(pair.table) > SHOWN:
        st.caption(f"The {count(SHOWN)} with most lines elsewhere are shown, of {count(len(pair.table))}.")


def _choose(key: str, pair: TornPair) -> None:
    """Save parents chosen in the table."""
    changed = st.session_state[key]["edited_rows"]
    moves = tuple(
        Move(pair.level, str(pair.table["label"].iloc[int(row)]), pair.parent_level, str(values["parent"]))
        for row, values in changed.items()
        if values.get("parent")
    )
    if moves:
        _change(lambda edits: edits.with_moves(moves))
    st.session_state.pop(key, None)


def _spellings(found: Unclean) -> None:
    """Labels that may be one, to be merged where ticked."""
    sure = found.spellings["why"].str.startswith("differs by signs")
    st.markdown(
        f"**{plural(len(found.spellings), 'label')} may be another one, spelled differently.** They count apart."
    )
    edited = st.data_editor(
        found.spellings.assign(merge=sure)[["merge", "level", "other", "usual", "lines", "why"]],
        column_config={
            "merge": st.column_config.CheckboxColumn("merge"),
            "other": "this spelling",
            "usual": "into this one",
            "lines": st.column_config.NumberColumn("its lines", format="localized"),
        },
        disabled=["level", "other", "usual", "lines", "why"],
        hide_index=True,
        key=f"spellings-{session.study().data_digest[:8]}",
    )  # fmt: skip
    ticked = edited[edited["merge"].astype(bool)]
    renames = tuple(Rename(row.level, row.other, row.usual) for row in ticked.itertuples(index=False))
    st.button(
        f"Merge {plural(len(renames), 'ticked spelling')}", key="merge-spellings", disabled=not renames,
        on_click=_change, args=(lambda edits: edits.with_renames(renames),),
    )  # fmt: skip


def _change(step: object) -> None:
    """Save one step further than the edits of the study."""
    working_level.change_edits(step(session.study().level_edits))


def _take_back() -> None:
    from dataclasses import replace

    edits = session.study().level_edits
    working_level.change_edits(replace(edits, renames=(), one_parent=(), moves=()))
