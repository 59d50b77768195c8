"""Words that headers use, in the languages our files come in; a header is split into words before looking."""

from __future__ import annotations

import re
from functools import lru_cache

_WORDS: dict[str, str] = {
    "customer": "customer customers client clients household households member members buyer shopper user account "
    "consumer subscriber guest patron visitor donor cust kunde kunden kundin kundennummer kundennr kundenid kdnr "
    "debitor klant cliente clientes socio acheteur abonne hh loyalty debtor contact person email mail",
    "order": "order orders transaction transactions basket baskets invoice receipt ticket cart trans txn bill "
    "session docket bon beleg belegnr rechnung rechnungsnr rechnungsnummer bestellung bestellnr bestellnummer "
    "auftrag auftragsnr auftragsnummer commande facture pedido factura fattura ordine invoiceno orderno orderid",
    "product": "product products item items sku article articles offer stockcode asin upc ean gtin isbn plu material "
    "artikel artikelnr artikelnummer artikelbezeichnung produkt produkte ware produit produits producto productos "
    "articulo prodotto articolo goods merchandise movie book title track song dish itemname",
    "date": "date dates day datum timestamp datetime time when tag fecha data jour bestelldatum rechnungsdatum "
    "kaufdatum invoicedate orderdate purchased purchasedate",
    "quantity": "quantity qty quantities units unit pieces count menge anzahl stück stueck stk cantidad quantité "
    "quantite qte aantal quantita volume",
    "amount": "amount sales revenue spend spent spending price value total turnover paid payment umsatz betrag preis "
    "summe importe montant prix ventas bedrag net gross netto brutto monetary cost gesamtpreis einzelpreis unitprice "
    "stückpreis wert prezzo precio",
    "describes customer": "age gender sex region channel income city town country state education marital occupation "
    "postcode zip zipcode segment birth tenure land ort stadt plz geschlecht alter kids teen homeowner ownership "
    "salutation",
    "describes product": "category categories department brand type class subclass group family colour color size "
    "varietal origin manufacturer supplier description name kategorie warengruppe abteilung marke hersteller "
    "beschreibung bezeichnung gruppe categoria famille marque level1 level2 level3 subcategory style genre",
    "identifies": "id ids no nr num number code key nummer index kennung numero #",
    "each": "unit per each einzelpreis unitprice stückpreis price preis prix precio prezzo",
    "total": "total line sum gesamt extended gesamtpreis sales revenue value spend amount umsatz betrag summe",
    "total row": "total totals sum summe gesamt gesamtsumme insgesamt totaal suma somme totale zwischensumme subtotal",
}
VOCABULARY: dict[str, frozenset[str]] = {role: frozenset(words.split()) for role, words in _WORDS.items()}
ROLES = ("customer", "order", "product", "date", "quantity", "amount")

_CAMEL = re.compile(r"(?<=[a-zäöüß])(?=[A-Z])")
_SPLIT = re.compile(r"[^0-9a-zäöüßéèêçñáíóúà#]+")


@lru_cache(maxsize=100_000)
def words_of(header: str) -> tuple[str, ...]:
    """The words of a header: ``InvoiceNo`` → invoice, no; ``Offer #`` → offer, #."""
    lowered = _CAMEL.sub(" ", header).lower().replace("#", " # ")
    return tuple(word for word in _SPLIT.split(lowered) if word)


def speaks_of(header: str, role: str) -> bool:
    """Whether a header uses a word known for a role."""
    words = words_of(header)
    known = VOCABULARY[role]
    return any(word in known for word in words) or "".join(words) in known


def names_a_role(header: str) -> bool:
    """Whether a header uses any known word at all."""
    return any(speaks_of(header, role) for role in VOCABULARY if role not in ("total row", "identifies"))


def is_total(text: str) -> bool:
    """Whether a label says that its row sums up others: ``Total``, ``Grand total:``, ``Summe``."""
    words = words_of(text)
    known = VOCABULARY["total row"]
    return (
        0 < len(words) <= 3
        and (words[0] in known or words[-1] in known)
        and set(words) <= known | {"grand", "all"}
    )
