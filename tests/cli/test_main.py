"""The command line as a whole: help, version, internal errors, speed of start by what it loads."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from evidencekit import __version__
from evidencekit.cli import build_parser, main
from evidencekit.errors import ExitCode

REPOSITORY = str(Path(__file__).parents[2])
HEAVY = ("numpy", "scipy", "pandas", "statsmodels", "matplotlib", "requests", "rich", "jinja2",
         "babel", "yaml", "asyncio")  # fmt: skip


def loaded_by(code: str) -> set[str]:
    """Which heavy modules a fresh interpreter has loaded after running *code*."""
    script = (
        f"import sys\n{code}\nprint(','.join(sorted({{m.split('.')[0] for m in sys.modules}})))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    return set(done.stdout.splitlines()[-1].split(",")) & set(HEAVY)


def test_import_loads_nothing_heavy() -> None:
    assert loaded_by("import evidencekit") == set()


def test_help_loads_nothing_heavy() -> None:
    assert loaded_by("from evidencekit.cli import main; main(['--help'])") == set()


def test_validate_loads_no_numpy() -> None:
    code = f"from evidencekit.cli import main; main(['validate', '--workspace', {REPOSITORY!r}])"
    assert loaded_by(code) <= {"yaml"}


def test_a_run_with_nothing_to_do_loads_no_numpy() -> None:
    options = ["analyse", "--check", "--workspace", REPOSITORY]
    code = f"from evidencekit.cli import main; main({options!r})"
    assert loaded_by(code) <= {"yaml"}


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == ExitCode.OK
    assert capsys.readouterr().out == f"evidencekit {__version__}\n"


def test_module_is_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "evidencekit", "--version"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout == f"evidencekit {__version__}\n"


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == ExitCode.OK
    out = capsys.readouterr().out
    for command in ("analyse", "validate", "init", "schema"):
        assert f"    {command}" in out
    assert "130 interrupted" in out


@pytest.mark.parametrize("argv", [[], ["nonsense"], ["analyse", "--nonsense"]])
def test_usage_is_exit_2(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(argv) == ExitCode.USAGE
    assert "usage: evidencekit" in capsys.readouterr().err


def test_an_internal_error_is_one_line_and_a_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*args: object) -> int:
        raise RuntimeError("unforeseen")

    monkeypatch.setattr("evidencekit.cli.analyse.run", broken)
    assert main(["analyse"]) == ExitCode.INTERNAL
    err = capsys.readouterr().err
    assert err.startswith("evidencekit: internal error: RuntimeError: unforeseen\n")
    path = err.split("please report it with ")[1].strip()
    with open(path, encoding="utf-8") as file:
        assert "RuntimeError: unforeseen" in file.read()


def test_an_interrupt_is_130(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*args: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("evidencekit.cli.analyse.run", interrupted)
    assert main(["analyse"]) == ExitCode.INTERRUPTED
    assert "nothing is half-written" in capsys.readouterr().err


def test_every_command_has_help_and_a_description() -> None:
    actions = [a for a in build_parser()._actions if a.choices]
    assert actions
    for name, parser in actions[0].choices.items():
        assert parser.description, name
