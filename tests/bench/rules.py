"""How much quicker rules come than from mlxtend: from the 0/1 matrix to the filtered list, CPU time, taking turns.

The Complete Journey, one row an order (155,848 baskets: the evidence's "155k"; there are 2,469 households, and at
0.2 % of those no peer ends). Rules of at most three products, confidence from 20 %, then lift from 1.2. mlxtend gets
its dense table for nothing; pyfim (Borgelt's C, where it can be imported) gets its lists for nothing and only has to
find the itemsets, while ours tests every rule as well. The peers' itemsets must be ours, to the last count.

Run: ``python tests/bench/rules.py [--rounds 5] [--only category|type]``; exits non-zero below a bar.
"""

import argparse
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd
from common import medians, verdict
from scipy import sparse

from segcore.matrix import Incidence, incidence
from segcore.rules import RuleFilter, Rules, RuleSpec, filter_rules, rules_from_incidence
from segcore.rules.spec import count_for
from segcore.samples import complete_journey

CONFIDENCE, LIFT, LONGEST = 0.2, 1.2, 3
SETS = {"category": ("product_category", 0.01), "type": ("product_type", 0.002)}
BARS = {
    ("category", "fpgrowth"): 15,
    ("category", "hmine"): 3,
    ("type", "fpgrowth"): 15,
    ("type", "hmine"): 8,
}
MEMORY_BAR, PYFIM_BAR = 4, 0.5


@cache
def baskets(name: str) -> Incidence:
    return incidence(complete_journey(), SETS[name][0], "order")


def ours(table: Incidence, support: float) -> Rules:
    spec = RuleSpec("level", min_support=support, min_confidence=CONFIDENCE, per="order", max_length=LONGEST)
    rules = rules_from_incidence(table, spec)
    filter_rules(rules, RuleFilter(min_lift=LIFT, survives_chance=True, hide_redundant=True))
    return rules


def theirs(frame: pd.DataFrame, support: float, method: str) -> int:
    from mlxtend import frequent_patterns

    between = (count_for(support, len(frame)) - 0.5) / len(frame)  # mlxtend compares floats
    found = getattr(frequent_patterns, method)(frame, min_support=between, max_len=LONGEST, use_colnames=True)
    rules = frequent_patterns.association_rules(found, metric="confidence", min_threshold=CONFIDENCE)
    _ = rules[rules["lift"] >= LIFT]
    return len(found)


def dense(table: Incidence) -> pd.DataFrame:
    return pd.DataFrame(table.values.toarray().astype(bool), columns=list(table.products))


def cpu(work: Callable[[], object]) -> Callable[[], float]:
    """CPU seconds of this process for one run, all its threads counted."""

    def measure() -> float:
        start = time.process_time()
        work()
        return time.process_time() - start

    return measure


def race(name: str, rounds: int) -> int:
    """One data set: same itemsets, then ratios against each bar."""
    table, support = baskets(name), SETS[name][1]
    frame = dense(table)
    mine = ours(table, support)
    rivals = {"ours": cpu(lambda: ours(table, support))}
    for method in ("fpgrowth", "hmine"):
        assert theirs(frame, support, method) == sum(mine.itemset_counts), method
        rivals[method] = cpu(lambda method=method: theirs(frame, support, method))
    rivals |= pyfim(table, support, mine)
    print(f"{name} at {support:.1%}: {mine.itemset_counts} itemsets, {len(mine):,} rules")
    median = medians(rivals, rounds)
    failed = 0
    for method in ("fpgrowth", "hmine"):
        failed |= verdict(f"{name}: {method} / ours", median[method] / median["ours"], BARS[name, method])
    quickest = min((t for rival, t in median.items() if "pyfim" in rival), default=None)
    if quickest is not None:
        failed |= verdict(f"{name}: pyfim / ours", quickest / median["ours"], PYFIM_BAR)
    return failed


def pyfim(table: Incidence, support: float, mine: Rules) -> dict[str, Callable[[], float]]:
    """Borgelt's two quickest, after a check that they find the same; nothing where pyfim is not installed."""
    if find_spec("fim") is None:
        print("pyfim is not installed (pip install pyfim needs a compiler): not compared")
        return {}
    import fim

    values = table.values
    lists = [row.tolist() for row in np.split(values.indices, values.indptr[1:-1])]
    count = count_for(support, values.shape[0])
    options = {"target": "s", "supp": -count, "zmax": LONGEST, "report": "a"}
    found = fim.eclat(lists, **options)
    sizes = np.bincount([len(items) for items, _ in found])[1:]
    assert tuple(sizes) == mine.itemset_counts, "pyfim finds other itemsets"
    return {
        "pyfim eclat": cpu(lambda: fim.eclat(lists, **options)),
        "pyfim fpgrowth": cpu(lambda: fim.fpgrowth(lists, **options)),
    }


def equal_to_pyfim() -> int:
    """Every itemset of the product types at 0.1 %, and its count, is pyfim's."""
    if find_spec("fim") is None:
        return 0
    import fim

    from segcore.progress import finished
    from segcore.rules.itemsets import frequent_itemsets

    values = baskets("type").values
    count = count_for(0.001, values.shape[0])
    found = finished(frequent_itemsets(values, count, 200_000, LONGEST))
    mine = {
        tuple(items): n
        for sets, counts in zip(found.sets, found.counts, strict=True)
        for items, n in zip(sets.tolist(), counts.tolist(), strict=True)
    }
    lists = [row.tolist() for row in np.split(values.indices, values.indptr[1:-1])]
    options = {"target": "s", "supp": -count, "zmax": LONGEST, "report": "a"}
    same = mine == {tuple(sorted(items)): n for items, n in fim.eclat(lists, **options)}
    print(f"type at 0.1%: {len(mine):,} itemsets, {'equal to' if same else 'NOT EQUAL TO'} pyfim's")
    return 0 if same else 1


def memory() -> int:
    """Peak memory beyond the loaded data, each in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "baskets.npz"
        sparse.save_npz(path, baskets("type").values)
        peaks = {who: _peak(who, path) for who in ("ours", "fpgrowth")}
    said = ", ".join(f"{who} {peak:,.0f} MB" for who, peak in peaks.items())
    print(f"  peak memory beyond the data, type at 0.2%: {said}")
    return verdict("memory: fpgrowth / ours", peaks["fpgrowth"] / peaks["ours"], MEMORY_BAR)


def _peak(who: str, path: Path) -> float:
    command = [sys.executable, __file__, "--peak", who, "--table", str(path)]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[-1])


def peak(who: str, path: str) -> int:
    """Run one rival here and print the megabytes it took beyond what was there before."""
    import mlxtend.frequent_patterns  # noqa: F401 - its own weight is not counted

    values = sparse.load_npz(path)
    items = pd.Index([str(i) for i in range(values.shape[1])], dtype="str")
    table = Incidence(values, pd.RangeIndex(values.shape[0]), items, "order")
    Path("/proc/self/clear_refs").write_text("5")  # the highest so far starts anew
    before = _megabytes("VmRSS")
    if who == "ours":
        ours(table, SETS["type"][1])
    else:
        theirs(pd.DataFrame.sparse.from_spmatrix(values.astype(bool)), SETS["type"][1], who)
    print(_megabytes("VmHWM") - before)
    return 0


def _megabytes(name: str) -> float:
    status = Path("/proc/self/status").read_text()
    return int(re.search(rf"{name}:\s+(\d+)", status).group(1)) / 1024


def main() -> int:
    """Measure, print, and say by the exit code whether every bar is reached."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=SETS)
    parser.add_argument("--peak")
    parser.add_argument("--table")
    chosen = parser.parse_args()
    if chosen.peak:
        return peak(chosen.peak, chosen.table)
    failed = 0
    for name in [chosen.only] if chosen.only else SETS:
        failed |= race(name, chosen.rounds)
    return failed | equal_to_pyfim() | memory()


if __name__ == "__main__":
    sys.exit(main())
