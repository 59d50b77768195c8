"""What a story is told from: the study's own results, as far as they are computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pages.ui import ask, cached
from pages.ui.offers import ask as offers_ask
from pages.ui.rules import asking
from segcore.jobs import Request

if TYPE_CHECKING:
    from pages.ui.view import View
    from segcore.story import StorySpec

ANSWERS = {"yes": "yes", "no": "no", "unsure": "not sure"}
QUESTIONS = (
    ("nameable", "can we name them"),
    ("distinct", "are they distinct"),
    ("recognised", "does the business see itself"),
)


def spec_of(view: View) -> StorySpec:
    """The frozen choices of the story of what is looked at now."""
    from segcore.story import StorySpec, VoteSaid

    study = view.study
    votes = [
        VoteSaid(
            vote.k,
            tuple((asked, ANSWERS[getattr(vote, name)]) for name, asked in QUESTIONS if getattr(vote, name)),
        )
        for vote in study.votes
    ]
    return StorySpec(
        title=study.name,
        day=study.updated[:10],
        files=tuple(file.name for file in study.files),
        digest=study.data_digest,
        matrix=view.matrix.spec,
        segments_key=view.key,
        names=tuple(sorted(view.names.items())),
        colours=tuple(sorted(view.colours.items())),
        balance=study.balance,
        sweep_key=_known(ask.sweep(study, view.matrix)),
        rules_key=_known(rules_request(view)),
        rules_filter=asking.shown(study.rules),
        rules_rank=study.rules.rank,
        backtest_key=_known(offers_ask.back_test(view)),
        votes=tuple(sorted(votes, key=lambda vote: vote.k)),
        log=tuple((entry.when[:16].replace("T", " "), entry.who, entry.what) for entry in study.log),
    )


def rules_request(view: View) -> Request:
    """The rules as the Rules page asks for them."""
    return asking.rules(view.study, asking.spec(view.study, view.study.rules))


def written(spec: StorySpec, form: str) -> Request:
    """Ask for the story as a file."""
    titles = {"html": "Writing the page", "pptx": "Writing the slides", "xlsx": "Writing the workbook"}
    return Request.of(
        "segcore.tasks.share:written", spec=spec, form=form, title=titles[form], seconds=5, short=True
    )


def told(spec: StorySpec) -> Request:
    """Ask for the story, to present it on screen."""
    return Request.of("segcore.tasks.share:told", spec=spec, title="Telling the story", seconds=2, short=True)


def _known(request: Request) -> str:
    """The key of a result that is there; "" where it would have to be computed."""
    key = request.key(cached.store())
    return key if cached.store().has(key) else ""
