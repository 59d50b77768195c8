"""Which encoding a text is in that is not UTF-8: the one in which its words look like words.

Every byte means some sign in every old encoding, so none is ever impossible. What gives the right one away is how the
signs stand together: no symbol inside a word, no capital after a small letter, no two scripts in one word, and no Latin
word made of accented letters alone.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable, Sequence

from segcore.intake.columns.vocabulary import is_known

SINGLE = ("cp1252", "cp1250", "cp1251", "mac_roman", "cp850", "cp1253", "cp1254", "iso8859_15")
DOUBLE = ("shift_jis", "gb18030", "euc_jp", "euc_kr", "big5")
SPOKEN = {
    "cp1252": "Windows-1252", "cp1250": "Windows-1250 (Central European)", "cp1251": "Windows-1251 (Cyrillic)",
    "cp1253": "Windows-1253 (Greek)", "cp1254": "Windows-1254 (Turkish)", "mac_roman": "old Mac encoding",
    "cp850": "DOS encoding 850", "iso8859_15": "ISO 8859-15", "shift_jis": "Japanese Shift-JIS", "euc_jp": "Japanese EUC",
    "gb18030": "Chinese GB 18030", "big5": "Chinese Big5", "euc_kr": "Korean EUC", "utf-8-sig": "UTF-8 with a mark",
    "utf-16": "UTF-16", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "utf-32": "UTF-32", "utf-8": "UTF-8",
}  # fmt: skip
MOST_LINES, FEWEST, HEADERS = 400, 2, 20
_WORD = re.compile(r"[^\x00-\x2f:-@\[-`{-\x7f]+")
_FREE = frozenset("’‘´`“”„«»°®™©§²³€£¥–—…·•×½¼¾ºªß")
_COMMON_HANGUL = frozenset(
    "이의가는을에다로고하지한사리기도서어자인시스대아그나수해정부라일만제전주상장보유구비우은과선크"
)


def guess_encoding(lines: Iterable[bytes]) -> str:
    """The likeliest encoding of lines that are not UTF-8."""
    odd = []
    for line in lines:
        if not line.isascii() and not _is_utf8(line):
            odd.append(line)
            if len(odd) >= MOST_LINES:
                break
    if not odd:
        return "cp1252"
    spoken = {name: _known_words(odd, name) for name in (*SINGLE, *DOUBLE)}
    if (most := max(spoken.values())) > spoken["cp1252"]:
        likeliest = [name for name in spoken if spoken[name] == most]
        return min(likeliest, key=lambda name: _strangeness(odd, name))
    scores = {name: _strangeness(odd, name) for name in SINGLE}
    best = min(SINGLE, key=lambda name: (scores[name], SINGLE.index(name)))
    if len(_strange_words(odd)) < FEWEST:
        return "cp1252"  # one odd word proves nothing, and this is by far the most frequent
    wide = {name: score for name in DOUBLE if (score := _wide_strangeness(odd, name)) is not None}
    if wide and scores[best] > 0.1 and min(wide.values()) < scores[best]:
        return min(wide, key=lambda name: (wide[name], DOUBLE.index(name)))
    return best


def _known_words(lines: Sequence[bytes], encoding: str) -> int:
    """How many different words beyond ASCII are known from headers: no wrong encoding makes one by chance.

    A word that a sign cuts in two is none: of ``unit�rio`` the ``unit`` would be known.
    """
    text = b"\n".join(lines[:HEADERS]).decode(encoding, errors="replace")
    words = {word for word in _WORD.findall(text) if word.isalpha() and not word.isascii()}
    return sum(map(is_known, words))


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _strange_words(lines: Sequence[bytes]) -> set[str]:
    """Different words that look strange in the usual encoding."""
    text = b"\n".join(lines).decode("cp1252", errors="replace")
    return {word for word in _WORD.findall(text) if _strange_in(word)}


def _strangeness(lines: Sequence[bytes], encoding: str) -> float:
    """Share of the signs beyond ASCII that stand where no writer puts them."""
    text = b"\n".join(lines).decode(encoding, errors="replace")
    signs = sum(not sign.isascii() for sign in text)
    return sum(map(_strange_in, re.findall(r"[^\x00-\x7f\W\d_]*[^\x00-\x2f:-@\[-`{-\x7f]+", text))) / max(
        1, signs
    )


def _strange_in(word: str) -> float:
    beyond = [sign for sign in word if not sign.isascii()]
    if not beyond:
        return 0.0
    letters = [sign for sign in word if sign.isalpha()]
    symbols = sum(not sign.isalpha() and sign not in _FREE for sign in beyond)
    capitals = sum(a.islower() and b.isupper() and not b.isascii() for a, b in itertools.pairwise(word))
    scripts = {unicodedata.name(sign, "?").split(" ", 1)[0] for sign in letters}
    mixed = len(beyond) if len(scripts) > 1 else 0
    latin = scripts == {"LATIN"}
    bare = len(beyond) if latin and len(letters) >= 3 and not any(sign.isascii() for sign in letters) else 0
    inside = sum(
        sign in _FREE and sign not in "’´ßªº·" and a.isalpha() and b.isalpha()
        for a, sign, b in zip(word, word[1:], word[2:], strict=False)
    )
    return symbols + capitals + mixed + bare + inside


def _wide_strangeness(lines: Sequence[bytes], encoding: str) -> float | None:
    """Share of rare signs where every line can be read in an encoding of two bytes a sign; None where one cannot."""
    try:
        text = b"\n".join(lines).decode(encoding)
    except UnicodeDecodeError:
        return None
    beyond = [sign for sign in text if not sign.isascii()]
    names = [unicodedata.name(sign, "?") for sign in beyond]
    known = sum(
        name.startswith(("CJK UNIFIED", "HIRAGANA", "KATAKANA", "HANGUL", "FULLWIDTH", "IDEOGRAPHIC"))
        for name in names
    )
    halved = sum(name.startswith("HALFWIDTH") for name in names)
    foreign = _foreign(beyond, names, encoding)
    return 1.0 - (known - halved) / max(1, len(names)) + foreign


def _foreign(signs: Sequence[str], names: Sequence[str], encoding: str) -> float:
    """How far the signs are from what is written most in the language of an encoding."""
    if encoding in ("shift_jis", "euc_jp"):
        kana = sum(name.startswith(("HIRAGANA", "KATAKANA")) for name in names)
        return 0.2 * (1 - kana / max(1, len(names)))
    if encoding == "euc_kr":
        usual = sum(sign in _COMMON_HANGUL for sign in signs) / max(1, len(signs))
        return 0.5 * (1 - min(1.0, usual / 0.15))
    return 0.1
