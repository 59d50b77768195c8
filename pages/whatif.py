"""What if: a basket, the range, the segments by hand, new customers, another time."""

from __future__ import annotations

from pages.ui import router

router.enter(router.WHAT_IF)

from pages.ui import strip, widgets  # noqa: E402
from pages.ui.view import need_segments  # noqa: E402

QUESTION = "What if we changed something?"
strip.need_data(QUESTION)
view = need_segments(QUESTION)
widgets.title(QUESTION, "In work.")
