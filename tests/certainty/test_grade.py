"""The overall rating: arithmetic of levels, and nothing rated without judgements."""

from __future__ import annotations

from datetime import date

import pytest

from evidencekit.certainty.grade import LEVELS, LEVELS_DOWN, rate
from evidencekit.workspace.plan import DOMAINS, Certainty, Domain


def judged(**judgements: str) -> Certainty:
    """Every domain judged, as not serious unless given."""
    clear = {d: "undetected" if d == "publication_bias" else "not_serious" for d in DOMAINS}
    domains = {
        name: Domain(judgement=j, by="AB", on=date(2026, 1, 1), rationale="because")
        for name, j in (clear | judgements).items()
    }
    return Certainty(domains=domains)


@pytest.mark.parametrize(
    ("judgements", "level"),
    [
        ({}, "high"),
        ({"risk_of_bias": "serious"}, "moderate"),
        ({"risk_of_bias": "serious", "imprecision": "serious"}, "low"),
        ({"inconsistency": "very_serious"}, "low"),
        ({"imprecision": "extremely_serious"}, "very_low"),
        ({"publication_bias": "strongly_suspected"}, "moderate"),
        ({"risk_of_bias": "very_serious", "indirectness": "very_serious"}, "very_low"),
    ],
)
def test_levels(judgements: dict[str, str], level: str) -> None:
    rating = rate(judged(**judgements))
    assert (rating.level, rating.status, rating.missing) == (level, "judged", ())


def test_low_start_cannot_fall_below_very_low() -> None:
    certainty = judged(risk_of_bias="very_serious")
    low = Certainty(start="low", domains=certainty.domains)
    assert rate(low).level == "very_low"


@pytest.mark.parametrize("missing", DOMAINS)
def test_one_missing_domain_leaves_all_unrated(missing: str) -> None:
    certainty = judged()
    domains = {name: d for name, d in certainty.domains.items() if name != missing}
    rating = rate(Certainty(domains=domains))
    assert (rating.level, rating.status, rating.missing) == (None, "draft", (missing,))


def test_nothing_judged() -> None:
    rating = rate(Certainty())
    assert rating.level is None
    assert rating.missing == DOMAINS
    assert {d.judgement for d in rating.domains.values()} == {"not_assessed"}


def test_every_step_down_is_monotone() -> None:
    order = sorted(LEVELS_DOWN, key=LEVELS_DOWN.__getitem__)
    found = [LEVELS.index(rate(judged(imprecision=j)).level or "") for j in order]
    assert found == sorted(found, reverse=True)
