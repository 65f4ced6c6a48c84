"""Conditions and paths of plans: can they be read, and do they look at something that exists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evidencekit.errors import Finding
from evidencekit.workspace.conditions import PathUse, WhereError
from evidencekit.workspace.corpus import Corpus, items, known
from evidencekit.workspace.paths import Scope, Tags, check_use, tag_values
from evidencekit.workspace.problems import UNKNOWN
from evidencekit.workspace.records import Record, Span
from evidencekit.workspace.where import compile_where

Path = tuple[str | int, ...]


def conditions(corpus: Corpus) -> Iterator[Finding]:
    """Every condition and subgroup path of every plan."""
    tags = collect_tags(corpus)
    for record in corpus.plans:
        for path, text, scope in _texts(record.value):
            yield from _condition(record, path, text, scope, tags)
        for index, path_text in items(record.value.subgroups):
            use = PathUse(path_text, 0, "group", ())
            yield from _use(record, ("subgroups", index), path_text, use, "comparison", tags)


def _texts(plan: Any) -> Iterator[tuple[Path, str, Scope]]:
    candidates: list[tuple[Path, Any, Scope]] = []
    if plan.select is not UNKNOWN:
        candidates.append((("select", "where"), plan.select.where, "comparison"))
    if plan.contrast is not UNKNOWN:
        for side in ("intervention", "comparator"):
            candidates.append((("contrast", side), getattr(plan.contrast, side), "arm"))
    for row, sensitivity in items(plan.sensitivity):
        where = getattr(sensitivity, "where", None)
        candidates.append((("sensitivity", row, "where"), where, "comparison"))
    for path, text, scope in candidates:
        if text is not UNKNOWN and text:
            yield path, text, scope


def _condition(
    record: Record, path: Path, text: str, scope: Scope, tags: Tags
) -> Iterator[Finding]:
    try:
        condition = compile_where(text)
    except WhereError as error:
        yield record.finding_in_text(
            "EK080",
            "condition cannot be read",
            path,
            Span(text, error.offset, error.length),
            detail=error.message,
            remedy=error.remedy,
        )
        return
    for use in condition.uses:
        yield from _use(record, path, text, use, scope, tags)


def _use(
    record: Record, path: Path, text: str, use: PathUse, scope: Scope, tags: Tags
) -> Iterator[Finding]:
    problem = check_use(use, scope, tags)
    if problem is not None:
        yield record.finding_in_text(
            problem.code,
            problem.title,
            path,
            Span(text, use.offset, len(use.path)),
            detail=problem.detail,
            remedy=problem.remedy,
            severity="warning" if problem.code == "EK093" else "error",
        )


def collect_tags(corpus: Corpus) -> Tags:
    """Tags that occur in the studies."""
    tags = Tags(complete=corpus.complete)
    for record in corpus.studies:
        study = record.value
        population = known(getattr(known(study.population, None), "tags", {}), {})
        _add(tags.population, population, tags.listed)
        for _, arm in items(study.arms):
            _add(tags.arm, known(arm.tags, {}), tags.listed)
    return tags


def _add(table: dict[str, set[Any]], tags: dict[str, Any], listed: set[str]) -> None:
    for name, value in tags.items():
        if value is UNKNOWN:
            continue
        if isinstance(value, tuple):
            listed.add(name)
        found = (v for v in tag_values(value) if v is not UNKNOWN and v is not None)
        table.setdefault(name, set()).update(found)
