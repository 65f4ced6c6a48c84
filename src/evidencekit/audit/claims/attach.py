"""Claims files and the articles they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from evidencekit.audit.claims.judge import ClaimResult, claim_findings, judge_claims
from evidencekit.audit.claims.suggest import Suggestion, suggest_claims, untied_claims
from evidencekit.audit.document import Document
from evidencekit.audit.result import DocumentAudit
from evidencekit.errors import UsageError
from evidencekit.workspace.workspace import load_workspace


def article_of(path: str) -> str:
    """The article's name in ``articles/gut.nl.md``: "gut"."""
    return PurePosixPath(Path(path).as_posix()).name.partition(".")[0]


def with_claims(
    audits: Sequence[DocumentAudit], workspace: Path, file: Path
) -> list[DocumentAudit]:
    """Audits with the claims of a file, judged, on the document they are about.

    Parameters
    ----------
    audits
        One or more; of several, the claims go to the one named like the file.
    workspace
        The folder that holds the claims file and the data it names.
    file
        ``articles/<name>.claims.yaml``.

    Raises
    ------
    UsageError
        None of several documents is named like the claims file, or it is no claims file.
    DataError
        The claims file has errors.
    """
    at = _document_of(audits, file)
    results = judge_claims(load_workspace(workspace), file)
    attached = list(audits)
    attached[at] = attach(audits[at], results)
    return attached


def attach(audit: DocumentAudit, results: tuple[ClaimResult, ...]) -> DocumentAudit:
    """An audit with claims and their findings."""
    return replace(audit, claims=results, findings=(*audit.findings, *claim_findings(results)))


def suggested(
    document: Document, workspace: Path, file: Path | None
) -> tuple[tuple[Suggestion, ...], tuple[str, ...]]:
    """Sentences without a claim, and ids of claims without a sentence.

    Parameters
    ----------
    file
        The claims file; None for the one named like the article, if there is one.
    """
    if not (workspace / "articles").is_dir():
        return suggest_claims(document, ()), ()
    article = article_of(document.file if file is None else file.name)
    claims = load_workspace(workspace).workspace.claims.get(article, ())
    return suggest_claims(document, claims), untied_claims(document, claims)


def _document_of(audits: Sequence[DocumentAudit], file: Path) -> int:
    if len(audits) == 1:
        return 0
    for index, audit in enumerate(audits):
        if article_of(audit.document.file) == article_of(file.name):
            return index
    raise UsageError(
        f"none of the files is called {article_of(file.name)}, like {file}; "
        "audit the article of these claims alone"
    )
