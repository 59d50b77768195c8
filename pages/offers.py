"""Offers: the next offer, who gets it, and how it does against best-sellers."""

from __future__ import annotations

from pages.ui import router

router.enter(router.OFFERS)

from pages.ui import strip, widgets  # noqa: E402
from pages.ui.view import need_segments  # noqa: E402

QUESTION = "What should we offer to whom?"
strip.need_data(QUESTION)
view = need_segments(QUESTION)
widgets.title(QUESTION, "In work.")
