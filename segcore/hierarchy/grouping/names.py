"""Groups from names: products that share a word are probably of a kind ("white t-light holder", "glass holder")."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence

import pandas as pd

FEWEST, MOST_GROUPS = 3, 60
TOO_COMMON = 0.5  # a word in over half of all names says nothing about any
LAST, FIRST, MIDDLE = (
    1.0,
    0.75,
    0.5,
)  # the last word of a name usually says what a thing is, the first one next
_WORD = re.compile(r"[^\W\d_]{3,}")
# Words that say how a thing is and not what it is, in the languages exports come in.
_HOW = frozenset(
    "and the with for from und mit für der die das von aus les des pour avec una con per del della los las het een van "
    "red blue green white black pink yellow orange purple brown grey gray silver gold golden "
    "rot blau grün weiß weiss schwarz gelb rosa braun grau rouge bleu vert blanc noir jaune rojo azul verde blanco negro "
    "rosso bianco nero large small medium mini maxi extra big little klein groß gross grand petit grande piccolo "
    "new old vintage retro modern classic original premium fresh organic bio light dark sweet set pack box pcs stk stück "
    "piece pieces assorted design size colour color ltr liter litre gram kilo kg each".split()
)


def groups_from_names(names: Sequence[str], weights: Sequence[float] | None = None) -> pd.Series:
    """Put every name under the word it shares with most others.

    The word that the most names still without a group share is taken again and again, until none is shared by three.
    Words at the end of a name count most; colours, sizes and the like do not count.

    Parameters
    ----------
    names : labels, each once
    weights : how much each counts, such as its buyers; all alike where not given

    Returns
    -------
    Series of text, indexed by name
        "" where no word is shared.
    """
    says = {name: _stems(name) for name in names}
    pull = {
        name: _pull(weight)
        for name, weight in zip(names, weights if weights is not None else [1.0] * len(names), strict=True)
    }
    holders: dict[str, set[str]] = defaultdict(set)
    for name, stems in says.items():
        for stem in stems:
            holders[stem].add(name)
    most = max(TOO_COMMON * len(pull), FEWEST)
    holders = {stem: held for stem, held in holders.items() if FEWEST <= len(held) <= most}
    score = {
        stem: sum(says[name][stem] * pull[name] for name in sorted(held)) for stem, held in holders.items()
    }
    groups: dict[str, str] = {}
    for _ in range(MOST_GROUPS):
        if not score:
            break
        best = max(score, key=lambda stem: (round(score[stem], 6), stem))
        for name in sorted(holders[best]):
            groups[name] = best
            _take(name, says[name], pull[name], holders, score)
    spoken = _spoken(names)
    return pd.Series(
        [spoken.get(groups.get(name, ""), "") for name in names],
        index=pd.Index(names),
        name="group",
        dtype="str",
    )


def _take(
    name: str, stems: dict[str, float], pull: float, holders: dict[str, set[str]], score: dict[str, float]
) -> None:
    """Take a name that has its group out of every word's count; a word left with too few is out."""
    for stem, says in stems.items():
        if stem in holders:
            holders[stem].discard(name)
            if stem in score:
                score[stem] -= says * pull
                if len(holders[stem]) < FEWEST:
                    del score[stem]


def _pull(weight: float) -> float:
    """A best-seller pulls its group up a little, not by its whole weight."""
    return 1.0 + min(weight, 1e6) ** 0.25


def _stems(name: str) -> dict[str, float]:
    """The words of a name in their common form, with how much each says."""
    words = [word for word in map(_stem, _WORD.findall(name)) if word]
    found: dict[str, float] = {}
    for place, word in enumerate(words):
        says = LAST if place == len(words) - 1 else FIRST if place == 0 else MIDDLE
        found[word] = max(found.get(word, 0.0), says)
    return found


def _stem(word: str) -> str:
    """Without case, accents and a plural's end; "" for a word that says only how a thing is."""
    if word.casefold() in _HOW:
        return ""
    plain = "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))
    for end, instead in (("ies", "y"), ("es", "e"), ("s", "")):
        if plain.endswith(end) and len(plain) - len(end) >= 3 and not plain.endswith("ss"):
            return plain[: -len(end)] + instead
    return plain


def _spoken(names: Sequence[str]) -> dict[str, str]:
    """How each stem is usually written."""
    written: dict[str, Counter[str]] = defaultdict(Counter)
    for name in names:
        for word in _WORD.findall(name):
            if stem := _stem(word):
                written[stem][word.capitalize() if not word.isupper() else word] += 1
    return {stem: _most_usual(forms) for stem, forms in written.items()}


def _most_usual(forms: Counter[str]) -> str:
    return min(forms, key=lambda form: (-forms[form], form))
