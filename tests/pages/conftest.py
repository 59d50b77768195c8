"""The pages run without a browser, on a workspace of their own, with the real job runner behind them."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from segcore import studies
from segcore.jobs import runner
from segcore.storage.store import default_store

ROOT = Path(__file__).resolve().parents[2]
FILES = {
    "Data": "upload.py",
    "Product level": "hierarchy.py",
    "How many": "sweep.py",
    "Segments": "segments.py",
    "What if": "whatif.py",
    "Rules": "rules.py",
    "Offers": "offers.py",
    "Share": "share.py",
    "Help": "help.py",
}
PATIENCE = 120.0

OpenPage = Callable[..., AppTest]


@pytest.fixture(scope="module")
def shared_workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One workspace for the tests of a module, so that each question is computed once."""
    place = tmp_path_factory.mktemp("pages") / "workspace"
    place.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEGCORE_WORKSPACE", str(place))
        yield place
        runner().shutdown()


@pytest.fixture(autouse=True)
def own_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages that run without a connection take the test for a browser on the server's own machine."""
    client = SimpleNamespace(headers=[("Host", "localhost:8501")], cookies={}, remote_ip="127.0.0.1")
    monkeypatch.setattr("streamlit.runtime.context._get_client_context", lambda: client)


@pytest.fixture
def open_page(shared_workspace: Path) -> OpenPage:
    """Open a page by its name, as ``open_page("Rules", study_id)``, and run it until no job works for it."""

    def open_it(title: str, study: str = "") -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
        if study:
            app.query_params["study"] = study
        return until_still(until_still(app).switch_page(f"pages/{FILES[title]}"))

    return open_it


@pytest.fixture(scope="module")
def study_id(shared_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A study with a small file that was read as any upload is: two plain tastes, forty customers, eight products."""
    path = two_tastes(tmp_path_factory.mktemp("file") / "tastes.csv")
    with path.open("rb") as content:
        kept = default_store().keep_upload(path.name, content)
    file = studies.StudyFile(kept.stored_name, kept.name, kept.digest)
    saved = studies.save(studies.new_study(pending=(file,)))
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE)
    app.query_params["study"] = saved.id
    until_still(app)
    assert not app.exception
    return saved.id


def two_tastes(path: Path) -> Path:
    """Half the customers buy wine, half buy tea; nobody buys all of it."""
    kinds = {
        "Wine": ("Merlot", "Malbec", "Rioja", "Chianti"),
        "Tea": ("Assam", "Darjeeling", "Oolong", "Sencha"),
    }
    rows = ["customer,product,kind,amount"]
    for customer in range(40):
        kind = "Wine" if customer < 24 else "Tea"
        for at, product in enumerate(kinds[kind]):
            if (customer + at) % 4:
                rows.append(f"c{customer:02d},{product},{kind},{5 + at}.50")
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def until_still(app: AppTest) -> AppTest:
    """Run the page, again and again while it shows the progress of a job."""
    deadline = time.monotonic() + PATIENCE
    app.run()
    while app.get("progress") and not app.exception:
        assert time.monotonic() < deadline, "the job did not end"
        time.sleep(0.1)
        app.run()
    return app
