"""Files that grow: seconds and memory until each is refused or read right, beside a plain workbook.

Every file (``tests/nasty/growing.py``) is opened by a process of its own that has read a plain workbook before.
Prints CPU seconds, and the memory beyond the plain one's peak (Linux's VmHWM). Fails where a file takes over a second
or 100 MB more, where none of that is the data's own size, or where it is neither refused in words nor read right.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import common  # noqa: F401  the checkout is on the path from here on
from intake import peak

# isort: split
from tests.nasty.growing import CASES, Growing, plain

SECONDS, MEGABYTES, GIVEN_UP = 1.0, 100.0, 60


def try_one(first: Path, path: Path) -> None:
    """The child's part: read the plain workbook, then the file, and say what came of it."""
    from segcore.errors import SegcoreError
    from segcore.intake import read

    read(first)
    before, cpu, lines = peak(), time.process_time(), 0
    try:
        found = read(path)
        lines, says = found.report.lines_kept, " ".join(found.report.sentences())
    except SegcoreError as error:
        says = error.sentence
    taken = {"cpu": time.process_time() - cpu, "grown": peak() - before}
    print(json.dumps(taken | {"plain": before, "lines": lines, "says": says}))


def in_own_process(first: Path, path: Path) -> dict:
    """What a fresh process says of a file; nothing where it died or was given up."""
    command = [sys.executable, __file__, "--one", str(first), str(path)]
    try:
        done = subprocess.run(command, check=True, capture_output=True, timeout=GIVEN_UP)
    except subprocess.SubprocessError as error:
        return {
            "cpu": float("inf"),
            "grown": float("inf"),
            "plain": 0.0,
            "lines": 0,
            "says": type(error).__name__,
        }
    return json.loads(done.stdout)


def held(case: Growing, found: dict) -> bool:
    """Print one kind's figures; whether it is within the bars and said what is true."""
    true = found["lines"] == case.lines and case.says in found["says"]
    good = true and found["cpu"] <= SECONDS and found["grown"] <= MEGABYTES
    outcome = "read right" if case.lines else "refused"
    print(
        f"  {case.kind:<34} {found['cpu']:6.2f} s {found['grown']:7.0f} MB   {outcome if true else found['says'][:80]}"
        f"{'' if good else '   OVER'}",
        flush=True,
    )
    return good


def main() -> int:
    """One line a kind; fail where a bar is missed."""
    with tempfile.TemporaryDirectory(prefix="segcore-") as name:
        folder = Path(name)
        first = folder / "plain.xlsx"
        plain(first)
        usual = in_own_process(first, first)
        print(
            f"a plain workbook: {usual['cpu']:.2f} s, {usual['plain']:.0f} MB; beyond that, of {len(CASES)} kinds:"
        )
        good = []
        for case in CASES:
            path = case.written(folder)
            good.append(held(case, in_own_process(first, path)))
            path.unlink()
    print(f"{sum(good)} of {len(good)} within {SECONDS:g} s and {MEGABYTES:g} MB")
    return 0 if all(good) else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        try_one(*map(Path, sys.argv[2:4]))
        sys.exit(0)
    sys.exit(main())
