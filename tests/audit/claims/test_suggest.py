"""Sentences that claim something and have no claim yet, in three languages."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from evidencekit.audit.claims.suggest import (
    Suggestion,
    suggest_claims,
    suggestions_text,
    untied_claims,
)
from evidencekit.audit.claims.words import EFFECT_STEMS, effect_words, numbers_in
from evidencekit.audit.document import Document
from evidencekit.audit.readers import read_document
from evidencekit.workspace.claim import Claim
from evidencekit.workspace.numbers import as_printed

DUTCH = """\
Verzonnen tekst over thee, voor een test.

Thee en verkoudheid

In een review van 6 proeven met 1.500 mensen [1] was er 23% minder kou. De thee verkort de
ziekte, bijv. met bijna 2 dagen [1]. Waarom helpt thee 3 keer? De kopjes zijn blauw. Sinds 2014
is er meer over bekend.

- 1. Thee verlaagt de koorts [2].

Referenties
1. Hart A, Ives B. Tea and colds. J Tea 2019;3:1-9. doi:10.1000/x
2. Ives B. Tea and fever. J Tea 2020;4:11-19. doi:10.1000/y
"""


def document(tmp_path: Path, text: str) -> Document:
    file = tmp_path / "tea.md"
    file.write_text(text, encoding="utf-8")
    return read_document(str(file))


def texts(suggestions: tuple[Suggestion, ...]) -> list[str]:
    return [suggestion.text for suggestion in suggestions]


def claim(name: str, kind: str, section: str = "Thee en verkoudheid", **more: object) -> Claim:
    value = more.pop("value", None)
    number = as_printed(str(value)) if value else None
    return Claim(id=name, section=section, says="...", kind=kind, value=number, **more)  # type: ignore[arg-type]


def test_sentences_with_numbers_or_words_of_effect(tmp_path: Path) -> None:
    found = suggest_claims(document(tmp_path, DUTCH), ())
    assert [(s.place.line, s.section, s.numbers, s.words, s.cites) for s in found] == [
        (5, "Thee en verkoudheid", ("6", "1.500", "23%"), (), ("1",)),
        (5, "Thee en verkoudheid", ("2",), ("verkort",), ("1",)),
        (9, "Thee en verkoudheid", (), ("verlaagt",), ("2",)),
    ]
    assert found[1].text == "De thee verkort de ziekte, bijv. met bijna 2 dagen [1]."


@pytest.mark.parametrize(
    ("made", "left"),
    [
        (claim("size", "size", k=6, participants=1500), ["verkort", "verlaagt"]),
        (claim("fewer", "relative_change", value="23"), ["verkort", "verlaagt"]),
        (claim("days", "difference", value="2"), ["review", "verlaagt"]),
        (claim("other", "relative_change", value="24"), ["review", "verkort", "verlaagt"]),
        # A claim without a number is tied by its mark, unless it reads on from another.
        (claim("fever", "direction", cites=("2",)), ["review", "verkort"]),
        (
            claim("on", "direction", cites=("2",), carried_over=True),
            ["review", "verkort", "verlaagt"],
        ),
        (claim("word", "direction", mentions=("Koorts",)), ["review", "verkort"]),
        (claim("two", "direction", mentions=("thee", "koorts")), ["review", "verkort"]),
        (claim("no", "direction", mentions=("koorts", "kou")), ["review", "verkort", "verlaagt"]),
        # A section that the text does not have is no reason to lose the claim.
        (claim("far", "relative_change", "Inleiding", value="23"), ["verkort", "verlaagt"]),
    ],
    ids=lambda value: value.id if isinstance(value, Claim) else "",
)
def test_claims_are_tied_by_section_and_number_or_mark(
    tmp_path: Path, made: Claim, left: list[str]
) -> None:
    read_text = document(tmp_path, DUTCH)
    shown = texts(suggest_claims(read_text, (made,)))
    assert len(shown) == len(left)
    assert all(word in text for word, text in zip(left, shown, strict=True))


def test_claims_without_a_sentence_are_told(tmp_path: Path) -> None:
    made = (
        claim("fewer", "relative_change", value="23"),
        claim("gone", "relative_change", value="24"),
        claim("fever", "direction", cites=("2",)),
        claim("loose", "direction"),
    )
    assert untied_claims(document(tmp_path, DUTCH), made) == ("gone", "loose")


def test_another_section_does_not_count(tmp_path: Path) -> None:
    text = "# Tea\n\nTea cuts colds by 23%.\n\n# Milk\n\nMilk cuts colds by 23%.\n"
    made = claim("milk", "relative_change", "Milk", value="23")
    assert texts(suggest_claims(document(tmp_path, text), (made,))) == ["Tea cuts colds by 23%."]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Tea reduces colds and is linked to sleep.", ("reduces", "linked to")),
        ("Thee remt kou, in verband gebracht met slaap.", ("remt", "verband gebracht")),
        ("Tee senkt Fieber und trägt bei zum Schlaf.", ("senkt", "trägt bei")),
        ("The cups are blue.", ()),
    ],
)
def test_words_of_effect(text: str, words: tuple[str, ...]) -> None:
    assert effect_words(text) == words


def test_numbers_but_no_years_or_labels() -> None:
    assert numbers_in("In 2014 it was 1.5-2 L, half of 3,5% and 12 in the 1990s.") == (
        "1.5-2", "half", "3,5%", "12",
    )  # fmt: skip
    assert set(EFFECT_STEMS) == {"en", "nl", "de"}


def test_text_for_people(tmp_path: Path) -> None:
    found = suggest_claims(document(tmp_path, "# Tea\n\nTea cuts colds by 23%.\n"), ())
    file = tmp_path / "tea.md"
    assert suggestions_text(found) == (
        f"{file}:3:1  Tea\n    Tea cuts colds by 23%.\n    because: 23%"
    )


def test_one_very_long_line_takes_no_longer_than_it_should(tmp_path: Path) -> None:
    line = "Tea reduces colds by 3%. " * 5_000
    started = time.process_time()
    assert len(suggest_claims(document(tmp_path, line), ())) == 5_000
    assert time.process_time() - started < 10
