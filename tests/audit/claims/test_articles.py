"""The claims of the two articles of this workspace come out as they were checked by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidencekit.audit.claims.judge import ClaimResult, judge_claims
from evidencekit.audit.claims.output import claim_dict, claims_text
from evidencekit.workspace.workspace import Loaded, load_workspace

ROOT = Path(__file__).parents[3]
GUT = "gut-immunity"
MELATONIN = "melatonin-microbiome"

EXPECTED = {
    GUT: {
        "immune-cells-in-gut": "unsupported",
        "trillions-of-microbes": "holds-with-limits",
        "review-size": "holds",
        "fewer-colds": "holds",
        "shorter-colds": "misattributed",
        "travellers-diarrhoea": "overstated",
        "boulardii-proven": "overstated",
        "lgg-proven": "overstated",
        "antibiotic-diarrhoea-boulardii": "overstated",
        "antibiotic-diarrhoea-lgg": "overstated",
        "efsa-claims": "holds-with-limits",
        "side-effects": "holds-with-limits",
        "dose-and-duration": "unchecked",
        "fermented-foods": "holds-with-limits",
        "fibre-measurable": "contradicted",
        "drink-enough": "holds-with-limits",
        "sleep-and-infections": "holds-with-limits",
        "meditation-sleep": "holds-with-limits",
        "meditation-stress": "unsupported",
        "omega-3-and-glutamine": "holds",
    },
    MELATONIN: {
        "immune-system-in-gut": "unsupported",
        "trillions-of-microbes": "holds-with-limits",
        "gut-melatonin-400-times": "contradicted",
        "melatonin-insomnia": "superseded",
        "melatonin-jet-lag": "unchecked",
        "melatonin-shift-work": "unchecked",
        "functional-disorders-pain": "holds-with-limits",
        "functional-disorders-sleep": "contradicted",
        "functional-disorders-bloating": "contradicted",
        "mice-dysbiosis": "holds-with-limits",
        "mice-sleep": "unsupported",
        "melatonin-diversity": "inconsistent",
        "poor-sleep-diversity": "unsupported",
        "probiotics-sleep-quality": "holds-with-limits",
        "probiotics-sleep-duration": "unsupported",
        "associations": "unchecked",
    },
}


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    return load_workspace(ROOT)


@pytest.fixture(scope="module")
def gut(loaded: Loaded) -> dict[str, ClaimResult]:
    return results(loaded, GUT)


def results(loaded: Loaded, article: str) -> dict[str, ClaimResult]:
    judged = judge_claims(loaded, ROOT / "articles" / f"{article}.claims.yaml")
    return {result.claim.id: result for result in judged}


@pytest.mark.parametrize("article", EXPECTED)
def test_verdicts(loaded: Loaded, article: str) -> None:
    verdicts = {name: result.verdict for name, result in results(loaded, article).items()}
    assert verdicts == EXPECTED[article]


def test_claims_are_valid(loaded: Loaded) -> None:
    assert [f for f in loaded.findings if f.place.file.startswith("articles/")] == []


def test_23_percent_is_that_of_the_cited_review(gut: dict[str, ClaimResult]) -> None:
    cited, own = gut["fewer-colds"].comparisons
    assert (cited.found.shown, cited.computed) == ("RR 0.77 (0.68 to 0.87)", "23% lower")
    assert cited.agreement == "agrees"
    # The workspace's own analysis is computed, not copied, and stands beside it.
    assert own.found.source.analysis == "probiotics-urti"
    assert own.found.estimate == pytest.approx(0.74498, abs=5e-6)
    assert own.found.k == 6
    assert own.agreement == "differs"


def test_size_of_the_review(gut: dict[str, ClaimResult]) -> None:
    result = gut["review-size"]
    assert result.claimed == "6 studies, more than 1500 participants"
    assert [c.computed for c in result.comparisons] == ["6 studies, 1551 participants"]


def test_almost_two_days_is_another_review_s_number(gut: dict[str, ClaimResult]) -> None:
    result = gut["shorter-colds"]
    assert [(c.found.label, c.computed, c.agreement) for c in result.comparisons] == [
        ("Li 2020", "2.66 days lower", "differs"),
        ("Hao 2015 (Cochrane)", "1.89 days lower", "agrees"),
        ("Zhao 2022 (Cochrane)", "1.22 days lower", "differs"),
    ]
    assert result.why == "not the number of Li 2020, but near that of Hao 2015 (Cochrane)"
    assert result.notes == (
        "the newer result was recalled only, not seen",
        "the number of Hao 2015 (Cochrane) was seen second-hand only",
    )
    assert not result.disagrees


def test_70_percent_is_unsupported_and_says_how_the_other_number_is_known(
    gut: dict[str, ClaimResult],
) -> None:
    result = gut["immune-cells-in-gut"]
    assert result.why == "no source that was seen supports it"
    assert result.notes == ("the counter-evidence was seen second-hand only",)
    assert not any(c.decisive for c in result.comparisons)


def test_a_judgement_does_not_override(gut: dict[str, ClaimResult]) -> None:
    result = gut["antibiotic-diarrhoea-boulardii"]
    assert (result.recomputed, result.judged) == ("overstated", "holds-with-limits")
    assert result.verdict == "overstated"
    assert result.disagrees
    assert claims_text([result]) == (
        "overstated: antibiotic-diarrhoea-boulardii "
        "(Probiotica - vriendelijke helpers voor de darmen; no reference)\n"
        "    Saccharomyces boulardii is very effective against diarrhoea from antibiotics\n"
        "    claimed                 lower\n"
        "    Szajewska 2015a, other  RR 0.47 (0.38 to 0.57): lower; agrees\n"
        "    -> worded as proven or very effective on evidence of unstated certainty\n"
        "    -> judged holds-with-limits by evidencekit curation on 2026-11-24 (draft): "
        "the risk about halves, for this yeast"
    )


def test_nothing_recalled_decides(loaded: Loaded) -> None:
    for article in EXPECTED:
        for result in results(loaded, article).values():
            for comparison in result.comparisons:
                assert not (comparison.decisive and comparison.found.source.status == "recalled")


def test_every_claim_is_plain_values(gut: dict[str, ClaimResult]) -> None:
    row = claim_dict(gut["shorter-colds"])
    file = "articles/gut-immunity.claims.yaml"
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    assert (row["file"], row["line"]) == (file, lines.index("- id: shorter-colds") + 1)
    assert row["claimed"] == "almost 2 days lower"
    assert row["judgement"]["by"] == "evidencekit curation"
    assert [e["status"] for e in row["evidence"]] == ["seen", "second_hand", "recalled"]
    assert row["evidence"][0]["doi"] == "10.1155/2020/8734140"
