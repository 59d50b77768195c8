"""Who looks at the page: the one place that knows Streamlit's sessions. A tab of a browser is a person here."""

from __future__ import annotations

from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from segcore.jobs.queue import SCRIPT


def name() -> str:
    """The session of the tab that is being served; a script's name where there is none."""
    context = get_script_run_ctx(suppress_warning=True)
    return SCRIPT if context is None else context.session_id


def is_here(session: str) -> bool:
    """Whether the tab of a session is still open: connected now, for a closed or reloaded one is not."""
    return session == SCRIPT or not runtime.exists() or runtime.get_instance().is_active_session(session)
