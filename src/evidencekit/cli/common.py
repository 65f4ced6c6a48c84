"""What commands share: the workspace option, JSON on standard output, findings for people."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from evidencekit.errors import Finding

Format = Literal["text", "json", "github"]
FORMATS: tuple[Format, ...] = ("text", "json", "github")
JSON_SCHEMA_VERSION = 1
"""Version of the JSON that commands print; it rises when a key changes its meaning or goes."""


def add_workspace_option(parser: argparse.ArgumentParser) -> None:
    """Add ``--workspace DIR``, default the current folder."""
    parser.add_argument(
        "--workspace",
        type=Path,
        default=Path(),
        metavar="DIR",
        help="folder that holds studies/ and analyses/ (default: the current folder)",
    )


def emit_json(data: Mapping[str, Any]) -> None:
    """Print one JSON object, keys sorted, with the version of its shape added."""
    document = {"schema_version": JSON_SCHEMA_VERSION, **data}
    write_text(json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False))


def print_findings(findings: Sequence[Finding], format: Format) -> None:
    """Print findings to standard output, as text or as GitHub workflow commands."""
    if format == "github":
        for finding in findings:
            write_text(github_line(finding))
        return
    colour = use_colour()
    for finding in findings:
        write_text(coloured(finding) if colour else str(finding))


def write_text(text: str) -> None:
    """Print a text whatever the terminal's encoding; what it lacks is shown as an escape."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    print(text.encode(encoding, "backslashreplace").decode(encoding))


def use_colour() -> bool:
    """Colour for people only: on a terminal, unless NO_COLOR is set."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def coloured(finding: Finding) -> str:
    """A finding with its code in red (error) or yellow (warning)."""
    number = "31" if finding.severity == "error" else "33"
    return f"\x1b[1;{number}m{finding.code}\x1b[0m{str(finding)[len(finding.code) :]}"


def github_line(finding: Finding) -> str:
    """A workflow command that GitHub shows beside the line of a pull request."""
    place = finding.place
    properties = {"file": place.file, "line": place.line, "col": place.column}
    if place.end_column > place.column:
        properties["endColumn"] = place.end_column
    shown = ",".join(f"{k}={_escaped_property(str(v))}" for k, v in properties.items() if v)
    title = _escaped_property(f"{finding.code} {finding.title}")
    message = " - ".join(p for p in (finding.detail, finding.remedy) if p) or finding.title
    level = "notice" if finding.severity == "note" else finding.severity
    return f"::{level} {shown},title={title}::{_escaped(message)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escaped_property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")


def counted(number: int, one: str) -> str:
    """``"1 file"``, ``"2 files"``."""
    return f"{number} {one}" if number == 1 else f"{number} {one}s"
