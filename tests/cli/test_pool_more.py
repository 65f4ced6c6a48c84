"""``evidencekit pool`` on rates, correlations and single groups; moderators, clusters, GLMM, Bayes.

Reference values: ``tests/reference/pool_shapes.R`` (metafor, clubSandwich).
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evidencekit.cli import main
from evidencekit.effects.transforms import TRANSFORMS
from evidencekit.errors import ExitCode
from evidencekit.models import bayes_pool
from evidencekit.models.priors import HalfNormal
from reference_cases import load
from table_examples import COUNTS, write
from tolerances import CLOSED_FORM, ITERATIVE, assert_close

SHAPES = ("rates", "correlations", "proportions", "group_rates", "group_means")
GLMM = 2e-5
"""Mixed models: the optimiser of lme4 stops at about 1e-5; that our likelihood is no lower than
its maximum is tested with the models."""

PLAIN = [(shape, m) for shape in SHAPES for m in load("pool_shapes")[shape]["random"]]


def table(folder: Path, inputs: dict[str, list[Any]], name: str = "table.csv") -> Path:
    rows = zip(*inputs.values(), strict=True)
    lines = [f"s{i},{','.join(map(str, row))}" for i, row in enumerate(rows, 1)]
    return write(folder, "\n".join([",".join(["study", *inputs]), *lines]) + "\n", name)


def shape_table(folder: Path, shape: str) -> Path:
    return table(folder, load("pool_shapes")[shape]["inputs"])


def as_json(capsys: pytest.CaptureFixture[str], *argv: object) -> dict[str, Any]:
    code = main(["pool", *map(str, argv), "--json"])
    out, err = capsys.readouterr()
    assert code == ExitCode.OK, err

    def refuse(text: str) -> None:
        raise AssertionError(f"{text} in JSON")

    found: dict[str, Any] = json.loads(out, parse_constant=refuse)
    return found


def refused(capsys: pytest.CaptureFixture[str], *argv: object) -> str:
    """The message of a call that is refused, whole."""
    assert main(["pool", *map(str, argv)]) == ExitCode.USAGE
    out, err = capsys.readouterr()
    assert out == ""
    assert "Traceback" not in err
    return err.strip()


def assert_fit(found: dict[str, Any], expected: dict[str, Any], rtol: float) -> None:
    for name in ("estimate", "se", "statistic"):
        assert_close(found[name], expected[name], rtol)
    assert_close(found["p_value"], expected["p_value"], rtol, atol=1e-300)
    limits = found["ci"]["low"], found["ci"]["high"]
    assert_close(limits, (expected["ci_low"], expected["ci_high"]), rtol)


# --- shapes ------------------------------------------------------------------------------


@pytest.mark.parametrize(("shape", "measure"), PLAIN)
def test_each_measure_is_that_of_metafor(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], shape: str, measure: str
) -> None:
    expected = load("pool_shapes")[shape]["random"][measure]
    found = as_json(capsys, shape_table(tmp_path, shape), "--measure", measure)
    assert_fit(found, expected, ITERATIVE)
    for name in ("tau2", "i2"):
        assert_close(found[name], expected[name], ITERATIVE, atol=1e-12)
    assert_close(found["q"]["statistic"], expected["q"], ITERATIVE)
    assert_close([s["estimate"] for s in found["studies"]], expected["yi"], 1e-11)
    assert_close([s["se"] ** 2 for s in found["studies"]], expected["vi"], 1e-11)
    back = TRANSFORMS[found["scale"]].inverse
    assert found["natural"]["estimate"] == back(found["estimate"])
    for end in ("low", "high"):
        assert found["natural"]["ci"][end] == back(found["ci"][end])


@pytest.mark.parametrize(
    ("shape", "measure", "label", "others"),
    [
        ("rates", "IRR", "rate ratio", "IRR, IRD, IRSD"),
        ("correlations", "ZCOR", "correlation (Fisher's z)", "COR, ZCOR, UCOR"),
        ("proportions", "PLO", "proportion (logit)", "PR, PLN, PLO, PAS, PFT"),
        ("group_rates", "IRLN", "incidence rate (log)", "IR, IRLN, IRS, IRFT"),
        ("group_means", "MN", "mean", "MN, MNLN"),
    ],
)
def test_the_default_measure_is_told(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    shape: str,
    measure: str,
    label: str,
    others: str,
) -> None:
    path = shape_table(tmp_path, shape)
    found = as_json(capsys, path)
    named = as_json(capsys, path, "--measure", measure)
    note = f"No measure was named: {measure} ({label}) was taken; --measure chooses among {others}."
    assert found.pop("notes") == [note, *named.pop("notes")]
    assert found == named


def test_freeman_tukey_carries_its_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notes = as_json(capsys, shape_table(tmp_path, "proportions"), "--measure", "PFT")["notes"]
    assert any("can mislead seriously (every study)" in note for note in notes)
    assert any("means nothing for the level of one group" in note for note in notes)


def test_one_group_has_no_test_in_the_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = shape_table(tmp_path, "proportions")
    assert main(["pool", str(path)]) == ExitCode.OK
    assert "  test " not in capsys.readouterr().out
    assert main(["pool", str(shape_table(tmp_path, "correlations"))]) == ExitCode.OK
    assert "  test " in capsys.readouterr().out


@pytest.mark.parametrize("measure", ["IRR", "IRD"])
def test_mantel_haenszel_rates_are_those_of_metafor(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], measure: str
) -> None:
    expected = load("pool_shapes")["rates"]["mh"][measure]
    path = shape_table(tmp_path, "rates")
    found = as_json(capsys, path, "--measure", measure, "--model", "mh")
    assert_fit(found, expected, 1e-11)
    assert_close(found["q"]["statistic"], expected["q"], 1e-11)
    assert_close(sum(s["weight"] for s in found["studies"]), 1.0, 1e-14)


@pytest.mark.parametrize(
    ("shape", "measure"), [("rates", "IRR"), ("proportions", "PLO"), ("group_rates", "IRLN")]
)
def test_exact_likelihoods_are_those_of_metafor(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], shape: str, measure: str
) -> None:
    expected = load("pool_shapes")[shape]["glmm"][measure]
    path = shape_table(tmp_path, shape)
    found = as_json(capsys, path, "--measure", measure, "--model", "glmm")
    for name in ("estimate", "se", "tau2"):
        assert_close(found[name], expected[name], GLMM)
    assert (found["model"], found["tau2_method"], found["prediction"]) == ("glmm", "ML", None)
    assert {s["weight"] for s in found["studies"]} == {None}
    assert any("Nothing is added to zero cells" in note for note in found["notes"])
    assert "No prediction interval: not offered with exact likelihoods." in found["notes"]


@pytest.mark.parametrize("likelihood", ["UM.FS", "UM.RS", "CM.EL", "CM.AL"])
def test_the_likelihood_can_be_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], likelihood: str
) -> None:
    from evidencekit.models import glmm_odds_ratio

    text = COUNTS.replace("8,61,7,60", "0,61,0,60")
    path = write(tmp_path, text)
    options = (path, "--measure", "OR", "--model", "glmm")
    found = as_json(capsys, *options, "--likelihood", likelihood)
    columns = np.array([[12, 80, 20, 82], [5, 40, 9, 41], [30, 150, 41, 148], [0, 61, 0, 60]]).T
    expected = glmm_odds_ratio(*columns, likelihood=likelihood)
    assert_close((found["estimate"], found["se"]), (expected.estimate, expected.se), CLOSED_FORM)
    assert found["k"] == expected.k_used == (4 if likelihood == "UM.RS" else 3)
    if likelihood == "UM.FS":
        plain = as_json(capsys, *options)
        assert plain["estimate"] == found["estimate"]
        assert any("the default, --likelihood names another" in note for note in plain["notes"])


# --- moderators --------------------------------------------------------------------------


def bcg_table(folder: Path) -> Path:
    found = load("pool_shapes")["moderators"]["inputs"]
    return table(folder, found)


@pytest.mark.parametrize(
    ("case", "options"),
    [
        ("HKSJ", ()),
        ("wald", ("--ci", "wald", "--verify")),
        ("common", ("--model", "common")),
    ],
)
def test_meta_regression_is_that_of_metafor(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], case: str, options: tuple[str, ...]
) -> None:
    expected = load("pool_shapes")["moderators"][case]
    path = bcg_table(tmp_path)
    found = as_json(capsys, path, "--measure", "RR", "--moderators", "~ ablat + alloc", *options)
    coefficients = found["coefficients"]
    assert [c["name"] for c in coefficients] == [
        "Intercept", "ablat", "alloc[T.random]", "alloc[T.systematic]"
    ]  # fmt: skip
    for name in ("estimate", "se", "p_value"):
        assert_close([c[name] for c in coefficients], expected[name], ITERATIVE)
    assert_close([c["ci"]["low"] for c in coefficients], expected["ci_low"], ITERATIVE)
    left = found["regression"]
    assert_close(left["omnibus"]["statistic"], expected["qm"], ITERATIVE)
    assert_close(left["omnibus"]["p_value"], expected["qm_p"], ITERATIVE)
    assert_close(left["q"]["statistic"], expected["qe"], ITERATIVE)
    if case != "common":
        for name in ("tau2", "i2", "r2"):
            assert_close(left[name], expected[name], 1e-7)
    plain = as_json(capsys, path, "--measure", "RR", *options)
    assert found["estimate"] == plain["estimate"]
    assert any(n.startswith("The pooled result is without moderators") for n in found["notes"])


def test_meta_regression_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = bcg_table(tmp_path)
    argv = ["pool", str(path), "--measure", "RR", "--moderators", "~ ablat"]
    assert main(argv) == ExitCode.OK
    out = capsys.readouterr().out
    block = out[out.index("meta-regression") :].splitlines()[:9]
    assert block[0] == "meta-regression ~ ablat (k = 13, log scale)"
    assert [line.split("  ")[1] for line in block[3:8]] == [
        "all moderators", "residual tau2", "residual I2", "R2", "residual Q"
    ]  # fmt: skip


def test_studies_without_a_moderator_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "A,0.1,0.1,3\nB,0.4,0.2,\nC,0.2,0.1,5\nD,,0.1,4\nE,0.3,0.2,7\n"
    path = write(tmp_path, "study,yi,vi,dose\n" + rows)
    found = as_json(capsys, path, "--moderators", "~ dose")
    assert (found["k"], found["regression"]["k"]) == (4, 3)
    assert "Regression: Left out for lack of a moderator: B." in found["notes"]


@pytest.mark.parametrize(
    ("formula", "message"),
    [
        ("~ doze", "formula '~ doze': no column 'doze'; choose from study, yi, vi, dose"),
        ("~ dose +", "formula '~ dose +' cannot be read"),
        ("yi ~ dose", "has more than one side"),
        ("~ dose + C(study)", "coefficients"),
        ("~ __import__('os')", "formula"),
    ],
)
def test_a_bad_formula_is_answered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], formula: str, message: str
) -> None:
    path = write(tmp_path, "study,yi,vi,dose\nA,0.1,0.1,3\nB,0.4,0.2,2\nC,0.2,0.1,5\n")
    said = refused(capsys, path, "--moderators", formula)
    assert f"{path.as_posix()}: --moderators: " in said
    assert message in said
    assert said.endswith("the columns are study, yi, vi, dose")


# --- clusters ----------------------------------------------------------------------------


def district_table(folder: Path) -> Path:
    return table(folder, load("pool_shapes")["clusters"]["inputs"])


@pytest.mark.parametrize(
    ("case", "model", "rtol"),
    [("random", "random", ITERATIVE), ("common", "common", ITERATIVE),
     ("three_level", "three-level", 1e-5)],
)  # fmt: skip
def test_cluster_robust_inference_is_that_of_metafor(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], case: str, model: str, rtol: float
) -> None:
    expected = load("pool_shapes")["clusters"][case]
    path = district_table(tmp_path)
    found = as_json(capsys, path, "--cluster", "district", "--model", model)
    assert_fit(found, expected, rtol)
    assert_close(found["df"], expected["df"], rtol)
    assert found["ci"]["method"] == "CR2"
    assert found["clusters"]["number"] == 11
    assert found["prediction"] is None
    assert "No prediction interval: not offered with cluster-robust inference." in found["notes"]
    if case == "three_level":
        sigma2 = [found["clusters"][name] for name in ("sigma2_between", "sigma2_within")]
        assert_close(sigma2, expected["sigma2"], 1e-5)
        assert_close(found["tau2"], sum(sigma2), CLOSED_FORM)
        weights = np.array([s["weight"] for s in found["studies"]])
        assert_close(weights, expected["weights"], 1e-5)
        assert_close(weights @ [s["estimate"] for s in found["studies"]], found["estimate"], 1e-9)


@pytest.mark.parametrize(("case", "model"), [("random_year", "random"),
                                             ("three_level_year", "three-level")])  # fmt: skip
def test_moderators_with_clusters(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], case: str, model: str
) -> None:
    expected = load("pool_shapes")["clusters"][case]
    path = district_table(tmp_path)
    found = as_json(
        capsys, path, "--cluster", "district", "--model", model, "--moderators", "~ I(year - 1990)"
    )
    for name in ("estimate", "se", "df", "p_value"):
        assert_close([c[name] for c in found["coefficients"]], expected[name], 1e-5)
    test = found["regression"]["omnibus"]
    assert test["kind"] == "HTZ"
    assert_close([test["df1"], test["df2"]], expected["qm_df"], 1e-5)
    assert_close(test["p_value"], expected["qm_p"], 1e-5)


def test_rows_of_one_cluster_may_have_one_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "study,yi,vi\nA,0.1,0.1\nA,0.4,0.2\nB,0.2,0.1\nC,0.3,0.1\n"
    path = write(tmp_path, text)
    assert main(["pool", str(path), "--cluster", "study"]) == ExitCode.OK
    out, err = capsys.readouterr()
    assert "listed twice" not in out + err
    assert "clusters: 3" in out
    assert out.splitlines()[0].endswith("(restricted maximum likelihood; CR2, cluster-robust)")


# --- a Bayesian fit beside few studies ---------------------------------------------------


def test_few_studies_get_a_bayesian_fit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, COUNTS)
    found = as_json(capsys, path, "--measure", "RR")
    y = [s["estimate"] for s in found["studies"]]
    se = [s["se"] for s in found["studies"]]
    expected = bayes_pool((y, se), tau_prior=HalfNormal(0.5))
    bayes = found["bayes"]
    assert (bayes["tau_prior"], bayes["mu_prior"]) == (expected.tau_prior, expected.mu_prior)
    for name, posterior in (("mean", expected.mu), ("tau", expected.tau),
                            ("new_study", expected.new_study)):  # fmt: skip
        assert bayes[name]["median"] == posterior.median
        assert bayes[name]["ci"]["low"] == posterior.shortest.low
    assert bayes["natural"]["estimate"] == math.exp(expected.mu.median)
    assert main(["pool", str(path), "--measure", "RR"]) == ExitCode.OK
    assert f"few studies, so also a Bayesian fit (prior of tau: {expected.tau_prior}; " in (
        capsys.readouterr().out
    )


def test_more_studies_other_models_and_other_units_get_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path, COUNTS)
    six = write(tmp_path, COUNTS + "X 1,3,40,5,41,adults\nX 2,4,40,6,41,adults\n", "six.csv")
    assert "bayes" not in as_json(capsys, six, "--measure", "RR")
    for model in ("common", "mh"):
        assert "bayes" not in as_json(capsys, path, "--measure", "RR", "--model", model)
    found = as_json(capsys, path, "--measure", "RD")
    assert "bayes" not in found
    assert any("none is established for RD" in note for note in found["notes"])


# --- ad hoc rules, and what does not go together -----------------------------------------


@pytest.mark.parametrize(("rule", "method"), [("se", "HKSJ-adhoc"), ("ci", "HKSJ-ci"),
                                              ("iqwig6", "HKSJ-IQWiG6")])  # fmt: skip
def test_an_ad_hoc_rule_is_a_row_of_ci(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], rule: str, method: str
) -> None:
    path = write(tmp_path, COUNTS)
    named = as_json(capsys, path, "--measure", "RR", "--ci", method)
    for more in ((), ("--ci", "HKSJ"), ("--ci", method)):
        assert as_json(capsys, path, "--measure", "RR", "--adhoc", rule, *more) == named


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--measure", "RR", "--adhoc", "se", "--ci", "wald"],
         "--adhoc se changes the Hartung-Knapp interval, and --ci wald is another; leave one of "
         "them out"),
        (["--measure", "RR", "--adhoc", "se", "--model", "common"],
         "--adhoc is for Hartung-Knapp intervals of --model random, not common; leave it out"),
        (["--measure", "RR", "--model", "glmm"],
         "--model glmm is for OR, IRR, PLO, IRLN, computed from counts; not RR"),
        (["--measure", "MD", "--model", "mh"],
         "--model mh is for RR, OR, RD, IRR, IRD, computed from counts; not MD"),
        (["--measure", "RR", "--model", "mh", "--subgroup", "age"],
         "--subgroup is for the models random and common, not mh; pool the subgroups as tables of "
         "their own"),
        (["--measure", "OR", "--likelihood", "CM.EL"],
         "--likelihood CM.EL is for --model glmm; add it or leave this out"),
        (["--measure", "PLO", "--model", "glmm", "--likelihood", "CM.EL"],
         "PLO of single groups has one likelihood; leave out --likelihood"),
        (["--measure", "RR", "--model", "three-level"],
         "--model three-level needs --cluster COL: the column that says which rows belong "
         "together"),
        (["--measure", "OR", "--model", "glmm", "--cluster", "age"],
         "--cluster is for the models random, common and three-level, not glmm; leave one of them "
         "out"),
        (["--measure", "RR", "--cluster", "age", "--ci", "wald"],
         "--cluster brings its own interval (CR2 with Satterthwaite degrees of freedom); leave "
         "out --ci wald"),
        (["--measure", "RR", "--cluster", "age", "--subgroup", "age"],
         "--subgroup does not know of clusters; compare the groups by --moderators with that "
         "column and --cluster"),
        (["--measure", "RR", "--cluster", "age", "--model", "three-level", "--tau2", "DL"],
         "--model three-level is fitted by REML or ML, not by DL"),
        (["--measure", "OR", "--model", "peto", "--moderators", "~ age"],
         "--moderators is for the models random, common and three-level, not peto; leave one of "
         "them out"),
        (["--measure", "RR", "--moderators", "~ age", "--subgroup", "age"],
         "--moderators and --subgroup: choose one; a formula can hold the column of the groups"),
        (["--measure", "RR", "--moderators", "~ age", "--ci", "KR"],
         "--ci KR is not defined with --moderators; choose one of HKSJ, wald, t, HKSJ-adhoc"),
        (["--measure", "RR", "--moderators", "~ age", "--tau2", "HS"],
         "--tau2 HS is not defined with --moderators; choose one of REML, ML, DL, PM, EB, HE, SJ"),
        (["--measure", "RR", "--explain-differences", "--cluster", "age"],
         "--explain-differences compares random-effects models of independent studies; leave out "
         "--model and --cluster"),
    ],
)  # fmt: skip
def test_what_does_not_go_together_is_refused_at_once(
    capsys: pytest.CaptureFixture[str], options: list[str], message: str
) -> None:
    # The file is never opened: it does not exist.
    assert message in refused(capsys, "none.csv", *options)


def test_a_plot_needs_its_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, plot = write(tmp_path, COUNTS), tmp_path / "new" / "forest.svg"
    argv = ["pool", str(path), "--measure", "RR", "--plot", str(plot)]
    assert main(argv) == ExitCode.UNREADABLE
    assert f"there is no folder {plot.parent}; make it first" in capsys.readouterr().err
    assert not plot.parent.exists()


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        ("study,xi,ti\nA,3,9\n", ["--model", "mh"], "--model mh is for RR, OR, RD, IRR, IRD"),
        ("study,yi,vi\nA,3,9\n", ["--model", "glmm"], "--model glmm needs --measure"),
        ("study,yi,vi\nA,3,9\n", ["--model", "glmm", "--measure", "PLO"],
         "--model glmm needs events and totals of single groups in every study"),
        ("study,xi,ni\nA,0,9\nB,0,8\n", ["--model", "glmm"],
         "the maximum likelihood estimate of PLO is infinite"),
        ("study,yi,vi,c\nA,3,9,x\nB,3,9,x\n", ["--cluster", "c"],
         "cluster-robust inference needs two clusters; there is 1"),
        ("study,yi,vi,c\nA,3,9,x\nB,3,9,y\n", ["--cluster", "c", "--model", "three-level"],
         "every cluster holds one row, so the two levels cannot be told apart; leave out --model"),
        ("study,yi,vi,c\nA,3,9,x\nB,3,9,\n", ["--cluster", "c"], "EK059"),
        ("study,xi,ni\nA,1e308,1e308\nB,5,9\n", ["--model", "glmm"],
         "--model glmm: 1e+308 is too large a count for an exact likelihood; use --model random"),
        ("study,yi,vi,d\nA,3,9,1e308\nB,3,9,1\nC,2,2,2\n", ["--moderators", "~ d"],
         "--moderators: column d holds 1e+308, too large to compute with; change its unit"),
        ("study,yi,vi,c\nA,3,9,x\n", ["--cluster", "c"], "1 coefficients (Intercept) need"),
        ("study,yi,vi,yi\nA,3,9,x\n", [], "two columns for estimate"),
        ("study,r,n\nA,nan,9\nB,inf,20\n", [], '"inf" is not a number'),
        ("study,r,n\nA,1,20\nB,-1,30\n", [], "a correlation of -1 or 1 has no variance"),
        ("study,xi,ni\nA,,9\n", [], "no estimable study to pool. A is left out: events is missing"),
    ],
)  # fmt: skip
def test_broken_tables_get_a_message(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    text: str,
    options: list[str],
    message: str,
) -> None:
    path = write(tmp_path, text)
    assert main(["pool", str(path), *options]) in (ExitCode.FINDINGS, ExitCode.USAGE)
    out, err = capsys.readouterr()
    assert message in err
    assert "Traceback" not in err
    assert out == ""
