"""What a person does and waits for, in the words of the pages."""

import os
import re
import time
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Page, expect

PAGES = (
    "Data",
    "Customers",
    "Product level",
    "How many",
    "Segments",
    "What if",
    "Rules",
    "Offers",
    "Share",
    "Help",
)
DRAWN = ("Product level", "How many", "Segments", "Rules")  # each answers with a chart

# Streamlit marks its app element with the state of the script, and widgets it is about to replace as stale.
# A click reaches the server a moment after it happened, so one calm look is not enough: it must stay calm.
_CALM = """
calmFor => {
  const app = document.querySelector('[data-testid="stApp"]');
  const busy = !app
    || app.dataset.testScriptState !== 'notRunning'
    || app.dataset.testConnectionState !== 'CONNECTED'
    || document.querySelector('[data-stale="true"], [data-testid="stSkeleton"], [data-testid="stSpinner"]');
  const now = performance.now();
  if (busy) { window.__calmSince = null; return false; }
  window.__calmSince ??= now;
  return now - window.__calmSince >= calmFor;
}
"""


def settled(page: Page, timeout: float = 180, calm: float = 0.4) -> Page:
    """Wait until the page has been still for ``calm`` seconds; at most ``timeout`` seconds."""
    page.evaluate("window.__calmSince = null")
    page.wait_for_function(_CALM, arg=calm * 1000, timeout=timeout * 1000, polling=50)
    return page


def open_page(page: Page, title: str, timeout: float = 180) -> Page:
    """Go to a page by its name in the top navigation, as a person does."""
    link = page.get_by_test_id("stTopNav").get_by_role("link", name=title, exact=True)
    link.click(timeout=timeout * 1000)
    expect(link).to_have_attribute("aria-current", "page", timeout=timeout * 1000)
    return settled(page, timeout)


def upload(
    page: Page, files: Path | Sequence[Path], timeout: float = 120, zone: str = "Purchases as CSV"
) -> Page:
    """Hand files to the drop zone with this label and wait until they arrived and the page is still."""
    given = [files] if isinstance(files, Path) else list(files)
    arrived: list[str] = []
    page.on("response", lambda answer: _is_upload(answer) and arrived.append(answer.url))
    drop = page.get_by_test_id("stFileUploader").filter(has_text=zone)
    drop.get_by_test_id("stFileUploaderDropzoneInput").first.set_input_files(given)
    waited = 0.0
    while len(arrived) < len(given) and waited < timeout:
        page.wait_for_timeout(50)
        waited += 0.05
    assert len(arrived) >= len(given), f"{len(arrived)} of {len(given)} files arrived in {timeout:.0f} s"
    return settled(page, timeout)


def _is_upload(answer) -> bool:
    return answer.request.method in {"PUT", "POST"} and "/upload_file/" in answer.url


def finished(page: Page, timeout: float = 120) -> Page:
    """Wait until the page is still and no job on it is running any more."""
    deadline = time.monotonic() + timeout
    settled(page, timeout)
    aside = page.get_by_text(
        "Following who goes where"
    )  # a small question beside the main one, without a bar
    while page.get_by_test_id("stProgress").or_(aside).count():
        assert time.monotonic() < deadline, f"still running after {timeout:.0f} s: {page_text(page)[:300]}"
        page.wait_for_timeout(50)
        settled(page, max(deadline - time.monotonic(), 1), calm=0.2)
    return settled(page, max(deadline - time.monotonic(), 1))


def page_text(page: Page) -> str:
    """All words in the main area, one space between them, without the names of icons."""
    return re.sub(r"\s+", " ", page.get_by_test_id("stMain").evaluate(_WORDS)).strip()


# Icons are ligatures: their names are text to the browser. Hidden and shown again within one step, unseen by anybody.
_WORDS = """
main => {
  const icons = [...main.querySelectorAll('[data-testid="stIconMaterial"]')];
  const before = icons.map(icon => icon.style.display);
  icons.forEach(icon => { icon.style.display = 'none'; });
  const words = main.innerText;
  icons.forEach((icon, at) => { icon.style.display = before[at]; });
  return words;
}
"""


def shot(page: Page, name: str, whole: bool = False) -> Path | None:
    """Save a screenshot under $SEGCORE_SHOTS, if set; ``whole`` shows what lies below the fold too."""
    folder = os.environ.get("SEGCORE_SHOTS")
    if not folder:
        return None
    plain = re.sub(r"[^\w.-]+", "-", name).strip("-")
    path = Path(folder) / f"{plain}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    before = page.viewport_size
    if whole and before:
        # The main area scrolls inside the window, so a taller window shows all of it.
        needed = page.evaluate("document.querySelector('[data-testid=\"stMain\"]')?.scrollHeight ?? 0")
        page.set_viewport_size({"width": before["width"], "height": max(before["height"], int(needed) + 80)})
        settled(page)
    page.screenshot(path=path)
    if whole and before:
        page.set_viewport_size(before)
    return path
