"""The workspace on screen: where it is, how full, and that nothing leaves it."""

from __future__ import annotations

import streamlit as st

from pages.ui.parts import cached
from segcore.language.words import count, decimal, percent


def care() -> None:
    """Place, size and limit of everything kept, and what to do once files and studies fill it."""
    from segcore.storage.space import usage

    used = usage(cached.store().root)
    if not used.room:
        st.warning(
            f"The workspace is full: its files ({_size(used.uploads)}) and studies ({_size(used.studies)}) take all of "
            f"{_size(used.limit)}, and these do not go by themselves. No further file can be kept until studies are "
            "deleted for good on the Data page, or SEGCORE_WORKSPACE_GB gives it more room.",
            icon=":material/folder_off:",
        )
    with st.expander("Where this work is kept", icon=":material/folder:"):
        st.markdown(
            f"**{_size(used.total)} of {_size(used.limit)}** in use ({percent(used.total / used.limit)})."
        )
        st.markdown(
            f"Files {_size(used.uploads)}, results {_size(used.results)}, studies {_size(used.studies)}. When it is "
            "full the results nobody has looked at for longest go first; they can be computed again. Files and "
            "studies stay until somebody deletes them for good; files that no study uses any more go after a day."
        )
        st.markdown("Nothing leaves this machine: no page and no job sends anything to another.")
        st.code(used.root, language=None)


def _size(n: int) -> str:
    """Bytes as people say them."""
    for unit, size in (("GB", 2**30), ("MB", 2**20)):
        if n >= size:
            return f"{decimal(n / size)} {unit}"
    return f"{count(n / 2**10)} KB"
