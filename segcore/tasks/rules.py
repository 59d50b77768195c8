"""Mining rules."""

from __future__ import annotations

from collections.abc import Generator

from segcore.steps import Step
from segcore.tasks.data import load_purchases


def rules(digest: str, spec: object) -> Generator[Step, None, object]:
    """Mine rules once at a safe floor."""
    from segcore.rules import mining_purchases

    yield Step(0.05, "Collecting the baskets")
    return (yield from mining_purchases(load_purchases(digest), spec))
