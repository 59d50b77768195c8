"""Text files written against the usual rules, brought back to them in a copy before anything is decided.

Each repair is found on the head of the file and then made on all of it: single quotation marks, marks escaped with a
backslash, whole lines in quotation marks, separators of two signs, bars in front and behind, a header without a name
for the row numbers, decimal commas between commas, columns of a fixed width.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from segcore.intake.files.rewrites import Rewrite, encoded_twice, fixed_width, split_decimals
from segcore.intake.files.sniff import DELIMITERS, PlainText, cut, new_file, read_head
from segcore.intake.report import Ledger

_TWO_SIGNS = ("::", "||", ";;", "^|", "|^|", "~|~", "\t\t")


def straightened(name: str, plain: PlainText, scratch: Path, ledger: Ledger) -> PlainText:
    """The file with ordinary quotation marks and separators: itself, or a repaired copy."""
    for find in (
        encoded_twice,
        _whole_lines,
        _backslashes,
        _single_quotes,
        _two_signs,
        split_decimals,
        _nameless_numbers,
        fixed_width,
    ):
        lines = [line for line in read_head(plain.path).split("\n") if line.strip()][:400]
        found = find(lines) if len(lines) >= 3 else None
        if found is not None:
            what, rewrite = found
            plain = _copied(plain, scratch, rewrite)
            ledger.repair(what, 1, example=lines[1][:120], where=name)
    return plain


def _copied(plain: PlainText, scratch: Path, rewrite: Rewrite) -> PlainText:
    copy, written, quotes = new_file(scratch), 0, False
    with (
        plain.path.open(encoding="utf-8", errors="replace", newline="\n") as source,
        copy.open("w", encoding="utf-8", newline="\n") as out,
    ):
        for line in rewrite(text.rstrip("\r\n") for text in source):
            out.write(line + "\n")
            written += line.count("\n") + 1
            quotes = quotes or '"' in line
    return replace(plain, path=copy, newlines=written, has_quotes=quotes)


def _whole_lines(lines: Sequence[str]) -> tuple[str, Rewrite] | None:
    """Every line one quoted cell that holds the true line, as a spreadsheet saves pasted text."""
    if not all(line.startswith('"') and line.rstrip("\r").endswith('"') for line in lines):
        return None
    inner = [_only_cell(line) for line in lines]
    if any(text is None for text in inner):
        return None
    widths = Counter(str(text).count(sign) for text in inner for sign in DELIMITERS if sign in str(text))
    if not widths:
        return None
    rewrite: Rewrite = lambda source: (_only_cell(line) or line for line in source)  # noqa: E731
    return "Every line stood in quotation marks as a whole; they were taken off.", rewrite


def _only_cell(line: str) -> str | None:
    """What the one quoted cell of a line holds; None where it has several."""
    body = line.rstrip("\r")
    if len(body) < 2 or not (body.startswith('"') and body.endswith('"')):
        return None
    inner = body[1:-1]
    return None if '"' in inner.replace('""', "") else inner.replace('""', '"')


def _backslashes(lines: Sequence[str]) -> tuple[str, Rewrite] | None:
    """Quotation marks inside cells escaped with a backslash and not doubled."""
    if not any(_is_backslashed(line) for line in lines):
        return None
    return "Quotation marks were escaped with backslashes; read as such.", _doubled


def _is_backslashed(line: str) -> bool:
    """Whether a line with marks after a backslash does not read by the usual rule, under which two stand for one.

    Of an odd number the last one closes its cell, so the cell must end there; of an even number none does, so it must
    not, unless a mark elsewhere in the line is left over.
    """
    for found in re.finditer(r'\\("+)(?=([,;|\t]|\s*$)?)', line):
        is_odd, ends = len(found[1]) % 2 == 1, found[2] is not None
        if (not ends) if is_odd else (ends and line.count('"') % 2 == 1):
            return True
    return False


def _doubled(source: Iterator[str]) -> Iterator[str]:
    return (
        re.sub(r'\\(["\\])', lambda found: '""' if found.group(1) == '"' else "\\", line) for line in source
    )


def _single_quotes(lines: Sequence[str]) -> tuple[str, Rewrite] | None:
    """Cells in single quotation marks."""
    if any('"' in line for line in lines[:50]):
        return None
    for sign in DELIMITERS:
        joint = f"'{sign}'"
        around = sum(
            line.startswith("'") and line.rstrip("\r").endswith("'") and joint in line for line in lines
        )
        if around >= 0.9 * len(lines):
            return "Cells stood in single quotation marks; they were taken off.", _requoted(sign)
    return None


def _requoted(sign: str) -> Rewrite:
    def rewrite(source: Iterator[str]) -> Iterator[str]:
        for line in source:
            row = next(csv.reader([line], delimiter=sign, quotechar="'"), [])
            yield sign.join('"' + cell.replace('"', '""') + '"' for cell in row)

    return rewrite


def _two_signs(lines: Sequence[str]) -> tuple[str, Rewrite] | None:
    """Separators of two or three signs, which no reader takes: each becomes a tab."""
    for sign in _TWO_SIGNS:
        counts = Counter(line.count(sign) for line in lines)
        usual, hits = counts.most_common(1)[0]
        single = [cut(line, sign[0])[0] for line in lines[:50]]
        blank = sum(bool(rows) and all(not c.strip() for c in rows[0][1::2]) for rows in single)
        if usual >= 1 and hits >= 0.9 * len(lines) and blank >= 0.9 * len(single):
            spoken = sign.replace("\t", "tab ")
            return f"Columns are separated by “{spoken}”; read as such.", partial(_with_tabs, sign)
    return None


def _with_tabs(sign: str, source: Iterator[str]) -> Iterator[str]:
    for line in source:
        yield (line if sign == "\t\t" else line.replace("\t", " ")).replace(sign, "\t")


def _nameless_numbers(lines: Sequence[str]) -> tuple[str, Rewrite] | None:
    """A header one cell short because the row names in front have no name, as R writes it."""
    for sign in DELIMITERS:
        rows = cut("\n".join(lines), sign)[0]
        if len(rows) < 3 or len(rows[0]) < 2:
            continue
        body = rows[1:]
        longer = sum(len(row) == len(rows[0]) + 1 and bool(row[-1].strip()) for row in body)
        first = [row[0] for row in body if row]
        if longer >= 0.95 * len(body) and len(set(first)) == len(first) and not rows[0][0].strip().isdigit():
            what = "The header had no name for the first column; it was counted from the second."
            return what, lambda source, sign=sign: _with_first(source, sign)
    return None


def _with_first(source: Iterator[str], sign: str) -> Iterator[str]:
    for i, line in enumerate(source):
        yield sign + line if i == 0 else line
