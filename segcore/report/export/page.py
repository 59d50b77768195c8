"""The leave-behind: one HTML file that opens anywhere, without a network, and asks nobody for anything."""

from __future__ import annotations

import base64
import hashlib
import html
from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go
import plotly.offline

from segcore.figures.frame import without_heading
from segcore.figures.palette import ACCENT_LIGHT
from segcore.figures.story_chart import told
from segcore.report.export.cells import is_number, shown
from segcore.report.export.tables import as_text_cell
from segcore.report.records import Chapter, Story

WIDTH = 920
_STYLE = """
:root { color-scheme: light; }
body { font: 17px/1.55 "Source Sans 3", "Source Sans Pro", "Segoe UI", "Helvetica Neue", Arial, sans-serif; color: #1c2030;
       background: #fff; margin: 0; }
main, header, footer { max-width: 960px; margin: 0 auto; padding: 0 24px; }
header { padding-top: 48px; }
h1 { font-size: 38px; line-height: 1.15; margin: 0 0 8px; }
h2 { font-size: 25px; line-height: 1.25; margin: 0 0 12px; }
section { padding: 32px 0; border-top: 1px solid #dfe2ec; }
p, li { max-width: 42em; }
.quiet, figcaption { color: #565d73; font-size: 15px; }
nav ol { padding-left: 1.2em; } nav a { color: ACCENT; }
figure { margin: 16px 0; overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 15px; width: 100%; }
th, td { padding: 5px 10px; text-align: left; vertical-align: top; border-bottom: 1px solid #e8eaf2; min-width: 4.5em; }
th.n, td.n { text-align: right; white-space: nowrap; min-width: 0; }
th.n { white-space: normal; }
details { margin-top: 12px; } summary { cursor: pointer; color: ACCENT; }
@page { size: A4; margin: 14mm; }
@media print {
  body { font-size: 14px; } main, header, footer { padding: 0; max-width: none; } nav, summary { display: none; }
  section { padding: 18px 0; } h2 { break-after: avoid; break-inside: avoid; } tr { break-inside: avoid; }
  figure { overflow: visible; } figure:has(.js-plotly-plot) { break-inside: avoid; }
  .js-plotly-plot { zoom: 0.74; } table { font-size: 11.5px; } th, td { padding: 3px 6px; }
}
""".replace("ACCENT", ACCENT_LIGHT)

# A sheet of paper cannot be unfolded.
_UNFOLD = "addEventListener('beforeprint', () => document.querySelectorAll('details').forEach(one => { one.open = true; }));"


def page(story: Story, pictures: dict[str, Sequence[go.Figure]] | None = None) -> bytes:
    """The whole story as one file.

    Parameters
    ----------
    pictures : dict
        Further figures by the kind of chapter they belong to, such as the heatmaps of the overview.
    """
    library = plotly.offline.get_plotlyjs()
    scripts = [library, _UNFOLD]
    sections = []
    for place, chapter in enumerate(story.chapters):
        body, drawn = _section(chapter, place, (pictures or {}).get(chapter.kind, ()))
        sections.append(body)
        scripts += drawn
    # Only the scripts of this very file may run, and nothing may be fetched.
    allowed = " ".join(f"'sha256-{_hash(script)}'" for script in scripts)
    policy = f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data: blob:; font-src data:"
    text = f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>{_safe(story.title)}</title>
<style>{_STYLE}</style>
<script>{library}</script>
<script>{_UNFOLD}</script>
</head>
<body>
<header><h1>{_safe(story.title)}</h1><p class="quiet">{_safe(story.subtitle)}</p>{_contents(story)}</header>
<main>
{"".join(sections)}
{_record(story)}
</main>
</body>
</html>
"""
    return text.encode("utf-8")


def _section(chapter: Chapter, place: int, pictures: Sequence[go.Figure]) -> tuple[str, list[str]]:
    parts = [f'<section id="c{place}"><h2>{_safe(chapter.heading)}</h2>']
    scripts: list[str] = []
    figures = [] if chapter.chart is None else [told(chapter.chart, title=chapter.chart.says, subtitle="")]
    parts += _sentences(chapter)
    for number, figure in enumerate([*figures, *pictures]):
        block, script = _figure(figure, f"c{place}-{number}")
        parts.append(block)
        scripts.append(script)
    if chapter.table is not None and len(chapter.table):
        table = _table(chapter.table)
        kept_open = chapter.chart is None
        parts.append(table if kept_open else f"<details><summary>In numbers</summary>{table}</details>")
    parts.append("</section>")
    return "\n".join(parts), scripts


def _sentences(chapter: Chapter) -> list[str]:
    if len(chapter.sentences) <= 2:
        return [f"<p>{_safe(sentence)}</p>" for sentence in chapter.sentences]
    return ["<ul>", *(f"<li>{_safe(sentence)}</li>" for sentence in chapter.sentences), "</ul>"]


def _figure(figure: go.Figure, place: str) -> tuple[str, str]:
    """A figure's place on the page and the script that draws it there."""
    said = figure.layout.meta
    bare = without_heading(figure)
    bare.update_layout(width=WIDTH)
    # A closing tag inside a name would end the script.
    drawn = bare.to_json().replace("</", "<\\/")
    options = "{displaylogo: false, modeBarButtonsToRemove: ['lasso2d', 'select2d', 'autoScale2d']}"
    script = (
        f"(function () {{ const f = {drawn}; Plotly.newPlot({place!r}, f.data, f.layout, {options}); }})();"
    )
    caption = f"<figcaption><b>{_safe(said['title'])}</b> {_safe(said['subtitle'])}</figcaption>"
    alt = html.escape(_clean(said["alt"]), quote=True)
    block = f'<figure>{caption}<div id="{place}" role="img" aria-label="{alt}"></div><script>{script}</script></figure>'
    return block, script


def _table(table: pd.DataFrame) -> str:
    numbers = [is_number(table[name]) for name in table.columns]
    head = "".join(
        f"<th{' class=n' if n else ''}>{_safe(name)}</th>"
        for name, n in zip(table.columns, numbers, strict=True)
    )
    rows = []
    for row in table.itertuples(index=False):
        cells = zip(table.columns, row, numbers, strict=True)
        rows.append("<tr>" + "".join(f"<td{' class=n' if n else ''}>{_safe(shown(name, value))}</td>" for name, value, n in cells) + "</tr>")  # fmt: skip
    return f"<figure><table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></figure>"


def _contents(story: Story) -> str:
    entries = "".join(
        f'<li><a href="#c{place}">{_safe(chapter.heading)}</a></li>'
        for place, chapter in enumerate(story.chapters)
    )
    return f"<nav><ol>{entries}</ol></nav>"


def _record(story: Story) -> str:
    rows = "".join(
        f"<tr><th>{_safe(name)}</th><td>{_safe(value)}</td></tr>" for name, value in story.record.items()
    )
    return f'<section id="record"><h2>What makes these numbers again</h2><table><tbody>{rows}</tbody></table></section>'


def _clean(text: object) -> str:
    return as_text_cell(text, quote=False)


def _safe(text: object) -> str:
    """Text that no browser obeys."""
    return html.escape(_clean(text), quote=True)


def _hash(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
