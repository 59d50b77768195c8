"""The palette can be read by everybody, and the theme repeats it exactly."""

import tomllib
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from segcore.figures import palette

ROOT = Path(__file__).parents[2]

# Machado, Oliveira & Fernandes (2009), severity 1.0, on linear RGB.
VISION = {
    "common": np.eye(3),
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.072175], [0.0193339, 0.119192, 0.9503041]]
)


def linear(colour: str) -> np.ndarray:
    channels = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def lab(colour: str, vision: str = "common") -> np.ndarray:
    seen = np.clip(np.asarray(VISION[vision]) @ linear(colour), 0, 1)
    ratio = TO_XYZ @ seen / TO_XYZ.sum(axis=1)
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(a: str, b: str) -> float:
    low, high = sorted(TO_XYZ[1] @ linear(colour) for colour in (a, b))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("vision", VISION)
def test_any_two_segment_colours_can_be_told_apart(vision):
    distances = [
        np.linalg.norm(lab(a, vision) - lab(b, vision)) for a, b in combinations(palette.SEGMENT_COLOURS, 2)
    ]
    assert len(distances) == 45
    assert min(distances) >= 20


@pytest.mark.parametrize("vision", VISION)
def test_grey_is_no_segment(vision):
    assert (
        min(np.linalg.norm(lab(c, vision) - lab(palette.GREY, vision)) for c in palette.SEGMENT_COLOURS) >= 9
    )


def test_segment_colours_differ_in_greyscale():
    lightness = np.sort([lab(colour)[0] for colour in palette.SEGMENT_COLOURS])
    assert np.diff(lightness).min() >= 4
    first_five = np.sort([lab(colour)[0] for colour in palette.SEGMENT_COLOURS[:5]])
    assert np.diff(first_five).min() >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_is_readable(theme):
    c = palette.colours(theme)
    for background in (c.page, c.surface):
        assert contrast(c.ink, background) >= 12
        assert contrast(c.quiet, background) >= 4.5
        assert contrast(c.link, background) >= 4.5
        assert contrast(c.warning, background) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_selected_controls_are_readable(theme):
    c = palette.colours(theme)
    assert contrast("#FFFFFF", c.accent) >= 4.5  # buttons, tags, picked dates: white text on the accent
    tint = "#" + "".join(
        f"{round(0.1 * int(c.accent[i : i + 2], 16) + 0.9 * int(c.page[i : i + 2], 16)):02X}"
        for i in (1, 3, 5)
    )
    # Accent text on a tenth of the accent: on a dark page both cannot reach 4.5, see the comment in the palette.
    assert contrast(c.accent, tint) >= (4.5 if theme == "light" else 4.0)
    assert contrast(c.accent, c.surface) >= 3


@pytest.mark.parametrize(("scale", "sign"), [(palette.SEQUENTIAL_LIGHT, -1), (palette.SEQUENTIAL_DARK, 1)])
def test_sequential_scales_go_one_way(scale, sign):
    steps = sign * np.diff([lab(colour)[0] for colour in scale])
    assert len(scale) == 10
    assert steps.min() > 3


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_less_and_more_differ(theme, vision):
    c = palette.colours(theme)
    assert np.linalg.norm(lab(c.less, vision) - lab(c.more, vision)) >= 40


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_theme_repeats_the_palette(theme):
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["theme"][theme]
    c = palette.colours(theme)
    assert settings == {
        "primaryColor": c.accent,
        "backgroundColor": c.page,
        "secondaryBackgroundColor": c.surface,
        "textColor": c.ink,
        "linkColor": c.link,
        "borderColor": c.line,
        "grayTextColor": c.quiet,
        "chartCategoricalColors": list(palette.SEGMENT_COLOURS),
        "chartSequentialColors": list(c.sequential),
        "chartDivergingColors": list(c.diverging),
    }
    assert len(settings["chartCategoricalColors"]) == 10


def test_streamlit_knows_every_option_of_the_config_file():
    from streamlit import config

    def flat(table, prefix=""):
        for key, value in table.items():
            if isinstance(value, dict):
                yield from flat(value, f"{prefix}{key}.")
            else:
                yield f"{prefix}{key}", value

    written = dict(flat(tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))))
    known = set(config.get_config_options(force_reparse=False))
    assert set(written) <= known
    assert written["server.showEmailPrompt"] is False
    assert written["server.address"] == "localhost"
    assert "server.headless" not in written  # a person's browser should open


def test_colours_of_segments():
    assert palette.segment_colour(1) == palette.SEGMENT_COLOURS[0]
    assert palette.segment_colour(10) == palette.SEGMENT_COLOURS[9]
    assert {palette.segment_colour(n) for n in (None, 0, 11)} == {palette.GREY}
