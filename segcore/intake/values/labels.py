"""Labels: ids and names as text, with invisible differences taken out and everything that was merged counted."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

import numpy as np

from segcore.intake.files.text_table import Column
from segcore.intake.report import Ledger, some
from segcore.intake.values.tidy import tidy, visible

_WHOLE = re.compile(r"\d+(?:\.0+|,0{1,2})?")
_POINTED = re.compile(r"\d+(?:\.0+|,0{1,2})")
_GROUPED = re.compile(r"\d{1,3}(?:([,.'’\u00a0\u202f ])\d{3})(?:\1\d{3})*|\d{1,3}")
_MARKUP = re.compile(r"&(?:[a-zA-Z]{2,8}|#\d{2,5}|#x[0-9a-fA-F]{2,5});")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_SHORTENED = re.compile(r"\d(?:[.,]\d+)?[eE]\+\d+")
SHEET_ERRORS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#NV", "#BEZUG!"}
)
NOTHING = frozenset(
    "na n/a nan null none nil - -- --- ? <na> nat unknown 0 -1 \\n (null) <null> (none) (blank) (leer) leer undefined "
    "k.a. k.a keine unbekannt inconnu n.a. #n/a missing".split()
)


GUESTS = frozenset(
    "guest guests gast gäste invité invite ospite invitado convidado gość anonymous anonym anonyme anonimo anónimo "
    "walk-in walkin laufkunde barverkauf divers".split()
)
SHORT_FOR_AN_ID = 3  # ids of at least so many digits make 0 stand for nobody


@dataclass(frozen=True)
class LabelRules:
    """What may be changed in a column of labels: ``word`` names one of them in a sentence."""

    word: str
    merge_case: bool
    words_for_nothing: bool
    ids: bool = False


CUSTOMER = LabelRules("customer", merge_case=False, words_for_nothing=True, ids=True)
ORDER = LabelRules("order", merge_case=False, words_for_nothing=True, ids=True)
PRODUCT = LabelRules("product", merge_case=True, words_for_nothing=False)
ATTRIBUTE = LabelRules("value", merge_case=True, words_for_nothing=False)
NAME = LabelRules("name", merge_case=False, words_for_nothing=False)


def clean_labels(
    column: Column, rules: LabelRules, ledger: Ledger, where: str, spellings: str = "merge"
) -> Column:
    """The column with tidy labels; blank where a label says nothing.

    ``spellings`` "keep" leaves apart what differs in upper and lower case or in the number of spaces.
    """
    column = _without_markup(column, ledger, where)
    column = _tidied(column, rules, ledger, where, rules.merge_case and spellings == "keep")
    column = _without_errors(column, ledger, where)
    column = _whole_numbers(column, rules, ledger, where)
    if rules.ids:
        column = _without_thousands(column, rules, ledger, where)
    if rules.words_for_nothing:
        column = _without_words_for_nothing(column, rules, ledger, where)
    if rules.merge_case or (rules.ids and _are_mails(column)):
        column = _case_merged(column, rules, ledger, where, spellings)
    if rules.ids:
        _note_lost_zeros(column, rules, ledger, where)
    return column


def _without_markup(column: Column, ledger: Ledger, where: str) -> Column:
    """Signs as web pages write them: ``Salt &amp; pepper``."""
    marked = [i for i, text in enumerate(column.texts) if "&" in text and _MARKUP.search(text)]
    if not marked:
        return column
    count = int(column.counts[marked].sum())
    what = f"{some(count, 'cell')} held signs in the spelling of web pages; read as what they show."
    ledger.repair(what, count, example=column.texts[marked[0]], where=where)
    among = set(marked)
    return column.recoded(html.unescape(t) if i in among else t for i, t in enumerate(column.texts))


def _tidied(column: Column, rules: LabelRules, ledger: Ledger, where: str, spaced: bool) -> Column:
    texts = [visible(text) if spaced else tidy(text) for text in column.texts]
    changed = [i for i, (old, new) in enumerate(zip(column.texts, texts, strict=True)) if old != new and new]
    if not changed and all(texts):
        return column
    count = int(column.counts[changed].sum())
    what = f"{some(count, 'cell')} had extra spaces or invisible signs; they were taken out."
    ledger.repair(what, count, example=repr(column.texts[changed[0]]) if changed else "", where=where)
    return column.recoded(texts)


def _without_errors(column: Column, ledger: Ledger, where: str) -> Column:
    errors = [i for i, text in enumerate(column.texts) if text.startswith("#") and text in SHEET_ERRORS]
    if not errors:
        return column
    count = int(column.counts[errors].sum())
    what = f"{some(count, 'cell')} held a spreadsheet error; read as blank."
    ledger.repair(what, count, example=column.texts[errors[0]], where=where)
    return column.recoded("" if i in set(errors) else text for i, text in enumerate(column.texts))


def _whole_numbers(column: Column, rules: LabelRules, ledger: Ledger, where: str) -> Column:
    """Ids that a spreadsheet turned into ``123.0``, where every label is a whole number."""
    shortened = [text for text in column.texts if _SHORTENED.fullmatch(text)]
    if shortened:
        what = (
            f"{some(len(shortened), 'id')} shortened by a spreadsheet: digits are lost and cannot be brought back; "
            "different ones may look the same now."
        )
        remedy = "Export again with this column as text."
        ledger.note(what, len(shortened), example=shortened[0], where=where, remedy=remedy)
    pointed = [i for i, text in enumerate(column.texts) if text.endswith("0") and _POINTED.fullmatch(text)]
    numbers = [text for text in column.texts if text.lower() not in NOTHING]
    if not pointed or not all(_WHOLE.fullmatch(text) for text in numbers):
        return column
    count = int(column.counts[pointed].sum())
    what = f"{some(count, rules.word + ' id')} written with decimals read as whole numbers."
    ledger.repair(what, count, example=column.texts[pointed[0]], where=where)
    return column.recoded(
        re.split("[.,]", text)[0] if _WHOLE.fullmatch(text) else text for text in column.texts
    )


def _without_thousands(column: Column, rules: LabelRules, ledger: Ledger, where: str) -> Column:
    """Ids that a spreadsheet shows as 101,000, where every one is grouped so."""
    numbers = [text for text in column.texts if text.lower() not in NOTHING]
    grouped = [i for i, text in enumerate(column.texts) if not text.isdigit() and _GROUPED.fullmatch(text)]
    if len(grouped) < max(2, 0.5 * len(numbers)) or not all(map(_GROUPED.fullmatch, numbers)):
        return column
    count = int(column.counts[grouped].sum())
    what = f"{some(count, rules.word + ' id')} written with signs between thousands; they were taken out."
    ledger.repair(what, count, example=column.texts[grouped[0]], where=where)
    among = set(grouped)
    return column.recoded(
        re.sub(r"\D", "", text) if i in among else text for i, text in enumerate(column.texts)
    )


def _note_lost_zeros(column: Column, rules: LabelRules, ledger: Ledger, where: str) -> None:
    """007 and 7 may be one customer, of whom one table lost the zeros; nobody but the owner can know."""
    used = {text for text, n in zip(column.texts, column.counts, strict=True) if n and text.isdigit()}
    twins = [text for text in used if text.startswith("0") and text.lstrip("0") in used]
    if twins:
        first = min(twins)
        what = (
            f"{some(len(twins), rules.word + ' id')} differ from another only by leading zeros; kept apart."
        )
        ledger.note(what, len(twins), example=f"{first} and {first.lstrip('0')}", where=where)


def _without_words_for_nothing(column: Column, rules: LabelRules, ledger: Ledger, where: str) -> Column:
    """``NULL`` and ``Guest`` among numbers are no ids, nor 0 among long ones; among names they may be somebody's name."""
    nobody = NOTHING | GUESTS
    some_odd = [i for i, text in enumerate(column.texts) if text.lower() in nobody]
    if not some_odd:
        return column
    others = [text for text in column.texts if text.lower() not in nobody]
    if not others or sum(any(c.isdigit() or c == "@" for c in text) for text in others) < 0.9 * len(others):
        return column
    numbered = all(text.isdigit() and len(text) >= SHORT_FOR_AN_ID for text in others)
    said = NOTHING if numbered else NOTHING - {"0"}
    odd = [i for i in some_odd if column.texts[i].lower() in said | GUESTS]
    if not odd:
        return column
    count = int(column.counts[odd].sum())
    what = f"{some(count, 'cell')} held a word for nothing among {rules.word} ids; read as blank."
    ledger.repair(what, count, example=column.texts[odd[0]], where=where)
    return column.recoded("" if i in set(odd) else text for i, text in enumerate(column.texts))


def _are_mails(column: Column) -> bool:
    """Whether nearly all labels are e-mail addresses, which are the same in upper and lower case."""
    mails = sum("@" in text and bool(_MAIL.fullmatch(text)) for text in column.texts)
    return mails > 0 and mails >= 0.9 * len(column.texts)


def _case_merged(
    column: Column, rules: LabelRules, ledger: Ledger, where: str, spellings: str = "merge"
) -> Column:
    """Spellings that differ by upper and lower case only become the most frequent one."""
    folded: dict[str, list[int]] = {}
    for i, text in enumerate(column.texts):
        folded.setdefault(text.casefold(), []).append(i)
    if spellings == "keep":
        folded = {}
        for i, text in enumerate(column.texts):
            folded.setdefault(" ".join(text.casefold().split()), []).append(i)
    if len(folded) == len(column.texts):
        return column
    if spellings == "keep":
        several = [group for group in folded.values() if len(group) > 1]
        what = f"{some(sum(map(len, several)), 'spelling')} that differ only in case or spaces kept apart, as chosen."
        cells = int(sum(column.counts[group].sum() for group in several))
        example = " ≠ ".join(sorted(column.texts[several[0]]))
        ledger.note(what, cells, example=example, where=where, choice="spellings")
        return column
    counts, texts = column.counts, column.texts.copy()
    merged, example, cells = 0, "", 0
    for group in folded.values():
        if len(group) > 1:
            best = min(group, key=lambda i: (-counts[i], column.texts[i]))
            merged += len(group) - 1
            cells += int(counts[group].sum() - counts[best])
            example = example or " = ".join(sorted(column.texts[group]))
            texts[group] = column.texts[best]
    what = f"{some(merged, 'spelling')} merged into the usual one: only upper and lower case differed."
    ledger.repair(what, cells, example=example, where=where, choice="spellings")
    return column.recoded(np.asarray(texts, dtype=object))
