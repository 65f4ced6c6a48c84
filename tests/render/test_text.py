"""Measuring and wrapping with the bundled font."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.font_manager import findfont, get_font
from matplotlib.textpath import TextToPath

from evidencekit.render.style import drawing_settings
from evidencekit.render.text import (
    FONT_FILES,
    FONT_FOLDER,
    Face,
    clean,
    font_properties,
    text_width,
    wrap,
    wrap_heading,
)

NEEDED = "τ²χI−≤≥∞–—…½×·«»„“”‘’†‡§¶äöüßÄÖÜéèëïĳçñøåæœ\u00a0%()/=<>&+"
FACES: tuple[Face, ...] = ("regular", "bold", "italic")


@pytest.mark.parametrize("face", FACES)
def test_the_bundled_font_has_every_sign_we_print(face: Face) -> None:
    font = get_font(str(FONT_FOLDER / FONT_FILES[face]))
    missing = [c for c in NEEDED if not font.get_char_index(ord(c))]
    assert missing == []


def test_every_letter_of_the_catalogues_is_in_the_font() -> None:
    from evidencekit.language.catalogue import LANGUAGES, messages

    font = get_font(str(FONT_FOLDER / FONT_FILES["regular"]))
    letters = {c for lang in LANGUAGES for t in messages(lang).values() for c in t} - {"\n"}
    assert sorted(c for c in letters if not font.get_char_index(ord(c))) == []


def test_fonts_are_unmodified_and_licensed() -> None:
    licence = (FONT_FOLDER / "LICENSE-OFL-1.1.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    assert "Reserved Font Name Liberation" in licence
    for file in FONT_FILES.values():
        assert (FONT_FOLDER / file).stat().st_size > 400_000


@pytest.mark.parametrize("face", FACES)
def test_matplotlib_draws_with_the_bundled_file(face: Face) -> None:
    assert str(findfont(font_properties(face, 9.0))) == str(FONT_FOLDER / FONT_FILES[face])


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize(
    "text",
    [
        "0.77 (0.66 to 0.90)",
        "Random-effects model (REML, Hartung-Knapp)",
        "Heterogenität: τ² = 0,02; I² = 53\u00a0%; Q = 14,75",
        "AVAToTe. Wo Yo",
    ],
)
def test_measured_width_equals_drawn_width(text: str, face: Face) -> None:
    """Between two bars, so that the side bearings of the ink do not blur the comparison."""

    def drawn(line: str) -> float:
        with drawing_settings("test"):
            width, _, _ = TextToPath().get_text_width_height_descent(
                line, font_properties(face, 2048.0), False
            )
        return width

    between = drawn(f"|{text}|") - drawn("||")
    assert text_width(text, 2048.0, face) == pytest.approx(between, rel=5e-4)


def test_digits_are_tabular() -> None:
    for face in FACES:
        assert len({text_width(digit, 10.0, face) for digit in "0123456789"}) == 1
    assert text_width("0", 9.0, "bold") == text_width("0", 9.0)


@given(st.text(max_size=80), st.floats(20.0, 200.0))
def test_wrapped_lines_fit_and_keep_every_letter(text: str, width: float) -> None:
    lines = wrap(text, width, size=9.0)
    assert lines

    def letters(value: str) -> str:
        return "".join(c for c in value if c not in " -\u00a0")

    assert letters("".join(lines)) == letters(clean(text))
    for line in lines:
        assert text_width(line, 9.0) <= width or len(line) <= 2


def test_relations_are_not_broken() -> None:
    assert wrap("Q = 14.75, df = 7, P = 0.031", 85.0, size=9.0) == [
        "Q = 14.75, df = 7,",
        "P = 0.031",
    ]


def test_a_long_word_is_cut_with_a_hyphen_or_after_its_own() -> None:
    lines = wrap("Donaudampfschifffahrtsgesellschaft", 80.0, size=9.0)
    assert all(line.endswith("-") for line in lines[:-1])
    assert wrap("common-effects-inverse-variance-model", 100.0, size=9.0)[0].endswith("-")
    assert "--" not in "".join(wrap("common-effects-inverse-variance-model", 60.0, size=9.0))


def test_brackets_prefer_their_own_line() -> None:
    assert wrap_heading("Risk ratio (95% CI)", 70.0, size=9.0) == ["Risk ratio", "(95% CI)"]
    assert wrap_heading("Risk ratio (95% CI)", 200.0, size=9.0) == ["Risk ratio (95% CI)"]


def test_clean_makes_one_printable_line() -> None:
    assert clean(" a\n b\t c\x00\x07 ") == "a b c"
    assert clean("24\u00a0%") == "24\u00a0%"
    assert clean("e\u0301") == "é"
