"""Data flow down the list of rooms; imports only point up it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "evidencekit"
ARCHITECTURE = Path(__file__).parents[1] / "docs" / "architecture.md"

# In the order of docs/architecture.md, which explains each room.
ROOMS = (
    "errors",
    "atomic",
    "quantities",
    "method_names",
    "special",
    "workspace",
    "sources",
    "effects",
    "models",
    "tables",
    "batch",
    "certainty",
    "analysis",
    "watch",
    "language",
    "render",
    "report",
    "artefacts",
    "audit",
    "cli",
)
HEAVY = {"numpy", "scipy", "pandas", "statsmodels", "matplotlib", "requests", "rich", "jinja2"}
# Rooms that must stay importable without anything heavy (validate and --help are instant).
LIGHT = ("errors", "atomic", "quantities", "method_names", "workspace", "cli")


def room_of(path: Path) -> str:
    """The room a source file belongs to."""
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def files() -> list[Path]:
    """Every source file inside a room."""
    outside = {"__init__.py", "__main__.py"}
    return [p for p in sorted(SOURCE.rglob("*.py")) if p.parent != SOURCE or p.name not in outside]


def imported(path: Path, *, top_level_only: bool = False) -> set[str]:
    """Modules imported by a file (in functions too, unless asked not to)."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = tree.body if top_level_only else list(ast.walk(tree))
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found.add(node.module or "")
            if node.module == "evidencekit":
                found |= {f"evidencekit.{alias.name}" for alias in node.names}
    return found


def test_every_room_is_in_the_list() -> None:
    assert {room_of(path) for path in files()} == set(ROOMS)


@pytest.mark.parametrize("path", files(), ids=lambda p: p.relative_to(SOURCE).as_posix())
def test_imports_point_up(path: Path) -> None:
    mine = ROOMS.index(room_of(path))
    for module in imported(path):
        parts = module.split(".")
        if parts[0] != "evidencekit" or len(parts) < 2 or parts[1] not in ROOMS:
            continue
        assert ROOMS.index(parts[1]) <= mine, f"{path.name} imports {module}, which is below it"


@pytest.mark.parametrize("room", LIGHT)
def test_light_rooms_import_nothing_heavy(room: str) -> None:
    for path in files():
        if room_of(path) == room:
            heavy = {m.split(".")[0] for m in imported(path, top_level_only=True)} & HEAVY
            assert not heavy, f"{path.name} imports {heavy} when loaded"


def test_statsmodels_is_imported_in_models_only() -> None:
    for path in files():
        if any(m.split(".")[0] == "statsmodels" for m in imported(path)):
            assert room_of(path) == "models", path


def test_pyplot_is_never_imported() -> None:
    for path in files():
        assert not any("pyplot" in module for module in imported(path)), path


def test_docs_name_the_rooms_in_the_same_order() -> None:
    text = ARCHITECTURE.read_text(encoding="utf-8")
    named = re.findall(r"^\| `([a-z_]+)/?` \|", text, flags=re.MULTILINE)
    assert tuple(named) == ROOMS


def test_files_stay_readable() -> None:
    long = {
        path.relative_to(SOURCE).as_posix(): lines
        for path in files()
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 320
        and "catalogue" not in path.parts
    }
    assert not long
