"""What ``evidencekit doctor`` looks at: one function and one row of `HEALTH_CHECKS` each."""

from __future__ import annotations

import locale
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path
from typing import Final, Literal

from evidencekit.cli.common import counted
from evidencekit.errors import EvidencekitError

Condition = Literal["good", "attention", "bad"]

PACKAGES: Final = (
    "numpy", "scipy", "pandas", "statsmodels", "matplotlib", "requests", "requests-cache", "pymed",
)  # fmt: skip
EXTRAS: Final = {"tables": ("openpyxl", "pyarrow"), "cluster": ("distributed",)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """What one check found.

    Parameters
    ----------
    condition
        ``attention`` is worth knowing; ``bad`` keeps some command from working.
    remedy
        What to do; empty when the condition is good.
    """

    condition: Condition
    found: str
    remedy: str = ""


def check_python(workspace: Path) -> Health:
    """Version and system."""
    return Health(
        condition="good",
        found=f"Python {platform.python_version()} on {platform.system()} {platform.machine()}",
    )


def check_packages(workspace: Path) -> Health:
    """Versions of what results depend on."""
    versions = [f"{name} {metadata.version(name)}" for name in PACKAGES]
    return Health(condition="good", found=", ".join(versions))


def check_extras(workspace: Path) -> Health:
    """Optional packages."""
    missing = [
        extra for extra, names in EXTRAS.items() if any(not util.find_spec(n) for n in names)
    ]
    if not missing:
        return Health(condition="good", found=f"all there: {', '.join(EXTRAS)}")
    return Health(
        condition="attention",
        found=f"not installed: {', '.join(missing)}",
        remedy=f"if needed: pip install 'evidencekit[{','.join(missing)}]'",
    )


def check_fonts(workspace: Path) -> Health:
    """The fonts of figures, which come with the package."""
    from evidencekit.render.text import FONT_FOLDER

    fonts = sorted(path.stem for path in FONT_FOLDER.glob("*.ttf"))
    if fonts:
        return Health(condition="good", found=", ".join(fonts))
    return Health(
        condition="bad",
        found=f"no font in {FONT_FOLDER}",
        remedy="install evidencekit again: figures need the fonts it brings",
    )


def check_locale(workspace: Path) -> Health:
    """The encoding of the terminal: names and signs beyond ASCII are printed."""
    encoding = getattr(sys.stdout, "encoding", None) or locale.getpreferredencoding(False)
    if encoding.lower().replace("-", "") == "utf8":
        return Health(condition="good", found=encoding)
    return Health(
        condition="attention",
        found=f"{encoding}: characters it lacks are printed as escapes",
        remedy="set PYTHONUTF8=1",
    )


def check_contact(workspace: Path) -> Health:
    """The address that services ask for."""
    from evidencekit.sources.settings import read_settings

    if read_settings().mailto:
        return Health(condition="good", found="set")
    return Health(
        condition="attention",
        found="not set: Crossref answers more slowly",
        remedy="set EVIDENCEKIT_MAILTO to your e-mail address",
    )


def check_cache(workspace: Path) -> Health:
    """Whether the cache of answers can be written."""
    from evidencekit.sources.settings import read_settings

    settings = read_settings()
    if settings.backend not in ("sqlite", "filesystem"):
        return Health(condition="good", found=f"kept by {settings.backend}")
    folder = Path(settings.cache)
    # The folder is made by the first run; what counts is the nearest one that is there.
    nearest = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    try:
        with tempfile.NamedTemporaryFile(dir=nearest):
            return Health(condition="good", found=str(folder))
    except OSError as error:
        return Health(
            condition="bad",
            found=f"{folder} cannot be written: {error.strerror or error}",
            remedy="make it writable, or set EVIDENCEKIT_CACHE to another folder",
        )


def check_lock(workspace: Path) -> Health:
    """What the lock knows of the papers that the workspace cites."""
    from evidencekit.sources.cited import cited_in
    from evidencekit.sources.fetch_budget import incomplete
    from evidencekit.sources.lock import read_lock
    from evidencekit.workspace.workspace import load_workspace

    lock = read_lock(workspace)
    cited = tuple(cited_in(load_workspace(workspace).workspace))
    missing = len(lock.missing(cited))
    waiting = sum(incomplete(lock.entries.get(key)) for key in cited) - missing
    found = f"{counted(len(cited), 'paper')} cited, {missing} not in the lock, {waiting} to ask for"
    if not missing and not waiting:
        return Health(condition="good", found=found)
    return Health(condition="attention", found=found, remedy="run `evidencekit fetch`")


HEALTH_CHECKS: Final[Mapping[str, Callable[[Path], Health]]] = {
    "python": check_python,
    "packages": check_packages,
    "extras": check_extras,
    "fonts": check_fonts,
    "locale": check_locale,
    "contact": check_contact,
    "cache": check_cache,
    "lock": check_lock,
}
"""Checks in the order shown; each is given the folder of the workspace."""


def examine(workspace: Path) -> dict[str, Health]:
    """Every check; one that cannot be made is a bad sign of its own."""
    return {name: _examined(check, workspace) for name, check in HEALTH_CHECKS.items()}


def _examined(check: Callable[[Path], Health], workspace: Path) -> Health:
    try:
        return check(workspace)
    except metadata.PackageNotFoundError as error:
        found = f"the package {error.name} is not installed"
        return Health(condition="bad", found=found, remedy="install evidencekit again with pip")
    except (EvidencekitError, OSError) as error:
        found = " ".join(str(error).split())
        remedy = f"see the message; run in a workspace, not in {os.getcwd()}, if it is none"
        return Health(condition="bad", found=found, remedy=remedy)


def service_health(answers: Mapping[str, str]) -> dict[str, Health]:
    """The services, by what `evidencekit.sources.probes.probe` found."""
    from evidencekit.sources.services import SERVICES

    return {
        SERVICES[name].title: Health(condition="good", found="answers")
        if not reason
        else Health(
            condition="attention",
            found=reason,
            remedy="check the network and try again; what it would have said stays unchecked",
        )
        for name, reason in answers.items()
    }
