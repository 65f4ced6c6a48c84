"""Fixtures that several rooms share."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidencekit.workspace.workspace import Workspace, load_workspace
from workspaces import small_workspace

REPOSITORY = Path(__file__).parents[1]


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """The folder of a small synthetic workspace."""
    return small_workspace(tmp_path / "workspace")


@pytest.fixture(scope="session")
def repository() -> Workspace:
    """This repository's own workspace."""
    return load_workspace(REPOSITORY).raise_errors()
