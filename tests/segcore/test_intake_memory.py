"""Refusals cost next to nothing: no bomb is unpacked, no large file is held in memory."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.nasty.refused import CASES

ROOT = Path(__file__).resolve().parents[2]
MOST = 100  # MB beyond what the reader needs for a small file
CODE = """
import resource, sys
from pathlib import Path
from segcore.errors import SegcoreError
from segcore.intake import read
from tests.nasty.refused import CASES
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
try:
    read(("a.csv", b"customer,product\\n1,Tea\\n2,Bun\\n"))
finally:
    before = peak()
for path in map(Path, sys.argv[1:]):
    try:
        read(path)
    except SegcoreError as error:
        pass
    print(f"{path.parent.name} {peak() - before:.0f}")
"""


@pytest.mark.long
def test_no_refusal_takes_a_hundred_megabytes(tmp_path: Path):
    """The peak of one process that refuses every file in turn; larger ones are padded to what people drop."""
    paths = []
    for number, case in enumerate(CASES):
        folder = tmp_path / str(number)
        folder.mkdir()
        paths.append(case.make(folder).path)
    for name, head in (("big.pdf", b"%PDF-1.7\n"), ("big.html", b"<html>\n"), ("big.json", b'[{"a": 1},\n')):
        path = tmp_path / name
        with path.open("wb") as out:
            out.write(head)
            for _ in range(200):
                out.write(b"x" * 1_000_000)
        paths.append(path)
    done = subprocess.run(
        [sys.executable, "-c", CODE, *map(str, paths)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    grown = {line.split()[0]: float(line.split()[1]) for line in done.stdout.splitlines()}
    assert len(done.stdout.splitlines()) == len(paths)
    assert max(grown.values()) < MOST, grown
