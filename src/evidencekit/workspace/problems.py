"""Collecting findings while decoding, and what stands for a value that could not be read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from evidencekit.errors import Finding, Severity
from evidencekit.workspace.document import (
    Broken,
    Document,
    MappingNode,
    SequenceNode,
    scalar_length,
)


class Incomplete(Exception):
    """A check touched a value that could not be read; it was reported where it stands."""


class Unknown:
    """Stands for a value that could not be read. Any use of it raises `Incomplete`.

    So the semantic checks run on records that have errors elsewhere, and never
    report what merely follows from an error already shown.
    """

    __slots__ = ()

    def _refuse(self, *_: Any) -> Any:
        raise Incomplete

    __getattr__ = __iter__ = __bool__ = __len__ = __eq__ = __hash__ = _refuse
    __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __getitem__ = _refuse
    __add__ = __radd__ = __float__ = __int__ = __str__ = __format__ = _refuse


UNKNOWN: Final = Unknown()

NULLS = frozenset({"", "null", "~"})
"""The plain words for no value."""

Decoder = Callable[[Any, int, "Problems"], Any]


class Problems:
    """Collects the findings of one document while it is decoded."""

    __slots__ = ("document", "findings")

    def __init__(self, document: Document) -> None:
        self.document = document
        self.findings: list[Finding] = []

    def add(
        self,
        code: str,
        title: str,
        at: int,
        node: Any = None,
        *,
        detail: str = "",
        remedy: str = "",
        severity: Severity = "error",
    ) -> Unknown:
        """Report a problem at a node; gives ``UNKNOWN`` to return in its stead."""
        if not isinstance(node, Broken):
            finding = self.document.finding(
                code,
                title,
                at,
                length=scalar_length(node),
                detail=detail,
                remedy=remedy,
                severity=severity,
            )
            self.findings.append(finding)
        return UNKNOWN


def kind_of(node: Any) -> str:
    """What a node is, in words for people."""
    if isinstance(node, MappingNode):
        return "keys and values"
    if isinstance(node, SequenceNode):
        return "a list"
    return "a single value"


def wrong_kind(node: Any, at: int, problems: Problems, expected: str) -> Unknown:
    """Report a list where a value is expected, nothing where something is, and the like."""
    if type(node) is str and node in NULLS:
        remedy = "give it, or remove the key"
        title = f"{expected} expected, but there is no value"
        return problems.add("EK050", title, at, node, remedy=remedy)
    title = f"{expected} expected, but this is {kind_of(node)}"
    return problems.add("EK042", title, at, node)
