"""Shapes and roles that are understood without help, and how each is corrected."""

import random
from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter

from segcore.errors import SpecError, UnclearColumns, UnreadableFile
from segcore.intake import Intake, Roles, convert, extend, inspect, read
from segcore.progress import Step
from segcore.storage import codec


def csv_of(name: str, lines: list[str]) -> tuple[str, bytes]:
    return name, "\n".join(lines).encode()


@pytest.fixture
def chance() -> random.Random:
    return random.Random(7)


def shop(chance: random.Random, lines: int = 400) -> list[str]:
    """A web shop's export: ids beside names, a price for one piece, a customer's country."""
    rows = ["InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"]
    for i in range(lines):
        customer, product = chance.randrange(40), chance.randrange(30)
        day = f"{1 + i % 12}/{1 + i % 28}/2010 8:{i % 60:02d}"
        country = "France" if customer % 3 else "Spain"
        rows.append(
            f"{5000 + i // 3},8{product:04d}A,THING {product},2,{day},1.50,{12000 + customer}.0,{country}"
        )
    return rows


def test_a_web_shop_export_needs_no_hint(chance: random.Random):
    found = read(csv_of("shop.csv", shop(chance)))
    roles, bought = found.roles, found.purchases
    assert (roles.customer, roles.order, roles.product) == ("CustomerID", "InvoiceNo", "StockCode")
    assert (roles.date, roles.quantity, roles.amount) == ("InvoiceDate", "Quantity", "UnitPrice")
    assert roles.amount_is == "each" and set(bought.lines["amount"]) == {3.0}
    assert roles.product_names == ("Description",) and bought.attributes == ()
    assert bought.products.index[0] == "80000A · THING 0"
    assert bought.product_code(bought.products.index[:2]).tolist() == ["80000A", "80001A"]
    assert list(bought.customer_attributes) == ["Country"]
    assert bought.customers[0].isdigit() and len(bought.customers) == 40
    assert bought.date_span[0] == pd.Timestamp("2010-01-01 08:00") and bought.date_span[1].month == 12


def test_a_role_can_be_corrected_and_the_rest_is_guessed_anew(chance: random.Random):
    found = read(csv_of("shop.csv", shop(chance)), product="Description", order=None)
    assert found.roles.product == "Description" and found.roles.order is None
    assert not found.purchases.has("order") and found.purchases.product_label == "Description"
    assert "StockCode" in found.roles.product_attributes


def test_german_headers(chance: random.Random):
    rows = ["Kundennr;Artikelbezeichnung;Warengruppe;Menge;Betrag;Bestelldatum"]
    for _ in range(200):
        article = chance.randrange(20)
        day = f"{chance.randrange(1, 29)}.{chance.randrange(1, 13)}.2023"
        rows.append(f"{chance.randrange(40):05d};Artikel {article};WG {article % 4};1;{article},99;{day}")
    roles = read(csv_of("verkauf.csv", rows)).roles
    assert (roles.customer, roles.product, roles.product_attributes) == (
        "Kundennr", "Artikelbezeichnung", ("Warengruppe",),
    )  # fmt: skip
    assert (roles.quantity, roles.amount, roles.date) == ("Menge", "Betrag", "Bestelldatum")


def test_lines_without_a_header(chance: random.Random):
    rows = [f"C{chance.randrange(30)},P{chance.randrange(20)},{i % 28 + 1}/2/2023,{i}.50" for i in range(200)]
    roles = read(csv_of("bare.csv", rows)).roles
    assert (roles.customer, roles.product, roles.date) == ("Column 1", "Column 2", "Column 3")


def test_a_matrix_of_marks_with_blanks(chance: random.Random):
    rows = ["Customer,Malbec,Pinot,Chardonnay,Merlot,Total"]
    truth = 0
    for i in range(40):
        marks = [chance.choice(["1", "", ""]) for _ in range(4)]
        truth += marks.count("1")
        rows.append(f"C{i:03d},{','.join(marks)},{marks.count('1')}")
    rows.append(f"Total,10,10,10,10,{truth}")
    found = read(csv_of("matrix.csv", rows))
    assert found.roles.shape == "matrix" and found.roles.matrix_values == "bought"
    assert found.roles.product_columns == ("Malbec", "Pinot", "Chardonnay", "Merlot")
    assert found.purchases.n_lines == truth and list(found.purchases.lines) == ["customer", "product"]
    assert "row with totals" in " ".join(found.report.sentences())


def test_a_matrix_describes_its_customers(chance: random.Random):
    rows = ["id,gender,age," + ",".join(f"item{i}" for i in range(8))]
    for i in range(60):
        cells = ",".join(chance.choice("0001") for _ in range(8))
        rows.append(f"{i + 1},{chance.choice('MF')},{chance.randrange(18, 80)},{cells}")
    found = read(csv_of("matrix.csv", rows))
    assert found.roles.customer == "id" and len(found.roles.product_columns) == 8
    assert list(found.purchases.customer_attributes) == ["gender", "age"]


def test_a_matrix_whose_products_are_numbers_and_marks_are_crosses(chance: random.Random):
    rows = ["Name\t" + "\t".join(str(i) for i in range(1, 21))]
    rows += [f"N{i}\t" + "\t".join(chance.choice(["x", "", ""]) for _ in range(20)) for i in range(60)]
    found = read(csv_of("matrix.tsv", rows))
    assert found.roles.shape == "matrix" and len(found.purchases.products) == 20
    assert found.purchases.n_lines == "\n".join(rows).count("x")


def test_a_matrix_lying_on_its_side(chance: random.Random):
    """Offers down, customers across, as in the workbook's own pivot."""
    people = [f"Smith {i}" for i in range(30)]
    rows = ["Offer #,Varietal,Minimum Qty (kg)," + ",".join(people)]
    for i in range(12):
        cells = ",".join(chance.choice(["1", "", ""]) for _ in people)
        rows.append(f"{i + 1},{['Malbec', 'Merlot'][i % 2]},{[72, 144][i % 2]},{cells}")
    found = read(csv_of("pivot.csv", rows))
    assert found.roles.matrix_rows == "products"
    assert len(found.purchases.customers) == 30 and len(found.purchases.products) == 12
    assert found.purchases.attributes == ("Varietal", "Minimum Qty (kg)")


def test_lists_beside_a_count(chance: random.Random):
    rows = ["Item(s),Item 1,Item 2,Item 3,Item 4"]
    truth = 0
    for _ in range(200):
        items = chance.sample(["milk", "bread", "eggs", "jam", "tea"], chance.randrange(1, 5))
        truth += len(items)
        rows.append(f"{len(items)}," + ",".join(items + [""] * (4 - len(items))))
    found = read(csv_of("lists.csv", rows))
    assert found.roles.shape == "baskets" and found.purchases.n_lines == truth
    assert len(found.purchases.products) == 5


def test_lists_of_named_customers(chance: random.Random):
    rows = ["customer_id,Item 1,Item 2,Item 3"]
    for i in range(90):
        items = chance.sample(["milk", "bread", "eggs", "jam"], 1 + i % 3)
        rows.append(f"{i % 30},{','.join(items + [''] * (3 - len(items)))}")
    found = read(csv_of("lists.csv", rows))
    assert found.roles.customer == "customer_id" and found.purchases.row_kind == "customer"
    assert len(found.purchases.customers) == 30 and len(found.purchases.orders) == 90


def months(chance: random.Random) -> list[tuple[str, bytes]]:
    header = "customer,product,date,amount"
    return [
        csv_of(
            f"{month:02d}.csv",
            [
                header,
                *(
                    f"C{chance.randrange(20)},P{chance.randrange(9)},2024-{month:02d}-11,{i}"
                    for i in range(50)
                ),
            ],
        )
        for month in (1, 2, 3)
    ]


def test_the_months_of_one_export_are_read_as_one(chance: random.Random):
    files = months(chance)
    found = read(files)
    assert found.purchases.n_lines == 150
    assert found.purchases.date_span == (pd.Timestamp("2024-01-11"), pd.Timestamp("2024-03-11"))
    assert read(files[::-1]).purchases.digest == found.purchases.digest
    assert any("read as one" in note.what for note in found.report.notes)


def test_a_month_describes_nobody_and_its_columns_may_stand_in_another_order():
    """Each month names all products once: by its labels alone it could be a table about them."""
    rows = [(f"C{i % 7}", f"O{i}", f"P{i % 5}", f"2024-0{1 + i // 5}-03", 2.5) for i in range(20)]
    months = {f"{month}.csv": [row for row in rows if row[3][6] == str(month)] for month in range(1, 5)}
    files = [
        csv_of(name, ["Customer,Order,Product,Date,Amount", *(",".join(map(str, row)) for row in part)])
        for name, part in months.items()
    ]
    turned = [f"{row[1]},{row[0]},{row[2]},{row[3]},{row[4]}" for row in months["2.csv"]]
    files[1] = csv_of("2.csv", ["order,CUSTOMER ,product,date,amount", *turned])
    found = read(files)
    assert found.purchases.n_lines == 20 and found.roles.product_table is None
    assert set(found.purchases.customers) == {row[0] for row in rows}
    assert {part.part for part in inspect(files).tables} == {"purchases"}


def test_a_bare_name_is_the_customer_and_a_document_number_is_not(chance: random.Random):
    rows = ["Internal ID,Document Number,Name,Item,Amount"]
    for i in range(90):
        who = chance.randrange(9)
        rows.append(f"{5000 + i // 2},INV{i // 2},Firma {who % 9},P{chance.randrange(7)},{i}.5")
    found = read(csv_of("ledger.csv", rows))
    assert found.roles.customer == "Name" and found.roles.product == "Item"


def test_orders_are_numbered_behind_a_hash_whatever_their_column_is_called():
    """A shop's export says who and when once an order, and calls the order “Name”."""
    rows = ["Name,Email,Created at,Lineitem quantity,Lineitem name,Lineitem price"]
    for i in range(60):
        who, when = (
            (f"k{i // 2 % 7}@example.com", f"2024-02-{1 + i // 4:02d} 10:00:00 +0100")
            if i % 2 == 0
            else ("", "")
        )
        rows.append(f"#{1001 + i // 2},{who},{when},1,P{i % 5},{2 + i % 5}.50")
    found = read(csv_of("orders.csv", rows))
    assert (found.roles.order, found.roles.customer, found.roles.date) == ("Name", "Email", "Created at")
    assert found.purchases.n_lines == 60 and len(found.purchases.orders) == 30
    assert not found.purchases.lines["date"].isna().any()


def test_the_sum_of_an_order_on_every_line_is_said(chance: random.Random):
    rows = ["Customer,Order,Product,Total"]
    rows += [f"C{i // 3 % 9},O{i // 3},P{i % 8},{10 + i // 3}.50" for i in range(90)]
    said = read(csv_of("orders.csv", rows)).report
    assert any("same in every line of an order" in note.what for note in said.notes)


def test_a_month_with_a_note_is_a_month_and_one_without_money_is_not(chance: random.Random):
    files = months(chance)
    name, content = files[1]
    noted = [line + (",gift" if i else ",note") for i, line in enumerate(content.decode().split("\n"))]
    found = read([files[0], csv_of(name, noted), files[2]])
    assert found.purchases.n_lines == 150
    assert any("the same columns but for 1 read as one" in note.what for note in found.report.notes)
    bare = [
        line.rsplit(",", 1)[0] + (",gift" if i else ",note")
        for i, line in enumerate(content.decode().split("\n"))
    ]
    assert read([files[0], csv_of(name, bare), files[2]]).purchases.n_lines == 100


def test_one_customer_with_most_lines_is_doubted(chance: random.Random):
    rows = ["customer_id,product", *(f"{0 if i % 2 else 40 + i % 20},P{i % 7}" for i in range(200))]
    said = read(csv_of("shop.csv", rows)).report
    assert any(note.example == "0" and "all who are not known" in note.what for note in said.notes)


def two_tables(chance: random.Random, orders: int = 40) -> list[tuple[str, bytes]]:
    """As a shop's database keeps them: who and when, and what and how many."""
    heads = ["order_id,customer_id,order_date,item_count,status"]
    heads += [f"{100 + i},C{i % 9},2024-03-{1 + i % 28:02d},2,paid" for i in range(orders)]
    lines = ["order_item_id,order_id,product_name,quantity,line_total"]
    lines += [f"{i},{100 + i // 2},P{chance.randrange(6)},{1 + i % 3},{i}.50" for i in range(80)]
    return [csv_of("orders.csv", heads), csv_of("order_items.csv", lines)]


def test_orders_and_their_lines_in_two_tables_are_one(chance: random.Random):
    found = read(two_tables(chance))
    assert (found.roles.customer, found.roles.date, found.roles.amount) == (
        "customer_id",
        "order_date",
        "line_total",
    )
    assert found.purchases.n_lines == 80 and len(found.purchases.orders) == 40
    assert sorted(found.purchases.customers) == [f"C{i}" for i in range(9)]
    assert any("were put beside them" in note.what for note in found.report.notes)
    again = inspect(two_tables(chance))
    assert len(again.tables) == 1 and again.roles == found.roles


def test_lines_of_orders_that_are_not_there_are_counted(chance: random.Random):
    found = read(two_tables(chance, orders=38))
    assert found.purchases.n_lines == 76
    assert any(
        note.count == 4 and "whose order is not in “orders.csv”" in note.what for note in found.report.notes
    )
    few = read(two_tables(chance, orders=20))
    assert (
        few.purchases.row_kind == "basket"
    )  # half of the orders are missing: these two do not belong together


def test_the_same_file_twice_counts_once(chance: random.Random):
    name, content = months(chance)[0]
    found = read([(name, content), ("copy.csv", content)])
    assert found.purchases.n_lines == 50
    assert any("given twice" in note.what for note in found.report.notes)


LINES = ["customer_id,sku,date", *(f"{i % 10:03d},{i % 6:04d},2024-01-{1 + i % 20:02d}" for i in range(60))]


def test_product_and_customer_tables_find_their_place():
    products = ["article,category", *(f"{i},{'ab'[i % 2]}" for i in range(5))]
    customers = ["customer_id,segment", *(f"{i:03d},{'xyz'[i % 3]}" for i in range(9))]
    sources = [
        csv_of("lines.csv", LINES),
        csv_of("products.csv", products),
        csv_of("customers.csv", customers),
    ]
    found = read(sources, product_table="products.csv", product_key="article")
    bought, said = found.purchases, " ".join(found.report.sentences())
    assert bought.products["category"].tolist() == ["a", "b", "a", "b", "a", ""]
    assert bought.customer_attributes["segment"].tolist() == [*"xyzxyzxyz", ""]
    assert bought.customers[0] == "000"
    assert "without leading zeros" in said
    assert "1 product on 10 lines not in “products.csv”" in said
    assert "1 customer on 6 lines not in “customers.csv”" in said


def test_a_table_that_is_not_used_is_said():
    other = csv_of("stores.csv", ["store,city", "1,Bonn", "2,Kiel"])
    found = read([csv_of("lines.csv", LINES), other])
    assert any(note.where == "stores.csv" and "not used" in note.what for note in found.report.notes)


def test_conflicting_attributes_the_most_frequent_wins():
    rows = ["customer,product,category"]
    rows += [f"C{i % 7},P{i % 3},{'rare' if i == 3 else f'K{i % 3}'}" for i in range(60)]
    found = read(csv_of("lines.csv", rows))
    assert found.purchases.products["category"].tolist() == ["K0", "K1", "K2"]
    repair = next(r for r in found.report.repairs if "different values of “category”" in r.what)
    assert repair.count == 1 and repair.example == "P0"


RETURNS = ["customer,product,quantity,amount", "A,x,2,4.0", "B,y,1,0", "A,x,-1,-2.0", "B,x,3,6.0"]


@pytest.mark.parametrize(
    ("returns", "quantities", "left_out"),
    [("net", [-1, 2, 3, 1], 0), ("drop", [2, 3, 1], 1), ("keep", [1, 2, 3, 1], 0)],
)
def test_returns(returns: str, quantities: list[float], left_out: int):
    found = read(csv_of("returns.csv", RETURNS), returns=returns)
    assert found.purchases.lines["quantity"].tolist() == quantities
    assert sum(finding.count for finding in found.report.left_out) == left_out
    assert "return" in " ".join(found.report.sentences())
    assert 0 in found.purchases.lines["amount"].tolist()


def test_exact_repeats_are_kept_and_said_or_dropped():
    rows = ["order,customer,product", "1,A,x", "1,A,x", "1,A,y", "2,B,x"]
    kept, dropped = (read(csv_of("d.csv", rows), duplicates=choice) for choice in ("keep", "drop"))
    assert (kept.purchases.n_lines, dropped.purchases.n_lines) == (4, 3)
    assert any("1 exact repeat" in note.what for note in kept.report.notes)
    assert [finding.count for finding in dropped.report.left_out] == [1]


def test_lines_without_an_order_form_one_per_customer_and_date():
    rows = [
        "order,customer,product,date",
        "1,A,x,2024-01-02",
        ",A,y,2024-01-03",
        ",A,x,2024-01-03",
        ",B,x,2024-01-03",
    ]
    found = read(csv_of("o.csv", rows))
    assert len(found.purchases.orders) == 3
    assert any(r.count == 3 and "without an order" in r.what for r in found.report.repairs)


def test_a_product_called_total_is_a_product():
    rows = ["customer,product,kind", *(f"C{i % 5},P{i % 4},k" for i in range(20)), "C1,Total,", "C2,Total,k"]
    found = read(csv_of("t.csv", rows))
    assert "Total" in found.purchases.products.index and found.report.lines_kept == 22


def test_only_one_sheet_is_read_on_request(tmp_path: Path):
    path = tmp_path / "two.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name, count in (("May", 4), ("June", 6)):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ("customer", "product"))
            for i in range(count):
                sheet.write_row(i + 1, 0, (f"C{i % 2}", f"P{i % 3}"))
    assert read(path).purchases.n_lines == 10
    assert read(path, sheet="June").purchases.n_lines == 6
    with pytest.raises(UnreadableFile, match="no sheet “July”"):
        read(path, sheet="July")


def test_a_frame_and_a_parquet_file_are_read_like_a_csv(tmp_path: Path, chance: random.Random):
    table = pd.DataFrame(
        {
            "customer": [f"C{chance.randrange(9)}" for _ in range(80)],
            "product": pd.Categorical([chance.choice("abcd") for _ in range(80)]),
            "date": pd.date_range("2024-01-01", periods=80),
            "quantity": [1.0, 2.0] * 40,
            "amount": [0.1 * i for i in range(80)],
        }
    )
    table.to_parquet(tmp_path / "t.parquet")
    table.to_csv(tmp_path / "t.csv", index=False)
    digests = {read(s).purchases.digest for s in (table, tmp_path / "t.parquet", tmp_path / "t.csv")}
    assert len(digests) == 1


def test_steps_rise_and_end_with_the_intake():
    steps, result = [], None
    generator = convert(csv_of("lines.csv", LINES))
    while result is None:
        try:
            steps.append(next(generator))
        except StopIteration as end:
            result = end.value
    assert isinstance(result, Intake) and all(isinstance(step, Step) for step in steps)
    fractions = [step.fraction for step in steps]
    assert fractions == sorted(fractions) and fractions[0] == 0 and fractions[-1] == 1
    assert all(step.message for step in steps)


def test_convert_takes_the_roles_of_the_draft_even_under_a_new_name():
    draft = inspect(csv_of("may.csv", LINES))
    generator = convert(csv_of("june.csv", LINES), draft.roles)
    with pytest.raises(StopIteration) as end:
        while True:
            next(generator)
    assert end.value.value.purchases.n_lines == 60


def test_draft_roles_and_intake_survive_the_store():
    draft, found = inspect(csv_of("lines.csv", LINES)), read(csv_of("lines.csv", LINES))
    for thing in (draft, found.roles, found.report):
        assert codec.decode(*codec.encode(thing)) == thing
    assert codec.decode(*codec.encode(found)).purchases.digest == found.purchases.digest


@pytest.mark.parametrize(
    "choices",
    [{"returns": "maybe"}, {"shape": "cube"}, {"day_first": 3}, {"amount_is": ""}, {"produkt": "sku"}],
)
def test_a_choice_that_cannot_work_is_refused(choices: dict):
    with pytest.raises(SpecError) as caught:
        read(csv_of("lines.csv", LINES), **choices)
    assert caught.value.remedy


def test_roles_that_contradict_each_other_are_refused():
    with pytest.raises(SpecError, match="cannot be the product"):
        Roles(customer="a", product="a")
    with pytest.raises(SpecError, match="both a product and"):
        Roles(shape="matrix", customer="a", product_columns=("a", "b"))
    assert hash(Roles(product_columns=["a"])) == hash(Roles(product_columns=("a",)))


@pytest.mark.parametrize(
    ("choices", "says"),
    [
        ({"customer": "nobody"}, "no column “nobody”"),
        ({"product_attributes": ("colour",)}, "column “colour”"),
        ({"product_table": "elsewhere.csv"}, "“elsewhere.csv” is not there"),
    ],
)
def test_a_column_that_is_not_there_is_named(choices: dict, says: str):
    with pytest.raises(UnclearColumns, match=says):
        read(csv_of("lines.csv", LINES), **choices)


def test_a_file_without_buyers_is_said():
    with pytest.raises(UnclearColumns, match="who bought"):
        read(csv_of("one.csv", ["product", "tea", "bun", "tea"]))


def named_lines(codes: int = 30, names: int = 30) -> list[str]:
    rows = ["customer_id,customer_name,region,sku,article_name,amount"]
    for i in range(300):
        customer, product = i * 7 % 40, i * 11 % codes
        rows.append(
            f"{customer:04d},Ann {customer},{'NSEW'[customer % 4]},A{product:03d},Shirt {product % names},{i}.50"
        )
    return rows


def test_names_beside_ids_are_kept_and_shown():
    found = read(csv_of("named.csv", named_lines()))
    bought = found.purchases
    assert (found.roles.customer_names, found.roles.product_names) == (("customer_name",), ("article_name",))
    assert bought.customers[0] == "0000" and bought.customer_name(["0003", "0000", "?"]).tolist() == [
        "Ann 3", "Ann 0", "",
    ]  # fmt: skip
    assert bought.has_customer_names and list(bought.customer_attributes) == ["region"]
    assert bought.products.index[:2].tolist() == ["A000 · Shirt 0", "A001 · Shirt 1"]
    assert bought.product_code(bought.products.index[:2]).tolist() == ["A000", "A001"]
    assert bought.attributes == () and bought.product_label == "sku"


def test_a_name_that_stands_for_several_codes_is_a_level_too():
    found = read(csv_of("named.csv", named_lines(names=10)))
    assert found.roles.product_names == found.roles.product_attributes == ("article_name",)
    assert found.purchases.products["article_name"].nunique() == 10
    assert len(found.purchases.products) == 30


def test_first_and_last_name_are_one_name():
    rows = ["customer_id,first_name,last_name,product"]
    rows += [f"{i % 20},{'Ann Bo Cy'.split()[i % 20 % 3]},Lee {i % 20},P{i * 7 % 9}" for i in range(200)]
    found = read(csv_of("named.csv", rows))
    assert found.roles.customer_names == ("first_name", "last_name")
    assert found.purchases.customer_name(["4"]).tolist() == ["Bo Lee 4"]


def test_names_and_attributes_change_no_segment_and_show_in_the_digest():
    plain = [",".join(line.split(",")[i] for i in (0, 3, 5)) for line in named_lines()]
    named, bare = read(csv_of("a.csv", named_lines())).purchases, read(csv_of("b.csv", plain)).purchases
    assert named.lines.equals(bare.lines) and named.customers.equals(bare.customers)
    assert named.digest != bare.digest
    assert not bare.has_customer_names and bare.customer_name(["0001"]).tolist() == [""]
    assert bare.product_code(["A001"]).tolist() == ["A001"]


def test_a_name_nobody_can_tell_apart_is_no_name():
    """A brand's name, a shop's name, a name beside names."""
    rows = ["customer_name,shop_name,product_name,brand_name"]
    rows += [f"Ann {i % 20},Shop {i * i % 7},Tea {i * 7 % 9},Brand {i * 7 % 9 % 3}" for i in range(200)]
    roles = read(csv_of("named.csv", rows)).roles
    assert (roles.customer, roles.product) == ("customer_name", "product_name")
    assert roles.customer_names == roles.product_names == () and roles.product_attributes == ("brand_name",)


def ages(first: int = 0) -> tuple[str, bytes]:
    return csv_of(
        "ages.csv",
        ["id,age band,town", *(f"{i},{'18-34 35-49 50+'.split()[i % 3]},T{i % 5}" for i in range(first, 50))],
    )


def test_attributes_of_customers_join_later_and_leave_the_rest_as_it_was():
    lines = csv_of("named.csv", named_lines())
    before = read(lines, returns="drop")
    roles = extend([lines, ages()], before.roles)
    found = read([lines, ages()], roles)
    assert roles.customer_table == "ages.csv" and roles.customer_key == "id"
    assert list(found.purchases.customer_attributes) == ["region", "age band", "town"]
    assert found.purchases.customer_attributes["age band"].iloc[:3].tolist() == ["18-34", "35-49", "50+"]
    assert found.purchases.lines.equals(before.purchases.lines) and roles.returns == "drop"
    assert found.purchases.customer_name(["0003"]).tolist() == ["Ann 3"]
    said = " ".join(found.report.sentences())
    assert "40 of 40 customers found in “ages.csv”. 10 rows of it belong to nobody who bought." in said


def test_unmatched_customers_are_counted():
    lines = csv_of("named.csv", named_lines())
    found = read([lines, ages(10)], extend([lines, ages(10)], read(lines).roles))
    said = " ".join(found.report.sentences())
    assert "30 of 40 customers found in “ages.csv”" in said and "10 customers on" in said
    assert (found.purchases.customer_attributes["town"] == "").sum() == 10


def test_a_further_file_about_nobody_is_refused():
    lines = csv_of("named.csv", named_lines())
    stores = csv_of("stores.csv", ["store,city", "A1,Bonn", "A2,Kiel", "A3,Kiel"])
    with pytest.raises(UnclearColumns, match="same customers or products"):
        extend([lines, stores], read(lines).roles)


@pytest.mark.parametrize("header", ["card number", "Kundenkarte", "Loyalty card no", "clubcard"])
def test_who_shows_a_card_is_the_customer(tmp_path, header):
    lines = [f"2025-01-{day:02d},C{day % 6},{product},{price}" for day in range(1, 29) for product, price in (("Tea", 4), ("Jam", 5))]  # fmt: skip
    path = tmp_path / "cards.csv"
    path.write_text("\n".join([f"order date,{header},article,amount", *lines]))
    bought = read(path).purchases
    assert bought.row_kind == "customer" and list(bought.customers) == [f"C{n}" for n in range(6)]
