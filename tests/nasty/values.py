"""Numbers, dates, ids and names as people and programs write them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from tests.nasty.base import (
    FIELDS,
    HEADER,
    PRODUCTS,
    ROWS,
    Case,
    Format,
    cells,
    expected,
    german,
    indian,
    joined,
    lines_of,
    table,
    text_case,
    thousands,
    written,
)

NO_DATE = ("customer", "product", "quantity", "amount")


def amounts(kind: str, name: str, form: Format, says: str = "", **more) -> Case:
    return text_case(kind, name, table({"amount": form}), says, **more)


def signed(kind: str, name: str, minus: str, says: str = "", plus: str = "{:.2f}") -> Case:
    """Two lines are returns, written in this way."""
    rows = cells({"amount": plus.format})
    for at, value in ((5, 12.5), (9, 1002.25)):
        rows[at][3] = minus.format(value)
    lines = list(expected())
    lines[5] = (*lines[5][:3], -12.5, lines[5][4])
    lines[9] = (*lines[9][:3], -1002.25, lines[9][4])
    return text_case(kind, name, written([list(HEADER), *rows]), says, lines=tuple(lines))


def quantities(kind: str, name: str, form: Format) -> Case:
    return text_case(kind, name, table({"quantity": form}))


def undecided(value: float) -> str:
    """1.234: thousands in one country, thousandths in another."""
    return f"{int(value) % 90 + 1}.{int(value * 7) % 900 + 100}"


FULL_WIDTH = str.maketrans("0123456789.", "０１２３４５６７８９．")
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")

NUMBERS: tuple[Case, ...] = (
    amounts("decimal comma", "quoted", lambda v: f"{v:.2f}".replace(".", ","), "decimal comma"),
    amounts("decimal comma", "with points between thousands", german, "decimal comma"),
    amounts("decimal comma", "one line says so", lambda v: f"{v:.2f}".replace(".", ",").removesuffix(",00"), "decimal comma"),
    amounts("thousands", "commas", thousands(","), "between thousands"),
    amounts("thousands", "spaces", thousands(" "), "between thousands"),
    amounts("thousands", "thin and unbreakable spaces", thousands("\u202f", ","), "between thousands"),
    amounts("thousands", "Swiss apostrophes", thousands("'"), "between thousands"),
    amounts("thousands", "curly apostrophes", thousands("’"), "between thousands"),
    amounts("thousands", "Indian lakhs", lambda v: indian(v + 100_000), "between thousands",
            lines=tuple((*line[:3], round(line[3] + 100_000, 2), line[4]) for line in expected())),
    amounts("thousands", "underscores", thousands("_"), "between thousands"),
    amounts("currency", "in front", "${:.2f}".format, "currency"),
    amounts("currency", "behind", lambda v: german(v) + " €", "currency"),
    amounts("currency", "as a word in front", "USD {:.2f}".format, "currency"),
    amounts("currency", "as a word behind", "{:,.2f} CHF".format, "currency"),
    amounts("currency", "rupees", lambda v: f"Rs. {indian(v)}", "currency"),
    amounts("currency", "Swiss francs with a dash", lambda v: f"Fr. {v:.2f}".replace(".00", ".–"), "currency"),
    amounts("currency", "Australian dollars", "A${:,.2f}".format, "currency"),
    signed("minus signs", "behind", "{:.2f}-", "minus behind"),
    signed("minus signs", "brackets", "({:,.2f})", "in brackets"),
    signed("minus signs", "brackets and currency", "$({:.2f})", "in brackets", "${:.2f}"),
    signed("minus signs", "a long one", "−{:.2f}"),
    signed("minus signs", "a dash", "–{:.2f}"),
    signed("minus signs", "before the currency", "-${:.2f}", "currency", "${:.2f}"),
    signed("minus signs", "with a gap", "- {:.2f}"),
    signed("debit and credit", "CR behind", "{:.2f} CR", "credit", "{:.2f} DR"),
    signed("debit and credit", "CR behind, nothing for debit", "{:.2f}CR", "credit"),
    quantities("words beside numbers", "pieces", "{} pcs".format),
    quantities("words beside numbers", "times", "{} x".format),
    quantities("words beside numbers", "Stück", "{} Stk.".format),
    amounts("text protection", "equals sign", '="{:.2f}"'.format),
    amounts("text protection", "apostrophe", "'{:.2f}".format),
    amounts("other digits", "full width", lambda v: f"{v:.2f}".translate(FULL_WIDTH)),
    amounts("other digits", "Arabic", lambda v: f"{v:.2f}".replace(".", "٫").translate(ARABIC)),
    amounts("scientific", "amounts", "{:.5E}".format),
    amounts("plus signs", "amounts", "+{:.2f}".format),
    amounts("blanks spelled out", "dashes", lambda v: "-" if v == 1.5 else f"{v:.2f}", "",
            lines=tuple((*line[:3], None if line[3] == 1.5 else line[3], line[4]) for line in expected())),
    amounts("not numbers", "nan, inf and errors", lambda v: {1.5: "nan", 1.75: "inf", 2.0: "#REF!"}.get(v, f"{v:.2f}"), "not a number",
            lines=tuple((*line[:3], None if line[3] in (1.5, 1.75, 2.0) else line[3], line[4]) for line in expected())),
    text_case("ambiguous decimals", "thousands or thousandths", table({"amount": undecided}), asks="decimal",
              lines=tuple((*line[:3], float(undecided(line[3])), line[4]) for line in expected())),
    text_case("ambiguous decimals", "thousands were chosen", table({"amount": undecided}), "as chosen", choices={"decimal": ","},
              lines=tuple((*line[:3], float(undecided(line[3]).replace(".", "")), line[4]) for line in expected())),
)  # fmt: skip


def days(kind: str, name: str, form: Format, says: str = "", *, delimiter: str = ",", **more) -> Case:
    return text_case(kind, name, table({"date": form}, delimiter=delimiter), says, **more)


MONTHS = {
    "English": "January February March April May June July August September October November December",
    "German": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "French": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "Spanish": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "Italian": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "Dutch": "januari februari maart april mei juni juli augustus september oktober november december",
    "Portuguese": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "Polish": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    "Swedish": "januari februari mars april maj juni juli augusti september oktober november december",
}


def all_year(language: str) -> Case:
    """Every month by its name, day before month."""
    names = MONTHS[language].split()
    rows = [
        (r.customer, r.product, r.quantity, r.amount, date(2023, 1 + i % 12, 3 + i % 25))
        for i, r in enumerate(ROWS)
    ]
    text = written(
        [
            list(HEADER),
            *(
                [c, p, str(q), f"{a:.2f}", f"{d.day}. {names[d.month - 1]} {d.year}"]
                for c, p, q, a, d in rows
            ),
        ]
    )
    return text_case("month names", language, text, lines=tuple(rows))


def moments(kind: str, name: str, form: Format, says: str = "", shift: timedelta = timedelta(0)) -> Case:
    """Dates with a time of day."""

    def moment(day: date) -> datetime:
        return datetime(day.year, day.month, day.day, 13, 5, 9)

    lines = tuple((*line[:4], moment(line[4]) + shift) for line in expected())
    return text_case(
        kind,
        name,
        table({"date": lambda d: form(moment(d))}),
        says,
        fields=(*FIELDS[:4], "moment"),
        lines=lines,
    )


def without(which: str, then: str) -> Case:
    rows = cells()
    rows[7][4] = rows[30][4] = which
    lines = list(expected())
    for at in (7, 30):
        lines[at] = (*lines[at][:4], None)
    return text_case("no dates", then, written([list(HEADER), *rows]), "not a date", lines=tuple(lines))


SERIAL = date(1899, 12, 30)
SHORT = ROWS[:4] * 4  # no day above 12 once written as day/month

DATES: tuple[Case, ...] = (
    days("ISO dates", "plain", str),
    moments("ISO dates", "with time", lambda m: m.isoformat(" ")),
    moments("ISO dates", "with zone", lambda m: m.isoformat() + "+02:00"),
    moments("ISO dates", "with Z and fraction", lambda m: m.isoformat() + ".123456Z"),
    days("ISO dates", "compact", "{:%Y%m%d}".format),
    moments("ISO dates", "compact with time", "{:%Y%m%d%H%M%S}".format),
    days("ISO dates", "slashes", "{:%Y/%m/%d}".format),
    days("day first", "points", "{:%d.%m.%Y}".format),
    days("day first", "two-digit years", "{:%d.%m.%y}".format),
    moments("day first", "with time", "{:%d/%m/%Y %H:%M:%S}".format),
    days("day first", "weekday in front", lambda d: ["Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"][d.weekday()] + f"., {d:%d.%m.%Y}"),
    days("month first", "slashes", "{:%m/%d/%Y}".format),
    days("month first", "without zeros", lambda d: f"{d.month}/{d.day}/{d.year % 100:02d}"),
    moments("month first", "with AM and PM", "{:%m/%d/%Y %I:%M:%S %p}".format),
    text_case("ambiguous dates", "nobody can tell", table({"date": "{:%d/%m/%Y}".format}, rows=[
        type(r)(r.customer, r.product, r.quantity, r.amount, date(2024, 1 + i % 3, 1 + i % 9)) for i, r in enumerate(ROWS)]),
        "both ways", asks="day_first", lines=tuple((r.customer, r.product, r.quantity, r.amount, date(2024, 1 + i % 3, 1 + i % 9)) for i, r in enumerate(ROWS))),
    text_case("ambiguous dates", "month first was chosen", table({"date": "{:%m/%d/%Y}".format}, rows=[
        type(r)(r.customer, r.product, r.quantity, r.amount, date(2024, 1 + i % 9, 1 + i % 7)) for i, r in enumerate(ROWS)]),
        choices={"day_first": False}, lines=tuple((r.customer, r.product, r.quantity, r.amount, date(2024, 1 + i % 9, 1 + i % 7)) for i, r in enumerate(ROWS))),
    days("day numbers", "Excel", lambda d: str((d - SERIAL).days), "Excel dates"),
    moments("day numbers", "Excel with time", lambda m: f"{(m - datetime(1899, 12, 30)) / timedelta(days=1):.10f}", "Excel dates"),
    moments("seconds since 1970", "seconds", lambda m: str(int((m - datetime(1970, 1, 1)).total_seconds()))),
    moments("seconds since 1970", "milliseconds", lambda m: str(int((m - datetime(1970, 1, 1)).total_seconds()) * 1000)),
    moments("seconds since 1970", "microseconds", lambda m: str(int((m - datetime(1970, 1, 1)).total_seconds()) * 1_000_000)),
    days("month names", "short, behind the day", "{:%d-%b-%Y}".format),
    days("month names", "capitals", lambda d: f"{d:%d-%b-%y}".upper()),
    days("month names", "in front", "{:%B %d, %Y}".format),
    moments("month names", "with weekday and zone", "{:%a, %d %b %Y %H:%M:%S} GMT".format),
    *(all_year(language) for language in MONTHS),
    days("dates in other scripts", "Japanese", lambda d: f"{d.year}年{d.month}月{d.day}日"),
    moments("dates in two columns' worth", "ISO with a T", lambda m: m.isoformat()),
    text_case("several forms of dates", "mixed", lambda: written([list(HEADER), *(
        [*row[:4], [f"{r.date}", f"{r.date:%d.%m.%Y}", f"{r.date:%d %b %Y}"][i % 3]] for i, (row, r) in enumerate(zip(cells(), ROWS, strict=True)))])),
    without("0000-00-00", "zeros"), without("9999-12-31", "far future"), without("31.02.2024", "no such day"), without("soon", "a word"),
)  # fmt: skip


def ids(kind: str, name: str, form: Format, says: str = "", *, meant: Format = str, **more) -> Case:
    lines = tuple((meant(c), *rest) for c, *rest in expected())
    return text_case(kind, name, table({"customer": form}), says, lines=lines, **more)


def with_ids(
    kind: str, name: str, change: dict[int, str], meant: dict[int, str | None], says: str, left_out: int = 0
) -> Case:
    """Some lines carry another id; None where the line must be left out."""
    rows = cells()
    for at, text in change.items():
        rows[at][0] = text
    lines = [
        (meant.get(i, line[0]), *line[1:])
        for i, line in enumerate(expected())
        if meant.get(i, "") is not None
    ]
    return text_case(kind, name, written([list(HEADER), *rows]), says, lines=tuple(lines), left_out=left_out)


LONG = "90071992547409931"

IDS: tuple[Case, ...] = (
    ids("leading zeros", "plain", str),
    ids("leading zeros", "ten digits, as SAP", lambda c: f"{int(c):010d}", meant=lambda c: f"{int(c):010d}"),
    ids("text protection", "ids behind an equals sign", '="{}"'.format),
    ids("text protection", "ids behind an apostrophe", "'{}".format),
    ids("text protection", "ids in curly quotes", "“{}”".format),
    ids("ids as decimals", "point zero", lambda c: f"{int(c)}.0", "whole numbers", meant=lambda c: str(int(c))),
    ids("ids as decimals", "comma zero", lambda c: f"{int(c)},00", "whole numbers", meant=lambda c: str(int(c))),
    ids("ids with thousands", "commas", lambda c: f"{int(c) * 1000:,}", "", meant=lambda c: str(int(c) * 1000)),
    ids("long ids", "more than 15 digits", lambda c: LONG + c, meant=lambda c: LONG + c),
    ids("long ids", "UUIDs", lambda c: f"550e8400-e29b-41d4-a716-4466554{c}", meant=lambda c: f"550e8400-e29b-41d4-a716-4466554{c}"),
    ids("long ids", "addresses", "{}@shop.example".format, meant="{}@shop.example".format),
    ids("long ids", "that look like numbers with exponents", lambda c: f"{int(c) % 9}E{c}", meant=lambda c: f"{int(c) % 9}E{c}") ,
    ids("shortened ids", "1.2E+13", lambda c: f"1.{c}E+13", "digits are lost", meant=lambda c: f"1.{c}E+13"),
    ids("shortened ids", "with a decimal comma", lambda c: f"1,{c}E+13", "digits are lost", meant=lambda c: f"1,{c}E+13"),
    ids("spaces in ids", "around", "  {} ".format, "extra spaces"),
    ids("spaces in ids", "unbreakable", "{}\u00a0".format, "extra spaces"),
    ids("invisible signs", "in ids", "\u200b{}\ufeff".format, "invisible signs"),
    ids("invisible signs", "right to left", "\u202e{}\u202c".format, "invisible signs"),
    with_ids("missing ids", "blank", {3: "", 40: ""}, {3: None, 40: None}, "no customer", 2),
    with_ids("missing ids", "words", {3: "NULL", 40: "n/a", 41: "None"}, {3: None, 40: None, 41: None}, "word for nothing", 3),
    with_ids("missing ids", "database marks", {3: "\\N", 40: "(null)", 41: "<NA>"}, {3: None, 40: None, 41: None}, "word for nothing", 3),
    with_ids("missing ids", "sheet errors", {3: "#N/A", 40: "#REF!"}, {3: None, 40: None}, "spreadsheet error", 2),
    with_ids("case in ids", "kept apart", {3: "Ab1", 40: "aB1"}, {3: "Ab1", 40: "aB1"}, ""),
    with_ids("ids with and without zeros", "kept apart and said", {40: "101", 41: "102"}, {40: "101", 41: "102"}, "leading zeros"),
)  # fmt: skip


def names(
    kind: str, name: str, change: dict[str, str], meant: dict[str, str], says: str = "", **more
) -> Case:
    """Products with other names."""
    rows = [[c, change.get(p, p), q, a, d] for c, p, q, a, d in cells()]
    lines = tuple((c, meant.get(p, p), q, a, d) for c, p, q, a, d in expected())
    return text_case(kind, name, written([list(HEADER), *rows]), says, lines=lines, **more)


def same(kind: str, name: str, change: dict[str, str]) -> Case:
    return names(kind, name, change, change)


def spelled(choices: dict, meant: tuple[str, str], says: str, name: str) -> Case:
    """Every other Tee is written TEE."""
    rows, lines = cells(), list(expected())
    hits = [i for i, row in enumerate(ROWS) if row.product == "Tee"]
    for at in hits[1::2]:
        rows[at][1] = "TEE"
        lines[at] = (lines[at][0], meant[1], *lines[at][2:])
    extra = [["00101", "Tee", "1", "1.00", "2024-01-01"]]
    return text_case("case in names", name, written([list(HEADER), *rows, *extra]), says, choices=choices,
                     lines=(*lines, ("00101", "Tee", 1, 1.0, date(2024, 1, 1))))  # fmt: skip


NAMES: tuple[Case, ...] = (
    same("words for nothing as names", "NA, null, None, nan", dict(zip(PRODUCTS, ["NA", "null", "None", "nan", "N/A", "true"], strict=True))),
    same("numbers as names", "whole", dict(zip(PRODUCTS, ["4711", "0815", "007", "100", "2024", "1e5"], strict=True))),
    same("markup in names", "Markdown and HTML", {"Tee": "![x](http://evil.example/p.png)", "Brot": "<script>alert(1)</script>"}),
    same("formulas in names", "spreadsheet", {"Tee": "=cmd|' /C calc'!A0", "Brot": "+49", "Kaffee": "@SUM(A1)", "Käse": "-Angebot-"}),
    same("other scripts", "Arabic, Hebrew, Thai, emoji", {"Tee": "شاي", "Brot": "לחם", "Kaffee": "กาแฟ", "Käse": "🧀 Käse"}),
    names("composed letters", "two ways", {"Käse": "Ka\u0308se"}, {}),
    names("invisible signs", "in names", {"Tee": "T\u200bee\u00ad", "Brot": "\u202eBrot"}, {}, "invisible signs"),
    names("spaces in names", "several, wide and unbreakable", {"Tee": " Tee\u00a0", "Crème brûlée": "Crème \u2003 brûlée"}, {}, "extra spaces"),
    same("long names", "a hundred thousand signs", {"Tee": "T" * 100_000}),
    same("names like headers", "product", {"Tee": "product", "Brot": "Total"}),
    spelled({}, ("Tee", "Tee"), "upper and lower case", "merged"),
    spelled({"spellings": "keep"}, ("Tee", "TEE"), "kept apart", "kept apart"),
)  # fmt: skip


def doubled(choice: str) -> Case:
    lines = lines_of(table())
    rows = expected() if choice == "drop" else (*expected(), *expected()[:3])
    return text_case("repeated lines", choice, joined([*lines, *lines[1:4]]), "exact repeat", lines=rows,
                     left_out=3 if choice == "drop" else 0, choices={"duplicates": choice})  # fmt: skip


def returned(choice: str) -> Case:
    rows, lines = cells(), list(expected())
    for at in (5, 9):
        rows[at][2:4] = [f"-{rows[at][2]}", f"-{rows[at][3]}"]
        sign = 1 if choice == "keep" else -1
        lines[at] = (*lines[at][:2], sign * lines[at][2], sign * lines[at][3], lines[at][4])
    kept = [line for i, line in enumerate(lines) if choice != "drop" or i not in (5, 9)]
    return text_case("returns", choice, written([list(HEADER), *rows]), "return", lines=tuple(kept),
                     left_out=2 if choice == "drop" else 0, choices={"returns": choice})  # fmt: skip


def free() -> Case:
    rows, lines = cells(), list(expected())
    for at in (5, 9):
        rows[at][3] = "0"
        lines[at] = (*lines[at][:3], 0.0, lines[at][4])
    return text_case("zero prices", "kept", written([list(HEADER), *rows]), lines=tuple(lines))


ROW_CASES = (*map(doubled, ("keep", "drop")), *map(returned, ("net", "drop", "keep")), free())
CASES = (*NUMBERS, *DATES, *IDS, *NAMES, *ROW_CASES)
