"""The sentences of a verdict on k; each follows the numbers of the sweep and nothing else."""

from __future__ import annotations

from segcore.language.words import decimal, join_and, number_word, percent
from segcore.selection.evidence import FIRM, STABLE, Evidence
from segcore.selection.findings import read, too_small

_NONE = "No reliable segmentation at this level"


def answer(evidence: Evidence, suggested: int) -> str:
    """The suggestion, what it captures beside best-sellers alone, and why not more."""
    share = evidence.fitted.loc[suggested, "explained_share"]
    return (
        f"{number_word(suggested).capitalize()} kinds of {evidence.row_word} capture {percent(share)} of the purchase "
        f"pattern, best-sellers alone {percent(evidence.baseline)}; {_why(evidence, suggested)}."
    )


def by_lot(evidence: Evidence) -> str:
    """Nothing here beats chance; where some buy much and some little, that is what groups would tell."""
    if evidence.is_uneven:
        kinds = "large and small baskets" if evidence.row_word == "baskets" else "heavy and light buyers"
        return (
            f"{_NONE}: groups would be {kinds}, not tastes. What {evidence.row_word} buy, for as much as they buy, is as "
            "if it were dealt out by lot."
        )
    return (
        f"{_NONE}: groups of {evidence.row_word} explain no more here than they would if the same purchases, as many "
        "for each, were dealt out by lot."
    )


def unreliable(evidence: Evidence) -> str:
    """No k holds: the segments do not come back, or only where they are too small or trivial."""
    worst = evidence.worst
    steady = [int(k) for k in worst.index[worst >= STABLE]]
    if not steady:
        return (
            f"{_NONE}: even {int(worst.idxmax())} segments, the steadiest try, do not all come back when a fifth of the "
            f"{evidence.row_word} is left out."
        )
    if all(k in evidence.trivial for k in steady):
        return f"{_NONE}: only with nearly as many segments as products do all of them come back."
    if all(k in (*evidence.small, *evidence.trivial) for k in steady):
        return (
            f"{_NONE}: wherever all segments come back, one of them is under {too_small()} of the "
            f"{evidence.row_word}."
        )
    return f"{_NONE}: where all segments come back, a further one explains no more than it would by chance."


def span(evidence: Evidence, suggested: int, low: int, high: int) -> tuple[str, ...]:
    """The range, and which lines disagree."""
    if low == high:
        if evidence.knee in (None, suggested):
            return (f"The lines agree on {suggested}.",)
        return (f"Chance and stability leave only {suggested}, though the elbow bends at {evidence.knee}.",)
    wide = f"Between {low} and {high} there is room for judgement."
    ceiling = evidence.ceiling
    if ceiling is not None and suggested > ceiling:
        return (
            f"{wide} Stability and elbow speak for {suggested}; beyond {ceiling}, segments may form around single "
            "best-sellers, where the comparison with chance is blind.",
        )
    if low < suggested and suggested in evidence.shared and low not in evidence.shared:
        return (
            f"{wide} With {suggested}, one segment is mostly what everybody buys, so {low} may be as many kinds of "
            f"{evidence.row_word} as there are.",
        )
    if suggested not in evidence.shared and high in evidence.shared:
        return (
            f"{wide} With {high}, one segment is mostly what everybody buys; up to {suggested}, every segment is its "
            "own customers'.",
        )
    return (f"{wide}{_who_says_what(evidence)}",)


def _who_says_what(evidence: Evidence) -> str:
    """Which line speaks for which number."""
    stable = evidence.usable.index[evidence.usable >= STABLE]
    said = []
    if evidence.knee is not None:
        said.append(f"the elbow speaks for {evidence.knee}")
    if len(stable):
        said.append(f"stability for up to {int(stable.max())}")
    if evidence.ceiling is not None:
        more = " and more" if evidence.ceiling == evidence.last else ""
        said.append(f"the gain over chance for up to {evidence.ceiling}{more}")
    sentence = join_and(said)
    return f" {sentence[0].upper()}{sentence[1:]}."


def lines(evidence: Evidence) -> tuple[str, ...]:
    """One sentence per line of evidence."""
    said = read(evidence)
    return tuple(line for line in (said.explained, said.stability, said.chance, said.size) if line)


def neighbours(evidence: Evidence, suggested: int) -> tuple[str, ...]:
    """What one segment fewer would give up, and one more would bring."""
    return (*_one_fewer(evidence, suggested), *_one_more(evidence, suggested))


def _one_fewer(evidence: Evidence, suggested: int) -> tuple[str, ...]:
    fewer, share = suggested - 1, evidence.fitted["explained_share"]
    if fewer not in share.index:
        return ()
    also = _trouble(evidence, fewer)
    less, now = _told_apart(share[fewer], share[suggested])
    return (f"One fewer ({fewer}) would capture {less} instead of {now}{', and ' + also if also else ''}.",)


def _one_more(evidence: Evidence, suggested: int) -> tuple[str, ...]:
    more, share = suggested + 1, evidence.fitted["explained_share"]
    if more not in share.index:
        return ()
    trouble = _trouble(evidence, more) or _shared(evidence, suggested, more)
    ending = f", but {trouble}" if trouble else ", and holds up too"
    now, then = _told_apart(share[suggested], share[more])
    return (f"One more ({more}) would capture {then} instead of {now}{ending}.",)


def _told_apart(less: float, more: float) -> tuple[str, str]:
    """Two shares with a decimal where whole percentages would hide what lies between them."""
    if more - less >= 0.02:
        return percent(less), percent(more)
    return f"{decimal(100 * less)} %", f"{decimal(100 * more)} %"


def _why(evidence: Evidence, suggested: int) -> str:
    following = [int(k) for k in evidence.worst.index if k > suggested]
    if not following:
        return "all of them come back when a fifth is left out"
    trouble = _trouble(evidence, following[0]) or _shared(evidence, suggested, following[0])
    if not trouble:
        return f"from {following[0]} on they come back less surely"
    return f"with {following[0]} {trouble}"


def _trouble(evidence: Evidence, k: int) -> str:
    """What is wrong with a k, as the end of a sentence; empty where nothing is."""
    if k in evidence.small:
        return "one of them would be too small to use"
    if k in evidence.trivial:
        return "there would be nearly as many as products"
    if evidence.ceiling is not None and k > evidence.ceiling:
        return "the last of them would explain no more than it would by chance"
    if k in evidence.worst.index and evidence.worst[k] < STABLE:
        return "one of them would no longer be stable"
    if k in evidence.worst.index and evidence.worst[k] < FIRM:
        return f"one of them would come back less surely (stability {decimal(int(100 * evidence.worst[k]) / 100, 2)})"
    return ""


def _shared(evidence: Evidence, suggested: int, k: int) -> str:
    """What sets a k apart from a suggestion all of whose segments are their own customers'."""
    is_worse = k in evidence.shared and suggested not in evidence.shared
    return "one of them would be mostly what everybody buys" if is_worse else ""
