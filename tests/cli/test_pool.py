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
from tolerances import CLOSED_FORM, ITERATIVE, assert_close

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
        assert options["measure"] == method_names.MEASURES
        assert options["model"] == method_names.POOL_MODELS
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
