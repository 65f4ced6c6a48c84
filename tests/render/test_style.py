"""Themes: enough contrast, and distinct without colour."""

from __future__ import annotations

import pytest

from evidencekit.render.style import SMALLEST_PRINT, THEMES, Theme, sizes_for


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES.keys())
def test_contrast(theme: Theme) -> None:
    for ink in (theme.ink, theme.muted):
        assert contrast(ink, theme.background) >= 7
    for graphic in (theme.square, theme.pooled, theme.rule):
        assert contrast(graphic, theme.background) >= 3, graphic


@pytest.mark.parametrize("rows", [0, 1, 40, 41, 80, 81, 1000])
def test_small_text_prints_at_8_points(rows: int) -> None:
    sizes = sizes_for(rows)
    assert sizes.small >= SMALLEST_PRINT
    assert sizes.pitch >= 1.3 * sizes.text
