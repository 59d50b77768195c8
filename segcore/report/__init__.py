"""The story of a study in order: how many kinds, who they are, what is bought together, what to offer, how it was done.

>>> story = tell(spec, results)
>>> [chapter.heading for chapter in story.chapters]
"""

from segcore.figures.chart_data import Bars, ChartData
from segcore.report.build import tell
from segcore.report.records import BundleKeys, Chapter, KeptScenario, OfferKeys, Story, StorySpec, VoteSaid
from segcore.report.results import Results

__all__ = [
    "Bars",
    "BundleKeys",
    "Chapter",
    "ChartData",
    "KeptScenario",
    "OfferKeys",
    "Results",
    "Story",
    "StorySpec",
    "VoteSaid",
    "tell",
]
