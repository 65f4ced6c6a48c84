"""One decoded file, and what kind of file it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from evidencekit.errors import Finding, Place, Severity
from evidencekit.workspace import files
from evidencekit.workspace.claim import Claims
from evidencekit.workspace.decode import decode
from evidencekit.workspace.document import Document, MappingNode, scalar_length
from evidencekit.workspace.outcome import Outcomes
from evidencekit.workspace.plan import Plan
from evidencekit.workspace.problems import UNKNOWN
from evidencekit.workspace.study import Study

Kind = Literal["study", "plan", "outcomes", "claims"]

_CLASSES: dict[Kind, Any] = {
    "study": Study,
    "plan": Plan,
    "outcomes": Outcomes,
    "claims": Claims,
}
_HOMES: dict[Kind, str] = {
    "study": "studies/",
    "plan": "analyses/",
    "outcomes": files.OUTCOMES,
    "claims": "articles/",
}
_NAMES: dict[Kind, str] = {
    "study": "a study",
    "plan": "an analysis plan",
    "outcomes": "a vocabulary of outcomes",
    "claims": "a list of claims",
}


class Span(NamedTuple):
    """A part of a text value."""

    text: str
    offset: int
    length: int


@dataclass(frozen=True, slots=True, eq=False)
class Record:
    """One decoded file. ``value`` may hold ``UNKNOWN`` where ``whole`` is False."""

    kind: Kind
    value: Any
    document: Document
    whole: bool

    @property
    def identifier(self) -> str:
        """The id, or the file's name where that could not be read."""
        value: Any = self.value.id
        return self.stem if value is UNKNOWN else str(value)

    @property
    def stem(self) -> str:
        """File name without ending: the identifier that the record must have."""
        return stem(self.document.file)

    def finding(
        self,
        code: str,
        title: str,
        path: Sequence[str | int],
        *,
        on_key: bool = False,
        detail: str = "",
        remedy: str = "",
        severity: Severity = "error",
    ) -> Finding:
        """A finding at a path of the file, such as ``("results", 0, "estimate", "ci")``."""
        document = self.document
        if on_key:
            at, length = document.key_at(path), None
        else:
            at, node = document.locate(path)
            length = scalar_length(node)
        return document.finding(
            code, title, at, length=length, detail=detail, remedy=remedy, severity=severity
        )

    def finding_in_text(
        self,
        code: str,
        title: str,
        path: Sequence[str | int],
        span: Span,
        *,
        detail: str = "",
        remedy: str = "",
        severity: Severity = "error",
    ) -> Finding:
        """A finding inside a text value, such as a condition.

        A text that goes over several lines, or holds escapes, stands otherwise
        in the file than it reads; the place is then that of the whole value.
        """
        document = self.document
        text, offset, length = span
        at = document.locate(path)[0]
        for start in (at, at + 1):
            if document.text.startswith(text, start) and "\n" not in text:
                at = min(start + offset, start + max(len(text) - 1, 0))
                break
        else:
            length = 1
        return document.finding(
            code, title, at, length=length, detail=detail, remedy=remedy, severity=severity
        )


def _has_error(findings: Sequence[Finding]) -> bool:
    return any(finding.severity == "error" for finding in findings)


def stem(file: str) -> str:
    """File name without folder and ending."""
    return file.rpartition("/")[2].removesuffix(".yaml").removesuffix(".claims")


def decode_record(
    document: Document, problems: Sequence[Finding] = ()
) -> tuple[Record | None, list[Finding]]:
    """Decode a document as the kind of file that its place asks for.

    Parameters
    ----------
    document
        A parsed file.
    problems
        What its parsing found; a record with errors is not whole.
    """
    if document.root is None:
        return None, []
    kind = expected_kind(document.file)
    actual = looks_like(document.root)
    if actual is not None and actual != kind:
        remedy = f"it belongs in {_HOMES[actual]}"
        title = f"{_NAMES[kind]} is expected here, but this looks like {_NAMES[actual]}"
        return None, [Finding("EK016", title, Place(document.file), "", remedy)]
    value, findings = decode(document, _CLASSES[kind])
    if value is UNKNOWN:
        return None, findings
    whole = not _has_error(problems) and not _has_error(findings)
    return Record(kind, value, document, whole), findings


def expected_kind(name: str) -> Kind:
    """What a file must hold, by where it is."""
    if name == files.OUTCOMES:
        return "outcomes"
    if name.startswith(f"{files.ARTICLES}/"):
        return "claims"
    return "plan" if name.startswith("analyses/") else "study"


def looks_like(root: Any) -> Kind | None:
    """What a file seems to hold, by its keys; None when they do not tell."""
    if not isinstance(root, MappingNode):
        return None
    if "results" in root and "arms" in root and "question" not in root:
        return "study"
    if "outcomes" in root and "id" not in root:
        return "outcomes"
    plan = sum(name in root for name in ("question", "measure", "select", "model", "certainty"))
    study = sum(name in root for name in ("design", "arms", "results", "reports", "population"))
    if plan == study:
        return None
    return "plan" if plan > study else "study"
