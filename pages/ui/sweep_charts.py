"""The pieces of the How many page: its charts, the facts of one k, the advanced options."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.ui import ask, choices, progress, widgets, working_level
from pages.ui.text import escape
from segcore.words import count, numbers_or, percent

if TYPE_CHECKING:
    from segcore.jobs import Request
    from segcore.matrix import PurchaseMatrix
    from segcore.studies import Study
    from segcore.sweep import Sweep, SweepPoint


def unfinished(parts: list[SweepPoint], request: Request, chosen: int | None) -> None:
    """The elbow as far as it has come."""
    from segcore.figures.elbow import explained_share_chart
    from segcore.sweep import sweep_table

    spec = dict(request.arguments)["spec"]
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


def elbow(sweep: Sweep, chosen: int | None) -> None:
    """Explained share over k; a click chooses."""
    from segcore.figures.elbow import explained_share_chart

    knee = sweep.knee
    finding = (
        f"After {knee} segments each further one adds less"
        if knee
        else "The curve hardly bends: look at stability"
    )
    figure = explained_share_chart(
        sweep.table,
        sweep.baseline,
        knee,
        chosen,
        title=finding,
        subtitle="Share of the purchase pattern explained; click a point to work with it",
        theme=widgets.theme(),
        wrap=60,
    )
    widgets.chart(figure, key="elbow", on_click=choices.change_k)


def stability(sweep: Sweep, matrix: PurchaseMatrix, chosen: int | None) -> None:
    """Stability over k, and the smallest segment below it; a click chooses."""
    from segcore.figures.stability import smallest_segment_chart, stability_chart

    stable = [int(k) for k in sweep.table.index[sweep.table["stability_worst"] >= 0.8]]
    finding = (
        f"{numbers_or(stable)} segments come back every time" if stable else "No number of segments is stable"
    )
    widgets.chart(
        stability_chart(
            sweep.table,
            chosen,
            title=finding,
            subtitle=f"How alike segments come out when a fifth of the {matrix.row_word} is left out, 20 times",
            theme=widgets.theme(),
            wrap=60,
        ),
        key="stability",
        on_click=choices.change_k,
    )
    smallest = sweep.table["smallest_share"].min()
    widgets.chart(
        smallest_segment_chart(
            sweep.table,
            chosen,
            customers=matrix.shape[0],
            row_word=matrix.row_word,
            title=f"The smallest segment holds {percent(smallest, matrix.shape[0])} or more",
            subtitle=f"Share of {matrix.row_word} in the smallest segment",
            theme=widgets.theme(),
            wrap=60,
        ),
        key="smallest",
        on_click=choices.change_k,
    )


def kmeans(study: Study, matrix: PurchaseMatrix) -> None:
    """The K-means elbow, computed when somebody looks."""
    from segcore.figures.kmeans_elbow import kmeans_chart
    from segcore.selection import knee_of

    table = progress.result_of(ask.kmeans_elbow(study, matrix))
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
        "stability", f"{row['stability_worst']:.2f}" if row["stability_worst"] == row["stability_worst"] else "–",
        help=widgets.help_for("stability"),
    )  # fmt: skip
    if not row["converged"]:
        st.caption(f"The search stopped after {count(row['iterations'])} rounds before it came to rest.")


def way_out(study: Study) -> None:
    """One click to a level where segments may hold."""
    levels = working_level.levels()
    better = [level for level in levels.index[levels["recommended"]] if level != study.level]
    coarser = levels.index[levels["products"] < levels.loc[study.level, "products"]]
    for level in (better or list(coarser))[:1]:
        if st.button(f"Try the level “{escape(level)}”", type="primary", key="way-out"):
            working_level.change_level(level)
            st.rerun()


def expert_table(study: Study, matrix: PurchaseMatrix) -> None:
    """R NMF's measures, computed when somebody asks."""
    from segcore.consensus import MEASURES

    measures = progress.on_demand(ask.expert_measures(study, matrix), "R NMF’s measures")
    if measures is None:
        return
    st.dataframe(
        measures.table.rename_axis("segments"),
        column_config={
            name: st.column_config.NumberColumn(
                name.replace("_", ", "),
                format="%.1f" if name == "rss" else "%.3f",
                help=f"{said} R NMF: {r_name}.",
            )
            for name, (said, r_name) in MEASURES.items()
        },
        alt="R NMF’s measures for every number of segments tried.",
    )
    st.caption(
        f"Consensus over {measures.resamples} samples of 80 %, for {count(measures.customers)} {matrix.row_word} and "
        f"{count(measures.products)} products. R’s samples are the {matrix.row_word} here, its features the products."
    )


def table(sweep: Sweep) -> None:
    """Every figure of the sweep."""
    shown = sweep.table.drop(columns=["failure", "dead", "last_gain"]).rename(
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
        }
    )
    shares = ["explained", "smallest, share", "spread over restarts", "held by own customers, least"]
    st.dataframe(
        widgets.in_percent(shown.rename_axis("segments"), shares),
        column_config=widgets.percent_columns(shares, digits=1)
        | {
            name: st.column_config.NumberColumn(format="%.2f")
            for name in ("stability, worst segment", "stability, mean")
        }
        | {"gain over chance": st.column_config.NumberColumn(format="%.1f")},
        alt="Every number of segments tried, with error, explained share, stability and smallest segment.",
    )
    st.caption(
        f"Seed {sweep.spec.nmf.seed}. Explained shares compare only within one level and one weighting."
    )
