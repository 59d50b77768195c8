"""How many segments, what they are called, which rules are wanted: the study's later choices."""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from typing import TYPE_CHECKING, Any

from pages.ui.shell import session
from segcore.choices.nmf import NMFSpec
from segcore.choices.sweep import SweepSpec
from segcore.errors import SpecError

if TYPE_CHECKING:
    from segcore.choices.study import SweepOptions
    from segcore.segments import Segmentation


def sweep_spec(shape: tuple[int, int]) -> SweepSpec:
    """Return what to try, never more segments than customers or products."""
    wanted = session.study().sweep
    most = max(2, min(wanted.max_k, *shape))
    return SweepSpec(tuple(range(2, most + 1)), _nmf_spec(wanted))


def _nmf_spec(wanted: SweepOptions) -> NMFSpec:
    """How segments are looked for; as usual where the choices undo each other, which no form of ours lets them."""
    usual = NMFSpec(k=1, seed=wanted.seed)
    shared = {one.name for one in fields(NMFSpec)} & {one.name for one in fields(wanted)}
    try:
        spec = replace(usual, **{name: getattr(wanted, name) for name in sorted(shared)})
    except SpecError:
        return usual
    # Segments to go on from are named by their key: without one there is nothing to start from.
    return spec if spec.initialisation != "custom" else usual


def change_sweep(**options: Any) -> None:
    """Save the options of the sweep."""
    session.change(sweep=replace(session.study().sweep, **options))


def change_k(k: int) -> None:
    """Choose a number of segments."""
    session.change(k=int(k))


def change_vote(key: str, k: int, **answers: str) -> None:
    """Save an answer to one of the questions about a number of segments."""
    session.update(lambda now: now.with_vote(replace(now.vote_of(key, k), **answers)))


def names_for(key: str, proposed: dict[int, str]) -> dict[int, str]:
    """Names of one segmentation: as people know its segments, as proposed where nobody has looked at it yet."""
    from segcore.segments.names import shown_as

    known = shown_as(session.study(), key).names
    return {number: known.get(number, name) for number, name in proposed.items()}


def change_rules(wanted: dict[str, Any]) -> None:
    """Save thresholds of the rule explorer when they moved."""
    current = session.study().rules
    moved = replace(current, **wanted)
    if moved != current:
        session.change(rules=moved)


def run_record(segmentation: Segmentation) -> dict[str, Any]:
    """Return what makes the figures of an export again."""
    from segcore import __version__

    current = session.study()
    return {
        "Study": current.name,
        "Files": ", ".join(file.name for file in current.files),
        "Data digest": current.data_digest,
        "Level": current.level,
        "Weighting": current.weighting,
        "Filters": str(asdict(current.filters)),
        "Segments (k)": segmentation.k,
        "Seed": segmentation.spec.seed,
        "Loss": segmentation.spec.loss,
        "Sparsity of product lists": segmentation.spec.sparsity_products,
        "Sparsity of customers": segmentation.spec.sparsity_customers,
        "Evenness": segmentation.spec.evenness,
        "Explained share": segmentation.explained_share,
        "Version": __version__,
        "Saved": current.updated,
    }
