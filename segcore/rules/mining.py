"""From purchases to rules: the one way in for pages, jobs and notebooks."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from segcore.choices.rules import MAX_ITEMSETS, Per, RuleSpec
from segcore.language import words
from segcore.matrix import Incidence
from segcore.progress import Step, finished, part_of
from segcore.purchases import Purchases
from segcore.rules.candidates import Candidates, all_candidates, count_tested, sides
from segcore.rules.chance import Chance, chance_of
from segcore.rules.itemsets import Itemsets, frequent_itemsets
from segcore.rules.result import Rules
from segcore.rules.spec import at_least, count_for
from segcore.rules.tables import RuleTable, rule_table, table_from

MINING_SHARE = 0.9  # of the work; the rest is building and testing the rules


def mine_rules(
    purchases: Purchases,
    level: str,
    *,
    min_support: float = 0.05,
    min_confidence: float = 0.5,
    per: Per = "customer",
    max_length: int | None = None,
    left_out: tuple[str, ...] = (),
    max_itemsets: int = MAX_ITEMSETS,
) -> Rules:
    """Find who buys what also buys what else, at a product level.

    Parameters
    ----------
    min_support, min_confidence : float
        Shares from 0 to 1, both inclusive and compared as whole counts.
    per : {"customer", "order"}
        Bought by the same customer at any time, or within one order.

    Raises
    ------
    SpecError
        A choice that cannot work: an unknown level, a share outside 0 to 1, orders the file does not have.
    """
    spec = RuleSpec(level, min_support, min_confidence, per, max_length, tuple(left_out), max_itemsets)
    return finished(mining_purchases(purchases, spec))


def mining_purchases(
    purchases: Purchases, spec: RuleSpec, members: np.ndarray | None = None
) -> Generator[Step, None, Rules]:
    """Mine rules from purchases step by step: what a background job runs.

    Parameters
    ----------
    members : bool array over customers, optional
        Only these customers count; ``spec.segment`` says who they are.
    """
    yield Step(0.0, "Collecting baskets")
    word = purchases.row_word if spec.per == "customer" else "orders"
    table = rule_table(purchases, spec, word, members)
    return (yield from _mining(table, spec, word, purchases.digest))


def rules_from_incidence(table: Incidence, spec: RuleSpec, row_word: str = "") -> Rules:
    """Mine rules from a table of who bought what, without telling progress."""
    return finished(mining(table, spec, row_word))


def mining(
    table: Incidence, spec: RuleSpec, row_word: str = "", digest: str = ""
) -> Generator[Step, None, Rules]:
    """Mine rules step by step.

    Parameters
    ----------
    table : Incidence
        0/1, rows × products; ``spec.level``, ``spec.per`` and ``spec.left_out`` are taken as already applied.
    row_word : str
        Plural of what a row is; "customers" or "orders" after ``table.per`` when left out.
    digest : str
        Of the purchases behind the table, kept in the result.

    Yields
    ------
    Step
        Progress; not asking for the next one stops the work.
    """
    word = row_word or ("orders" if table.per == "order" else "customers")
    return (yield from _mining(table_from(table, spec, word), spec, word, digest))


def _mining(table: RuleTable, spec: RuleSpec, word: str, digest: str) -> Generator[Step, None, Rules]:
    yield Step(0.0, "Counting pairs")
    values = table.values
    asked = count_for(spec.min_support, values.shape[0])
    work = frequent_itemsets(values, asked, spec.max_itemsets, spec.max_length, spec.method, table.apart)
    itemsets = yield from part_of(work, MINING_SHARE)
    yield Step(MINING_SHARE, "Asking what chance would give")
    chance = chance_of(table, itemsets.floor)
    yield Step(1 - (1 - MINING_SHARE) / 2, "Building rules")
    limited = max(itemsets.floor, itemsets.floor_longer) > asked
    mined = _Mined(
        items=table.items,
        n_rows=values.shape[0],
        itemsets=itemsets,
        partial=limited or itemsets.max_length != spec.max_length,
        notes=(
            *table.notes,
            *_notes(itemsets, asked, spec, values, word),
            *_copies_note(chance.copies, word),
        ),
        row_word=word,
        digest=digest,
    )
    return _assemble(mined, spec, chance)


@dataclass(frozen=True)
class _Mined:
    """What the miner found, before it is divided into rules."""

    items: pd.Index
    n_rows: int
    itemsets: Itemsets
    partial: bool
    notes: tuple[str, ...]
    row_word: str
    digest: str


def _assemble(mined: _Mined, spec: RuleSpec, chance: Chance) -> Rules:
    """Test every candidate, keep the confident ones, put them in order."""
    itemsets, n_rows = mined.itemsets, mined.n_rows
    found = all_candidates(itemsets, n_rows, chance)
    tested = sum(count_tested(itemsets, length) for length in range(2, len(itemsets.sets) + 1))
    kept = np.flatnonzero(at_least(found.n_both, found.n_antecedent, spec.min_confidence))
    left, right = sides(itemsets, found, kept)
    order = _order(found, kept, left, right, n_rows)
    chosen = kept[order]
    return Rules(
        items=mined.items,
        antecedent=left[order],
        consequent=right[order],
        n_antecedent=found.n_antecedent[chosen],
        n_consequent=found.n_consequent[chosen],
        n_both=found.n_both[chosen],
        n_rows=n_rows,
        p_value=np.exp(found.log_p[chosen]),
        p_improvement=np.exp(found.log_p_worst[chosen]),
        p_adjusted=np.exp(found.log_p_adjusted[chosen]),
        expected=found.expected[chosen],
        improvement=found.improvement[chosen],
        gain=found.gain[chosen],
        redundant=found.redundant[chosen],
        tested=tested,
        itemset_counts=tuple(len(sets) for sets in itemsets.sets),
        floor=itemsets.floor,
        floor_longer=itemsets.floor_longer,
        partial=mined.partial,
        notes=mined.notes,
        row_word=mined.row_word,
        spec=spec,
        digest=mined.digest,
    )


def _order(
    found: Candidates, kept: np.ndarray, left: np.ndarray, right: np.ndarray, n_rows: int
) -> np.ndarray:
    """Lift, then support, both highest first; then the sides' products, which stand in label order."""
    both = found.n_both[kept]
    lift = both * n_rows / (found.n_antecedent[kept] * found.n_consequent[kept])
    names = [*right.T[::-1], *left.T[::-1]]
    return np.lexsort([*names, -both, -lift])


def _notes(
    itemsets: Itemsets, asked: int, spec: RuleSpec, values: sparse.csr_matrix, word: str
) -> tuple[str, ...]:
    """What a person should know about this list before reading it."""
    cap, notes = spec.max_itemsets, []
    if itemsets.floor > max(values.shape[0], 1):
        return (
            f"No combination was mined: there would be more than {cap:,} even among the products that nearly all "
            f"{word} bought. Leave some of these products out.",
        )
    if itemsets.floor > asked:
        notes.append(
            f"Mined down to {itemsets.floor:,} {word}: below that there would be more than {cap:,} combinations."
        )
    if itemsets.floor_longer > max(itemsets.floor, asked) and len(itemsets.sets) > 2:
        notes.append(
            f"Rules of three products or more are mined down to {itemsets.floor_longer:,} {word}: below that there "
            "would be too many to list. Rules of two go lower."
        )
    if itemsets.max_length != spec.max_length and itemsets.max_length is not None:
        notes.append(length_note(itemsets.max_length))
    if len(itemsets.sets) < 2:
        notes.append(_nothing(itemsets.floor, values, word))
    return tuple(notes)


def _copies_note(copies: float, word: str) -> tuple[str, ...]:
    """Rows that stand there more than once say no more than one does."""
    if copies == 1.0:
        return ()
    return (
        f"Many {word} have exactly the same products as others, as if they stood in the file more than once. Asked "
        "whether a rule is chance, copies count as one.",
    )


def length_note(length: int) -> str:
    """The sentence for rules that had to stay short."""
    return f"Rules have at most {length} products: with longer ones there would be too many to list."


def _nothing(floor: int, values: sparse.csr_matrix, word: str) -> str:
    """Why there is no rule at all."""
    if values.nnz == 0:
        return "There are no purchases here, so there are no rules."
    if np.count_nonzero(np.bincount(values.indices)) < 2:
        return "There is only one product here, and a rule needs two."
    least = words.plural(floor, word.removesuffix("s"), word)
    return f"No two products were bought together by {least} or more; ask for a lower support."
