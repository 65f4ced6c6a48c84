"""The Bayesian fit beside the main one where studies are few."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from evidencekit.analysis.few_studies import MADE_FOR, beside
from evidencekit.analysis.result import AnalysisResult
from evidencekit.analysis.run import analyse
from evidencekit.artefacts.results_json import results_json
from evidencekit.effects import MEASURES
from evidencekit.language.words import Words
from evidencekit.models import bayes_pool, pool
from evidencekit.models.priors import HalfNormal
from evidencekit.quantities import Contrast
from evidencekit.report.formats import REPORT_FORMATS, TABLES
from evidencekit.workspace.workspace import load_workspace
from tolerances import CLOSED_FORM, assert_close
from workspaces import PLAN, STUDY, write

MANY = {"e1": 10, "n1": 50, "e2": 14, "n2": 52, "live": "true", "age": "adults"}
ODDS = "measure: OR\n"
COMMON = "measure: RR\nmodel: {effects: common, ci: wald, prediction: none}\n"


def analysed(root: Path, *, model: str = "measure: RR\n", more: int = 0) -> AnalysisResult:
    for number in range(more):
        name = {"id": f"extra-{number}", "label": f"Extra {number}", "year": 2018}
        write(root, f"studies/extra-{number}.yaml", STUDY.format(**name, **MANY))
    write(root, "analyses/colds.yaml", PLAN.replace("measure: RR\n", model))
    workspace = load_workspace(root).raise_errors()
    return analyse(workspace.plans["colds"], workspace)


def contrasts(measure: str, k: int) -> list[Contrast]:
    scale = MEASURES[measure].scale
    return [
        Contrast(
            study=f"s{i}", label=f"S {i}", measure=measure, scale=scale, estimate=0.1 * i, se=0.2
        )
        for i in range(k)
    ]


def test_it_is_the_posterior_of_the_pooled_studies_on_the_natural_scale(small: Path) -> None:
    result = analysed(small)
    fit = result.bayes
    assert fit is not None
    pair = (result.pooled.estimates, result.pooled.ses)
    alone = bayes_pool(pair, tau_prior=HalfNormal(0.5))
    assert_close(fit.posterior.mu.median, alone.mu.median, CLOSED_FORM)
    assert_close(fit.estimate, np.exp(alone.mu.median), CLOSED_FORM)
    limits = (fit.ci.low, fit.ci.high, fit.prediction.low, fit.prediction.high)
    own, new = alone.mu.central, alone.new_study.central
    assert_close(limits, np.exp([own.low, own.high, new.low, new.high]), CLOSED_FORM)
    assert (fit.ci.level, fit.ci.method) == (0.95, "central")
    # By draws, once: the medians and limits are quantiles of ratios too.
    rng = np.random.default_rng(5)
    nodes = alone.mu.distribution
    ratios = np.exp(nodes.quantile(rng.uniform(size=20_000)))
    assert_close(np.quantile(ratios, 0.5), fit.estimate, 0.01)
    # The rest of the analysis is what it was.
    assert result.pooled.k == 4
    assert all(variation.kind != "bayes" for variation in result.variations)


def test_more_than_five_studies_and_common_effects_have_none(small: Path) -> None:
    assert analysed(small, more=1).bayes is not None
    six = analysed(small, more=2)
    assert (six.pooled.k, six.bayes) == (6, None)
    common = analysed(small, model=COMMON)
    assert (common.pooled.k, common.bayes) == (6, None)
    assert not any("Bayesian" in note for note in (*six.notes, *common.notes))


@pytest.mark.parametrize("measure", ["RD", "MD", "HR", "IRR"])
def test_a_scale_without_a_prior_is_a_note(measure: str) -> None:
    data = contrasts(measure, 3)
    assert beside(data, pool(data)) == (
        None,
        (
            "Few studies, but no Bayesian fit beside the main one: no prior of tau is made for "
            f"{measure}.",
        ),
    )
    assert beside(contrasts(measure, 6), pool(contrasts(measure, 6))) == (None, ())


@pytest.mark.parametrize("measure", MADE_FOR)
def test_every_scale_with_a_prior_gets_a_fit(measure: str) -> None:
    data = contrasts(measure, 3)
    fit, notes = beside(data, pool(data, level=0.9))
    assert fit is not None
    assert fit.ci.level == 0.9
    assert fit.ci.contains(fit.estimate)
    assert fit.prediction.low < fit.ci.low < fit.ci.high < fit.prediction.high
    assert notes == ()


def test_one_study_is_widened_by_the_prior() -> None:
    data = contrasts("RR", 1)
    fit, _ = beside(data, pool(data))
    assert fit is not None
    assert_close(fit.posterior.mu.sd, np.hypot(0.2, 0.5), CLOSED_FORM)


def test_results_json_has_it_with_its_priors_named(small: Path) -> None:
    result = analysed(small)
    fit = result.bayes
    assert fit is not None
    written = json.loads(results_json(result, inputs={}))["bayes"]
    assert written["tau_prior"] == "half-normal, scale 0.5"
    assert written["mu_prior"] == "uniform (improper)"
    assert written["k"] == 4
    assert written["mu"]["median"] == fit.posterior.mu.median
    assert written["natural"] == {
        "estimate": fit.estimate,
        "ci": {"low": fit.ci.low, "high": fit.ci.high, "level": 0.95, "method": "central"},
        "prediction": {
            "low": fit.prediction.low,
            "high": fit.prediction.high,
            "level": 0.95,
            "method": "central",
        },
    }
    without = json.loads(results_json(replace(result, bayes=None), inputs={}))
    assert without["bayes"] is None


@pytest.mark.parametrize(
    ("lang", "name", "model", "detail"),
    [
        (
            "en",
            "Bayesian, because trials are few",
            "half-normal prior of τ with scale 0.5; medians",
            "95% credible interval",
        ),
        (
            "nl",
            "Bayesiaans, omdat er weinig onderzoeken zijn",
            "halfnormale prior voor τ met schaal 0,5; medianen",
            "95%-geloofwaardigheidsinterval",
        ),
    ],
)
def test_the_table_of_variations_has_a_row(
    small: Path, lang: str, name: str, model: str, detail: str
) -> None:
    result = analysed(small, model=ODDS)
    fit, words = result.bayes, Words(lang)
    assert fit is not None
    document = TABLES["sensitivity"](result, words)
    assert document is not None
    row = document.tables[0].rows[1]
    assert [cell.text for cell in row[:3]] == [name, model, "4"]
    assert row[3].text == f"OR {words.ci(fit.estimate, fit.ci.low, fit.ci.high)}"
    assert row[3].detail == detail
    assert row[4].text == words.interval(fit.prediction.low, fit.prediction.high)
    record = document.records[1]
    assert record["variation"] == "bayes"
    assert (record["estimate"], record["ci_low"]) == (fit.estimate, fit.ci.low)
    assert record["tau2"] == fit.posterior.tau.median**2
    for write_format in REPORT_FORMATS.values():
        assert name in write_format(document) or "bayes" in write_format(document)
    # One row, not one for each variation.
    assert sum(record["variation"] == "bayes" for record in document.records) == 1
    plain = TABLES["sensitivity"](replace(result, bayes=None), words)
    assert plain is not None
    assert len(plain.tables[0].rows) == len(document.tables[0].rows) - 1
