"""Lines that are no purchases, in the words of many shops: left out and counted, or kept when somebody says so."""

import pytest

from segcore.intake import IntakeReport, read
from segcore.purchases import Purchases

GOODS = ("Green tea", "Mug", "Jar", "Oats")
PEOPLE = ("ada@mail.example", "ben@mail.example", "cleo@mail.example")

# header, what a purchase is called there, what is none
UNDONE = [
    ("Status", "completed", ("cancelled",)),
    ("order_status", "Shipped", ("Refunded", "failed")),
    ("Financial Status", "paid", ("voided",)),
    ("Bestellstatus", "versandt", ("storniert",)),
    ("Statut", "Livrée", ("Annulée", "Remboursée")),
    ("Estado", "Pagado", ("Cancelado", "Rechazado")),
    ("Durum", "Tamamlandı", ("İptal",)),
    ("Статус", "Доставлен", ("Отменён",)),
    ("ステータス", "発送済み", ("キャンセル",)),
    ("订单状态", "已完成", ("已取消", "已退款")),
    ("Stage", "Closed Won", ("Closed Lost",)),
    ("Kjøpets gang", "levert", ("kansellert",)),  # a header nobody knows, labels that everybody does
]
LOOKED = [
    ("event", "transaction", ("view", "addtocart")),
    ("Event name", "Purchase", ("Product view", "Add to cart")),
    ("behavior_type", "buy", ("pv", "cart", "fav")),
    ("Ereignis", "Kauf", ("Ansicht", "Warenkorb")),
    ("行为类型", "购买", ("浏览", "收藏", "加购")),
    ("action", "order", ("click", "wishlist")),
]
BESIDE = [
    ("Type", "line_item", ("shipping",)),
    ("Line type", "Product", ("Tax", "Gift card")),
    ("Typ", "Artikel", ("Versand", "Pfand")),
    ("Tipo", "Artículo", ("Envío", "Cupón")),
    ("type de ligne", "Article", ("Frais de port", "Pourboire")),
]
# the same words where they say nothing about the line
INNOCENT = [
    ("Customer status", "active", ("lost",)),
    ("Payment type", "cash", ("gift card",)),
    ("Order type", "pickup", ("delivery",)),
    ("Shipping method", "post", ("freight",)),
    ("City", "Cork", ("Cancelled",)),
]


def table(header: str, bought: str, others: tuple[str, ...]) -> tuple[str, int]:
    """Purchases of three people, every third of them called something else; and how many those are."""
    rows, told = [], 0
    for number in range(24):
        is_other = number % 3 == 2
        told += is_other
        label = others[number // 3 % len(others)] if is_other else bought
        who, what = PEOPLE[number // 4 % len(PEOPLE)], GOODS[(number * 5 + number // 7) % len(GOODS)]
        rows.append(
            f"{500 + number // 2},{who},2024-01-{1 + number // 2:02d},{label},{what},{1 + number % 2},{2.5 + number}"
        )
    return "\n".join([f"Order,Email,Date,{header},Product,Qty,Line total", *rows]) + "\n", told


def read_text(text: str, **chosen: str) -> tuple[Purchases, IntakeReport]:
    found = read(("shop.csv", text.encode()), **chosen)
    return found.purchases, found.report


@pytest.mark.parametrize(("header", "bought", "others"), UNDONE + LOOKED + BESIDE)
def test_lines_that_are_no_purchases_are_left_out_and_counted(
    header: str, bought: str, others: tuple[str, ...]
):
    text, told = table(header, bought, others)
    purchases, report = read_text(text)
    assert purchases.n_lines == 24 - told
    (said,) = [finding for finding in report.left_out if finding.choice == "no_purchases"]
    assert said.count == told
    assert all(f"{label} (" in said.what for label in others)


@pytest.mark.parametrize(("header", "bought", "others"), [UNDONE[0], LOOKED[0], BESIDE[1]])
def test_they_count_when_somebody_says_so(header: str, bought: str, others: tuple[str, ...]):
    text, told = table(header, bought, others)
    purchases, report = read_text(text, no_purchases="keep")
    assert purchases.n_lines == 24
    assert [f.count for f in report.notes if f.choice == "no_purchases"] == [told]


@pytest.mark.parametrize(("header", "bought", "others"), INNOCENT)
def test_the_same_words_elsewhere_leave_nothing_out(header: str, bought: str, others: tuple[str, ...]):
    purchases, report = read_text(table(header, bought, others)[0])
    assert purchases.n_lines == 24
    assert not report.left_out


def test_what_takes_something_back_lowers_the_purchases_whatever_its_status():
    rows = [
        "1,ada,completed,Tea,2,10",
        "1,ada,refunded,Tea,-1,-5",
        "2,ben,completed,Mug,1,7",
        "3,ben,refunded,Mug,1,7",
    ]
    purchases, _ = read_text("\n".join(["order,customer,status,product,qty,amount", *rows]))
    assert purchases.n_lines == 3
    assert purchases.lines["amount"].sum() == pytest.approx(12)


def test_a_kind_of_product_is_left_out_where_it_is_none():
    rows = [
        f"{who},{what},{kind}"
        for who in PEOPLE
        for what, kind in (
            ("Green tea", "tea"),
            ("Mug", "ware"),
            ("Standard shipping", "Shipping"),
            ("Draught", "Draft"),
        )
    ]
    purchases, _ = read_text("\n".join(["customer,product,type", *rows * 2]))
    assert sorted(purchases.products.index) == ["Draught", "Green tea", "Mug"]


def test_lines_without_money_are_counted():
    rows = [
        f"{who},{what},{amount}"
        for who in PEOPLE
        for what, amount in (("Tea", "2.5"), ("Mug", ""), ("Jar", "4"))
    ]
    _, report = read_text("\n".join(["customer,product,amount", *rows]))
    assert [finding.count for finding in report.notes if "without “amount”" in finding.what] == [3]


def test_a_label_without_end_is_cut_in_the_sentence():
    text, told = table("Status", "completed", ("-" * 100_000 + "cancelled",))
    purchases, report = read_text(text)
    assert purchases.n_lines == 24 - told
    assert max(len(finding.what) for finding in report.left_out) < 200


def test_a_blank_column_chosen_for_the_kind_leaves_nothing_out():
    rows = [f"{who},{what}," for who in PEOPLE for what in GOODS]
    purchases, _ = read_text("\n".join(["customer,product,status", *rows]), line_kind="status")
    assert purchases.n_lines == 12
