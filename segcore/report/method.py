"""How it was done, in plain words: the same text on the Help page, in the leave-behind and on the last slide."""

from __future__ import annotations

from segcore.language.words import number_word
from segcore.report.records import Chapter

WHAT_IT_DOES = (
    "Every customer's purchases are described as a mix of a few typical shopping lists. The lists are found in the "
    "data itself: products that the same people buy end up on the same list (non-negative matrix factorisation).",
    "A customer's shares say how much of each list is in their purchases; the largest share names their segment. "
    "Who has two nearly equal shares is marked as standing between two.",
)
WHAT_IT_MEANS = (
    "Explained share: how much of the purchase pattern the lists reproduce. Best-sellers alone, one list for "
    "everybody, are the bar to beat; 100 % is never the aim.",
    "Stability: a fifth of the customers is left out, twenty times, and the lists are searched for again. 100 % means "
    "the same lists every time; under 80 % a segment may be an accident of who happened to be in the file.",
    "Gain beside chance: the same search on purchases dealt out by lot, as many for each customer and of each "
    "product. A further segment that adds no more than it adds there is not a kind of customer.",
    "Index: 100 is what everybody does; 200 is twice as often.",
)
WHAT_NOT = (
    "Segments describe what was bought, not why, and not what would have been bought at another price.",
    "Explained shares of two levels or two weightings cannot be compared: the patterns to explain differ.",
    "Rules and offers say what goes together. Whether an offer sells more is known only after a test with a hold-out.",
)


def chapter(k: int, row_word: str) -> Chapter:
    """The method as the last chapter of a story."""
    return Chapter(
        "method",
        f"How the {number_word(k)} kinds of {row_word} were found",
        (*WHAT_IT_DOES, *WHAT_IT_MEANS, *WHAT_NOT),
        points=(WHAT_IT_DOES[0], WHAT_NOT[0]),
    )
