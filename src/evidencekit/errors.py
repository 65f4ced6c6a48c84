"""The exception family, exit codes, and ``Finding``: what was found, where, and what to do.

Imports nothing of ours. A finding is data (it can be collected, sorted, shown
as text or JSON); an exception is for what cannot go on.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import IntEnum
from typing import Any, Literal

Severity = Literal["error", "warning", "note"]


class ExitCode(IntEnum):
    """Exit codes of the command line."""

    OK = 0
    FINDINGS = 1
    USAGE = 2
    UNREADABLE = 3
    NETWORK = 4
    INTERNAL = 5
    INTERRUPTED = 130


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place in a text file. Lines and columns count from 1; 0 means the file as a whole.

    ``end_column`` is exclusive and on the same line; 0 when unknown.
    """

    file: str
    line: int = 0
    column: int = 0
    end_column: int = 0

    def __str__(self) -> str:
        if not self.line:
            return self.file
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem: code, place, what was found, what is allowed, what to do.

    Parameters
    ----------
    code
        ``EK`` and three digits; 0xx files and schema, 1xx audit, 2xx integrity,
        3xx embedding.
    title
        What is wrong, in a few words, lower case: "events exceed total".
    place
        Where. ``Place(file)`` when it concerns a whole file.
    detail
        Shown beneath the caret: what was found against what is allowed.
    remedy
        What to do about it.
    excerpt
        The line of the file, for display; empty when there is none.
    """

    code: str
    title: str
    place: Place
    detail: str = ""
    remedy: str = ""
    severity: Severity = "error"
    excerpt: str = ""

    def __str__(self) -> str:
        mark = "" if self.severity == "error" else f" ({self.severity})"
        lines = [f"{self.code} {self.place}  {self.title}{mark}"]
        hint = " - ".join(part for part in (self.detail, self.remedy) if part)
        if self.excerpt and self.place.line:
            number = f"{self.place.line:>5} | "
            end = max(self.place.end_column, self.place.column + 1)
            start = self.place.column - 1
            pad = "".join("\t" if c == "\t" else " " for c in self.excerpt[:start])
            carets = "^" * min(end - self.place.column, max(len(self.excerpt) - start, 1))
            lines.append(f"{number}{self.excerpt}")
            lines.append(f"      | {pad}{carets} {hint}".rstrip())
        elif hint:
            lines.append(f"      {hint}")
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; the code is called ``rule`` there."""
        place = asdict(self.place)
        return {
            "rule": self.code,
            "severity": self.severity,
            "title": self.title,
            "file": place["file"],
            "line": place["line"],
            "column": place["column"],
            "detail": self.detail,
            "remedy": self.remedy,
        }


class EvidencekitError(Exception):
    """Base of everything this package raises on purpose."""

    exit_code = ExitCode.INTERNAL


class UsageError(EvidencekitError):
    """The call itself is wrong: an unknown option, analysis or language."""

    exit_code = ExitCode.USAGE


class FileError(EvidencekitError):
    """A file or folder cannot be read or written; the message names it and the remedy."""

    exit_code = ExitCode.UNREADABLE


class DataError(EvidencekitError):
    """The data hold findings of severity error; ``findings`` lists them all."""

    exit_code = ExitCode.FINDINGS

    def __init__(self, message: str, findings: tuple[Finding, ...] = ()) -> None:
        super().__init__(message)
        self.findings = findings


class MethodError(EvidencekitError, ValueError):
    """A statistical method was given input it is not defined for."""

    exit_code = ExitCode.FINDINGS


class NetworkNeeded(EvidencekitError):
    """What is asked for is not here, and only the network has it."""

    exit_code = ExitCode.NETWORK


class EngineMismatch(EvidencekitError):
    """Two engines that must agree did not; no number is released."""

    exit_code = ExitCode.INTERNAL
