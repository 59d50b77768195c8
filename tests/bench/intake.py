"""Big files: a CSV to the finest matrix beside an equally safe pandas, a workbook beside openpyxl, refusals by themselves.

Both are made by seed (``big_files.py``), with the dirt that real exports carry. The rival reads every cell as text too, then converts, counts what failed and what repeats, looks for a
product's usual parents and groups. Both run in processes of their own and take turns; the matrices must be equal.
Time is CPU time of all threads, which a busy machine hurts least; peak memory is the process's own (Linux's VmHWM,
imports included). Fails above 0.6 of pandas in time or memory, above 0.4 of openpyxl, and where a refusal takes over a
second or 100 MB. ``--lines``, ``--rows`` and ``--rounds`` make it smaller.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import common  # noqa: F401  the checkout is on the path from here on
from big_files import HEADER, LEVELS, write_csv, write_xlsx

# isort: split
import numpy as np
import pandas as pd
from scipy import sparse

MOST_TIME, MOST_MEMORY, MOST_OF_OPENPYXL = 0.6, 0.6, 0.4
REFUSED_SECONDS, REFUSED_MB = 1.0, 100.0


Matrix = tuple[sparse.csr_matrix, np.ndarray, np.ndarray, np.ndarray]
"""Pieces (customers × products), customers, products, and what each customer spent in cents."""


def by_segcore(path: Path) -> Matrix:
    """The product's own way."""
    from segcore.intake import read
    from segcore.matrix import build_matrix

    made = build_matrix(read(path).purchases, weighting="quantity")
    assert made.customer_amount is not None
    return (
        made.values,
        made.customers.to_numpy(str),
        made.products.to_numpy(str),
        _cents(made.customer_amount),
    )


def by_pandas(path: Path) -> Matrix:
    """What a careful person writes: text first, every conversion counted, then groups."""
    frame = pd.read_csv(path, sep=";", dtype="str", keep_default_na=False)
    for name in HEADER:
        frame[name] = frame[name].str.strip()
    known = frame["Customer"].ne("") & frame["Product"].ne("")
    lost = {"lines without customer or product": int((~known).sum())}
    frame = frame[known]
    for name in ("Quantity", "Amount"):
        plain = frame[name].str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
        frame[name] = pd.to_numeric(plain, errors="coerce")
        lost[name] = int(frame[name].isna().sum())
    frame["Date"] = pd.to_datetime(frame["Date"], format="%d.%m.%Y", errors="coerce")
    lost |= {"Date": int(frame["Date"].isna().sum()), "repeats": int(frame.duplicated().sum())}
    lost["parents"] = len(frame[["Product", *LEVELS]].value_counts())
    frame["returned"] = frame["Quantity"] < 0
    found = frame.groupby(["Customer", "Product"])[["Quantity", "Amount", "returned"]].sum()
    customers = found.index.get_level_values(0).unique().sort_values()
    found = found[(found["returned"] == 0) | (found["Quantity"] > 0)]
    row = customers.get_indexer(found.index.get_level_values(0))
    column, products = pd.factorize(found.index.get_level_values(1), sort=True)
    pieces = sparse.csr_matrix(
        (found["Quantity"].to_numpy(), (row, column)), shape=(len(customers), len(products))
    )
    spent = np.bincount(row, found["Amount"].to_numpy(), len(customers))
    return pieces, customers.to_numpy(str), np.asarray(products, dtype=str), _cents(spent)


def _cents(money: np.ndarray) -> np.ndarray:
    return np.rint(100 * money).astype(np.int64)


def cells_by_segcore(path: Path) -> np.ndarray:
    """All that opening a workbook takes: digest, check, every sheet as a table of text."""
    from segcore.intake.files.sources import opened
    from segcore.intake.files.tables import open_tables

    with opened(path) as (origins, scratch):
        table = open_tables(origins, scratch).tables[0].sample
        return np.stack([column.cells() for column in table.columns.values()], axis=1).astype(str)


def cells_by_openpyxl(path: Path) -> np.ndarray:
    """Its quickest way: values only, one row after the other; a day is a moment to it, so midnight is taken off."""
    from openpyxl import load_workbook

    rows = load_workbook(path, read_only=True, data_only=True).worksheets[0].iter_rows(values_only=True)
    return np.array([[str(cell).removesuffix(" 00:00:00") for cell in row] for row in rows][1:])


WAYS: dict[str, Callable] = {
    way.__name__: way for way in (by_segcore, by_pandas, cells_by_segcore, cells_by_openpyxl)
}


def peak() -> float:
    """The most memory this process ever held, MB; unlike ``ru_maxrss`` it forgets the process that started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(r"VmHWM:\s+(\d+)", status).group(1)) / 1024


def in_own_process(way: str, path: Path, into: Path) -> dict[str, float]:
    """Run one way by itself; its answer goes into a file."""
    command = [sys.executable, __file__, "--way", way, str(path), str(into)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def run_way(way: str, path: Path, into: Path) -> None:
    """The child's part: measure, then write the answer."""
    import segcore.intake
    import segcore.matrix.build  # noqa: F401  imports are not part of the work

    start, cpu = time.perf_counter(), time.process_time()
    answer = WAYS[way](path)
    taken = {"cpu": time.process_time() - cpu, "wall": time.perf_counter() - start, "peak": peak()}
    if isinstance(answer, np.ndarray):
        np.save(into, answer)
    else:
        pieces, *rest = answer
        pieces.sort_indices()
        np.savez(into, pieces.indptr, pieces.indices, pieces.data, *rest)
    print(json.dumps(taken))


def same(one: Path, other: Path) -> bool:
    """Whether two answers are equal in every value."""
    left, right = np.load(one), np.load(other)
    if isinstance(left, np.ndarray):
        return np.array_equal(left, right)
    return all(np.array_equal(left[name], right[name]) for name in left.files)


def race(ours: str, theirs: str, path: Path, rounds: int) -> tuple[dict[str, float], bool]:
    """Our share of the rival's CPU time, wall time and peak memory, medians over rounds; whether the answers are equal."""
    runs: dict[str, list[dict[str, float]]] = {ours: [], theirs: []}
    suffix = ".npz" if ours == "by_segcore" else ".npy"
    for _ in range(rounds):
        for way, found in runs.items():
            found.append(in_own_process(way, path, path.with_name(way + suffix)))
    middle = {
        way: {of: statistics.median(run[of] for run in found) for of in found[0]}
        for way, found in runs.items()
    }
    for way, figures in middle.items():
        print(
            f"  {way:<18} CPU {figures['cpu']:7.2f} s   wall {figures['wall']:7.2f} s   peak {figures['peak']:6,.0f} MB",
            flush=True,
        )
    equal = same(*(path.with_name(way + suffix) for way in (ours, theirs)))
    return {of: middle[ours][of] / middle[theirs][of] for of in middle[ours]}, equal


def refusals(folder: Path) -> bool:
    """Whether every file that must be refused is, in time and memory; one process refuses them in turn."""
    from tests.nasty.refused import CASES

    paths = []
    for number, case in enumerate(CASES):
        (folder / str(number)).mkdir()
        paths.append(str(case.make(folder / str(number)).path))
    command = [sys.executable, __file__, "--refuse", *paths]
    found = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    slowest, most = max(one["cpu"] for one in found), max(one["grown"] for one in found)
    refused = sum(one["refused"] for one in found)
    print(
        f"refusals: {refused} of {len(paths)}, the slowest in {slowest:.2f} s of CPU, at most {most:.0f} MB more"
    )
    return refused == len(paths) and slowest <= REFUSED_SECONDS and most <= REFUSED_MB


def refuse_all(paths: list[str]) -> None:
    """The child's part: refuse, one after the other, having read one small file."""
    from segcore.errors import SegcoreError
    from segcore.intake import read

    read(("a.csv", b"customer,product\n1,Tea\n2,Bun\n"))
    found, before = [], peak()
    for path in paths:
        cpu, refused = time.process_time(), False
        try:
            read(Path(path))
        except SegcoreError:
            refused = True
        found.append({"cpu": time.process_time() - cpu, "grown": peak() - before, "refused": refused})
    print(json.dumps(found))


def verdict(what: str, share: float, most: float) -> bool:
    """Print a share beside its bar; whether it holds."""
    print(f"  {what}: {share:.2f} ({'at most' if share <= most else 'OVER'} {most:g})")
    return share <= most


def compare(folder: Path, n_lines: int, n_rows: int, rounds: int) -> bool:
    """Both files and the refusals; whether every bar holds."""
    table, book = folder / "sales.csv", folder / "sales.xlsx"
    write_csv(table, n_lines)
    print(f"CSV, {n_lines:,} lines, {table.stat().st_size / 1e6:,.0f} MB", flush=True)
    share, equal = race("by_segcore", "by_pandas", table, rounds)
    print(f"  the same matrix: {'yes' if equal else 'NO'}; wall time {share['wall']:.2f}")
    good = [
        equal,
        verdict("CPU time", share["cpu"], MOST_TIME),
        verdict("memory", share["peak"], MOST_MEMORY),
    ]
    write_xlsx(book, n_rows)
    print(f"workbook, {n_rows:,} rows, {book.stat().st_size / 1e6:,.0f} MB", flush=True)
    share, equal = race("cells_by_segcore", "cells_by_openpyxl", book, rounds)
    print(f"  the same cells: {'yes' if equal else 'NO'}; memory {share['peak']:.2f}")
    good += [equal, verdict("CPU time", share["cpu"], MOST_OF_OPENPYXL)]
    return all([*good, refusals(folder)])


def main() -> int:
    """Print ratios and peaks; fail where a bar is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--lines", type=int, default=5_000_000, help="of the CSV; under a million, fixed costs rule"
    )
    parser.add_argument("--rows", type=int, default=200_000, help="of the workbook")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--way", nargs=3, help=argparse.SUPPRESS)
    parser.add_argument("--refuse", nargs="+", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.way:
        run_way(asked.way[0], *map(Path, asked.way[1:]))
    elif asked.refuse:
        refuse_all(asked.refuse)
    else:
        with tempfile.TemporaryDirectory(prefix="segcore-") as folder:
            return 0 if compare(Path(folder), asked.lines, asked.rows, asked.rounds) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
