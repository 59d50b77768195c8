"""What of a product's label can be said aloud: its words without codes, numbers, packaging and abbreviations."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

LONGEST = 40
SHORT_CODE = 4  # letters
CODE_BEFORE_NAME = " · "
WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
CHUNK = re.compile(r"[^\s,;:/()\[\]|+*&]+")
VOWEL, LATIN = re.compile("[aeiouyæœøı]"), re.compile("[a-z]")
# Function words of the languages that shops of Europe and the Americas write their products in.
FUNCTION_WORDS = frozenset(
    "a an and are as at be but by each every for from her his if in into is it its last more most my no nor not of off "
    "on one only onto or our out over per some than that the their them then there these this those through to too "
    "under up upon very via was we were with within without you your "
    "das dem den der des die ein eine für im in mit ohne und vom von zum "
    "au aux avec dans de des du en et la le les ou par pour sans sur un une "
    "al con del el las los para por sin sobre una y com da das do dos e em na no os sem "
    "a al alla con da dei del della di gli il lo per senza su "
    "aan een het met op te uit van voor zonder och av med till".split()
)
PACKAGING = frozenset(
    "all any assorted asst assortment bottle box boxed bulk bundle can carton case count double each econ economy "
    "except extra family giant inch jar large light litre liter loose maxi medium mini misc miscellaneous mixed multi "
    "multipack new no non only other pack package packet pair pc pcs piece plus pouch refill reg regular roll sachet "
    "set sheet single size small special standard style tier tin triple tub tube unit value various with xl xxl "
    "beutel dose flasche gross groß karton klein packung stück stk boîte bouteille grand lot paquet petit pièce sachet "
    "botella caja grande lata paquete pequeño pieza scatola confezione bottiglia pezzi pezzo".split()
)
COLOURS = frozenset(
    "beige black blue bronze brown cream gold golden green grey gray ivory natural navy orange pink purple red silver "
    "turquoise white yellow schwarz weiß weiss rot blau grün gelb grau braun rosa blanc blanche noir noire rouge bleu "
    "vert jaune gris blanco negro rojo azul verde amarillo bianco nero rosso giallo".split()
)


def words_of(label: str) -> list[str | None]:
    """The words of a label in their order, with None where something stands that no phrase may reach across.

    Of a code before a name, ``22423 · REGENCY CAKESTAND 3 TIER``, only the name counts.
    """
    found: list[str | None] = []
    for chunk in CHUNK.finditer(name_in(label)):
        if any(sign.isdigit() for sign in chunk.group()):
            found.append(None)
        else:
            found.extend(WORD.findall(chunk.group()))
        if label_breaks(name_in(label), chunk.end()):
            found.append(None)
    return found


def label_breaks(label: str, at: int) -> bool:
    """Whether something other than a blank follows here: words on its two sides are no phrase."""
    return at < len(label) and not label[at].isspace()


def name_in(label: str) -> str:
    """A label without the code that stands before its name."""
    before, _, after = label.partition(CODE_BEFORE_NAME)
    return after if after and _is_code(before) else label


def stem(word: str) -> str:
    """The same for a word and its plural, whatever its case."""
    plain = word.casefold()
    if len(plain) > 4 and plain.endswith("ies"):
        return f"{plain[:-3]}y"
    return plain[:-1] if len(plain) > 3 and plain.endswith("s") and not plain.endswith("ss") else plain


def says_something(word: str) -> bool:
    """Whether a word could name a kind of customers: no function word, packaging, colour or abbreviation."""
    plain, root = word.casefold(), stem(word)
    empty = FUNCTION_WORDS | PACKAGING | COLOURS
    return len(plain) > 2 and plain not in empty and root not in empty and is_pronounceable(word)


def is_pronounceable(word: str) -> bool:
    """Whether a word of a script with vowels has one: ``DRNK`` and ``BTL`` are abbreviations."""
    parts = unicodedata.normalize("NFD", word.casefold()).split("-")
    return all(VOWEL.search(part) or len(part) == 1 or not LATIN.search(part) for part in parts)


def can_be_said(label: str) -> bool:
    """Whether a whole label is fit to name something: it has a word, and neither numbers nor abbreviations."""
    words = WORD.findall(label)
    return bool(words) and not any(sign.isdigit() for sign in label) and all(map(is_pronounceable, words))


def spoken(label: str) -> str:
    """A label as one says it: without code, numbers, abbreviations and packaging; empty where nothing is left."""
    name = name_in(label)
    if can_be_said(name) and not _ends_in_packaging(name):
        return " ".join(name.split())
    kept = [
        word for word in words_of(label) if word and stem(word) not in PACKAGING and is_pronounceable(word)
    ]
    while kept and kept[-1].casefold() in FUNCTION_WORDS:
        kept.pop()
    return " ".join(kept) if any(map(says_something, kept)) else ""


def readable_label(label: str) -> str:
    """A whole label for people to read: without the code before its name, and not shouted."""
    return in_a_calm_voice(" ".join(name_in(label).split()))


def in_a_calm_voice(name: str, *, everything_shouts: bool = False) -> str:
    """A name that the file shouts, as a sentence writes it; short codes stay where the rest of the file is calm."""
    return name.capitalize() if name.isupper() and (everything_shouts or len(name) > SHORT_CODE) else name


def shouting(labels: Iterable[str]) -> bool:
    """Whether most labels of a file are in capitals, so that these say nothing."""
    written = [label for label in map(name_in, labels) if any(map(str.isalpha, label))]
    return sum(label.isupper() for label in written) > len(written) / 2


def _ends_in_packaging(name: str) -> bool:
    words = WORD.findall(name)
    return len(words) > 1 and stem(words[-1]) in PACKAGING


def _is_code(text: str) -> bool:
    return " " not in text.strip() and (any(sign.isdigit() for sign in text) or text.isupper())
