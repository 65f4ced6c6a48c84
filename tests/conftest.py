"""Fixtures that several rooms share, and the page of comparisons with other programs."""

from __future__ import annotations

from dataclasses import astuple
from pathlib import Path
from typing import Any

import pytest

import conformance
from conformance_page import PAGE, differences, page
from evidencekit.workspace.workspace import Workspace, load_workspace
from workspaces import small_workspace

REPOSITORY = Path(__file__).parents[1]
STALE = pytest.StashKey[list[str]]()


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """The folder of a small synthetic workspace."""
    return small_workspace(tmp_path / "workspace")


@pytest.fixture(scope="session")
def repository() -> Workspace:
    """This repository's own workspace."""
    return load_workspace(REPOSITORY).raise_errors()


# --- docs/conformance.md --------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--conformance",
        action="store_true",
        help="write docs/conformance.md from the comparisons of this run (the whole suite)",
    )


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what a worker of pytest-xdist saw."""
    seen = getattr(node, "workeroutput", {}).get("conformance", [])
    conformance.SEEN.extend(conformance.Seen(*values) for values in seen)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write the page or compare it; a page that differs fails a run of the whole suite."""
    config = session.config
    if hasattr(config, "workeroutput"):
        config.workeroutput["conformance"] = [astuple(one) for one in conformance.SEEN]
        return
    if not _whole(config):
        return
    text = page(conformance.SEEN)
    if config.option.conformance:
        PAGE.write_text(text, encoding="utf-8")
    elif session.testsfailed:
        # What failed may not have come to its comparisons.
        return
    elif found := differences(PAGE.read_text(encoding="utf-8"), text):
        config.stash[STALE] = found
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    for line in config.stash.get(STALE, []):
        terminalreporter.write_line(f"recorded now: {line}")
    if STALE in config.stash:
        terminalreporter.write_line(
            "FAILED docs/conformance.md is not what this run recorded: make conformance", red=True
        )
    elif config.option.conformance and not _whole(config):
        terminalreporter.write_line(
            "docs/conformance.md was not written: run the whole suite, nothing selected", red=True
        )


def _whole(config: pytest.Config) -> bool:
    """Whether nothing was selected or left out."""
    option = config.option
    chosen = (option.keyword, option.markexpr, option.deselect, option.ignore)
    return (
        config.args_source is pytest.Config.ArgsSource.TESTPATHS
        and not any(chosen)
        and not getattr(option, "lf", False)  # without the cache plugin there is none
        and not option.collectonly
    )
