"""The six-minute path: from a cold start on the sample to a presentation on the wall."""

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
    stops = asked[: walked.index("on to Share") + 1]
    assert len(set(stops)) == 1 + len(STOPS)  # the file, then every stop
    wall = [name for name in walked if name.startswith("on the wall")]
    assert (
        len(set(asked[-len(wall) :])) == len(wall) >= 9
    )  # overview, how many, five segments, offers, method
