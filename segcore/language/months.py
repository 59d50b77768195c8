"""Names of months in the languages our files come in, whole or shortened, as long as only one month can be meant."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_NAMES = """
january januar janvier enero gennaio januari janeiro stycznia styczeń leden ledna января январь janeiro ocak
february februar février febrero febbraio februari fevereiro lutego luty únor února февраля февраль şubat
march märz mars marzo maart março marca marzec březen března марта март mart mrt mrz marts
april avril abril aprile kwietnia kwiecień duben dubna апреля апрель nisan
may mai mayo maggio mei maio maja maj květen května мая май mayıs
june juni juin junio giugno junho czerwca czerwiec červen června июня июнь haziran
july juli juillet julio luglio julho lipca lipiec července červenec июля июль temmuz
august août agosto augustus augusti sierpnia sierpień srpen srpna августа август ağustos aout
september septembre septiembre settembre setembro września wrzesień září сентября сентябрь eylül setiembre
october oktober octobre octubre ottobre outubro października październik říjen října октября октябрь ekim
november novembre noviembre novembro listopada listopad listopadu ноября ноябрь kasım
december dezember décembre diciembre dicembre dezembro grudnia grudzień prosinec prosince декабря декабрь desember aralık
"""


def _plain(name: str) -> str:
    """Lower case without accents, so that FEVRIER is février."""
    parts = unicodedata.normalize("NFD", name.lower().rstrip("."))
    return "".join(sign for sign in parts if not unicodedata.combining(sign))


_MONTHS = tuple(
    (_plain(name), month)
    for month, names in enumerate(_NAMES.strip().splitlines(), start=1)
    for name in names.split()
)


@lru_cache(maxsize=4096)
def month_of(name: str) -> int | None:
    """The month a name means: at least three letters, and every month that begins so is the same one.

    ``juil`` is July and ``juin`` June; ``jui`` could be both and is none.
    """
    plain = _plain(name)
    whole = {month for known, month in _MONTHS if known == plain}
    begun = {month for known, month in _MONTHS if known.startswith(plain)} if len(plain) >= 3 else set()
    found = whole or begun
    return next(iter(found)) if len(found) == 1 else None
