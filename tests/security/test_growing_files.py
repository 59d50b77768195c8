"""Files that grow are refused with a sentence, or read right with what was left out reported; within a limit of memory."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.nasty.growing import CASES, Growing, plain

ROOT = Path(__file__).resolve().parents[2]
MOST = 100  # MB beyond what a plain workbook takes
LIMIT = (
    3 << 30
)  # bytes of address space beyond what is loaded: a reader that goes astray ends itself, not the machine
CODE = """
import json, re, resource, sys
from pathlib import Path
from segcore.errors import SegcoreError
from segcore.intake import read

def status(what):
    return int(re.search(what + r":\\s+(\\d+)", Path("/proc/self/status").read_text()).group(1))

def tried(path):
    try:
        found = read(Path(path))
    except SegcoreError as error:
        return {"lines": 0, "says": error.sentence, "where": error.where, "remedy": error.remedy}
    except BaseException as error:
        return {"lines": 0, "says": f"unforeseen: {error!r}", "where": "", "remedy": ""}
    lines = found.report.lines_kept
    adds_up = found.report.lines_read == lines + sum(finding.count for finding in found.report.left_out)
    return {"lines": lines, "says": " ".join(found.report.sentences()), "adds up": adds_up}

tried(sys.argv[1])
room = status("VmSize") * 1024 + int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_AS, (room, room))
before = status("VmHWM")
for path in sys.argv[3:]:
    print(json.dumps(tried(path) | {"grown": (status("VmHWM") - before) / 1024}), flush=True)
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is measured as Linux tells it")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict]:
    """What one process said of each file in turn, with the most memory it ever took until then."""
    folder = tmp_path_factory.mktemp("growing")
    plain(folder / "plain.xlsx")
    paths = [case.written(folder) for case in CASES]
    command = [sys.executable, "-c", CODE, str(folder / "plain.xlsx"), str(LIMIT), *map(str, paths)]
    done = subprocess.run(
        command,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    said = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(said) == len(CASES), done.stderr
    return {case.kind: one for case, one in zip(CASES, said, strict=True)}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
def test_a_sentence_or_the_right_lines(case: Growing, found: dict[str, dict]):
    said = found[case.kind]
    assert said["lines"] == case.lines, said
    assert case.says in said["says"] and "unforeseen" not in said["says"]
    if case.lines:
        assert said["adds up"]
    else:
        assert said["where"] == case.file and said["remedy"].endswith(".")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.kind)
def test_no_file_takes_a_hundred_megabytes(case: Growing, found: dict[str, dict]):
    assert found[case.kind]["grown"] < MOST


def test_as_many_kinds_as_promised():
    assert len({case.kind for case in CASES}) == len(CASES) >= 12
