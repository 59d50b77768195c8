"""What every test may ask for: the real data sets, a workspace of its own, the checkout."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.postgres import MISSING, Cluster, find_binaries, running

ROOT = Path(__file__).resolve().parents[1]
DATA_SETS = ("wine", "groceries", "wholesale")

# Tests judge behaviour, not seconds: a busy machine is no counterexample.
settings.register_profile("house", deadline=None)
settings.load_profile("house")


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of real data sets: ``data_dir / "wine" / "WineKMC.xlsx"``.

    Without SEGCORE_DATA the test skips and says so; with it, anything missing is a failure.
    """
    given = os.environ.get("SEGCORE_DATA")
    if not given:
        pytest.skip("SEGCORE_DATA is not set: the real data sets are not here")
    folder = Path(given).resolve()
    missing = [name for name in DATA_SETS if not (folder / name).is_dir()]
    if missing:
        pytest.fail(f"SEGCORE_DATA is set, but has no {', '.join(missing)}", pytrace=False)
    return folder


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL of this run's own; without one on this machine the test skips and says so."""
    binaries = find_binaries()
    if binaries is None:
        pytest.skip(MISSING)
    with running(binaries) as server:
        yield server


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty workspace folder that everything in this test writes to."""
    place = tmp_path / "workspace"
    place.mkdir()
    monkeypatch.setenv("SEGCORE_WORKSPACE", str(place))
    return place


@pytest.fixture(scope="session")
def journey_csv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Complete Journey as one clean export: 1,469,307 lines, 125 MB. For long tests."""
    from tests.journey import write_journey_csv

    return write_journey_csv(tmp_path_factory.mktemp("journey") / "complete_journey.csv")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything under tests/browser opens a real Chromium: said once, here."""
    for item in items:
        if "browser" in item.path.relative_to(ROOT).parts:
            item.add_marker("browser")
