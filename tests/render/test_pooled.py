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
