"""The pieces of the How many page: its charts, the facts of one k, the advanced options."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.ui.parts import questions, widgets
from pages.ui.parts import study_choices as choices
from pages.ui.parts.answers import BUTTON, ask
from pages.ui.parts.text import escape
from segcore.language.words import count, decimal, percent
from segcore.questions.numbers import KMeansElbow, MeasuresOfR
from segcore.selection.limits import limits, resampled_in_words

if TYPE_CHECKING:
    from segcore.choices.study import Study
    from segcore.matrix import PurchaseMatrix
    from segcore.questions.numbers import HowMany
    from segcore.selection import Verdict
    from segcore.selection.sweep import Sweep, SweepPoint


def unfinished(parts: list[SweepPoint], asked: HowMany, chosen: int | None) -> None:
    """The elbow as far as it has come."""
    from segcore.figures.elbow import explained_share_chart
    from segcore.selection.sweep import sweep_table

    spec = asked.spec
    figure = explained_share_chart(
        sweep_table(parts),
        None,
        None,
        chosen,
        pending=[k for k in spec.ks if k not in {point.k for point in parts}],
        title="What each number of segments explains, as it comes in",
        subtitle="Share of the purchase pattern that is explained",
        theme=widgets.theme(),
        wrap=60,
    )
    left, right = st.columns([13, 7], gap="large")  # where the finished chart and its figures will stand
    with left:
        widgets.chart(figure, key="elbow-unfinished")
    with right, st.container(border=True):
        st.markdown(f"**{len(parts)} of {len(spec.ks)} compared**")
        st.caption(
            "Each number of segments is fitted, then checked on 20 random samples. Which one to work with, and why, "
            "stands here when all are done. You can leave this page meanwhile."
        )


def draw(
    view: str, sweep: Sweep, verdict: Verdict, study: Study, matrix: PurchaseMatrix, k: int | None
) -> None:
    """The chart of one view."""
    {
        "Explained": lambda: elbow(sweep, verdict, k),
        "Stability": lambda: stability(sweep, verdict, matrix, k),
        "Over chance": lambda: over_chance(sweep, verdict, k),
        "Smallest": lambda: smallest(sweep, verdict, matrix, k),
        "K-means": lambda: kmeans(study, matrix, k),
    }[view]()


IN_WORDS = ("dead", "last_gain", "sampled", "without_purchases")  # said beside the number, not tabulated
VIEWS = ("Explained", "Stability", "Over chance", "Smallest", "K-means")


def elbow(sweep: Sweep, verdict: Verdict, chosen: int | None) -> None:
    """Explained share over k; a click chooses."""
    from segcore.figures.elbow import explained_share_chart

    figure = explained_share_chart(
        sweep.table,
        sweep.baseline,
        sweep.knee,
        chosen,
        title=verdict.readings.explained.rstrip("."),
        subtitle="Share of the purchase pattern explained; click a point to work with it",
        theme=widgets.theme(),
        wrap=60,
    )
    widgets.chart(figure, key="elbow", on_click=choices.change_k)


def stability(sweep: Sweep, verdict: Verdict, matrix: PurchaseMatrix, chosen: int | None) -> None:
    """Stability of the weakest segment over k; a click chooses."""
    from segcore.figures.stability import stability_chart

    if not verdict.readings.stability:
        st.info("Too few customers to leave a fifth of them out and try again.", icon=":material/info:")
        return
    figure = stability_chart(
        sweep.table,
        chosen,
        title=verdict.readings.stability.rstrip("."),
        subtitle=f"How alike segments come out {resampled_in_words(sweep.spec, matrix.shape[0], matrix.row_word)}",
        theme=widgets.theme(),
        wrap=60,
    )
    widgets.chart(figure, key="stability", on_click=choices.change_k)


def over_chance(sweep: Sweep, verdict: Verdict, chosen: int | None) -> None:
    """What each further segment adds beside what it adds by lot; a click chooses."""
    from segcore.figures.gain import gain_chart
    from segcore.selection.evidence import most_by_chance

    if not verdict.readings.chance:
        st.info("Too few purchases to tell tastes from chance.", icon=":material/info:")
        return
    figure = gain_chart(
        sweep.table,
        most_by_chance(sweep.table),
        verdict.ceiling,
        chosen,
        title=verdict.readings.chance.rstrip("."),
        subtitle="What each further segment adds, beside the same purchases, as many each, dealt out by lot",
        theme=widgets.theme(),
        wrap=60,
    )
    widgets.chart(figure, key="over-chance", on_click=choices.change_k)


def smallest(sweep: Sweep, verdict: Verdict, matrix: PurchaseMatrix, chosen: int | None) -> None:
    """Size of the smallest segment over k; a click chooses."""
    from segcore.figures.smallest import smallest_segment_chart
    from segcore.selection.evidence import SMALLEST_SHARE

    figure = smallest_segment_chart(
        sweep.table,
        chosen,
        least=SMALLEST_SHARE,
        customers=matrix.shape[0],
        row_word=matrix.row_word,
        title=verdict.readings.size.rstrip("."),
        subtitle=f"Share of {matrix.row_word} in the smallest segment; click a bar to work with it",
        theme=widgets.theme(),
        wrap=60,
    )
    widgets.chart(figure, key="smallest", on_click=choices.change_k)


def kmeans(study: Study, matrix: PurchaseMatrix, chosen: int | None) -> None:
    """The K-means elbow, computed when somebody looks, and how far its groups are the segments."""
    from segcore.figures.kmeans_elbow import kmeans_chart
    from segcore.segments.compare import agreement_in_words
    from segcore.selection import knee_of

    most = min(study.sweep.max_k, matrix.shape[0])
    table = ask(KMeansElbow(questions.sweep(study, matrix), most))
    if table is None:
        return
    knee = knee_of(-table["sse"])
    finding = f"K-means bends at {knee} groups" if knee else "K-means shows no clear bend"
    widgets.chart(
        kmeans_chart(
            table,
            title=finding,
            subtitle="Sum of squared errors on scaled columns, from one group up",
            theme=widgets.theme(),
            wrap=60,
        ),
        key="kmeans",
    )
    alike = table["agreement"].get(chosen)
    if alike is not None and alike == alike:
        st.markdown(
            f"At {chosen:d}, the groups of K-means and our segments are **{agreement_in_words(alike)}**: "
            f"agreement {decimal(alike, 2)}, where 1 is the same groups and 0 is what chance gives (adjusted Rand index)."
        )


def facts(sweep: Sweep, matrix: PurchaseMatrix, k: int) -> None:
    """The figures of one k beside those of best-sellers alone."""
    row, n = sweep.table.loc[k], matrix.shape[0]
    one, two = st.columns(2)
    one.metric("explained", percent(row["explained_share"]), help=widgets.help_for("explained share"))
    two.metric("best-sellers alone", percent(sweep.baseline), help=widgets.help_for("best-sellers alone"))
    one.metric(
        "smallest segment",
        percent(row["smallest_share"], n),
        help=f"{count(row['smallest'])} {matrix.row_word}",
    )
    two.metric(
        "stability", decimal(row["stability_worst"], 2) if row["stability_worst"] == row["stability_worst"] else "–",
        help=widgets.help_for("stability"),
    )  # fmt: skip
    for sentence in limits(sweep, matrix, k):
        st.caption(escape(sentence))


def expert_table(study: Study, matrix: PurchaseMatrix) -> None:
    """R NMF's measures, computed when somebody asks."""
    from segcore.selection.expert_measures import MEASURES

    measures = ask(MeasuresOfR(questions.sweep(study, matrix)), BUTTON("R NMF’s measures"))
    if measures is None:
        return
    st.dataframe(
        measures.table.rename_axis("segments"),
        column_config={
            name: widgets.decimals(
                1 if name == "rss" else 3, label=name.replace("_", ", "), help=f"{said} R NMF: {r_name}."
            )
            for name, (said, r_name) in MEASURES.items()
        },
        alt="R NMF’s measures for every number of segments tried.",
    )
    st.caption(
        f"Consensus over {measures.resamples:d} samples of 80 %, for {count(measures.customers)} {matrix.row_word} and "
        f"{count(measures.products)} products. R’s samples are the {matrix.row_word} here, its features the products."
    )


def table(sweep: Sweep) -> None:
    """Every figure of the sweep."""
    shown = sweep.table.drop(columns=[*IN_WORDS, "failure"]).rename(
        columns={
            "error": "error ‖V − WH‖",
            "explained_share": "explained",
            "smallest": "smallest segment",
            "smallest_share": "smallest, share",
            "stability_worst": "stability, worst segment",
            "stability_mean": "stability, mean",
            "restart_spread": "spread over restarts",
            "held_by_members": "held by own customers, least",
            "beyond_chance": "gain over chance",
            "unevenness": "unevenness of activity",
        }
    )
    shares = ["explained", "smallest, share", "spread over restarts", "held by own customers, least"]
    st.dataframe(
        widgets.in_percent(shown.rename_axis("segments"), shares, digits=1),
        column_config=widgets.percent_columns(shares, digits=1)
        | {name: widgets.decimals(2) for name in ("stability, worst segment", "stability, mean")}
        | {
            name: widgets.decimals(1)
            for name in ("error ‖V − WH‖", "gain over chance", "unevenness of activity")
        },
        alt="Every number of segments tried, with error, explained share, stability and smallest segment.",
    )
    st.caption(
        f"Seed {sweep.spec.nmf.seed:d}. Explained shares compare only within one level and one weighting."
    )
