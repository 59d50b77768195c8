"""The words everything shares: the glossary, how numbers are written, and how short sentences are put together.

Screens, errors and exports all say a thing the same way because they ask here. No heavy imports: a first page paints
with this module.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from segcore.language.glossary import GLOSSARY
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
