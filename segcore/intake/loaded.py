"""What is known of a file once it is read."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from segcore.intake.columns.roles import Roles
from segcore.intake.report import IntakeReport


@dataclass(frozen=True, eq=False)
class Loaded:
    """What the pages need to know of a file once it is read; the purchases themselves stay in the store.

    Attributes
    ----------
    digest : str
        Content hash of the purchases, the key to them.
    levels : DataFrame
        ``profile_levels`` of the file.
    """

    digest: str
    roles: Roles
    report: IntakeReport
    levels: pd.DataFrame
