"""What a story is told from: the study's own results, as far as they are computed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pages.ui.offers import bundle_tab
from pages.ui.offers import questions as offers
from pages.ui.offers.context import Room
from pages.ui.parts import questions
from pages.ui.parts.answers import ONLY_IF_KNOWN, ask, known_key
from pages.ui.rules import asking
from pages.ui.whatif import changes
from segcore.questions.rules import MineRules

if TYPE_CHECKING:
    from pages.ui.parts.view import View
    from segcore.choices.offer_records import OfferTest
    from segcore.choices.rules import RuleSpec
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
        sweep_key=known_key(questions.sweep(study, view.matrix)),
        rules_key=known_key(MineRules(view.study.data_digest, rules_spec(view))),
        rules_filter=asking.shown(study.rules),
        rules_rank=study.rules.rank,
        backtest_key=known_key(offers.back_test(view)),
        offers=_offers(view),
        tests=tuple(_without_ids(test) for test in study.offer_tests),
        scenarios=tuple(
            KeptScenario(one, known_key(changes.scenario_of(view, one)))
            for one in study.what_if.kept
            if one.base == changes.base_of(view)
        ),
        votes=tuple(sorted(votes, key=lambda vote: vote.k)),
        log=tuple((entry.when[:16].replace("T", " "), entry.who, entry.what) for entry in study.log),
    )


def rules_spec(view: View) -> RuleSpec:
    """What the Rules page mines."""
    return asking.spec(view.study, view.study.rules)


def _offers(view: View) -> OfferKeys:
    """Where the offers are that somebody looked at with these choices."""
    from segcore.report import BundleKeys, OfferKeys

    learned = ask(offers.learned(view), ONLY_IF_KNOWN)
    if learned is None:
        return OfferKeys()
    room = Room(view, learned, ask(offers.back_test(view), ONLY_IF_KNOWN))
    everyone = ask(offers.everyone(room), ONLY_IF_KNOWN)
    if everyone is None:
        return OfferKeys()
    table = room.telling.opportunities(everyone)
    best = str(table["product"].iloc[0]) if len(table) else ""
    product = room.options.product if room.options.product in set(room.learned.products) else best
    bundles = []
    for segment in view.names:
        own = bundle_tab.kept_of(room, segment)
        proposed = known_key(offers.bundles(room, segment))
        if proposed:
            bundles.append(
                BundleKeys(segment, known_key(offers.bundles(room, segment, own)) if own else "", proposed)
            )
    target = known_key(offers.target_list(room, product)) if product else ""
    return OfferKeys(known_key(offers.everyone(room)), target, room.options.take, tuple(bundles))


def _without_ids(test: OfferTest) -> OfferTest:
    """A test as it is told: who is in it stays on the Offers page."""
    return replace(test, groups=tuple(replace(group, treated="", held_out="") for group in test.groups))
