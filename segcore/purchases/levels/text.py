"""The words a level is written with."""

from __future__ import annotations

COMBINE = " + "
UNKNOWN = "unknown"
REST = "{} (the rest)"
