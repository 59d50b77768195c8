"""Layouts that are no plain lines: the same purchases in each of them give the same lines."""

import json

import pytest

from segcore.intake import read

BOUGHT = [
    ("Ada", "Green tea", 1), ("Ada", "Mug", 2), ("Ben", "Green tea", 3), ("Ben", "Jar", 2),
    ("Cleo", "Jar", 1), ("Cleo", "Oats", 5), ("Dan", "Mug", 1), ("Dan", "Oats", 2),
]  # fmt: skip
PEOPLE = ("Ada", "Ben", "Cleo", "Dan")


def items_of(person: str) -> list[tuple[str, int]]:
    return [(item, n) for who, item, n in BOUGHT if who == person]


def side_by_side(item: str, pieces: str) -> list[str]:
    heads = [f"{word}{i}" for i in (1, 2) for word in (item, pieces)]
    return ["Customer;" + ";".join(heads)] + [
        f"{who};" + ";".join(f"{name};{n}" for name, n in items_of(who)) for who in PEOPLE
    ]


def in_json() -> list[str]:
    cells = {who: json.dumps([{"name": i, "quantity": n} for i, n in items_of(who)]) for who in PEOPLE}
    return ["customer\tbasket", *(f"{who}\t{cell}" for who, cell in cells.items())]


def in_pairs() -> list[str]:
    cells = {who: "; ".join(f"name:{i}|qty:{n}" for i, n in items_of(who)) for who in PEOPLE}
    return ["customer\tbasket", *(f"{who}\t{cell}" for who, cell in cells.items())]


def below_headings(word: str) -> list[str]:
    lines = []
    for who in PEOPLE:
        lines += [
            f"{word}: {who};;",
            "Date;Item;Quantity",
            *(f"2024-01-03;{i};{n}" for i, n in items_of(who)),
        ]
    return lines


def over_months(*months: str) -> list[str]:
    cells = [
        f"{who};{item};" + ";".join(str(n) if i % 3 == j else "" for j in range(3))
        for i, (who, item, n) in enumerate(BOUGHT)
    ]
    return ["Customer;Product;" + ";".join(months), *cells]


FILES = {
    "numbered groups, English": side_by_side("Product ", "Qty "),
    "numbered groups, German": side_by_side("Artikel_", "Menge_"),
    "a JSON list": in_json(),
    "pairs of key and value": in_pairs(),
    "headings, English": below_headings("Customer"),
    "headings, French": below_headings("Client"),
    "months, ISO": over_months("2024-01", "2024-02", "2024-03"),
    "months, German": over_months("Januar 2024", "Februar 2024", "März 2024"),
    "months, short": over_months("Jan-24", "Feb-24", "Mar-24"),
}


@pytest.mark.parametrize("kind", FILES)
def test_the_same_purchases_in_any_layout(kind: str):
    bought = read((f"{kind}.csv", "\n".join(FILES[kind]).encode())).purchases
    pieces = bought.lines["quantity"].sum()
    assert (len(bought.lines), len(bought.customers), len(bought.products)) == (8, 4, 4)
    assert pieces == sum(n for _, _, n in BOUGHT)


def test_money_of_a_whole_order_is_never_counted_once_an_item():
    goods = ("Tea", "Bun", "Jam", "Milk", "Salt")
    cells = [
        json.dumps([{"name": goods[at % 5], "qty": 1}, {"name": goods[(at + 2) % 5], "qty": at}])
        for at in range(12)
    ]
    rows = "\n".join(
        f'o{at},c{at % 4},{10 + at},"{cell.replace(chr(34), chr(34) * 2)}"' for at, cell in enumerate(cells)
    )
    found = read(("orders.csv", f"order,customer,total,items\n{rows}\n".encode()))
    assert len(found.purchases.lines) == 24
    assert "amount" not in found.purchases.lines
    said = " ".join(finding.sentence for finding in (*found.report.repairs, *found.report.notes))
    assert "“total” is of a whole order and was not shared out" in said


def test_a_cell_nested_a_hundred_thousand_deep_is_only_a_cell():
    deep = "[" * 50_000 + "]" * 50_000
    lines = "\n".join(f"c{at % 5},{deep if at == 3 else 'Tea'},{at}" for at in range(40))
    assert len(read(("lines.csv", f"customer,product,quantity\n{lines}\n".encode())).purchases.customers) == 5


@pytest.mark.parametrize(
    ("heads", "months"),
    [
        (("Q1 2024", "Q2 2024", "Q3 2024"), (1, 4, 7)),
        (("T1 2024", "T3 2024", "T4 2024"), (1, 7, 10)),
        (("W02 2024", "W07 2024", "W12 2024"), (1, 2, 3)),
    ],
)
def test_quarters_and_weeks_across_are_no_months(heads: tuple[str, ...], months: tuple[int, ...]):
    found = read(("sales.csv", "\n".join(over_months(*heads)).encode()))
    assert sorted(found.purchases.lines["date"].dt.month.unique()) == list(months)
