"""Rules as people read them: a table of plain text, and one rule as a sentence with its counts."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segcore.language import words
from segcore.rules.result import Rules

FEW = 30  # below so many cases the count says more than a percentage


def as_text(rules: Rules, positions: np.ndarray | None = None) -> pd.DataFrame:
    """The rules (or those at ``positions``) with their products joined to text, in the order given.

    Returns
    -------
    DataFrame
        Indexed by position in ``rules``: ``who buys``, ``also buys``, ``support``, ``confidence``, ``lift``,
        ``n_antecedent``, ``n_consequent``, ``n_both``, ``may be chance``, ``redundant``.

    See Also
    --------
    with_intervals : the same with what activity explains and how sure the figures are.
    """
    chosen = np.arange(len(rules)) if positions is None else np.asarray(positions, dtype=np.int64)
    return pd.DataFrame(
        {
            "who buys": side_text(rules, rules.antecedent[chosen]),
            "also buys": side_text(rules, rules.consequent[chosen]),
            "support": rules.support[chosen],
            "confidence": rules.confidence[chosen],
            "lift": rules.lift[chosen],
            "n_antecedent": rules.n_antecedent[chosen],
            "n_consequent": rules.n_consequent[chosen],
            "n_both": rules.n_both[chosen],
            "may be chance": rules.may_be_chance[chosen],
            "redundant": rules.redundant[chosen],
        },
        index=pd.Index(chosen, name="rule"),
    )


def with_intervals(rules: Rules, positions: np.ndarray) -> pd.DataFrame:
    """:func:`as_text` for a file: counts first, what activity explains, and 95 % intervals of confidence and lift."""
    text = as_text(rules, positions)
    low, high = rules.confidence_interval
    more = {
        "expected": rules.expected, "times expected": rules.beyond, "confidence from": low, "confidence to": high,
        "lift from": rules.lift_low, "lift to": rules.lift_high, "p_adjusted": rules.p_adjusted,
        "p if independent": rules.p_value,
    }  # fmt: skip
    for name, values in more.items():
        text[name] = values[text.index.to_numpy()]
    order = [
        "who buys", "also buys", "n_both", "n_antecedent", "n_consequent", "expected", "times expected", "support",
        "confidence", "confidence from", "confidence to", "lift", "lift from", "lift to", "p_adjusted", "may be chance",
        "redundant", "p if independent",
    ]  # fmt: skip
    return text[order]


def side_text(rules: Rules, side: np.ndarray) -> np.ndarray:
    """One text a row: the products of a side in label order, joined by commas."""
    labels = rules.items.to_numpy(dtype=object)
    texts = np.empty(len(side), dtype=object)
    for i, row in enumerate(side):
        texts[i] = ", ".join(labels[row[row >= 0]])
    return texts


def rule_sentence(rules: Rules, position: int, row_word: str = "") -> str:
    """One rule in words with its counts; ``row_word`` is the plural of what a row is, from the rules if left out."""
    word = row_word or rules.row_word
    labels = rules.items.to_numpy(dtype=object)
    left, right = (
        words.join_and([words.readable(label, rules.spec.level) for label in labels[side[side >= 0]]])
        for side in (rules.antecedent[position], rules.consequent[position])
    )
    cases, both = int(rules.n_antecedent[position]), int(rules.n_both[position])
    base, n = int(rules.n_consequent[position]), rules.n_rows
    customers = word == "customers"
    one = cases == 1
    noun = word.removesuffix("s") if one else word
    who = f"{words.count(cases)} {noun} {'who bought' if customers else 'with'} {left}"
    did = "also bought" if customers else "also had"
    close = f"of all {words.count(n)} {word}, {words.count(base)} did"
    share = words.percent(both / cases, cases)
    if cases < FEW:
        return f"Of {who}, {words.count(both)} ({share}) {did} {right}; {close}."
    whole = f"{close} ({words.percent(base / n, n)})" if n else close
    return f"{share} of the {who} {did} {right} ({words.count(both)}); {whole}."
