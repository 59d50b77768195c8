"""Share: the story as a page, slides, a workbook, a script."""

from __future__ import annotations

from pages.ui import router

router.enter(router.SHARE)

from pages.ui import strip, widgets  # noqa: E402

QUESTION = "What can we send?"
strip.need_data(QUESTION)

widgets.title(QUESTION, "In work.")
