"""Which Chromium, started how."""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--no-sandbox",  # Chromium refuses its sandbox to root, as in most containers
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def find_chromium() -> str | None:
    """SEGCORE_CHROMIUM, else one on the path, else None: the one Playwright brought."""
    return os.environ.get("SEGCORE_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
