"""The product hierarchy: which levels are worth showing, how empty the matrix is at each, which one to work at.

Density alone does not decide: too thin a level has products too few people bought to say anything; too coarse a level
has products everybody buys. Counting says so at once; a quick trial at every level says whether segments come back
there, how even they are and how much their products stand out.
"""

from segcore.hierarchy.profile import (
    RARE_BUYERS,
    LevelVerdict,
    candidate_levels,
    judge_level,
    measure_level,
    profile_levels,
    recommend_level,
    thin_below,
)
from segcore.hierarchy.trial import LevelTrial, try_level, trying_levels
from segcore.hierarchy.verdict import with_trials

__all__ = [
    "RARE_BUYERS",
    "LevelTrial",
    "LevelVerdict",
    "candidate_levels",
    "judge_level",
    "measure_level",
    "profile_levels",
    "recommend_level",
    "thin_below",
    "try_level",
    "trying_levels",
    "with_trials",
]
