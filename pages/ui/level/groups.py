"""Groups of one's own: from a file, from names, from what is bought together, or by hand; kept as a level of the study."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.ui.parts import cached, widgets
from pages.ui.parts import level_choices as working_level
from pages.ui.parts.answers import ask
from pages.ui.parts.text import escape
from pages.ui.shell import session
from segcore.choices.level_edits import BY_HAND, FROM_FILE, FROM_NAMES, FROM_PURCHASES, ProductMap
from segcore.errors import SegcoreError
from segcore.language.words import count, numbers_in_english, of, plural
from segcore.purchases.levels import expand_labels, level_codes, mixed_parts
from segcore.questions.levels import GroupsBoughtTogether, GroupsFromNames

if TYPE_CHECKING:
    import pandas as pd

    from segcore.choices.study import Study

WAYS = {
    "From a file": FROM_FILE,
    "From product names": FROM_NAMES,
    "From what is bought together": FROM_PURCHASES,
    "By hand": BY_HAND,
}
NAMES = {FROM_FILE: "My groups", FROM_NAMES: "Kind", FROM_PURCHASES: "Bought together", BY_HAND: "My groups"}
MOST_ROWS = 5_000


def show(study: Study, levels: pd.DataFrame) -> None:
    """The drawer; nothing is proposed before it is opened and a way chosen."""
    drawer = st.expander(
        "Groups of your own", icon=":material/category:", key="own-groups", on_change="rerun"
    )
    with drawer:
        if not drawer.open:
            return
        _kept(study)
        way = st.segmented_control(
            "Where the groups come from",
            list(WAYS),
            key="groups-way",
            label_visibility="collapsed",
            format_func=widgets.quiet,
        )
        if way is None:
            st.caption(
                "A map of products to groups becomes a level to work at; the file itself stays as it is."
            )
            return
        try:
            _proposal(study, levels, WAYS[way])
        except SegcoreError as error:
            st.error(escape(error.sentence), icon=":material/error:")


def _kept(study: Study) -> None:
    """Maps in force, each with a way back."""
    for one in study.level_edits.maps:
        left, right = st.columns([3, 1], vertical_alignment="center")
        left.caption(f"In force: “{escape(one.name)}”, {plural(len(one.groups), 'product')} with a group.")
        right.button("Remove", key=f"remove-{one.name}", on_click=_remove, args=(one.name,))


def _remove(name: str) -> None:
    working_level.change_edits(session.study().level_edits.without_map(name))


def _proposal(study: Study, levels: pd.DataFrame, source: str) -> None:
    if source == FROM_FILE:
        _from_file(study)
        return
    plain = [str(level) for level in levels.index if mixed_parts(str(level)) is None]
    level = st.selectbox(
        "Group the products of this level",
        plain,
        index=_usual(study, plain, source),
        key=f"groups-level-{source}",
    )
    if source == FROM_NAMES:
        groups = ask(GroupsFromNames(study.data_digest, level))
        if groups is None:
            return
        named = int((groups != "").sum())
        st.markdown(
            f"{of(named, len(groups))} products share a word with two others or more: {plural(groups[groups != ''].nunique(), 'group')}."
        )
    elif source == FROM_PURCHASES:
        groups = _together(study, level)
        if groups is None:
            return
    else:
        groups = _by_hand(study, level)
    _editor(study, level, groups, source)


def _usual(study: Study, plain: list[str], source: str) -> int:
    """The finest level with words in it for names, the level in use for purchases, else the finest."""
    if source == FROM_PURCHASES and study.level in plain:
        return plain.index(study.level)
    bought = cached.purchases(study.data_digest)
    if source != FROM_NAMES:
        return 0
    named = [level for level in plain if any(map(str.isalpha, "".join(level_codes(bought, level)[1][:50])))]
    return plain.index(named[0]) if named else 0


def _together(study: Study, level: str) -> pd.Series | None:
    """Groups from purchases, as a job."""
    from segcore.hierarchy.grouping.together import usual_number

    most = len(level_codes(cached.purchases(study.data_digest), level)[1])
    number = st.slider(
        "Number of groups", 2, min(60, max(most - 1, 3)), usual_number(most), key="groups-number"
    )
    found = ask(GroupsBoughtTogether(study.data_digest, level, int(number)))
    if found is None:
        return None
    tight = found.closeness.sort_values(ascending=False)
    st.markdown(
        f"{plural(len(tight), 'group')} of products that the same customers buy; the tightest is “{escape(tight.index[0])}”."
    )
    return found.groups


def _by_hand(study: Study, level: str) -> pd.Series:
    """What some level says now, as a start."""
    import pandas as pd

    bought = cached.purchases(study.data_digest)
    start = st.selectbox("Start from", ["nothing", *bought.attributes], key="groups-start")
    labels = level_codes(bought, level)[1]
    if start == "nothing":
        return pd.Series("", index=labels, name="group")
    return expand_labels(bought, level, start)


def _from_file(study: Study) -> None:
    """A two-column file; more columns give a choice."""
    from segcore.hierarchy.grouping import read_map

    given = st.file_uploader(
        "A file with a column of products and a column of groups", key="groups-file",
        help="Anything the Data page reads: CSV, Excel, Parquet. Products are matched without case, spaces and leading zeros.",
    )  # fmt: skip
    if given is not None:
        with numbers_in_english():  # as all findings are, which are restyled when they are shown
            found = read_map((given.name, given.getvalue()), cached.purchases(study.data_digest))
        st.session_state["groups-read"] = (study.data_digest, found)
    digest, found = st.session_state.get("groups-read", ("", None))
    if found is None or digest != study.data_digest:
        return
    st.markdown(
        f"“{escape(found.name)}” knows {of(found.known, len(found.groups))} of your products, by “{escape(found.key)}”."
    )
    for finding in found.findings:
        st.caption(escape(finding.restyled.sentence))
    columns = list(found.groups.columns)
    column = (
        columns[0]
        if len(columns) == 1
        else st.selectbox("The column with the groups", columns, key="groups-column")
    )
    bought = cached.purchases(study.data_digest)
    _editor(study, bought.product_label, found.groups[column], FROM_FILE, str(column))


def _editor(study: Study, level: str, groups: pd.Series, source: str, called: str = "") -> None:
    """The table to change groups in, a name, and the button that keeps them."""
    import pandas as pd

    buyers = cached.buyers(study.data_digest, level).reindex(groups.index).fillna(0).astype(int)
    table = pd.DataFrame({"group": groups.to_numpy(), "product": groups.index, "buyers": buyers.to_numpy()})
    table = table.sort_values(["group", "buyers"], ascending=[True, False], kind="stable").reset_index(
        drop=True
    )
    shown = table.sort_values("buyers", ascending=False, kind="stable").head(MOST_ROWS).sort_index()
    edited = st.data_editor(
        shown, hide_index=True, disabled=["product", "buyers"], height=min(38 + 35 * len(shown), 380),
        column_config={"buyers": st.column_config.NumberColumn("buyers", format="localized")},
        key=widgets.table_key(f"groups-table-{source}-{level}", shown),
    )  # fmt: skip
    if len(shown) < len(table):
        st.caption(
            f"The {count(MOST_ROWS)} products with most buyers can be changed here; the others keep what is proposed."
        )
    name_column, button = st.columns([3, 2], vertical_alignment="bottom")
    name = name_column.text_input(
        "Call this level", called or NAMES[source], key=f"groups-name-{source}-{called}"
    )
    if button.button("Keep as a level", type="primary", icon=":material/check:", key=f"groups-keep-{source}"):
        chosen = dict(zip(table["product"], table["group"], strict=True))
        chosen |= dict(zip(edited["product"], edited["group"].fillna(""), strict=True))
        _keep(study, level, name, chosen, source)


def _keep(study: Study, level: str, name: str, chosen: dict[str, str], source: str) -> None:
    """Save the groups as a level of the study."""
    from segcore.hierarchy.grouping import expand
    from segcore.purchases.edited import check_name

    bought = cached.purchases(study.data_digest)
    name = check_name(name, bought)
    groups = expand(bought, level, {str(k): " ".join(str(v).split()) for k, v in chosen.items()})
    if not groups:
        st.warning("No product has a group yet.", icon=":material/warning:")
        return
    working_level.change_edits(study.level_edits.with_map(ProductMap.of(name, groups, source)))
    st.session_state.pop("groups-read", None)
    st.rerun()
