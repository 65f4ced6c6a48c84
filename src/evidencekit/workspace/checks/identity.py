"""Identifiers: one name for one thing, in one place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from evidencekit.errors import Finding, Place
from evidencekit.workspace import files
from evidencekit.workspace.corpus import Corpus, items, known
from evidencekit.workspace.records import Record

Path = tuple[str | int, ...]


def file_name(record: Record, corpus: Corpus) -> Iterator[Finding]:
    """A study or plan is called what its file is called."""
    identifier = record.value.id
    if identifier != record.stem:
        detail = f'"{identifier}" in a file called {record.stem}.yaml'
        remedy = f"rename the file to {identifier}.yaml, or write id: {record.stem}"
        yield record.finding(
            "EK060", "id is not the file name", ("id",), detail=detail, remedy=remedy
        )


def unique_records(corpus: Corpus) -> Iterator[Finding]:
    """No two studies, and no two plans, have the same id."""
    for records in (corpus.studies, corpus.plans):
        first: dict[str, Record] = {}
        for record in records:
            identifier = known(record.value.id)
            other = first.setdefault(identifier, record) if identifier else record
            if other is not record:
                detail = f'"{identifier}" is also the id of {other.document.file}'
                title = "id is used twice"
                yield record.finding("EK061", title, ("id",), detail=detail, remedy="rename one")


def unique_parts(record: Record, corpus: Corpus) -> Iterator[Finding]:
    """Arms and results of a study have ids of their own."""
    yield from duplicates(record, ("arms",), record.value.arms)
    yield from duplicates(record, ("results",), record.value.results)


def unique_outcomes(corpus: Corpus) -> Iterator[Finding]:
    """Every outcome is described once."""
    if corpus.outcomes is not None:
        yield from duplicates(corpus.outcomes, ("outcomes",), corpus.outcomes.value.outcomes)


def duplicates(record: Record, path: Path, values: Iterable[Any]) -> Iterator[Finding]:
    """One finding for each id that stands twice in a list."""
    seen: dict[str, int] = {}
    for index, item in items(values):
        identifier = known(getattr(item, "id", ""))
        if not identifier:
            continue
        if identifier in seen:
            place = record.document.locate((*path, seen[identifier], "id"))[0]
            line = record.document.position(place)[0]
            detail = f'"{identifier}" stands already in line {line}'
            where = (*path, index, "id")
            yield record.finding(
                "EK061", "id is used twice", where, detail=detail, remedy="rename one"
            )
        else:
            seen[identifier] = index


def shared_reports(corpus: Corpus) -> Iterator[Finding]:
    """One paper is one study, unless two studies say that they share it."""
    seen: dict[str, Record] = {}
    for record in corpus.studies:
        for index, report in items(record.value.reports):
            if known(report.role, "review") == "review":
                continue
            for name in ("doi", "pmid"):
                identifier = known(getattr(report, name)).casefold()
                if not identifier:
                    continue
                other = seen.setdefault(f"{name}:{identifier}", record)
                if other is not record and not _declared(record, other):
                    where = ("reports", index, name)
                    yield _shared(record, other, where, name)
                    break


def _declared(a: Record, b: Record) -> bool:
    return any(y.identifier in known(x.value.shares_report_with, ()) for x, y in ((a, b), (b, a)))


def _shared(record: Record, other: Record, path: Path, name: str) -> Finding:
    identifier = other.identifier
    title = f"{name.upper()} is also that of another study"
    remedy = (
        f"if one report holds both, add shares_report_with: [{identifier}]; "
        "a review that both appear in has role: review"
    )
    return record.finding("EK062", title, path, detail=other.document.file, remedy=remedy)


def identified_reports(record: Record, corpus: Corpus) -> Iterator[Finding]:
    """A report has something by which it can be found."""
    for index, report in items(record.value.reports):
        if not report.reference:
            remedy = "add doi, pmid, url or citation"
            where = ("reports", index)
            yield record.finding("EK069", "report has no identifier", where, remedy=remedy)


def folders(corpus: Corpus) -> Iterator[Finding]:
    """There is something to work with."""
    documents = corpus.documents
    studies = [f for f in documents if f.startswith("studies/") and f != files.OUTCOMES]
    if not studies:
        remedy = "add one YAML file per study"
        yield Finding("EK015", "there are no studies", Place(files.STUDIES), "", remedy)
    if files.OUTCOMES not in documents:
        remedy = "add it: the vocabulary of outcomes that studies and plans refer to"
        yield Finding("EK015", "there is no outcomes.yaml", Place(files.OUTCOMES), "", remedy)
    if not any(file.startswith("analyses/") for file in documents):
        title, remedy = "there are no analysis plans", "add one YAML file per analysis"
        yield Finding("EK015", title, Place(files.ANALYSES), "", remedy, "warning")
