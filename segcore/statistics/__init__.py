"""What chance is: the null that keeps both margins, tails of counts under it, corrections, intervals.

>>> null = fit_margins(values)                                  # a table of who bought what, CSR
>>> joint_counts(null, left, right).expected                    # rows with both products, by chance
>>> adjust_log(joint_tails(null, left, right, both).log_upper)  # corrected, as logarithms
"""

from segcore.statistics.conditional import group_tails_kept
from segcore.statistics.groups import GroupCounts, group_counts, group_tails
from segcore.statistics.intervals import newcombe, wilson
from segcore.statistics.joint import JointCounts, joint_counts, joint_tails, pair_chances
from segcore.statistics.margins import MarginNull, fit_margins, from_margins
from segcore.statistics.multiple import adjust, adjust_log, two_sided
from segcore.statistics.surrogates import drawn, swapped
from segcore.statistics.tails import Tails, log_tails

__all__ = [
    "GroupCounts",
    "JointCounts",
    "MarginNull",
    "Tails",
    "adjust",
    "adjust_log",
    "drawn",
    "fit_margins",
    "from_margins",
    "group_counts",
    "group_tails",
    "group_tails_kept",
    "joint_counts",
    "joint_tails",
    "log_tails",
    "newcombe",
    "pair_chances",
    "swapped",
    "two_sided",
    "wilson",
]
