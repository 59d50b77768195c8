"""Files that hold no purchases are refused with what they are, two of their lines and the export to ask for."""

import pytest

from segcore.errors import NotEnoughData
from segcore.intake import read

PEOPLE = [
    f"{first} {last}"
    for first in ("Ada", "Ben", "Cleo", "Dan", "Eva")
    for last in ("Fir", "Elm", "Oak", "Ash")
]

MONTHS = {
    "English, short": ("Customer", ["Jan", "Feb", "Mar", "Apr", "May", "Jun"]),
    "German": ("Kunde", ["Januar 2024", "Februar 2024", "März 2024", "April 2024"]),
    "ISO": ("customer_id", ["2024-01", "2024-02", "2024-03"]),
    "quarters": ("Client", ["Q1 2024", "Q2 2024", "Q3 2024", "Q4 2024"]),
    "years": ("Account", ["2021", "2022", "2023", "2024"]),
}
LISTS = {
    "a shop's export": (
        "Customer ID",
        "First Name",
        "Last Name",
        "Email",
        "City",
        "Total Spent",
        "Total Orders",
    ),
    "German": ("Kundennummer", "Vorname", "Nachname", "E-Mail", "Ort", "Gesamtumsatz", "Bestellungen"),
    "French": ("Client", "Prénom", "Nom", "Téléphone", "Ville", "Montant", "Commandes"),
    "Spanish": ("Cliente", "Nombre", "Apellidos", "Teléfono", "Ciudad", "Importe", "Pedidos"),
    "a newsletter's": (
        "Customer",
        "First Name",
        "Last Name",
        "Phone",
        "City",
        "Lifetime Value",
        "Orders Count",
    ),
}


def months_across(kind: str) -> bytes:
    head, months = MONTHS[kind]
    rows = [
        ",".join(
            [
                who,
                *(
                    f"{(7 * at + 3 * month) % 40}.5" if (at + month) % 3 else "0"
                    for month in range(len(months))
                ),
            ]
        )
        for at, who in enumerate(PEOPLE)
    ]
    return "\n".join([",".join([head, *months]), *rows]).encode()


def customer_list(kind: str) -> bytes:
    rows = [
        f"{5000 + at},{who.split()[0]},{who.split()[1]} {at},m{at}@mail.example,{('Bonn', 'Oslo', 'Cork')[at % 3]},{30 + 7 * at},{at % 4 + 1}"
        for at, who in enumerate(PEOPLE)
    ]
    return "\n".join([",".join(LISTS[kind]), *rows]).encode()


@pytest.mark.parametrize("kind", MONTHS)
def test_months_across_without_a_product_are_refused(kind: str):
    with pytest.raises(NotEnoughData, match="months or other periods") as refused:
        read(("spend.csv", months_across(kind)))
    assert "“Ada Fir, " in refused.value.sentence
    assert "Export the order lines" in refused.value.remedy


@pytest.mark.parametrize("kind", LISTS)
def test_a_list_of_customers_is_refused(kind: str):
    with pytest.raises(NotEnoughData, match="list of customers") as refused:
        read(("customers.csv", customer_list(kind)))
    assert "“5000, Ada, Fir 0, " in refused.value.sentence


def test_one_purchase_a_customer_is_no_list_of_customers():
    rows = [
        f"{5000 + at},m{at}@mail.example,Bonn,{('Tea', 'Mug', 'Jar')[at % 3]},{at + 1}" for at in range(20)
    ]
    found = read(("shop.csv", "\n".join(["Customer ID,Email,City,Product,Amount", *rows]).encode()))
    assert found.purchases.n_lines == 20
    assert len(found.purchases.products) == 3


def test_products_with_the_name_of_a_month_are_products():
    rows = [f"c{at},{at % 3},{(at + 1) % 3},{(at + 2) % 2}" for at in range(12)]
    found = read(("roses.csv", "\n".join(["customer,May rose,June lily,July aster", *rows]).encode()))
    assert sorted(found.purchases.products.index) == ["July aster", "June lily", "May rose"]
