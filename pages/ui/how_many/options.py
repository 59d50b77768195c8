"""The advanced drawer of the How many page: presets by what they are for, then every choice an analyst expects."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from pages.ui.parts import cached, questions, widgets
from pages.ui.parts import level_choices as working_level
from pages.ui.parts import study_choices as choices
from pages.ui.parts.answers import BUTTON, ask, is_known, key_of
from pages.ui.parts.text import escape
from segcore.choices.nmf import PENALTIES, initialisations_for
from segcore.choices.offered import INITIALISATIONS, LOSSES, WEIGHTINGS
from segcore.questions.numbers import PresetEffects
from segcore.selection.limits import starts_in_words

if TYPE_CHECKING:
    from segcore.choices.nmf import NMFSpec
    from segcore.choices.study import Study
    from segcore.factorization.presets import Preset
    from segcore.matrix import PurchaseMatrix
    from segcore.selection.sweep import Sweep

OWN = "own"  # choices that are no preset
THESE, KEPT = "these", "kept"  # starts from segments: those on screen, those the study keeps
STRENGTHS = {
    "sparsity_products": (0.0, 0.05, 0.1, 0.2),
    "sparsity_customers": (0.0, 0.1, 0.2, 0.3),
    "evenness": (0.0, 0.1, 0.3, 0.5),
}
DEGREES = ("off", "a little", "clearly", "strongly")
LABELS = {
    "sparsity_products": "Shorter product lists",
    "sparsity_customers": "Fewer segments a customer",
    "evenness": "More equal segments",
}


def options(study: Study, matrix: PurchaseMatrix, k: int | None, sweep: Sweep | None = None) -> None:
    """What an analyst may want to set; closed until asked for."""
    drawer = st.expander("Advanced", icon=":material/tune:", key="advanced", on_change="rerun")
    with drawer:
        if not drawer.open:
            return
        _presets(study, matrix, k)
        with st.form("sweep-options", border=False):
            _form(study, matrix, k)
        if sweep is not None and k is not None:
            how = sweep.fit(k).account(matrix.row_word)[0]
            st.caption(escape(f"{how} {starts_in_words(sweep, k)}"))


def _presets(study: Study, matrix: PurchaseMatrix, k: int | None) -> None:
    """Named combinations first; each says what it is for and, on request, what it does here."""
    from segcore.factorization.presets import preset_of, presets_for

    can = working_level.weightings()
    offered = presets_for(can)
    nmf = choices.sweep_spec(matrix.shape).nmf
    current = preset_of(nmf, study.weighting, can)
    names = [preset.name for preset in offered] + ([] if current else [OWN])
    said = {preset.name: preset for preset in offered}
    chosen = current.name if current else OWN
    st.radio(
        "What the segments are for",
        names,
        index=names.index(chosen),
        format_func=lambda name: said[name].title if name in said else "Own choices",
        captions=[
            said[name].purpose if name in said else "What is set below and on the level page."
            for name in names
        ],
        key=f"preset-{chosen}-{study.weighting}",
        on_change=_take,
        args=(f"preset-{chosen}-{study.weighting}", nmf),
    )
    if k is not None:
        _effects(study, matrix, k, can, said)
    st.divider()


def _take(key: str, nmf: NMFSpec) -> None:
    """Work with a preset: its weighting and its choices, saved at once."""
    from segcore.factorization.presets import preset

    if st.session_state[key] == OWN:
        return
    taken = preset(st.session_state[key])
    spec = taken.spec(nmf)
    choices.change_sweep(loss=spec.loss, **{name: getattr(spec, name) for name in STRENGTHS})
    working_level.change_weighting(taken.weighting(working_level.weightings()))
    st.session_state.pop("weighting", None)


def _effects(
    study: Study, matrix: PurchaseMatrix, k: int, can: tuple[str, ...], said: dict[str, Preset]
) -> None:
    from segcore.factorization.presets import effect_sentence

    found = ask(
        PresetEffects(
            study.data_digest, matrix.spec, replace(choices.sweep_spec(matrix.shape).nmf, k=k), can
        ),
        BUTTON(f"What each does with {k:d} segments here"),
    )
    if found is None:
        return
    standard = next(((weighting, effect) for name, weighting, effect in found if name == "standard"), None)
    lines = []
    for name, weighting, effect in found:
        usual = standard[1] if standard and name != "standard" else None
        same = standard is None or weighting == standard[0]
        lines.append(
            f"- **{escape(said[name].title)}:** {escape(effect_sentence(effect, usual, comparable=same))}"
        )
    st.markdown("\n".join(lines))


def _form(study: Study, matrix: PurchaseMatrix, k: int | None) -> None:

    now, most = study.sweep, min(matrix.shape)
    can = working_level.weightings()
    weighting = st.selectbox(
        "What a purchase counts", can, index=can.index(study.weighting) if study.weighting in can else 0,
        format_func=WEIGHTINGS.__getitem__, key=f"sweep-weighting-{study.weighting}", help=widgets.help_for("weighting"),
    )  # fmt: skip
    loss = st.selectbox(
        "Loss", list(LOSSES), index=list(LOSSES).index(now.loss), format_func=LOSSES.__getitem__,
        help=widgets.help_for("loss"),
    )  # fmt: skip
    starts, current = _starts(study, matrix, k)
    start = st.selectbox(
        "Start", list(starts), index=list(starts).index(current) if current in starts else 0,
        format_func=starts.__getitem__, help=widgets.help_for("initialisation"), key=f"sweep-start-{current}-{k}",
    )  # fmt: skip
    one, two, three = st.columns(3)
    max_k = one.number_input("Try up to", 2, max(2, min(20, most)), min(now.max_k, max(2, min(20, most))))
    restarts = two.number_input(
        "Restarts", 0, 50, now.restarts or 0, help=widgets.help_for("restart") + " 0 lets the data decide."
    )
    seed = three.number_input("Seed", 0, 1_000_000, now.seed, help=widgets.help_for("seed"))
    degrees = {}
    for column, name in zip(st.columns(3), STRENGTHS if now.loss == "squared" else (), strict=False):
        degrees[name] = column.select_slider(
            LABELS[name], STRENGTHS[name], _nearest(name, getattr(now, name)), help=f"{PENALTIES[name]}.",
            format_func=lambda value, steps=STRENGTHS[name]: DEGREES[steps.index(value)],
        )  # fmt: skip
    if now.loss != "squared":
        st.caption("Shorter lists and the like work with squared error only.")
    else:
        st.caption(
            "With shorter lists, “fewer segments a customer” goes no further than “a little”: more of both leaves no segments."
        )
    if st.form_submit_button("Compare again"):
        working_level.change_weighting(weighting)
        st.session_state.pop("weighting", None)
        choices.change_sweep(
            loss=loss,
            **_start(study, matrix, k, start, initialisations_for(loss)),
            max_k=int(max_k),
            restarts=int(restarts) or None,
            seed=int(seed),
            **_together(degrees if loss == "squared" else {}),
        )
        st.rerun()


def _starts(study: Study, matrix: PurchaseMatrix, k: int | None) -> tuple[dict[str, str], str]:
    """The starts that can work, with their sentences, and the one in use."""
    now, store = study.sweep, cached.store()
    starts = {name: INITIALISATIONS[name] for name in initialisations_for(now.loss)}
    if now.start_key and store.has(now.start_key):
        starts[KEPT] = f"From the {now.start_k} segments that were kept: they stay in their order"
        return starts, KEPT
    if k is not None and is_known(questions.segments(study, matrix, k)):
        starts[THESE] = (
            f"From the {k} segments you have now: they stay in their order when data or filters change"
        )
    return starts, now.initialisation


def _start(
    study: Study, matrix: PurchaseMatrix, k: int | None, chosen: str, possible: Collection[str]
) -> dict[str, str | int]:
    """What the study keeps of the start chosen; segments to go on from belong to their own number only."""
    if chosen == KEPT:
        return {}
    if chosen == THESE and k is not None:
        from segcore.studies.start import Start
        from segcore.studies.starts import keep_start

        segments = cached.result(key_of(questions.segments(study, matrix, k)))
        return {"start_key": keep_start(Start.of(segments.product_scores), cached.store()), "start_k": k}
    return {"initialisation": chosen if chosen in possible else "nndsvda", "start_key": "", "start_k": 0}


def _together(degrees: dict[str, float]) -> dict[str, float]:
    """The strengths that can work together; what was not offered is off."""
    wanted = {name: float(degrees.get(name, 0.0)) for name in STRENGTHS}
    if wanted["sparsity_products"]:
        wanted["sparsity_customers"] = min(wanted["sparsity_customers"], STRENGTHS["sparsity_customers"][1])
    return wanted


def _nearest(name: str, value: float) -> float:
    """The step nearest to a strength that a script may have chosen freely."""
    return min(STRENGTHS[name], key=lambda step: abs(step - value))
