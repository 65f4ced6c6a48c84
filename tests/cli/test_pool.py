"""``evidencekit pool``: text, the JSON of evidencekit.pool/1, plots, errors, what it loads."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

from evidencekit import method_names
from evidencekit.cli import build_parser, main
from evidencekit.errors import ExitCode
from reference_cases import load
from table_examples import COUNTS, case, generic, write
from tolerances import CLOSED_FORM, ITERATIVE, assert_close, assert_printed_all

HEADER = "study,events1,total1,events2,total2"


TEXT = (Path(__file__).parent / "pool.txt").read_text(encoding="utf-8")


def as_json(capsys: pytest.CaptureFixture[str], *argv: object) -> dict:  # type: ignore[type-arg]
    """The object printed, after checking that it holds no NaN or Infinity."""
    assert main(["pool", *map(str, argv), "--json"]) == ExitCode.OK

    def refuse(text: str) -> None:
        raise AssertionError(f"{text} in JSON")

    found: dict = json.loads(capsys.readouterr().out, parse_constant=refuse)  # type: ignore[type-arg]
    return found


def assert_equals_metafor(found: dict, fit: dict, ci: str) -> None:  # type: ignore[type-arg]
    expected = fit["ci"][ci]
    for name in ("estimate", "se", "statistic", "p_value"):
        assert_close(found[name], expected[name], ITERATIVE)
    assert_close([found["ci"]["low"], found["ci"]["high"]], expected["ci"], ITERATIVE)
    for name in ("tau2", "i2", "h2"):
        assert_close(found[name], fit[name], ITERATIVE, atol=1e-12)


@pytest.mark.parametrize("tau2", ["REML", "ML", "DL", "PM"])
@pytest.mark.parametrize("ci", ["HKSJ", "wald", "t", "HKSJ-adhoc"])
def test_bcg_is_that_of_metafor(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], tau2: str, ci: str
) -> None:
    path = case(tmp_path, "bcg_RR", HEADER)
    found = as_json(capsys, path, "--measure", "RR", "--tau2", tau2, "--ci", ci)
    assert_equals_metafor(found, load("bcg_RR")["fits"][tau2], ci)
    assert (found["schema"], found["model"], found["scale"]) == (
        "evidencekit.pool/1", "random", "log"
    )  # fmt: skip
    assert_close(found["q"]["statistic"], load("bcg_RR")["q"], CLOSED_FORM)
    assert_close(found["natural"]["estimate"], math.exp(found["estimate"]), 1e-15)
    assert_close(sum(study["weight"] for study in found["studies"]), 1.0, 1e-14)
    assert_close([s["estimate"] for s in found["studies"]], load("bcg_RR")["yi"], CLOSED_FORM)


def test_the_common_effect_is_that_of_metafor(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = as_json(
        capsys, case(tmp_path, "bcg_RR", HEADER), "--measure", "RR", "--model", "common"
    )
    assert_equals_metafor(found, load("bcg_RR")["fits"]["EE"], "wald")
    assert found["df"] is None
    assert found["prediction"] is None
    assert found["tau2_ci"] == {"low": None, "high": None, "method": None, "status": None}
    assert found["notes"] == [
        "No prediction interval: the common-effect model assumes one effect for all studies.",
        "The common-effect model assumes tau2 = 0 and has no interval for it; "
        "i2 and h2 follow from Q.",
        "Null because the test uses the normal distribution: df.",
    ]


def test_the_shape_of_the_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = as_json(capsys, generic(tmp_path, "bcg_RR"), "--measure", "RR")
    assert list(found) == [
        "schema", "measure", "scale", "model", "k", "estimate", "se", "statistic", "df",
        "p_value", "ci", "prediction", "tau2", "tau2_method", "tau2_ci", "i2", "i2_ci", "h2",
        "q", "studies", "natural", "notes",
    ]  # fmt: skip
    assert set(found["ci"]) == {"low", "high", "level", "method"}
    assert set(found["prediction"]) == {"low", "high", "method"}
    assert set(found["tau2_ci"]) == {"low", "high", "method", "status"}
    assert set(found["i2_ci"]) == {"low", "high"}
    assert set(found["q"]) == {"statistic", "df", "p_value"}
    assert set(found["studies"][0]) == {"study", "estimate", "se", "weight"}
    assert set(found["natural"]) == {"estimate", "ci", "prediction"}
    assert found["notes"] == ["Standard error as printed (every study)."]


def test_one_study_has_nulls_with_notes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = as_json(capsys, write(tmp_path, "study,yi,sei\nA,0.5,0.1\n"))
    assert (found["k"], found["measure"], found["estimate"]) == (1, None, 0.5)
    assert found["tau2"] is found["i2"] is found["h2"] is found["q"]["p_value"] is None
    assert found["tau2_ci"] == {"low": 0.0, "high": None, "method": "QP", "status": "unbounded"}
    assert found["notes"] == [
        "Standard error as printed (A).",
        "One study: the between-study variance is not defined, and the result is that "
        "study's own estimate with a Wald interval.",
        "Few studies (k = 1) say little about tau2. There is no Bayesian fit beside this one: a "
        "prior of tau depends on the unit, and none is established for estimates of no named "
        "measure.",
        "No measure was named: the estimates are pooled as they stand.",
        "No prediction interval: HK needs at least 2 studies; there is 1.",
        "No interval for i2: that of tau2 is unbounded.",
        "Null because the test uses the normal distribution: df.",
        "Null because not defined for these data: tau2, i2, h2, q.p_value.",
        "Null because infinite: tau2_ci.high.",
    ]


def test_identical_studies_and_extreme_ones(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    same = as_json(capsys, write(tmp_path, "study,yi,sei\nA,0.5,0.1\nB,0.5,0.1\n"))
    assert (same["estimate"], same["se"], same["tau2"]) == (0.5, 0.0, 0.0)
    assert same["statistic"] is None
    assert "Null because infinite: statistic." in same["notes"]
    huge = as_json(
        capsys, write(tmp_path, "study,yi,sei\nA,800,1\nB,810,1\nC,820,1\n"), "--measure", "HR"
    )
    assert huge["natural"]["estimate"] is None
    assert "natural.estimate" in huge["notes"][-1]


def test_subgroups(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, COUNTS)
    options = (path, "--measure", "RR", "--subgroup", "Age", "--verify")
    found = as_json(capsys, *options)
    assert [g["group"] for g in found["subgroups"]["groups"]] == ["adults", "children"]
    assert found["subgroups"]["test"]["df"] == 1
    for group, rows in zip(found["subgroups"]["groups"], ((0, 2), (1, 3)), strict=True):
        lines = COUNTS.splitlines()
        part = write(tmp_path, "\n".join([lines[0], *(lines[1 + r] for r in rows)]), "part.csv")
        alone = as_json(capsys, part, "--measure", "RR")
        assert_close(group["estimate"], alone["estimate"], CLOSED_FORM)
        assert group["natural"] == alone["natural"]
    common = as_json(capsys, *options, "--subgroup-tau2", "common")
    assert common["subgroups"]["tau2"] == "common"


def test_not_estimable_studies_are_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = COUNTS.replace("12,80", ",80").replace("8,61,7,60", "0,61,0,60")
    found = as_json(capsys, write(tmp_path, text), "--measure", "RR")
    assert found["k"] == 2
    assert found["studies"][0] == {
        "study": "Lee 2001", "estimate": None, "se": None, "weight": None
    }  # fmt: skip
    assert "Lee 2001 is left out: events1 is missing." in found["notes"]
    assert any(note.startswith("Nguyen 2015 is left out: no events") for note in found["notes"])


def test_zero_cell_options(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, COUNTS.replace("8,61,7,60", "0,61,0,60"))
    assert as_json(capsys, path, "--measure", "RR")["k"] == 3
    kept = as_json(capsys, path, "--measure", "RR", "--double-zero", "keep", "--zero-add", "0.1")
    assert kept["k"] == 4
    assert_close(kept["studies"][3]["estimate"], math.log(60.2 / 61.2), CLOSED_FORM)
    every = as_json(capsys, path, "--measure", "RR", "--zero", "all")
    assert_close(every["studies"][0]["estimate"], math.log((12.5 / 81) / (20.5 / 83)), CLOSED_FORM)


def test_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = COUNTS.replace("8,61,7,60", "8,61,,60") + "Moss 2010,3,10,4,10,adults\n"
    path = write(tmp_path, text)
    assert main(["pool", str(path), "--measure", "RR", "--subgroup", "age"]) == ExitCode.OK
    out, err = capsys.readouterr()
    assert out == TEXT.replace("{file}", path.as_posix())
    assert "EK037" in err


@pytest.mark.parametrize("lang", ["en", "nl", "de"])
@pytest.mark.parametrize("suffix", ["svg", "png", "pdf"])
def test_plot(tmp_path: Path, capsys: pytest.CaptureFixture[str], suffix: str, lang: str) -> None:
    path, plot = write(tmp_path, COUNTS), tmp_path / f"forest.{suffix}"
    options = ["--measure", "RR", "--plot", str(plot), "--lang", lang, "--subgroup", "age"]
    assert main(["pool", str(path), *options]) == ExitCode.OK
    starts = {"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF"}
    assert plot.read_bytes().startswith(starts[suffix])
    assert capsys.readouterr().err == f"wrote {plot}\n"


@pytest.mark.parametrize(
    ("argv", "code", "message"),
    [
        (["none.csv"], ExitCode.UNREADABLE, "none.csv: no such file"),
        (["a.csv"], ExitCode.USAGE, "name the measure with --measure: RR, OR, PETO, RD, AS"),
        (["a.csv", "--measure", "RR", "--plot", "x.gif"], ExitCode.USAGE,
         "--plot x.gif: the name must end in .svg, .png, .pdf"),
        (["a.csv", "--measure", "RR", "--level", "95"], ExitCode.USAGE,
         "a fraction between 0 and 1 such as 0.95, not '95'"),
        (["a.csv", "--measure", "RR", "--zero-add", "-1"], ExitCode.USAGE,
         "a number of 0 or more, not '-1'"),
        (["a.csv", "--measure", "RR", "--subgroup", "one"], ExitCode.FINDINGS,
         "--subgroup: subgroups need at least two groups with a study; there is 1"),
        (["bad.csv", "--measure", "RR"], ExitCode.FINDINGS,
         "bad.csv: 2 problems; nothing was computed"),
        (["nothing.csv", "--measure", "RR"], ExitCode.FINDINGS,
         "no estimable study to pool. A is left out: events1 is missing"),
        (["a.csv", "--measure", "RR", "--lang", "fr", "--plot", "x.svg"], ExitCode.USAGE,
         "no language 'fr'"),
    ],
)  # fmt: skip
def test_errors(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    argv: list[str],
    code: ExitCode,
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path, HEADER + ",one\nA,1,9,2,9,x\nB,2,9,2,9,x\n", "a.csv")
    write(tmp_path, HEADER + "\nA,one,9,2,9\nB,2,9,10,9\n", "bad.csv")
    write(tmp_path, HEADER + "\nA,,9,2,9\n", "nothing.csv")
    assert main(["pool", *argv]) == code
    out, err = capsys.readouterr()
    assert message in err
    assert "Traceback" not in err
    assert out == ""


def test_a_plain_run_loads_only_what_it_needs(tmp_path: Path) -> None:
    path = case(tmp_path, "bcg_RR", HEADER)
    script = (
        "import sys\nfrom evidencekit.cli import main\n"
        f"main(['pool', {str(path)!r}, '--measure', 'RR', '--json'])\n"
        "print(','.join(sorted({m.split('.')[0] for m in sys.modules})))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    loaded = set(done.stdout.splitlines()[-1].split(","))
    heavy = {"pandas", "statsmodels", "matplotlib", "rich", "babel", "yaml", "openpyxl", "pyarrow"}
    assert not loaded & heavy
    assert "numpy" in loaded


def test_the_choices_are_the_tables() -> None:
    (commands,) = (a for a in build_parser()._actions if a.choices)
    for command in ("pool", "batch"):
        options = {a.dest: a.choices for a in commands.choices[command]._actions}
        assert options["measure"] == method_names.TABLE_MEASURES
        models = {"pool": method_names.POOL_MODELS, "batch": method_names.BATCH_MODELS}
        assert options["model"] == models[command]
        assert options["tau2"] == method_names.TAU2_ESTIMATORS
        assert options["ci"] == method_names.CI_METHODS
        assert options["prediction"] == (*method_names.PREDICTION_METHODS, "none")
        assert options["tau2_ci"] == (*method_names.TAU2_INTERVALS, "none")


@pytest.mark.parametrize("command", ["pool", "batch"])
def test_help_loads_no_numpy(command: str) -> None:
    script = (
        "import sys\nfrom evidencekit.cli import main\n"
        f"main([{command!r}, '--help'])\nprint('numpy' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.endswith("False\n")


@pytest.mark.parametrize(
    ("preset", "ci", "prediction"),
    [
        # meta 8.4 and metafor on BCG, log risk ratios, REML: published defaults of each program.
        ("metafor", ("-1.06690", "-0.36217"), ("-1.86669", "0.43763")),
        ("meta", ("-1.06690", "-0.36217"), ("-1.99534", "0.56628")),
        ("stata", ("-1.06690", "-0.36217"), ("-2.00838", "0.57931")),
        ("evidencekit", ("-1.10844", "-0.32062"), ("-1.99602", "0.56695")),
    ],
)
def test_a_preset_chooses_as_that_program_does(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    preset: str,
    ci: tuple[str, str],
    prediction: tuple[str, str],
) -> None:
    path = case(tmp_path, "bcg_RR", HEADER)
    found = as_json(capsys, path, "--measure", "RR", "--preset", preset)
    for name, texts in (("ci", ci), ("prediction", prediction)):
        assert_printed_all((found[name]["low"], found[name]["high"]), texts)


def test_what_is_named_wins_over_the_preset(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = case(tmp_path, "bcg_RR", HEADER)
    options = ("--preset", "revman5", "--tau2", "PM", "--prediction", "V")
    found = as_json(capsys, path, "--measure", "RR", *options)
    assert (found["tau2_method"], found["ci"]["method"]) == ("PM", "wald")
    assert found["prediction"]["method"] == "V"


def test_differences_name_the_option_that_causes_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = case(tmp_path, "bcg_RR", HEADER)
    found = as_json(capsys, path, "--measure", "RR", "--explain-differences")
    by_preset = {row["preset"]: row for row in found["differences"]}
    assert list(by_preset) == list(method_names.PRESETS)
    assert by_preset["evidencekit"]["effects"] == []
    changed = [effect["option"] for effect in by_preset["metafor"]["effects"]]
    assert changed == ["ci", "prediction"]
    assert by_preset["revman5"]["tau2"] == pytest.approx(0.30876026, abs=1e-8)
    # A preset is what the command itself gives with that preset.
    alone = as_json(capsys, path, "--measure", "RR", "--preset", "revman5")
    assert by_preset["revman5"]["estimate"] == pytest.approx(alone["estimate"], rel=1e-12)
    assert main(["pool", str(path), "--measure", "RR", "--explain-differences"]) == ExitCode.OK
    text = capsys.readouterr().out
    assert "metafor 5.1, rma() and predict(): 0.4894 (0.3441 to 0.6962)" in text
    assert "interval of the mean: wald instead of HKSJ moves interval by 0.04155" in text


def test_differences_are_those_of_random_effects(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = case(tmp_path, "bcg_RR", HEADER)
    argv = ["pool", str(path), "--measure", "RR", "--model", "common", "--explain-differences"]
    assert main(argv) == ExitCode.USAGE
    assert "leave out --model" in capsys.readouterr().err


@pytest.mark.parametrize("measure", ["RR", "OR", "RD"])
def test_mantel_haenszel_is_that_of_metafor(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], measure: str
) -> None:
    expected = {
        "RR": (-0.453709604683754, 0.0393373668712944, 152.567553586657),
        "OR": (-0.473410988388585, 0.0410077784042314, 163.942579569193),
        "RD": (-0.003288181832613, 0.000286656748527374, 386.77594183656),
    }[measure]  # rma.mh(measure, data = dat.bcg), metafor 3.8-1
    path = case(tmp_path, "bcg_RR", HEADER)
    found = as_json(capsys, path, "--measure", measure, "--model", "mh")
    assert found["model"] == "mh"
    assert_close((found["estimate"], found["se"], found["q"]["statistic"]), expected, CLOSED_FORM)
    assert_close(sum(study["weight"] for study in found["studies"]), 1.0, 1e-12)


def test_peto_is_that_of_metafor(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = case(tmp_path, "bcg_RR", HEADER)
    found = as_json(capsys, path, "--measure", "PETO", "--model", "peto")
    # rma.peto(data = dat.bcg), metafor 3.8-1
    expected = (-0.474446310940636, 0.0406590807446483, 167.730167511489)
    assert_close((found["estimate"], found["se"], found["q"]["statistic"]), expected, CLOSED_FORM)


def test_models_of_counts_need_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path, "study,estimate,se\nA,0.1,0.2\nB,0.3,0.2\n")
    argv = ["pool", str(path), "--measure", "OR", "--input-scale", "log", "--model", "mh"]
    assert main(argv) == ExitCode.FINDINGS
    assert "--model mh needs events and totals of two arms" in capsys.readouterr().err


def test_zero_cells_enter_mantel_haenszel_as_they_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "A,0,100,3,50\nB,2,50,4,55\nC,5,60,9,58\nD,0,40,0,45\n"
    path = write(tmp_path, f"{HEADER}\n{rows}")
    found = as_json(capsys, path, "--measure", "OR", "--model", "mh")
    # Without correction, as metafor pools; meta's default with 0.5 added gives -0.95639.
    assert_printed_all((found["estimate"], found["se"]), ("-0.96799", "0.46553"))
    assert any("carry no weight" in note for note in found["notes"])


@pytest.mark.parametrize(("model", "name"), [("mh", "Mantel-Haenszel"), ("peto", "Peto")])
def test_a_plot_names_the_model_of_counts(tmp_path: Path, model: str, name: str) -> None:
    path, plot = case(tmp_path, "bcg_RR", HEADER), tmp_path / "forest.svg"
    argv = ["pool", str(path), "--measure", "OR", "--model", model, "--plot", str(plot)]
    assert main(argv) == ExitCode.OK
    assert f">{name}</" in plot.read_text(encoding="utf-8")
