"""The repository's analyses give the values their sources and an independent program give.

URTI and AAD values: DerSimonian-Laird and REML with Hartung-Knapp, computed independently
with metafor 3.8-1 from the same counts; Goodman 2021 (doi:10.1136/bmjopen-2020-043054)
printed 0.63 (0.54 to 0.73). Its I² of 60% has Q around the Mantel-Haenszel mean (59.507%), ours
around the inverse-variance mean (59.475%).
"""

from __future__ import annotations

import pytest

from evidencekit.analysis.result import AnalysisResult, Variation
from evidencekit.analysis.run import analyse
from evidencekit.workspace.workspace import Workspace
from tolerances import assert_printed


@pytest.fixture(scope="module")
def results(repository: Workspace) -> dict[str, AnalysisResult]:
    """Every analysis of the repository, by id."""
    return {plan.id: analyse(plan, repository) for plan in repository.plans.values()}


def variation(result: AnalysisResult, name: str) -> Variation:
    """A variation by its id."""
    return next(v for v in result.variations if v.id == name)


def assert_main(result: AnalysisResult, estimate: str, low: str, high: str) -> None:
    """The main result to the printed digits."""
    assert_printed(result.natural.estimate, estimate)
    assert_printed(result.natural.ci.low, low)
    assert_printed(result.natural.ci.high, high)


def assert_variation(result: AnalysisResult, name: str, estimate: str, low: str, high: str) -> None:
    """A variation to the printed digits."""
    found = variation(result, name)
    assert_printed(found.estimate, estimate)
    assert_printed(found.ci.low, low)
    assert_printed(found.ci.high, high)


def test_diarrhoea_on_printed_rows(results: dict[str, AnalysisResult]) -> None:
    result = results["probiotics-aad-adults-as-printed"]
    assert (result.pooled.k, result.participants) == (42, 11305)
    assert_variation(result, "dl-wald", "0.626", "0.536", "0.731")
    assert_printed(100 * variation(result, "dl-wald").i2_q, "59.5")
    assert_main(result, "0.628", "0.536", "0.735")
    assert result.natural.prediction is not None
    assert_printed(result.natural.prediction.low, "0.32")
    assert_printed(result.natural.prediction.high, "1.24")
    assert [r.agrees for r in result.reproductions] == [True]


def test_diarrhoea_on_own_reports(results: dict[str, AnalysisResult]) -> None:
    result = results["probiotics-aad-adults"]
    own = [row for row in result.rows_pooled if row.result.reading.kind == "own_report"]
    assert (result.pooled.k, len(own)) == (42, 30)
    assert_variation(result, "dl-wald", "0.638", "0.544", "0.749")
    assert_variation(result, "s-boulardii", "0.666", "0.439", "1.010")
    assert_variation(result, "as-printed", "0.628", "0.536", "0.735")


def test_urti_every_trial_with_counts(results: dict[str, AnalysisResult]) -> None:
    result = results["probiotics-urti-all-counts"]
    assert result.pooled.k == 8
    assert_variation(result, "dl-wald", "0.721", "0.620", "0.838")
    assert_printed(100 * variation(result, "dl-wald").i2_q, "52.5")
    assert_main(result, "0.721", "0.589", "0.881")
    assert result.natural.prediction is not None
    assert_printed(result.natural.prediction.low, "0.480")
    assert_printed(result.natural.prediction.high, "1.081")
    assert_variation(result, "with-pu-dl", "0.711", "0.615", "0.823")
    assert variation(result, "with-pu-dl").k == 9


def test_urti_live_strains_without_co_intervention(results: dict[str, AnalysisResult]) -> None:
    result = results["probiotics-urti"]
    assert_main(result, "0.745", "0.570", "0.974")
    assert {row.study.id for row in result.with_status("excluded")} == {
        "shinkai-2013",
        "zhang-2021",
    }
    shown = {row.label: row.measure for row in result.with_status("shown")}
    assert shown["Pu 2017"] == "RR"
    assert shown["Laursen 2017"] == shown["Makino 2010"] == "OR"
    assert list(shown.values()).count("HR") == 2


def test_every_study_with_the_outcome_has_a_row(
    repository: Workspace, results: dict[str, AnalysisResult]
) -> None:
    for result in results.values():
        reporting = {
            study.id
            for study in repository.studies.values()
            if any(r.outcome == result.outcome.id for r in study.results)
        }
        assert {row.study.id for row in result.rows} == reporting


def test_certainty_is_never_invented(results: dict[str, AnalysisResult]) -> None:
    for result in results.values():
        assert result.rating.level is None
        assert result.rating.status == "draft"
