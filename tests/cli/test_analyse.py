"""The command ``analyse`` as a user meets it: output, exit codes, and what bad input does."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from evidencekit.cli import main
from evidencekit.errors import ExitCode
from workspaces import PLAN, write

EXPECTED = {
    "results.json",
    *(
        f"{kind}.{lang}.{ext}"
        for lang in ("en", "nl")
        for kind, extensions in (
            ("forest", ("svg", "png", "pdf")),
            ("summary-of-findings", ("md", "html", "csv")),
            ("studies", ("md", "html", "csv")),
            ("sensitivity", ("md", "html", "csv")),
        )
        for ext in extensions
    ),
}

Captured = pytest.CaptureFixture[str]


def analyse(root: Path, *options: str) -> int:
    """Run the command in this process."""
    return main(["analyse", "--workspace", str(root), "--jobs", "1", *options])


def command(root: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "evidencekit", "analyse", "--workspace", str(root), *options],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
        timeout=120,
    )


def contents(root: Path) -> dict[str, str]:
    """SHA-256 of every file under figures/."""
    figures = root / "figures"
    return {
        path.relative_to(figures).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in figures.rglob("*")
        if path.is_file()
    }


def test_writes_everything_then_nothing(small: Path, capsys: Captured) -> None:
    assert analyse(small) == ExitCode.OK
    assert {p.name for p in (small / "figures" / "colds").iterdir()} == EXPECTED
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("colds: 25 files in ")
    assert err.endswith(" s (never built)\n")
    before = contents(small)
    assert analyse(small) == ExitCode.OK
    assert capsys.readouterr() == ("", "nothing changed: 1 analysis current\n")
    assert contents(small) == before


def test_results_json_holds_every_number(small: Path) -> None:
    analyse(small, "--lang", "en")
    data = json.loads((small / "figures" / "colds" / "results.json").read_text(encoding="utf-8"))
    assert data["schema"] == "evidencekit/results@1"
    assert data["pooled"]["k"] == 4
    assert len(data["rows"]) == 4
    assert data["rows"][0]["contrast"]["data"] == {
        "events_1": 12.0, "total_1": 60.0, "events_2": 20.0, "total_2": 58.0
    }  # fmt: skip
    assert data["rows"][0]["result"]["source"]["reported"] == "12/60 v 20/58"
    assert [v["id"] for v in data["variations"]] == [
        "dl", "without-adams-2001", "without-baker-2004", "without-clark-2010", "without-davis-2015"
    ]  # fmt: skip
    assert data["certainty"]["status"] == "draft"
    assert set(data["inputs"]) >= {"analyses/colds.yaml", "studies/adams-2001.yaml"}


def test_two_forced_runs_in_two_processes_are_identical(small: Path) -> None:
    first = command(small, "--force", "--jobs", "1", PYTHONHASHSEED="1")
    assert first.returncode == ExitCode.OK, first.stderr
    before = contents(small)
    second = command(small, "--force", "--jobs", "2", PYTHONHASHSEED="2")
    assert second.returncode == ExitCode.OK, second.stderr
    assert contents(small) == before


def test_parallel_workers_give_the_same_files(small: Path) -> None:
    write(small, "analyses/again.yaml", PLAN.replace("id: colds", "id: again"))
    assert command(small, "--jobs", "2").returncode == ExitCode.OK
    parallel = contents(small)
    assert command(small, "--jobs", "1", "--force").returncode == ExitCode.OK
    assert contents(small) == parallel


def test_check_writes_nothing(small: Path, capsys: Captured) -> None:
    assert analyse(small, "--check") == ExitCode.FINDINGS
    assert capsys.readouterr().err == "stale: colds (never built)\n"
    assert not (small / "figures").exists()
    analyse(small)
    capsys.readouterr()
    assert analyse(small, "--check") == ExitCode.OK
    assert capsys.readouterr().err == "1 analysis current\n"


def test_json_is_one_object_on_standard_output(small: Path, capsys: Captured) -> None:
    analyse(small, "--json", "--lang", "nl")
    data = json.loads(capsys.readouterr().out)
    assert data["schema_version"] == 1
    assert data["built"][0]["analysis"] == "colds"
    assert data["built"][0]["reason"] == "never built"
    assert "forest.nl.svg" in data["built"][0]["files"]
    analyse(small, "--json", "--check")
    assert json.loads(capsys.readouterr().out)["stale"] == {"colds": "language not built"}


def test_american_spelling(small: Path) -> None:
    assert main(["analyze", "--workspace", str(small), "--check"]) == ExitCode.FINDINGS


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("fevers",), "evidencekit: no analysis fevers (analyses: colds)\n"),
        (("--lang", "fr"), "evidencekit: no analysis has labels in fr (languages: en, nl)\n"),
    ],
)
def test_usage_errors(
    small: Path, capsys: Captured, options: tuple[str, ...], message: str
) -> None:
    assert analyse(small, *options) == ExitCode.USAGE
    assert capsys.readouterr().err == message


@pytest.mark.parametrize("jobs", ["0", "-1", "two"])
def test_bad_number_of_jobs(small: Path, capsys: Captured, jobs: str) -> None:
    assert main(["analyse", "--workspace", str(small), f"--jobs={jobs}"]) == ExitCode.USAGE
    assert f"a whole number from 1, not '{jobs}'" in capsys.readouterr().err


def break_yaml(root: Path) -> None:
    """An unclosed bracket."""
    write(root, "studies/adams-2001.yaml", "id: [adams-2001\nlabel: x\n")


def binary(root: Path) -> None:
    """A file that is no text."""
    (root / "studies" / "adams-2001.yaml").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\xff")


def missing_outcomes(root: Path) -> None:
    """No vocabulary."""
    (root / "studies" / "outcomes.yaml").unlink()


def impossible_counts(root: Path) -> None:
    """More events than people."""
    path = root / "studies" / "adams-2001.yaml"
    text = path.read_text(encoding="utf-8").replace("events: 12", "events: 61")
    path.write_text(text, encoding="utf-8")


def empty_files(root: Path) -> None:
    """Every file empty."""
    for path in root.rglob("*.yaml"):
        path.write_bytes(b"")


@pytest.mark.parametrize(
    "damage", [break_yaml, binary, missing_outcomes, impossible_counts, empty_files]
)
def test_bad_data_give_findings_and_leave_output_whole(
    small: Path, damage: Callable[[Path], None]
) -> None:
    assert analyse(small, "--lang", "en") == ExitCode.OK
    before = contents(small)
    damage(small)
    result = command(small)
    assert result.returncode == ExitCode.FINDINGS
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert result.stderr.startswith("EK0")
    assert result.stderr.rstrip().endswith("in the data files; run `evidencekit validate`")
    assert contents(small) == before


def test_a_folder_that_is_no_workspace(tmp_path: Path) -> None:
    result = command(tmp_path)
    assert result.returncode == ExitCode.UNREADABLE
    assert "is not a workspace" in result.stderr
    assert "evidencekit init DIR" in result.stderr


def test_one_bad_plan_does_not_stop_the_others(small: Path, capsys: Captured) -> None:
    plan = PLAN.replace("measure: RR", "select: {where: year > 2100}\nmeasure: RR")
    write(small, "analyses/a-first.yaml", plan.replace("id: colds", "id: a-first"))
    assert analyse(small, "--lang", "en", "--json") == ExitCode.FINDINGS
    out, err = capsys.readouterr()
    data = json.loads(out)
    assert [built["analysis"] for built in data["built"]] == ["colds"]
    assert list(data["failed"]) == ["a-first"]
    assert "a-first: no study can be pooled" in err


def test_an_error_is_json_too(small: Path, capsys: Captured) -> None:
    impossible_counts(small)
    assert analyse(small, "--json") == ExitCode.FINDINGS
    data = json.loads(capsys.readouterr().out)
    assert data["exit_code"] == 1
    assert [finding["rule"] for finding in data["findings"]] == ["EK023"]


def test_check_and_force_exclude_each_other(small: Path) -> None:
    assert analyse(small, "--check", "--force") == ExitCode.USAGE


def test_user_settings_of_matplotlib_change_nothing(small: Path, tmp_path: Path) -> None:
    assert command(small, "--jobs", "1", "--lang", "en").returncode == ExitCode.OK
    before = contents(small)
    settings = "text.kerning_factor: 6\npath.snap: False\npdf.inheritcolor: True\nfont.size: 20\n"
    write(tmp_path, "matplotlibrc", settings)
    done = command(
        small, "--force", "--jobs", "1", "--lang", "en", MATPLOTLIBRC=str(tmp_path / "matplotlibrc")
    )
    assert done.returncode == ExitCode.OK, done.stderr
    assert contents(small) == before


def test_an_empty_workspace(tmp_path: Path) -> None:
    for name in ("studies", "analyses"):
        (tmp_path / name).mkdir()
    result = command(tmp_path)
    assert result.returncode == ExitCode.FINDINGS
    assert "Traceback" not in result.stderr
    assert "EK0" in result.stderr


def test_no_study_can_be_pooled(small: Path, capsys: Captured) -> None:
    plan = PLAN.replace("measure: RR", "select: {where: year > 2100}\nmeasure: RR")
    write(small, "analyses/colds.yaml", plan)
    assert analyse(small) == ExitCode.FINDINGS
    assert capsys.readouterr().err.endswith(
        "colds: no study can be pooled - look at the reasons in `select`, or add studies\n"
    )


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.EACCES, "no permission to write"), (errno.EROFS, "the file system is read-only"),
     (errno.ENOSPC, "the disk is full")],
)  # fmt: skip
def test_a_folder_that_cannot_be_written(
    small: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    # Tests may run as root, whom permissions do not stop; the error itself is what counts.
    def refuse(*args: object, **kwargs: object) -> None:
        raise OSError(number, os.strerror(number), "figures")

    monkeypatch.setattr("evidencekit.atomic.tempfile.mkdtemp", refuse)
    assert analyse(small, "--lang", "en") == ExitCode.UNREADABLE
    assert f"cannot write figures: {words}" in capsys.readouterr().err
    assert contents(small) == {}


def test_figures_is_a_file(small: Path, capsys: Captured) -> None:
    (small / "figures").write_text("in the way", encoding="utf-8")
    assert analyse(small, "--lang", "en") == ExitCode.UNREADABLE
    assert "a file stands where a folder is needed" in capsys.readouterr().err
    assert (small / "figures").read_text(encoding="utf-8") == "in the way"


@pytest.mark.skipif(os.name == "nt", reason="signals to another process need POSIX")
def test_an_interrupt_ends_in_130_and_leaves_no_part(small: Path) -> None:
    for number in range(6):
        write(
            small, f"analyses/copy-{number}.yaml", PLAN.replace("id: colds", f"id: copy-{number}")
        )
    # A suite in the background of a shell ignores the signal, and what it starts would too.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        [sys.executable, "-m", "evidencekit", "analyse", "--workspace", str(small), "--jobs", "2"],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    signal.signal(signal.SIGINT, before)
    deadline = time.monotonic() + 60
    manifest = small / "figures" / "manifest.json"
    while not manifest.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    # As a terminal does: the signal goes to the workers too.
    os.killpg(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == ExitCode.INTERRUPTED
    assert "Traceback" not in err
    assert err.rstrip().endswith("nothing is half-written")
    recorded = json.loads(manifest.read_text(encoding="utf-8"))["analyses"]
    assert 1 <= len(recorded) < 7
    for analysis, entry in recorded.items():
        for name, output in entry["outputs"].items():
            data = (small / "figures" / analysis / name).read_bytes()
            assert hashlib.sha256(data).hexdigest() == output["sha256"]
    assert not list((small / "figures").rglob(".building-*"))
