"""Hold what was read against what is true."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from segcore.intake import Intake
from tests.nasty.base import Truth


def wrong(found: Intake, truth: Truth) -> list[str]:
    """What differs from the truth, one sentence each; nothing where all is right."""
    bought, report = found.purchases, found.report
    problems = []
    got, want = Counter(_lines(found, truth)), Counter(map(_rounded, truth.lines))
    if got != want:
        problems.append(f"read {list((got - want).items())[:3]} instead of {list((want - got).items())[:3]}")
    if "amount" in truth.fields and bought.has("amount"):
        revenue = sum(line[truth.fields.index("amount")] or 0 for line in truth.lines)
        if abs(bought.lines["amount"].sum() - revenue) > 0.005:
            problems.append(f"revenue {bought.lines['amount'].sum()} instead of {revenue}")
    said = " ".join(report.sentences())
    if truth.says not in said:
        problems.append(f"the report does not say “{truth.says}”: {said}")
    left_out = sum(finding.count for finding in report.left_out)
    if left_out != truth.left_out or report.lines_read != report.lines_kept + left_out:
        problems.append(f"{left_out} lines left out instead of {truth.left_out}: {said}")
    if truth.asks and truth.asks not in {finding.choice for finding in report.questions}:
        problems.append(f"nobody is asked about {truth.asks}")
    return problems


def _lines(found: Intake, truth: Truth) -> list[tuple]:
    bought = found.purchases
    lines = bought.lines
    columns = {
        "customer": bought.customers[lines["customer"]],
        "product": bought.products.index[lines["product"]],
    }
    for name in ("quantity", "amount"):
        columns[name] = lines[name] if bought.has(name) else [None] * len(lines)
    columns["date"] = lines["date"].dt.date if bought.has("date") else [None] * len(lines)
    columns["moment"] = lines["date"] if bought.has("date") else [None] * len(lines)
    return [_rounded(row) for row in zip(*(columns[name] for name in truth.fields), strict=True)]


def _rounded(row: tuple) -> tuple:
    return tuple(None if _blank(v) else round(v, 6) if isinstance(v, float) else v for v in row)


def _blank(value: object) -> bool:
    return value is None or value is pd.NaT or (isinstance(value, float) and value != value)
