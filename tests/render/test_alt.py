"""Alternative texts say what the figure shows, in 250 characters at most."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evidencekit.render.alt import LONGEST_ALT, forest_alt, forest_description
from evidencekit.render.forest import ForestQuestion
from render.examples import aad, urti
from render.invented import awkward, difference, synthetic


def test_alt_in_three_languages() -> None:
    assert forest_alt(urti("en")) == (
        "Forest plot of 8 trials (1,471 participants) comparing probiotics with control for "
        "upper respiratory tract infection: pooled risk ratio 0.72 (95% CI 0.62 to 0.84)."
    )
    assert forest_alt(urti("nl")) == (
        "Forestplot van 8 onderzoeken (1.471 deelnemers) naar probiotica vergeleken met controle "
        "bij bovensteluchtweginfectie: gepoolde uitkomst, risicoratio 0,72 (95%-BI 0,62 tot 0,84)."
    )
    assert forest_alt(urti("de")) == (
        "Forest-Plot von 8 Studien (1.471 Teilnehmende), Vergleich: Probiotika versus Kontrolle, "
        "Endpunkt: Infektion der oberen Atemwege. Gepooltes Ergebnis: Risikoverhältnis 0,72 "
        "(95-%-KI 0,62 bis 0,84)."
    )


def test_one_trial_is_not_pooled() -> None:
    assert forest_alt(synthetic(1)) == (
        "Forest plot of 1 trial: risk ratio 1.23 (95% CI 0.97 to 1.55)."
    )
    assert forest_alt(synthetic(0)) == "Forest plot of 0 trials; no pooled result."


@pytest.mark.parametrize("lang", ["en", "nl", "de"])
@pytest.mark.parametrize("words", [1, 4, 8, 20, 60])
def test_alt_is_never_too_long_and_never_loses_the_numbers(lang: str, words: int) -> None:
    question = ForestQuestion(
        intervention="long " * words,
        comparator="usual " * words,
        outcome="very " * words,
        participants=123456,
    )
    forest = replace(urti(lang), question=question)
    alt = forest_alt(forest)
    assert len(alt) <= LONGEST_ALT
    assert forest.main is not None
    estimate, _, interval = forest.main.text.partition(" (")
    assert f"{estimate} ({forest.ci_name} {interval}" in alt


@pytest.mark.parametrize("make", [urti, aad, difference, awkward])
@pytest.mark.parametrize("lang", ["en", "nl", "de"])
def test_description_holds_every_printed_result(make, lang: str) -> None:  # type: ignore[no-untyped-def]
    forest = make(lang)
    text = forest_description(forest)
    for item in forest.all_results:
        assert item.text in text
    for summary in forest.all_summaries:
        if summary.prediction is not None:
            assert summary.prediction.text in text
    assert "{" not in text
    assert ".." not in text.replace("...", "")
