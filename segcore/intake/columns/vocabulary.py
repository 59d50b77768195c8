"""Words that headers use, in the languages our files come in; a header is split into words before looking."""

from __future__ import annotations

import re
from functools import lru_cache

_WORDS: dict[str, str] = {
    "customer": "kund kunder ordrekunde klienta zákazníka клиента покупателя πελάτης πελάτη vevő vevőkód ügyfél debitorennr debitorennummer debiteurnr klantnaam العميل cust klientin klient klantnummer klantnr kund kundnr kundenummer debiteur cliente_id acheteurs comprador acquirente клиент покупатель nabywca kupujący zákazník asiakas müşteri debitornr "
    "customer customers client clients household households member members buyer shopper user account "
    "consumer subscriber guest patron visitor donor cust clientid kunde kunden kundin kundennummer kundennr kundenid kdnr "
    "debitor klant cliente clientes socio acheteur abonne hh loyalty debtor contact person email mail cardnumber cardno "
    "cardid cardnr clubcard kundenkarte kundenkartennummer kartennummer",
    "order": "ordrer objednávek zamówienia objednávky заказа sipariş παραγγελία παραγγελίας rendelés rendelésszám factuurnr factuurnummer faktura fakturanr fakturanummer ordernummer الطلب zamówienie bestelling ordernr ordre zakaz заказ чек scontrino ordem doklad objednávka receiptno transactionid "
    "order orders transaction transactions basket baskets invoice receipt ticket cart trans txn bill "
    "session docket bon beleg belegnr rechnung rechnungsnr rechnungsnummer bestellung bestellnr bestellnummer "
    "auftrag auftragsnr auftragsnummer commande facture pedido factura fattura ordine invoiceno orderno orderid",
    "product": "désignation towaru produktu товара товаров προϊόν προϊόντος cikkszám termék referencia référence المنتج lineitem materialnr artikelcode artikl towar vara varenr tuote ürün produkter produto produtos artigo товар продукт артикул zboží "
    "product products item items sku article articles offer stockcode asin upc ean gtin isbn plu material "
    "artikel artikelnr artikelnummer artikelbezeichnung produkt produkte ware produit produits producto productos "
    "articulo prodotto articolo goods merchandise movie book title track song dish itemname",
    "date": "ημερομηνία dátum التاريخ dato data_zakupu päivä tarih дата buchungsdatum belegdatum fakturadatum verkaufsdatum ordredato "
    "date dates day datum timestamp datetime time when tag fecha data jour bestelldatum rechnungsdatum "
    "kaufdatum invoicedate orderdate purchased purchasedate",
    "quantity": "qté qtà uds unidades ποσότητα mennyiség množství počet stuks الكمية antal ilość ilosc quantidade qtd qtde количество кол menge stückzahl verkaufsmenge kpl adet hoeveelheid "
    "quantity qty quantities units unit pieces count menge anzahl stück stueck stk cantidad quantité "
    "quantite qte aantal quantita volume",
    "amount": "celkem totaal tutar fiyat αξία τιμή ποσό összeg egységár المبلغ nettowert bruttowert nettobetrag bruttobetrag nettoumsatz bruttoumsatz warenwert rechnungsbetrag gesamtbetrag gesamtsumme zeilensumme verkaufswert monto valor subtotal_line belopp beløb pris bedrag prijs totaalprijs kwota wartość wartosc cena сумма цена стоимость importo totale chiffre preço preco "
    "amount sales revenue spend spent spending price value total turnover paid payment umsatz betrag preis "
    "summe importe montant prix ventas bedrag net gross netto brutto monetary cost gesamtpreis einzelpreis unitprice "
    "stückpreis wert prezzo precio",
    "describes customer": "agegroup ageband age gender sex region channel income city town country state education marital occupation "
    "postcode zip zipcode segment birth tenure land ort stadt plz geschlecht alter kids teen homeowner ownership "
    "salutation",
    "describes product": "category categories department brand type class subclass group family colour color size "
    "varietal origin manufacturer supplier description name kategorie warengruppe abteilung marke hersteller "
    "beschreibung bezeichnung gruppe categoria famille marque level1 level2 level3 subcategory style genre",
    "identifies": "číslo kód код номер κωδικός codice código cód numéro kod cikkszám vevőkód артикул id ids no nr num number code key nummer index kennung numero #",
    "each": "cena цена prijs fiyat birim jedn jednotkowa jednotková unitario unitaire unité pris egységár unit per each einzelpreis unitprice stückpreis price preis prix precio prezzo",
    "total": "celkem razem wartość wartosc сумма итого стоимость totaal tutar importe importo montant összesen total line sum gesamt extended gesamtpreis sales revenue value spend amount umsatz betrag summe",
    "total row": "total totals sum summe gesamt gesamtsumme insgesamt totaal suma somme totale zwischensumme subtotal "
    "subtotals teilsumme endsumme gesamtergebnis ergebnis totaux razem итого всего soma tussentotaal eindtotaal",
}
VOCABULARY: dict[str, frozenset[str]] = {role: frozenset(words.split()) for role, words in _WORDS.items()}
ROLES = ("customer", "order", "product", "date", "quantity", "amount")

# German joins words: Rechnungsbetrag ends on what it is. East Asian headers are not cut into words at all.
_TAILS = {
    "customer": ("kunde", "kunden", "kundennummer", "kundennr"),
    "order": ("bestellnummer", "auftragsnummer", "rechnungsnummer", "belegnummer"),
    "product": ("artikel", "produkt", "artikelnummer", "artikelbezeichnung"),
    "date": ("datum", "zeitpunkt"),
    "quantity": ("menge", "anzahl"),
    "amount": ("betrag", "umsatz", "preis", "erlös"),
}
_SIGNS = {
    "customer": ("客户", "顾客", "顧客", "会员", "会員", "고객"),
    "order": ("订单", "注文", "受注", "주문"),
    "product": ("商品", "产品", "產品", "製品", "상품"),
    "date": ("日期", "日付", "日時", "날짜"),
    "quantity": ("数量", "數量", "個数", "수량"),
    "amount": ("金额", "金額", "销售额", "売上", "금액", "単価", "单价", "단가", "価格", "价格", "가격"),
    "each": ("単価", "单价", "단가"),
}

# North European words join a thing and its number or name: kundnummer, ordrenr, artikelnaam
_ENDINGS = {
    "number": ("nummer", "number", "nr", "no", "id", "kod", "kód", "code", "szám"),
    "name": ("name", "namn", "naam", "navn"),
}
FEWEST_LETTERS = 3

_CAMEL = re.compile(r"(?<=[a-zäöüß])(?=[A-Z])")
_SPLIT = re.compile(r"(?:[^\w#]|_)+")


@lru_cache(maxsize=100_000)
def words_of(header: str) -> tuple[str, ...]:
    """The words of a header: ``InvoiceNo`` → invoice, no; ``Offer #`` → offer, #."""
    lowered = _CAMEL.sub(" ", header).lower().replace("#", " # ")
    return tuple(word for word in _SPLIT.split(lowered) if word)


def speaks_of(header: str, role: str) -> bool:
    """Whether a header uses a word known for a role."""
    words = words_of(header)
    known = VOCABULARY[role]
    if any(word in known for word in words) or "".join(words) in known:
        return True
    if role == "identifies" and any(_stem(word, "number") for word in words):
        return True
    tails, signs = _TAILS.get(role, ()), _SIGNS.get(role, ())
    return any(
        word.endswith(tails) or any(sign in word for sign in signs) or _begins_with(role, word)
        for word in words
    )


def _begins_with(role: str, word: str) -> bool:
    """Whether a word is one known for a role with "number" or "name" joined to it."""
    if role not in ("customer", "order", "product"):
        return False
    return any(_stem(word, ending) in VOCABULARY[role] for ending in _ENDINGS)


def _stem(word: str, ending: str) -> str:
    """What stands before "number" or "name" in a joined word of a thing, else ""."""
    for tail in _ENDINGS[ending]:
        stem = word.removesuffix(tail)
        if stem != word and len(stem) >= FEWEST_LETTERS:
            known = any(stem in VOCABULARY[role] for role in ("customer", "order", "product"))
            return stem if known else ""
    return ""


def names_a_role(header: str) -> bool:
    """Whether a header uses any known word at all."""
    return any(speaks_of(header, role) for role in VOCABULARY if role not in ("total row", "identifies"))


def is_known(word: str) -> bool:
    """Whether a word is used in headers at all, whatever for."""
    return any(speaks_of(word, role) for role in VOCABULARY)


def is_total(text: str) -> bool:
    """Whether a label says that its row sums up others: ``Total``, ``Grand total:``, ``Summe``."""
    words = words_of(text)
    known = VOCABULARY["total row"]
    return (
        0 < len(words) <= 3
        and (words[0] in known or words[-1] in known)
        and set(words) <= known | {"grand", "all"}
    )


def speaks_of_total(text: str) -> bool:
    """Whether a label may name a sum: ``Subtotal 00417``, ``Ergebnis Meier``, ``Meier Total``."""
    if len(text) > 80:
        return False
    words = words_of(text)
    known = VOCABULARY["total row"]
    return bool(words) and (
        words[0] in known or words[-1] in known or set(words[:2]) <= known | {"grand", "all"}
    )
