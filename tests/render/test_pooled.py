"""The forest plot of a pooled table: every row in is one row out, numbers are the result's."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from evidencekit.errors import UsageError
from evidencekit.render.forest import draw_forest
from evidencekit.render.forest_types import Forest
from evidencekit.render.pooled import forest_of_table
from evidencekit.render.save import render_bytes
from evidencekit.tables.pooling import PoolOutcome, PoolRequest, pool_studies
from evidencekit.tables.read import read_table
from evidencekit.tables.studies import read_studies
from table_examples import COUNTS, case, generic, write


def outcome(path: Path, request: PoolRequest | None = None, **options: object) -> PoolOutcome:
    studies = read_studies(read_table(path), **options)  # type: ignore[arg-type]
    return pool_studies(studies, request or PoolRequest())


def forest(path: Path, request: PoolRequest | None = None, **options: object) -> Forest:
    return forest_of_table(outcome(path, request, **options), lang="en", name="My table 1")


def test_every_study_is_a_row(tmp_path: Path) -> None:
    path = write(tmp_path, COUNTS.replace("8,61,7,60", ",61,7,60"))
    found, result = forest(path, measure="RR"), outcome(path, measure="RR")
    assert [row.label for row in found.study_rows] == [
        "Lee 2001", "Hart 2004", "Moss 2010", "Nguyen 2015"
    ]  # fmt: skip
    assert [row.estimable for row in found.study_rows] == [True, True, True, False]
    assert found.study_rows[3].text == "not estimable"
    assert found.study_rows[0].cells == ("12/80", "20/82")
    assert found.main is not None
    assert found.main.estimate == result.natural.estimate
    assert found.main.cells == ("47/270", "70/271")
    assert found.main.prediction is not None
    assert found.figure_id == "my-table-1.forest.en"
    assert (found.log, found.null, found.measure) == (True, 1.0, "Risk ratio")
    assert math.isclose(sum(row.weight or 0.0 for row in found.study_rows), 1.0)


def test_subgroups_are_sections(tmp_path: Path) -> None:
    text = COUNTS.replace("8,61,7,60,children", "8,61,7,60,") + "Empty 2020,,1,1,9,elderly\n"
    found = forest(write(tmp_path, text), measure="RR", subgroup="age")
    assert [s.title for s in found.sections] == ["adults", "children", "not stated", "elderly"]
    assert [s.summary is not None for s in found.sections] == [True, True, True, False]
    assert found.footer[0].startswith("Test for subgroup differences: Q = ")
    assert render_bytes(draw_forest(found), "svg").startswith(b"<?xml")


def test_small_differences_keep_their_digits(tmp_path: Path) -> None:
    text = "study,estimate,se\nA,0.00123,0.0004\nB,0.0007,0.0003\n"
    found = forest(write(tmp_path, text))
    assert found.measure == "Estimate"
    assert found.study_rows[0].text == "0.0012 (0.0004 to 0.0020)"
    wide = forest(case(tmp_path, "normand1999_MD", "study,mean1,sd1,n1,mean2,sd2,n2"), measure="MD")
    assert wide.study_rows[0].cells[:2] == ("55.00 (47.00)", "155")


@pytest.mark.parametrize("lang", ["en", "nl", "de"])
@pytest.mark.parametrize("model", ["random", "common"])
def test_each_language_and_model_draws(tmp_path: Path, lang: str, model: str) -> None:
    path = generic(tmp_path, "bcg_RR")
    result = outcome(path, PoolRequest(model=model, prediction=None), measure="RR")
    drawn = forest_of_table(result, lang=lang, name="bcg")
    assert drawn.main is not None
    assert drawn.main.prediction is None
    assert render_bytes(draw_forest(drawn), "svg") == render_bytes(draw_forest(drawn), "svg")


def test_one_study_and_an_unknown_language(tmp_path: Path) -> None:
    path = write(tmp_path, "study,yi,sei\nA,0.5,0.1\n")
    assert render_bytes(draw_forest(forest(path)), "svg").startswith(b"<?xml")
    with pytest.raises(UsageError):
        forest_of_table(outcome(path), lang="fr", name="x")


ONE_GROUP = {
    "PLO": "study,xi,ni\nA,3,30\nB,9,40\nC,14,35\n",
    "PR": "study,xi,ni\nA,0,30\nB,9,40\nC,39,40\n",
    "PLN": "study,xi,ni\nA,1,30\nB,9,40\nC,14,35\n",
    "IRLN": "study,xi,ti\nA,1,300.5\nB,9,400\nC,14,350\n",
    "IR": "study,xi,ti\nA,0,300\nB,9,400\nC,14,350\n",
    "MN": "study,mi,sdi,ni\nA,-3,2,30\nB,9,3,40\nC,4,2,35\n",
    "MNLN": "study,mi,sdi,ni\nA,3,2,30\nB,9,3,40\nC,4,2,35\n",
}


@pytest.mark.parametrize("lang", ["en", "nl", "de"])
@pytest.mark.parametrize("measure", ONE_GROUP)
def test_one_group_has_no_null_and_stays_in_range(tmp_path: Path, measure: str, lang: str) -> None:
    result = outcome(write(tmp_path, ONE_GROUP[measure]), measure=measure)
    drawn = forest_of_table(result, lang=lang, name="one")
    assert (drawn.null, drawn.favours_left, drawn.favours_right) == (None, "", "")
    assert drawn.axis is not None
    if measure not in ("MN",):
        assert drawn.axis.low >= 0.0
    if measure in ("PLO", "PR"):
        assert drawn.axis.high <= 1.0
    assert drawn.main is not None
    assert drawn.axis.low < drawn.main.estimate < drawn.axis.high  # type: ignore[operator]
    svg = render_bytes(draw_forest(drawn), "svg").decode()
    assert "null" not in svg
    assert [len(row.cells) for row in drawn.study_rows] == [len(drawn.columns)] * 3


def test_totals_are_sums_where_sums_mean_something(tmp_path: Path) -> None:
    for measure, total in (("PLO", ("26/105",)), ("IRLN", ("24/1,050.5",)), ("MN", ())):
        found = forest(write(tmp_path, ONE_GROUP[measure]), measure=measure)
        assert found.main is not None
        assert found.main.cells == total
    rates = "study,x1i,t1i,x2i,t2i\nA,3,100,4,90\nB,5,120,9,110\n"
    found = forest(write(tmp_path, rates), measure="IRR")
    assert found.main is not None
    assert found.main.cells == ("8/220", "13/200")
    assert found.null == 1.0
    pairs = forest(write(tmp_path, "study,r,n\nA,0.1,30\nB,0.4,50\n"))
    assert pairs.main is not None
    assert (pairs.main.cells, pairs.null) == (("80",), 0.0)


def test_an_extreme_interval_does_not_stretch_a_log_axis(tmp_path: Path) -> None:
    text = "study,xi,ti\nA,0,1000000\nB,90,400\nC,140,350\n"
    found = forest(write(tmp_path, text), measure="IRLN")
    assert found.axis is not None
    assert found.main is not None
    assert found.axis.low >= found.main.estimate / 1050.0  # type: ignore[operator]
    assert render_bytes(draw_forest(found), "svg").startswith(b"<?xml")


@pytest.mark.parametrize(("model", "lang", "label"), [
    ("glmm", "en", "Generalised linear mixed model"),
    ("glmm", "nl", "Gegeneraliseerd lineair gemengd model"),
    ("glmm", "de", "Generalisiertes lineares gemischtes Modell"),
])  # fmt: skip
def test_a_mixed_model_has_no_weights(tmp_path: Path, model: str, lang: str, label: str) -> None:
    path = write(tmp_path, ONE_GROUP["PLO"])
    found = forest_of_table(outcome(path, PoolRequest(model=model)), lang=lang, name="x")
    assert found.weight_header == ""
    assert {row.weight for row in found.study_rows} == {None}
    assert found.main is not None
    assert (found.main.label, found.main.prediction) == (label, None)
    assert "τ²" in found.main.heterogeneity
    assert "I²" not in found.main.heterogeneity
    assert render_bytes(draw_forest(found), "svg").startswith(b"<?xml")


@pytest.mark.parametrize(("model", "lang", "label"), [
    ("random", "en", "Random-effects model (REML, cluster-robust)"),
    ("common", "de", "Common-Effect-Modell (clusterrobust)"),
    ("three-level", "nl", "Drie-niveaumodel (REML, clusterrobuust)"),
])  # fmt: skip
def test_clusters_are_in_the_label(tmp_path: Path, model: str, lang: str, label: str) -> None:
    text = "study,yi,vi,c\nA,0.1,0.1,x\nB,0.5,0.1,x\nC,0.3,0.2,y\nD,0.9,0.1,z\n"
    result = outcome(write(tmp_path, text), PoolRequest(model=model), cluster="c")
    found = forest_of_table(result, lang=lang, name="x")
    assert found.main is not None
    assert found.main.label == label
    assert render_bytes(draw_forest(found), "svg").startswith(b"<?xml")


def test_without_a_null_a_figure_needs_an_axis(tmp_path: Path) -> None:
    from dataclasses import replace

    found = forest(write(tmp_path, ONE_GROUP["PLO"]))
    for change in ({"axis": None}, {"favours_left": "x"}):
        with pytest.raises(UsageError) as caught:
            replace(found, **change)  # type: ignore[arg-type]
        assert str(caught.value) == (
            "my-table-1.forest.en: without a null a figure has an axis of its own and favours "
            "no side"
        )
