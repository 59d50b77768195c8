"""Tables that are whole and clear and yet hold no purchases: refused with what they are and which export to ask for."""

from __future__ import annotations

from segcore.errors import NotEnoughData
from segcore.intake.columns.roles import Roles
from segcore.intake.columns.vocabulary import speaks_of, words_of
from segcore.intake.files.open_table import OpenTable
from segcore.intake.files.text_table import TextTable
from segcore.intake.layouts.periods import period_of

FEWEST_PERIODS, FEWEST_CUSTOMERS, FEWEST_MARKS = 3, 5, 2
REMEDY = "Export the order lines instead: one line for each product in an order, with the customer."
# What lists of customers say of each: contact, and sums over all that was bought.
_CONTACT = (
    {"first", "name"}, {"last", "name"}, {"e", "mail"}, {"total", "spent"}, {"total", "orders"}, {"orders", "count"},
    {"accepts", "marketing"}, {"zip", "code"}, {"customer", "since"}, {"lifetime", "value"}, {"last", "order"},
    {"number", "of", "orders"}, {"date", "created"}, {"last", "active"},
)  # fmt: skip
_CONTACT_WORDS = set(
    "email mail phone telephone mobile address address1 city firstname lastname surname spent totalspent birthday newsletter "
    "vorname nachname telefon mobil adresse straße ort plz geburtstag geburtsdatum gesamtumsatz prénom nom téléphone adresse "
    "ville anniversaire nombre apellido apellidos teléfono dirección ciudad cumpleaños nome cognome telefono indirizzo città "
    "voornaam achternaam telefoon woonplaats förnamn efternamn fornavn etternavn imię nazwisko telefon имя фамилия телефон "
    "адрес город 姓名 电话 地址 氏名 電話 住所 이름 전화 주소".split()
)


def refuse_tables_without_purchases(table: OpenTable, roles: Roles) -> None:
    """Refuse months across without a product, and lists of customers.

    Raises
    ------
    NotEnoughData
        With what the table is, two of its own lines, and the export to ask for.
    """
    if roles.shape == "matrix" and _are_periods(roles):
        first, last = roles.product_columns[0], roles.product_columns[-1]
        what = (
            f"The columns “{first}” to “{last}” are months or other periods, and no column names a product."
        )
    elif roles.shape == "lines" and _lists_customers(table, roles):
        what = "This looks like a list of customers, one a line: it says nothing of what each of them bought."
    else:
        return
    raise NotEnoughData(f"{what} {_two_lines(table.sample)}", where=table.name, remedy=REMEDY)


def _are_periods(roles: Roles) -> bool:
    columns = roles.product_columns
    return len(columns) >= FEWEST_PERIODS and all(
        found is not None and not found.rest for found in map(period_of, columns)
    )


def _lists_customers(table: OpenTable, roles: Roles) -> bool:
    """Whether every line is another customer, described as such lists do, and no header speaks of a product or an order."""
    sample = table.sample
    if roles.customer is None or roles.customer not in sample.columns or sample.n_rows < FEWEST_CUSTOMERS:
        return False
    who = sample.columns[roles.customer]
    if (who.counts > 1).any() or who.blank.any():
        return False
    others = [name for name in table.names if not _describes_customer(name)]
    if any(speaks_of(name, role) for name in others for role in ("product", "describes product")):
        return False
    return sum(map(_describes_customer, table.names)) >= FEWEST_MARKS


def _describes_customer(header: str) -> bool:
    words = set(words_of(header))
    return bool(words & _CONTACT_WORDS) or any(words >= marks for marks in _CONTACT)


def _two_lines(sample: TextTable) -> str:
    """The table's first two lines, as they stand in the file."""
    lines = []
    for row in range(min(2, sample.n_rows)):
        cells = [str(c.texts[c.codes[row]]) if c.codes[row] >= 0 else "" for c in sample.columns.values()]
        lines.append("“" + ", ".join(cells)[:80] + "”")
    return f"It begins with {' and '.join(lines)}."
