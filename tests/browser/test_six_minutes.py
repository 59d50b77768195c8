"""The six-minute path: from a cold start on the sample to what can be sent."""

import pytest

from tests.browser.path import STOPS, six_minutes
from tests.browser.steps import finished, question, shot


@pytest.mark.long
@pytest.mark.parametrize(
    ("scheme", "width", "height"),
    [("light", 1440, 900), ("dark", 1024, 768)],
    ids=["light on a wall", "dark on an old projector"],
)
def test_the_path_on_the_sample_from_a_cold_start(visit, cold_server, scheme: str, width: int, height: int):
    page = finished(visit(cold_server, width=width, height=height, scheme=scheme))
    asked, walked, answer = [], [], ""
    for number, act in enumerate(six_minutes(page)):
        shot(page, f"path-{scheme}-{number:02d}-{act.name[:24]}")
        walked.append(act.name)
        asked.append(question(page))
        if act.name == "on to How many":
            answer = page.get_by_role("heading", level=5).first.inner_text()
    assert answer.startswith("Five kinds of customers")  # as many as were planted
    assert len(set(asked)) == 1 + len(STOPS)  # the file, then every stop
    assert walked[-1] == "on to Share"
