"""The words everything shares: the glossary, how numbers are written, and how short sentences are put together.

Screens, errors and exports all say a thing the same way because they ask here. No heavy imports: a first page paints
with this module.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from segcore.language.number_style import (  # noqa: F401  # whoever writes numbers finds all of it here
    ENGLISH,
    NumberStyle,
    number_style,
    numbers_in_english,
    restyled,
    with_numbers,
    write_numbers_as,
    written,
)

GLOSSARY: dict[str, str] = {
    "customer": "One row of the analysis: a person, household or account that buys.",
    "product": "What is bought, at the level chosen: an article, or a group of articles.",
    "level": "How finely products are told apart, from single articles up to whole departments.",
    "purchase": "One line of the file: a customer and a product that was bought.",
    "basket": "The products that one customer, or one order, bought together.",
    "order": "One visit to the till or one checkout; a customer may have many.",
    "density": "The share of customer and product pairs where the customer bought the product at all.",
    "sparsity": "The share of customer and product pairs without a purchase; the opposite of density.",
    "rare products": "Products with fewer than 20 buyers: too few to tell a taste from chance.",
    "one-product customers": "Customers who bought a single product, who therefore show no pattern.",
    "k": "The number of segments looked for.",
    "segment": "Customers with a similar taste, together with the products that make up this taste.",
    "customer basis": "How much of each segment's taste every customer shows (the matrix W).",
    "product basis": "How strongly every product belongs to each segment's taste (the matrix H).",
    "score": "A raw entry of the customer or product basis; compare customers by shares, not by scores.",
    "share": "A customer's scores scaled to add up to 100 %: how the purchases divide over the segments.",
    "assignment": "The segment with the customer's largest share.",
    "mixed": "A customer between two segments: the largest share hardly exceeds the second, or resamples disagree.",
    "no purchases": "Customers without a purchase at this level and with these filters; they belong to no segment.",
    "explained share": "How much of the purchase pattern the segments reproduce; "
    "compare it only within one level and one weighting.",
    "best-sellers alone": "What a single segment explains: everybody simply buys the popular products.",
    "error": "The distance between the purchases and what the segments reproduce (the norm of V − WH).",
    "elbow": "The point of the curve after which further segments add little.",
    "knee": "The number of segments where the curve bends most.",
    "stability": "How alike the segments come out when 20 random samples of 80 % of the customers are cut again; "
    "1 is the same every time, and 0.8 is the least to rely on.",
    "smallest segment": "The share of customers in the smallest segment; tiny segments are hard to act on.",
    "index": "How much more a segment buys of a product than everybody does: 100 is average, 200 is twice as much.",
    "popular": "What a segment buys most, whoever else buys it too.",
    "distinctive": "What a segment buys far more than everybody else does.",
    "rule": "Who buys these products also buys that one.",
    "antecedent": "The left side of a rule: what was bought.",
    "consequent": "The right side of a rule: what was bought as well.",
    "support": "The share of all customers (or orders) who bought everything in the rule.",
    "confidence": "Of those who bought the left side, the share who bought the right side too.",
    "lift": "How many times likelier the right side is among buyers of the left side than among everybody; "
    "that some buy more than others is enough for a lift above 1.",
    "beyond chance": "More often than in the same purchases dealt out anew, where each product keeps its number of buyers "
    "and each customer the number of products.",
    "times expected": "How many times as many bought both as popularity and activity explain; 1 means no connection.",
    "leverage": "How many more of all customers bought both than if the two had nothing to do with each other.",
    "conviction": "How much more often the rule would fail if both sides had nothing to do with each other.",
    "redundant rule": "A rule that a shorter one makes unnecessary, being at least as confident.",
    "weighting": "How much a purchase counts before segments are looked for.",
    "bought or not": "Every product a customer bought counts once.",
    "balanced": "Every product a customer bought counts once, best-sellers a little less.",
    "rare tastes": "Rarely bought products count much more; finds niches, and is less stable.",
    "quantity": "Every piece bought counts.",
    "log quantity": "Pieces count, but ten times as many count only a few times as much.",
    "amount": "Every unit of money spent counts.",
    "log amount": "Money counts, but ten times as much counts only a little more.",
    "share of basket": "What counts is the part of the customer's own purchases that the product makes up.",
    "loss": "How a miss is counted: squared error, or Kullback–Leibler, which suits counts.",
    "initialisation": "Where the search for segments starts from.",
    "restart": "A further search from another starting point; the best one is kept.",
    "seed": "The number that fixes every random choice, so that the same data give the same result again.",
    "k-means": "A well-known method that puts each customer into exactly one group; shown for comparison.",
    "back-test": "Purchases that already happened are hidden, and offers made from the rest are held against them.",
    "hold-out": "Customers on a list who are left in peace, drawn by lot: what they buy anyway shows what an offer adds.",
    "uplift": "How much more of those who got an offer bought than of those held out.",
    "bundle": "Products offered together because the same customers buy them.",
    "usual price": "Money over pieces of a product, over everything sold.",
}


def explain(term: str) -> str:
    """One plain sentence for a field term, for the hover text beside it."""
    return restyled(GLOSSARY[term.lower()])


def count(n: float) -> str:
    """A whole number with thousands separators: ``12,345``."""
    return written(round(n), ",")


def decimal(value: float, digits: int = 1) -> str:
    """A number with so many digits after the decimal sign: ``1,234.5``."""
    return written(value, f",.{digits}f")


def signed(value: float, digits: int = 1) -> str:
    """A difference with its sign in front: ``+1.5``, ``−0.3``."""
    return written(value, f"+,.{digits}f").replace("-", "−")


def significant(value: float, digits: int) -> str:
    """A number with so many digits that count: ``1,234``, ``0.01235``."""
    return written(value, f",.{digits}g")


def percent(share: float | None, n: int | None = None) -> str:
    """A share (0 to 1) as a percentage with as many digits as ``n`` cases support.

    Fewer than 1,000 cases support whole percentages. Without ``n``, one digit is kept below 10 %. What is neither
    nothing nor everything is never written as 0 % or 100 %.
    """
    if share is None or not math.isfinite(share):
        return "unknown"
    value = 100 * share
    if value in (0, 100):
        return f"{value:.0f} %"
    digits = _percent_digits(abs(value), n)
    step = 10.0**-digits
    if abs(value) < step / 2:
        return f"under {decimal(step, digits)} %"
    if value < 100 and round(value, digits) >= 100:
        return f"over {decimal(100 - step, digits)} %"
    return f"{decimal(value, digits)} %"


def _percent_digits(value: float, n: int | None) -> int:
    if n is None:
        return 1 if value < 9.95 else 0
    return 0 if n < 1_000 else 1


def of(part: int, whole: int) -> str:
    """A share with its base: ``10 of 11 (91 %)``."""
    if whole <= 0:
        return f"{count(part)} of {count(whole)}"
    return f"{count(part)} of {count(whole)} ({percent(part / whole, whole)})"


def readable(product: str, level: str) -> str:
    """A product as a sentence names it: one that is only a number takes its column's name, ``Offer # 17``."""
    bare = product.replace(".", "", 1).isdigit()
    return f"{level} {product}" if level and bare else product


def offering(product: str) -> str:
    """To offer a product, as an order begins: ``Offer Merlot``; one that is called an offer itself is sent."""
    return f"{'Send' if product.casefold().startswith('offer') else 'Offer'} {product}"


def points(share: float) -> str:
    """What something adds to a share: ``3.2 %``, with a digit more where it is small, ``0.62 %``."""
    return f"{decimal(100 * share, 1 if abs(share) >= 0.00995 else 2)} %"


def times(factor: float) -> str:
    """A ratio as people say it: ``1.8 times``."""
    if not math.isfinite(factor):
        return "always"
    return f"{decimal(factor, 0 if factor >= 9.95 else 1)} times"


def money(amount: float, unit: str = "") -> str:
    """An amount of money: pennies below 100, whole units above, millions in words; ``unit`` follows the number."""
    return f"{_amount(amount, ' million', ' billion')} {unit}".strip()


def money_short(amount: float) -> str:
    """An amount of money where there is room for a few signs only: ``1.6 M``, ``2.4 bn``."""
    return _amount(amount, " M", " bn")


def _amount(amount: float, million: str, billion: str) -> str:
    if not math.isfinite(amount):
        return "unknown"
    size = abs(amount)
    if size >= 999_500_000:
        return f"{decimal(amount / 1e9)}{billion}"
    if size >= 999_500:
        return f"{decimal(amount / 1e6)}{million}"
    return decimal(amount, 2 if size < 99.995 else 0)


def size(n: int) -> str:
    """Bytes of a file as a wait is judged by: ``12 KB``, ``1,234 MB``."""
    return f"{count(n / 1e6)} MB" if n >= 1e6 else f"{count(max(1, round(n / 1e3)))} KB"


def duration(seconds: float | None) -> str:
    """A waiting time, rounded as an estimate deserves: ``about 20 s``, ``about 3 min``."""
    if seconds is None or not math.isfinite(seconds):
        return "unknown"
    if seconds < 1.5:
        return "about a second"
    if seconds < 57.5:
        rounded = round(seconds) if seconds < 10 else 5 * round(seconds / 5)
        return f"about {rounded} s"
    if seconds < 3_570:
        return f"about {max(1, round(seconds / 60))} min"
    hours = round(seconds / 3_600, 1)
    return f"about {written(hours, 'g')} h"


def ordinal(n: int) -> str:
    """A place in line: ``1st``, ``2nd``, ``11th``."""
    last_two, last = abs(n) % 100, abs(n) % 10
    ending = "th" if 11 <= last_two <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(last, "th")
    return f"{count(n)}{ending}"


def plural(n: int, singular: str, several: str = "") -> str:
    """A count with its noun: ``1 customer``, ``1,200 customers``."""
    return f"{count(n)} {singular if n == 1 else several or singular + 's'}"


def join_and(parts: Sequence[str], *, most: int | None = None) -> str:
    """A list as a sentence has it: ``a, b and c``; beyond ``most`` the rest is counted."""
    items = [str(part) for part in parts]
    if most is not None and len(items) > most:
        rest = len(items) - most
        items = [*items[:most], f"{count(rest)} more"]
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def numbers_or(numbers: Sequence[int]) -> str:
    """Rising whole numbers as a choice: ``3``, ``2 or 4``, ``2, 3 or 5``; without gaps ``2 to 5``."""
    if len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1:
        return f"{numbers[0]} to {numbers[-1]}"
    texts = [str(number) for number in numbers]
    return " or ".join([", ".join(texts[:-1]), texts[-1]] if len(texts) > 1 else texts)


_NUMBER_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def number_word(n: int) -> str:
    """Small numbers as words, as sentences have them: ``five``; larger ones as figures."""
    return _NUMBER_WORDS[n] if 0 <= n < len(_NUMBER_WORDS) else count(n)


def between(first: str, second: str) -> str:
    """How a mixed customer is named."""
    return f"between {first} and {second}"


NO_PURCHASES = "no purchases"
MIXED = "mixed"
NO_RELIABLE_SEGMENTS = (
    "No reliable segmentation: at every number of segments tried, the weakest one falls apart."
)
NEEDED = "About 100 customers with 3 purchases each are enough to begin."
CACHED = "Answered from an earlier run with the same data and choices."
