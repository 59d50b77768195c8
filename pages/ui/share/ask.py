"""What a story is told from: the study's own results, as far as they are computed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pages.ui.offers import ask as offers_ask
from pages.ui.offers import bundle_tab
from pages.ui.offers.context import Room
from pages.ui.parts import cached, questions
from pages.ui.rules import asking
from pages.ui.whatif import changes
from segcore.jobs import Request

if TYPE_CHECKING:
    from pages.ui.parts.view import View
    from segcore.choices.offer_records import OfferTest
    from segcore.report import OfferKeys, StorySpec

ANSWERS = {"yes": "yes", "no": "no", "unsure": "not sure"}
QUESTIONS = (
    ("nameable", "can we name them"),
    ("distinct", "are they distinct"),
    ("recognised", "does the business see itself"),
)


def spec_of(view: View) -> StorySpec:
    """The frozen choices of the story of what is looked at now."""
    from segcore.report import KeptScenario, StorySpec, VoteSaid

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
        sweep_key=_known(questions.sweep(study, view.matrix)),
        rules_key=_known(rules_request(view)),
        rules_filter=asking.shown(study.rules),
        rules_rank=study.rules.rank,
        backtest_key=_known(offers_ask.back_test(view)),
        offers=_offers(view),
        tests=tuple(_without_ids(test) for test in study.offer_tests),
        scenarios=tuple(
            KeptScenario(one, _known(changes.scenario_request(view, one)))
            for one in study.what_if.kept
            if one.base == changes.base_of(view)
        ),
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


def _offers(view: View) -> OfferKeys:
    """Where the offers are that somebody looked at with these choices."""
    from segcore.report import BundleKeys, OfferKeys

    learned = _known(offers_ask.learned(view))
    if not learned:
        return OfferKeys()
    tested = _known(offers_ask.back_test(view))
    room = Room(view, cached.result(learned), cached.result(tested) if tested else None)
    everyone = _known(offers_ask.everyone(room))
    if not everyone:
        return OfferKeys()
    table = room.telling.opportunities(cached.result(everyone))
    best = str(table["product"].iloc[0]) if len(table) else ""
    product = room.options.product if room.options.product in set(room.learned.products) else best
    bundles = []
    for segment in view.names:
        own = bundle_tab.kept_of(room, segment)
        proposed = _known(offers_ask.bundles(room, segment))
        if proposed:
            bundles.append(
                BundleKeys(segment, _known(offers_ask.bundles(room, segment, own)) if own else "", proposed)
            )
    target = _known(offers_ask.target_list(room, product)) if product else ""
    return OfferKeys(everyone, target, room.options.take, tuple(bundles))


def _without_ids(test: OfferTest) -> OfferTest:
    """A test as it is told: who is in it stays on the Offers page."""
    return replace(test, groups=tuple(replace(group, treated="", held_out="") for group in test.groups))


def _known(request: Request) -> str:
    """The key of a result that is there; "" where it would have to be computed."""
    key = request.key(cached.store())
    return key if cached.store().has(key) else ""
