"""Exports as shops and ledgers write them in their own languages: sums of three kinds, blanks within an order, own calendars."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tests.nasty.base import ROWS, Bought, Case, expected, german, text_case, written

PRICES = {"Crème brûlée": 4.5, "Müsli": 3.2, "Kaffee": 11.9, "Tee": 4.2, "Brot": 2.75, "Käse": 6.4}
# orders of one line and of three
ORDERS = tuple(
    tuple(
        replace(row, date=pair[0].date, amount=round(row.quantity * PRICES[row.product], 2)) for row in pair
    )
    for pair in (part for i in range(0, len(ROWS), 4) for part in (ROWS[i : i + 1], ROWS[i + 1 : i + 4]))
)
LINES = tuple(line for order in ORDERS for line in order)
BOUGHT = expected(rows=LINES)
Cell = Callable[[int, int, Bought], object]


def export(columns: dict[str, Cell], delimiter: str = ",") -> str:
    """One row a line; a cell may depend on the number of the order, the place in it, and the line."""
    rows = [
        [str(cell(1001 + n, i, line)) for cell in columns.values()]
        for n, order in enumerate(ORDERS)
        for i, line in enumerate(order)
    ]
    return written([list(columns), *rows], delimiter=delimiter)


def order_total(number: int) -> str:
    return f"{sum(line.amount for line in ORDERS[number - 1001]):.2f}"


def first(cell: Cell) -> Cell:
    """Only in the first line of an order."""
    return lambda n, i, line: cell(n, i, line) if i == 0 else ""


NUMBER: Cell = lambda n, i, line: n  # noqa: E731
PLACE: Cell = lambda n, i, line: i + 1  # noqa: E731
WHO: Cell = lambda n, i, line: line.customer  # noqa: E731
WHAT: Cell = lambda n, i, line: line.product  # noqa: E731
PIECES: Cell = lambda n, i, line: line.quantity  # noqa: E731
EACH: Cell = lambda n, i, line: f"{PRICES[line.product]:.2f}"  # noqa: E731
SUM: Cell = lambda n, i, line: f"{line.amount:.2f}"  # noqa: E731
TOTAL: Cell = lambda n, i, line: order_total(n)  # noqa: E731
DAY: Cell = lambda n, i, line: line.date  # noqa: E731

MONEY: tuple[Case, ...] = (
    text_case("sums of three kinds", "order total and payment in the first line of an order", export({
        "Name": lambda n, i, line: f"#{n}", "Email": WHO, "Paid at": first(DAY), "Total": first(TOTAL), "Created at": DAY,
        "Lineitem quantity": PIECES, "Lineitem name": WHAT, "Lineitem price": EACH,
    }), "price of one piece", lines=BOUGHT),
    text_case("sums of three kinds", "order total in every line", export({
        "Customer": WHO, "Order": NUMBER, "Product": WHAT, "Qty": PIECES, "Order total": TOTAL, "Item price": EACH, "Date": DAY,
    }), "price of one piece", lines=BOUGHT),
    text_case("sums of three kinds", "numbered lines, a cost and a sum whose name says little", export({
        "Order Number": NUMBER, "Order Date": DAY, "Customer": WHO, "Item #": PLACE, "Item Name": WHAT, "Quantity": PIECES,
        "Item Cost": EACH, "Order Line Subtotal": SUM,
    }), lines=BOUGHT),
    text_case("sums of three kinds", "price before total", export({
        "Klantnr": WHO, "Factuurdatum": DAY, "Artikel": WHAT, "Aantal": PIECES, "Prijs": EACH, "Totaal": SUM,
    }), lines=BOUGHT),
)  # fmt: skip

BY_ORDER: tuple[Case, ...] = (
    text_case("said once an order", "customer and date in its first line", export({
        "Customer": first(WHO), "Order": NUMBER, "Product": WHAT, "Quantity": PIECES, "Amount": SUM, "Date": first(DAY),
    }), "another line of the same order", lines=BOUGHT),
    text_case("said once an order", "its number too", export({
        "Customer": first(WHO), "Order": first(NUMBER), "Product": WHAT, "Quantity": PIECES, "Amount": SUM, "Date": first(DAY),
    }), "another line of the same order", lines=BOUGHT),
    text_case("said once an order", "a row for the order above its lines", written([
        ["Order", "Customer", "Date", "Product", "Qty", "Amount"],
        *(row for n, order in enumerate(ORDERS) for row in (
            [str(n), order[0].customer, str(order[0].date), "", "", order_total(1001 + n)],
            *([str(n), "", "", line.product, str(line.quantity), f"{line.amount:.2f}"] for line in order)))
    ]), "no product", lines=BOUGHT, left_out=len(ORDERS)),
    text_case("said once an order", "items in numbered columns", written([
        ["order_id", "customer_id", "date", *(f"item{i}" for i in range(1, 6))],
        *([f"A{n}", order[0].customer + "x", str(order[0].date), *([line.product for line in order] + [""] * 4)[:5]]
          for n, order in enumerate(ORDERS))
    ]), fields=("customer", "product", "date"), lines=tuple((c + "x", p, d) for c, p, d in expected(("customer", "product", "date"), LINES))),
)  # fmt: skip


def local(header: str, who: str = "", what: str = "", unit: str = "", money: str = "") -> str:
    """Customer id, customer name, order, day, product, pieces, price, sum under headers of a language."""
    cells: list[Cell] = [
        WHO, lambda n, i, line: f"{who}{line.customer[-2:]}", NUMBER, lambda n, i, line: f"{line.date:%d.%m.%Y}",
        lambda n, i, line: plain(line.product) + what, lambda n, i, line: f"{line.quantity}{unit}",
        lambda n, i, line: german(PRICES[line.product]) + money, lambda n, i, line: german(line.amount) + money,
    ]  # fmt: skip
    return export(dict(zip(header.split("|"), cells, strict=True)), ";")


def plain(product: str) -> str:
    return product.translate(str.maketrans("èûéüä", "eueua"))


def local_case(name: str, encoding: str, header: str, what: str = "", **more: str) -> Case:
    lines = tuple((c, plain(p) + what, *rest) for c, p, *rest in BOUGHT)
    return text_case("own language", name, local(header, what=what, **more), encoding=encoding, lines=lines)


LANGUAGES: tuple[Case, ...] = (
    local_case("French", "cp1252", "N° client|Nom du client|N° commande|Date|Désignation|Qté|Prix unitaire HT|Montant HT", who="Rue ", money=" €"),
    local_case("Italian", "cp1252", "Codice cliente|Ragione sociale|Numero ordine|Data ordine|Articolo|Q.tà|Prezzo unitario|Importo", who="Via ", money=" €"),
    local_case("Polish", "cp1250", "Nr klienta|Nazwa klienta|Nr zamówienia|Data sprzedaży|Nazwa towaru|Ilość|Cena jedn.|Wartość brutto", " łąka", who="Żak ", unit=" szt.", money=" zł"),
    local_case("Czech", "cp1250", "Číslo zákazníka|Zákazník|Číslo objednávky|Datum|Zboží|Množství|Jednotková cena|Cena celkem", who="Ulice ", unit=" ks", money=" Kč"),
    local_case("Turkish", "cp1254", "Müşteri No|Müşteri Adı|Sipariş No|Sipariş Tarihi|Ürün Adı|Adet|Birim Fiyat|Tutar", " çağ", who="Işık ", money=" TL"),
    local_case("Swedish", "cp1252", "Kundnummer|Kundnamn|Ordernummer|Orderdatum|Vara|Antal|À-pris|Belopp", " å", who="Gata ", unit=" st", money=" kr"),
    local_case("Russian", "cp1251", "Код клиента|Клиент|Номер заказа|Дата заказа|Товар|Количество|Цена|Сумма", who="Иван ", unit=" шт"),
    local_case("Greek", "cp1253", "Κωδικός πελάτη|Πελάτης|Παραγγελία|Ημερομηνία|Προϊόν|Ποσότητα|Τιμή|Αξία", who="Νίκος "),
    local_case("German ledger", "cp1252", "Debitorennr.|Debitorenname|Belegnr.|Buchungsdatum|Artikel|Menge|VK-Preis|Zeilenbetrag", who="Firma "),
    local_case("Japanese", "cp932", "顧客番号|氏名|受注番号|受注日|商品名|数量|単価|金額", "茶", who="佐藤", unit="個", money="円"),
    local_case("Chinese", "gb18030", "会员编号|姓名|订单编号|下单时间|商品名称|数量|单价|实付金额", "茶", who="王", unit="件", money="元"),
)  # fmt: skip


def dated(name: str, form: Callable[[Bought], str], says: str = "", day: Callable[[Bought], object] = lambda line: line.date) -> Case:  # fmt: skip
    text = export({"Customer": WHO, "Product": WHAT, "Date": lambda n, i, line: form(line)})
    lines = tuple((line.customer, line.product, day(line)) for line in LINES)
    return text_case("calendars", name, text, says, fields=("customer", "product", "date"), lines=lines)


ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
CALENDARS: tuple[Case, ...] = (
    dated("a named time zone", lambda line: f"{line.date} 09:05:00 CET"),
    dated("as a browser prints it", lambda line: f"{line.date:%a %b %d %Y} 09:05:00 GMT+0100 (Central European Standard Time)"),
    dated("as Unix prints it", lambda line: f"{line.date:%a %b %d} 09:05:00 UTC {line.date:%Y}"),
    dated("weeks", lambda line: f"{line.date:%G-W%V}", "read as its first day", lambda line: line.date.fromisocalendar(*line.date.isocalendar()[:2], 1)),
    dated("months", lambda line: f"{line.date:%Y-%m}", "read as its first day", lambda line: line.date.replace(day=1)),
    dated("months by name", lambda line: f"{line.date:%B %Y}", "read as its first day", lambda line: line.date.replace(day=1)),
    dated("months as a spreadsheet shows them", lambda line: f"{line.date:%b-%y}", "read as its first day", lambda line: line.date.replace(day=1)),
    dated("a point behind every part", lambda line: f"{line.date.year}. {line.date.month}. {line.date.day}."),
    dated("Arabic digits", lambda line: f"{line.date:%d/%m/%Y}".translate(ARABIC)),
)  # fmt: skip

NAMELESS = text_case(
    "no header", "order numbers and prices among the columns",
    written([[f"C{line.customer}", str(1001 + n), line.product, f"{line.quantity}", f"{line.amount:.2f}", str(line.date)]
             for n, order in enumerate(ORDERS) for line in order]),
    fields=("customer", "product", "date"), lines=tuple((f"C{c}", p, d) for c, p, d in expected(("customer", "product", "date"), LINES)),
)  # fmt: skip

CASES = (*MONEY, *BY_ORDER, *LANGUAGES, *CALENDARS, NAMELESS)
