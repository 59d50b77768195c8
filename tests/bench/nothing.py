"""What is said of purchases in which there is nothing: at least 14 kinds, three sizes each, 324 sets.

Claims, each measured by a module of its own and only where that is there: a reliable segmentation, rules and "bought
instead" as the page opens, products special to a segment, sure bundles. Each may be false on at most 5 % of the sets
(products: of the segments), 2 sets of a kind, 7 % of a size. Exits non-zero beyond a bar.

    python tests/bench/nothing.py [--quick] [--claims reliable,rules,…] [--sets N] [--seed-offset N] [--kinds WORD]
"""

import argparse
import importlib.util
import multiprocessing
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from common import ROOT  # noqa: F401  (puts the checkout on the path)
from kinds_of_nothing import SIZES, Kind, draw, kinds

# isort: split
import numpy as np
from scipy import sparse

MOST, MOST_OF_KIND, MOST_OF_SIZE = 0.05, 2, 0.07
FULL_SETS, QUICK_SETS = 324, 18
CLAIMS = {
    "reliable": "nothing_k",
    "rules": "nothing_rules",
    "instead": "nothing_rules",
    "special": "nothing_cards",
    "bundles": "nothing_cards",
}


@dataclass(frozen=True)
class Answer:
    """One claim on one set: false ones of so many that were made."""

    claim: str
    kind: str
    size: int
    number: int
    false: int
    of: int
    seconds: float


@dataclass(frozen=True)
class Job:
    """One set to draw, and what to ask of it."""

    kind: str
    size: int
    number: int
    claims: tuple[str, ...]


def ask(claim: str, table: sparse.csr_matrix, kind: Kind) -> tuple[int, int]:
    """How many false claims of how many: sets but for products, where it is segments."""
    module = importlib.import_module(CLAIMS[claim])
    measures: dict[str, Callable[[], object]] = {
        "reliable": lambda: module.false_reliable(table),
        "rules": lambda: module.false_rules(table, kind),
        "instead": lambda: module.false_instead(table, kind),
        "special": lambda: module.false_special(table),
        "bundles": lambda: module.false_bundles(table),
    }
    found = measures[claim]()
    if isinstance(found, tuple):
        return int(found[0]), int(found[1])
    return int(bool(found)), 1


def run(job: Job) -> list[Answer]:
    """Draw one set and ask every claim of it."""
    kind = next(kind for kind in kinds() if kind.name == job.kind)
    table = draw(kind, job.size, job.number)
    answers = []
    for claim in job.claims:
        start = time.process_time()
        false, of = ask(claim, table, kind)
        seconds = time.process_time() - start
        answers.append(Answer(claim, job.kind, job.size, job.number, false, of, seconds))
    return answers


def jobs_for(sets: int, offset: int, claims: tuple[str, ...], word: str) -> list[Job]:
    """Kinds and sizes in turn, so that few sets are as mixed as many."""
    names = [kind.name for kind in kinds() if word in kind.name]
    jobs = []
    for number in range(sets):
        turn, place = divmod(number, len(names))
        jobs.append(Job(names[place], (turn + place) % len(SIZES), offset + turn, claims))
    return jobs


def run_all(jobs: list[Job], processes: int) -> list[Answer]:
    """All answers; one line to stderr now and then."""
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        answers: list[Answer] = []
        for done, found in enumerate(pool.imap_unordered(run, jobs), start=1):
            answers.extend(found)
            for one in found:
                if one.false:
                    where = f"{one.kind}, size {one.size}, number {one.number}"
                    print(f"  false {one.claim}: {where} ({one.false} of {one.of})", flush=True)
            if done % 20 == 0:
                print(f"  {done} of {len(jobs)} sets", file=sys.stderr, flush=True)
    return answers


def share(answers: list[Answer]) -> float:
    """False claims of all that could be made."""
    return sum(one.false for one in answers) / max(sum(one.of for one in answers), 1)


def report(claim: str, answers: list[Answer], quick: bool) -> int:
    """Print a claim's table; how many bars it misses. A quick run judges the whole alone, give or take two errors."""
    names = list(dict.fromkeys(one.kind for one in answers))
    print(
        f"\n{claim:<28}{'sets':>6}{'false':>7}"
        + "".join(f"{n:>7,} × {p:<4}" for n, p in SIZES)
        + f"{'CPU s':>8}"
    )
    missed = 0
    for name in sorted(names):
        own = [one for one in answers if one.kind == name]
        false = sum(one.false > 0 for one in own)
        missed += not quick and false > MOST_OF_KIND
        by_size = [sum(one.false > 0 for one in own if one.size == size) for size in range(len(SIZES))]
        seconds = np.mean([one.seconds for one in own])
        print(
            f"{name:<28}{len(own):>6}{false:>7}" + "".join(f"{f:>14}" for f in by_size) + f"{seconds:>8.1f}"
        )
    for size, (n, p) in enumerate(SIZES):
        own = [one for one in answers if one.size == size]
        over = not quick and share(own) > MOST_OF_SIZE
        missed += over
        print(
            f"  {n:,} × {p}: {share(own):.1%} of {len(own)} ({'OVER' if over else 'at most'} {MOST_OF_SIZE:.0%})"
        )
    bar = MOST + (2 * np.sqrt(MOST * (1 - MOST) / len(answers)) if quick else 0.0)
    over = share(answers) > bar
    print(
        f"{claim}: {share(answers):.1%} false of {len(answers)} sets ({'OVER' if over else 'at most'} {bar:.0%})"
    )
    return missed + over


def main() -> int:
    """Run and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one set of each kind, for the long suite")
    parser.add_argument("--claims", default=",".join(CLAIMS))
    parser.add_argument("--kinds", default="", help="only kinds with this in their name")
    parser.add_argument("--sets", type=int)
    parser.add_argument("--seed-offset", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    wanted = parser.parse_args()
    claims = tuple(
        claim for claim in wanted.claims.split(",") if importlib.util.find_spec(CLAIMS[claim]) is not None
    )
    sets = wanted.sets or (QUICK_SETS if wanted.quick else FULL_SETS)
    start = time.perf_counter()
    print(f"claims: {', '.join(claims)}; kinds: {', '.join(kind.name for kind in kinds())}")
    answers = run_all(jobs_for(sets, wanted.seed_offset, claims, wanted.kinds), wanted.processes)
    missed = sum(
        report(claim, [one for one in answers if one.claim == claim], wanted.quick) for claim in claims
    )
    print(f"\n{sets} sets, {time.perf_counter() - start:,.0f} s on the clock, {missed} bars missed")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
