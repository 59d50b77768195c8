"""Does an upload's memory come back? The server's memory over ten uploads of 100 MB; fails above 150 MB of growth.

python tests/bench/uploads.py [megabytes]

The files are no tables and refused at once, so that nothing but the upload is measured; the tab stays open.
"""

import re
import sys
import tempfile
import time
from pathlib import Path

import common  # noqa: F401  the checkout is on the path from here on

# isort: split
from playwright.sync_api import Page, sync_playwright

from tests.browser.chromium import ARGUMENTS, find_chromium
from tests.browser.helpers import finished, upload
from tests.browser.serve import serve
from tests.browser.steps import press

UPLOADS, MOST_GROWTH = 10, 150.0
LIMIT = 300.0


def resident(pid: int) -> float:
    """Resident memory of a process, MB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024


def no_table(folder: Path, number: int, megabytes: int) -> Path:
    """A file that is refused by its first bytes; each one differs."""
    path = folder / f"report {number}.csv"
    with path.open("wb") as out:
        out.write(f"%PDF-1.7 {number}\n".encode())
        for _ in range(megabytes):
            out.write(bytes([65 + number]) * 1_000_000)
    return path


def one_upload(page: Page, path: Path) -> None:
    """Drop the file, read the refusal, go back to the drop zone."""
    finished(upload(page, path, LIMIT), LIMIT)
    page.get_by_test_id("stAlertContentError").wait_for(timeout=LIMIT * 1000)
    press(page, "Choose another file", LIMIT)
    path.unlink()


def main(megabytes: int) -> int:
    with (
        tempfile.TemporaryDirectory() as place,
        serve(Path(place)) as server,
        sync_playwright() as driver,
    ):
        browser = driver.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        page = browser.new_page(base_url=server.url)
        page.set_default_timeout(LIMIT * 1000)
        page.goto("/")
        finished(page, LIMIT)
        one_upload(page, no_table(Path(place), 0, 1))  # everything that is loaded once is loaded now
        before = resident(server.pid)
        print(f"before: {before:,.0f} MB")
        for number in range(1, UPLOADS + 1):
            one_upload(page, no_table(Path(place), number, megabytes))
            time.sleep(0.5)
            print(f"after upload {number} of {megabytes} MB: {resident(server.pid):,.0f} MB", flush=True)
        growth = resident(server.pid) - before
        browser.close()
    reached = growth < MOST_GROWTH
    print(f"growth: {growth:,.0f} MB ({'under' if reached else 'ABOVE'} {MOST_GROWTH:g} MB)")
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100))
