"""Encodings, delimiters, line ends, quotation marks, ragged rows, what stands around the table."""

from __future__ import annotations

import csv

from tests.nasty.base import (
    CUSTOMERS,
    HEADER,
    PRODUCTS,
    ROWS,
    Case,
    cells,
    expected,
    german,
    joined,
    lines_of,
    table,
    text_case,
    written,
)

PLAIN = table()
LINES = lines_of(PLAIN)


def renamed(names: tuple[str, ...]) -> tuple[str, tuple[tuple, ...]]:
    """The purchases with other product names, and the lines."""
    change = dict(zip(PRODUCTS, names, strict=True))
    lines = tuple((c, change[p], q, a, d) for c, p, q, a, d in expected())
    rows = [[c, p, str(q), f"{a:.2f}", str(d)] for c, p, q, a, d in lines]
    return written([list(HEADER), *rows]), lines


RUSSIAN = renamed(("Молоко", "Хлеб", "Сыр домашний", "Кофе", "Чай зелёный", "Масло"))
POLISH = renamed(("Żurek", "Śledź", "Łosoś wędzony", "Kawa", "Chleb żytni", "Masło"))
JAPANESE = renamed(("ミルク", "パン", "コーヒー", "お茶", "チーズ", "バター"))
CHINESE = renamed(("牛奶", "面包", "咖啡豆", "绿茶", "奶酪片", "黄油"))
HARD = renamed(('5" pipe', "a, b", "semi;colon", "tab\tbed", 'say "hi"', "it's"))
INNER_BREAK = renamed(
    ("Vertical\x0btab", "Form\x0cfeed", "Next\x85line", "Line\u2028sep", "Group\x1dsep", "Plain")
)
BREAK_TRUTH = tuple((c, " ".join(p.replace("\x1d", "").split()), q, a, d) for c, p, q, a, d in INNER_BREAK[1])

ENCODINGS: tuple[Case, ...] = (
    text_case("cp1252", "plain", PLAIN, "Windows-1252", encoding="cp1252"),
    text_case("cp1252", "with euro and dashes", table({"amount": "{:.2f} €".format}), "currency", encoding="cp1252"),
    text_case("UTF-8 with a mark", "at the start", "\ufeff" + PLAIN),
    text_case("UTF-8 with a mark", "in the middle", lambda: "\ufeff" + joined(LINES[:20]) + "\ufeff" + joined(LINES[20:])),
    text_case("UTF-8 with a mark", "before quotes", "\ufeff" + table(quoting=csv.QUOTE_ALL)),
    text_case("UTF-16", "with a mark", table(delimiter="\t"), "UTF-16", encoding="utf-16"),
    text_case("UTF-16", "big-endian with a mark", "\ufeff" + PLAIN, "UTF-16", encoding="utf-16-be"),
    text_case("UTF-16 without a mark", "little-endian", PLAIN, "UTF-16", encoding="utf-16-le"),
    text_case("UTF-16 without a mark", "big-endian", table(end="\r\n"), "UTF-16", encoding="utf-16-be"),
    text_case("other encodings", "UTF-32", PLAIN, "UTF-32", encoding="utf-32"),
    text_case("other encodings", "Russian cp1251", RUSSIAN[0], "Windows-1251", encoding="cp1251", lines=RUSSIAN[1]),
    text_case("other encodings", "Polish cp1250", POLISH[0], "Windows-1250", encoding="cp1250", lines=POLISH[1]),
    text_case("other encodings", "old Mac", PLAIN, "Mac", encoding="mac_roman"),
    text_case("other encodings", "DOS", PLAIN, "DOS", encoding="cp850"),
    text_case("other encodings", "Japanese", JAPANESE[0], "Japanese", encoding="shift_jis", lines=JAPANESE[1]),
    text_case("other encodings", "Chinese", CHINESE[0], "Chinese", encoding="gb18030", lines=CHINESE[1]),
    text_case(
        "two encodings in one file", "stitched",
        lambda: joined(LINES[:25]).encode() + joined(LINES[25:]).encode("cp1252"), "not in UTF-8",
    ),
)  # fmt: skip

DELIMITERS: tuple[Case, ...] = (
    text_case("semicolons", "plain", table(delimiter=";")),
    text_case("semicolons", "with decimal commas", table({"amount": german}, delimiter=";"), "decimal comma"),
    text_case("semicolons", "commas in names", lambda: table(delimiter=";").replace("Kaffee", "Kaffee, gemahlen"),
              lines=tuple((c, p.replace("Kaffee", "Kaffee, gemahlen"), q, a, d) for c, p, q, a, d in expected())),
    text_case("tabs", "plain", table(delimiter="\t"), file="export.tsv"),
    text_case("tabs", "named csv", table(delimiter="\t")),
    text_case("bars", "plain", table(delimiter="|"), file="export.txt"),
    text_case("bars", "in front and behind", joined(f"| {' | '.join(row)} |" for row in [HEADER, *cells()])),
    text_case("rare separators", "caret", table(delimiter="^")),
    text_case("rare separators", "tilde", table(delimiter="~")),
    text_case("rare separators", "two colons", joined("::".join(row) for row in [HEADER, *cells()])),
    text_case("rare separators", "unit separator", table(delimiter="\x1f")),
    text_case("declared separator", "sep=;", "sep=;\n" + table(delimiter=";")),
    text_case("declared separator", "sep= quoted, behind a mark", "\ufeff\"sep=|\"\r\n" + table(delimiter="|", end="\r\n")),
)  # fmt: skip

LINE_ENDS: tuple[Case, ...] = (
    text_case("line ends", "Windows", table(end="\r\n")),
    text_case("line ends", "old Mac", table(end="\r")),
    text_case("line ends", "mixed", lambda: joined(LINES[:20]).replace("\n", "\r\n") + joined(LINES[20:])),
    text_case("line ends", "all three", lambda: "\r".join(LINES[:9]) + "\r" + "\r\n".join(LINES[9:30]) + "\r\n" + joined(LINES[30:])),
    text_case("line ends", "doubled returns", lambda: PLAIN.replace("\n", "\r\r\n")),
    text_case("line ends", "blank lines between", lambda: PLAIN.replace("\n", "\n\n")),
    text_case("line ends", "no last one", PLAIN.rstrip("\n")),
    text_case("signs that break lines elsewhere", "in names", INNER_BREAK[0], "invisible signs", lines=BREAK_TRUTH),
)  # fmt: skip

QUOTES: tuple[Case, ...] = (
    text_case("quotation marks", "everywhere", table(quoting=csv.QUOTE_ALL)),
    text_case("quotation marks", "doubled inside", HARD[0], lines=tuple((c, " ".join(p.split()), q, a, d) for c, p, q, a, d in HARD[1])),
    text_case(
        "quotation marks", "escaped with a backslash",
        lambda: joined(",".join('"' + cell.replace('"', '\\"') + '"' for cell in row) for row in
                       [list(HEADER), *([c, {"Tee": 'Tee "fein"', "Brot": 'Brot, 1"'}.get(p, p), q, a, d] for c, p, q, a, d in cells())]),
        lines=tuple((c, {"Tee": 'Tee "fein"', "Brot": 'Brot, 1"'}.get(p, p), q, a, d) for c, p, q, a, d in expected()),
    ),
    text_case("quotation marks", "single ones", joined(",".join(f"'{cell}'" for cell in row) for row in [list(HEADER), *cells()])),
    text_case("quotation marks", "single ones around commas",
              joined(",".join(f"'{cell}'" for cell in row) for row in [list(HEADER), *cells({"product": lambda p: f"{p}, fein"})]),
              lines=tuple((c, f"{p}, fein", q, a, d) for c, p, q, a, d in expected())),
    text_case(
        "quotation marks", "around whole lines",
        joined('"' + line.replace('"', '""') + '"' for line in lines_of(table(quoting=csv.QUOTE_ALL))),
    ),
    text_case("quotation marks", "a line end inside",
              joined([LINES[0], *(f'{c},"{p}\n(frisch)",{q},{a},{d}' for c, p, q, a, d in cells())]),
              lines=tuple((c, f"{p} (frisch)", q, a, d) for c, p, q, a, d in expected())),
    text_case("quotation marks", "spaces before", joined(", ".join(f'"{cell}"' for cell in row) for row in [list(HEADER), *cells()])),
    text_case("quotation marks", "never closed", lambda: PLAIN.replace("Kaffee", '"Kaffee', 1), "never closes",
              lines=tuple((c, '"Kaffee' if i == first else p, q, a, d) for i, (c, p, q, a, d) in enumerate(expected()))
              if (first := next(i for i, row in enumerate(ROWS) if row.product == "Kaffee")) else ()),
    text_case("quotation marks", "inches", lambda: PLAIN.replace("Kaffee", 'Kaffee 5"'),
              lines=tuple((c, p.replace("Kaffee", 'Kaffee 5"'), q, a, d) for c, p, q, a, d in expected())),
)  # fmt: skip

RAGGED: tuple[Case, ...] = (
    text_case("ragged rows", "a separator at every end", lambda: joined([LINES[0], *(line + "," for line in LINES[1:])])),
    text_case("ragged rows", "a separator at every end and in the header", joined(line + ",," for line in LINES)),
    text_case("ragged rows", "a remark behind one", lambda: joined([*LINES[:9], LINES[9] + ",checked", *LINES[10:]]), "surplus"),
    text_case("ragged rows", "a comma in a name", lambda: PLAIN.replace("Brot", "Brot, 1kg"), "put together",
              lines=tuple((c, p.replace("Brot", "Brot, 1kg"), q, a, d) for c, p, q, a, d in expected())),
    text_case("ragged rows", "last cells missing", lambda: joined([*LINES[:-1], ",".join(LINES[-1].split(",")[:3])]), "fewer cells",
              lines=(*expected()[:-1], (*expected()[-1][:3], None, None))),
    text_case("ragged rows", "only separators", lambda: joined([*LINES[:9], ",,,,", *LINES[9:30], ",,,,", *LINES[30:]]), "", left_out=2),
    text_case("ragged rows", "a blank first column", joined("," + line for line in LINES)),
)  # fmt: skip

AROUND: tuple[Case, ...] = (
    text_case("titles above", "three rows", joined(["Sales report,,,,", "Created 2024-05-01,,,,", ",,,,", *LINES]), "as title"),
    text_case("titles above", "without separators", joined(["Umsatzliste Mai", "", "Filiale: Bonn", "", *LINES]), "as title"),
    text_case("titles above", "key and value rows", joined(["Report:,Sales", "From:,2024-01-01", "To:,2024-12-31", *LINES]), "as title"),
    text_case("comment lines", "at the top", joined(["# exported by shop", "# 2024-05-01", *LINES])),
    text_case("comment lines", "in the middle", lambda: joined([*LINES[:20], "# page 2", *LINES[20:]]), left_out=1),
    text_case("comment lines", "dashes below the header", joined([LINES[0], ",".join("-" * 8 for _ in HEADER), *LINES[1:]])),
    text_case("units below the header", "a row of units", joined([LINES[0], ",,[pcs],[EUR],[ISO]", *LINES[1:]]), "", left_out=1),
    text_case("header again", "in the middle", lambda: joined([*LINES[:20], LINES[0], *LINES[20:]]), "of the header", left_out=1),
    text_case("header again", "on every page", lambda: joined(line for i in range(0, 48, 8) for line in [LINES[0], *LINES[1 + i : 9 + i]]),
              "of the header", left_out=5),
    text_case("totals below", "named", joined([*LINES, "Total,,96,13000.50,"]), "with totals", left_out=1),
    text_case("totals below", "nameless", joined([*LINES, ",,96,13000.50,"]), "with totals", left_out=1),
    text_case("totals below", "in German behind a gap", joined([*LINES, "", "Gesamtsumme:,,96,13000.50,"]), "with totals", left_out=1),
    text_case("totals below", "named under the product", joined([*LINES, ",Grand Total,96,13000.50,"]), "with totals", left_out=1),
    text_case("footer", "rows selected", joined([*LINES, "", "48 rows selected."]), "", left_out=1),
    text_case("footer", "rows affected", joined([*LINES, "(48 rows affected)"]), "", left_out=1),
    text_case("footer", "signature", joined([*LINES, "", "Erstellt mit WaWi 4.2 am 01.05.2024", "*** Ende der Liste ***"]), "", left_out=2),
    text_case(
        "subtotals", "below every customer",
        lambda: joined([LINES[0], *(line for i, c in enumerate(CUSTOMERS) for line in
                        [*LINES[1 + 4 * i : 5 + 4 * i], f"Subtotal {c},,9,1000.00,"])]),
        "totals", left_out=12,
    ),
    text_case(
        "subtotals", "in German with totals",
        lambda: joined([LINES[0], *(line for i, c in enumerate(CUSTOMERS) for line in
                        [*LINES[1 + 4 * i : 5 + 4 * i], f"Summe {c},,9,1000.00,"]), "Gesamt,,99,9999.00,"]),
        "totals", left_out=13,
    ),
    text_case("doubled headers", "amount twice",
              joined([LINES[0] + ",amount", *(f"{line},{i}" for i, line in enumerate(LINES[1:]))]), "several columns"),
    text_case("empty headers", "two columns", joined([LINES[0] + ",,", *(f"{line},x{i},{i}" for i, line in enumerate(LINES[1:]))])),
    text_case("empty headers", "a row number", joined(["," + LINES[0], *(f"{i},{line}" for i, line in enumerate(LINES[1:]))])),
    text_case("header in several rows", "groups above",
              joined(["Who,What,,,When", *LINES]), ""),
    text_case("no header", "lines only", joined(LINES[1:]), choices={"customer": "Column 1", "product": "Column 2",
              "quantity": "Column 3", "amount": "Column 4", "date": "Column 5"}),
)  # fmt: skip

CASES = (*ENCODINGS, *DELIMITERS, *LINE_ENDS, *QUOTES, *RAGGED, *AROUND)
