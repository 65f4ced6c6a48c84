"""The studies of an analysis: what was used, where it stands, what was passed over and why."""

from __future__ import annotations

from evidencekit.analysis.result import AnalysisResult, Row
from evidencekit.language.phrases import arm_cells, basis, reading, row_effect, say
from evidencekit.language.words import Words
from evidencekit.quantities import Counts, Means
from evidencekit.report.table import Cell, Column, Document, Table
from evidencekit.workspace.study import Report, Study


def studies_table(result: AnalysisResult, words: Words) -> Document:
    """One row per study and comparison, with the place of every number."""
    labels = result.plan.labels[words.lang]
    ci = words.ci_name(result.pooled.level)
    columns = (
        Column(title=words.text("report.col.study")),
        Column(title=labels.intervention, align="right"),
        Column(title=labels.comparator, align="right"),
        Column(title=words.text("report.effect", ci=ci), align="right"),
        Column(title=words.text("report.col.weight"), align="right"),
        Column(title=words.text("report.col.status")),
        Column(title=words.text("report.col.source"), wide=True),
        Column(title=words.text("report.col.reported"), wide=True),
    )
    rows = tuple(_row(row, words) for row in result.rows)
    return Document(
        title=f"{words.text('report.studies')}: {labels.title}",
        lang=words.lang,
        tables=(Table(caption=words.text("report.studies"), columns=columns, rows=rows),),
        records=tuple(_record(row, words) for row in result.rows),
    )


def _row(row: Row, words: Words) -> tuple[Cell, ...]:
    source = row.result.source if row.result else None
    weight = "" if row.weight is None else words.percent(row.weight, decimals=1)
    name = (
        f"{row.measure} {row_effect(words, row)}"
        if row.estimate is not None
        else row_effect(words, row)
    )
    return (
        Cell(text=row.label, heading=True),
        *(Cell(text=text) for text in arm_cells(words, row)),
        Cell(text=name),
        Cell(text=weight),
        Cell(text=status(row, words), detail=_done(row, words)),
        _source_cell(row, words),
        Cell(text=source.reported if source else "", detail=_unused(row, words)),
    )


def status(row: Row, words: Words) -> str:
    """How the row is used, and why not if it is not pooled."""
    return words.text(f"report.status.{row.status}", reason=say(words, row.reason))


def _done(row: Row, words: Words) -> str:
    """Why the plan names this reading, and what was done to its numbers."""
    parts = []
    if row.chosen_because:
        parts.append(words.text("report.chosen", why=row.chosen_because))
    if row.ci and row.ci.method.startswith("derived"):
        parts.append(words.text("report.footnote.derived_interval"))
    if row.contrast and row.contrast.steps:
        parts.append(words.text("report.steps", steps=" ".join(row.contrast.steps)))
    return " ".join(parts)


def _unused(row: Row, words: Words) -> str:
    """The readings that were passed over."""
    others = [f"{r.source.reported} ({reading(words, r)})" for r in row.unused]
    return words.text("report.unused", readings="; ".join(others)) if others else ""


def _source_cell(row: Row, words: Words) -> Cell:
    if row.result is None:
        return Cell(text=words.text("report.no_identifier"))
    source = row.result.source
    report = find_report(row.study, source.report)
    detail = f"{source.locator}; {basis(words, row.result)}"
    if report is None:
        return Cell(text=source.report, detail=detail)
    shown = report.doi or (f"PMID {report.pmid}" if report.pmid else report.url or report.citation)
    if report.status == "recalled":
        shown = words.text("report.recalled", id=shown)
    return Cell(text=shown, detail=detail, href=link(report))


def find_report(study: Study, reference: str) -> Report | None:
    """The report of a study that a source names, by any of its identifiers."""
    for report in study.reports:
        names = (
            report.doi,
            f"pmid:{report.pmid}" if report.pmid else "",
            report.url,
            report.citation,
        )
        if reference and reference in names:
            return report
    return None


def link(report: Report) -> str:
    """An address for a report: the DOI's, PubMed's, or the given one."""
    if report.doi:
        return f"https://doi.org/{report.doi}"
    if report.pmid:
        return f"https://pubmed.ncbi.nlm.nih.gov/{report.pmid}/"
    return report.url


def _record(row: Row, words: Words) -> dict[str, str | float | int | None]:
    source = row.result.source if row.result else None
    contrast = row.contrast
    return {
        "study": row.study.id,
        "label": row.label,
        "year": row.study.year,
        "status": row.status,
        "reason": say(words, row.reason),
        **_data_record(row),
        "measure": row.measure,
        "estimate": row.estimate,
        "ci_low": row.ci.low if row.ci else None,
        "ci_high": row.ci.high if row.ci else None,
        "analysis_estimate": contrast.estimate if contrast and contrast.estimable else None,
        "analysis_se": contrast.se if contrast and contrast.estimable else None,
        "weight": row.weight,
        "report": source.report if source else None,
        "locator": source.locator if source else None,
        "reported": source.reported if source else None,
        "basis": source.basis if source else None,
        "unique": source.unique if source else None,
        "reading": str(row.result.reading) if row.result else None,
        "steps": " ".join(contrast.steps) if contrast else "",
    }


def _data_record(row: Row) -> dict[str, str | float | int | None]:
    names = ("events_1", "total_1", "events_2", "total_2", "mean_1", "sd_1", "mean_2", "sd_2")
    data = row.contrast.data if row.contrast else None
    found: dict[str, str | float | int | None] = dict.fromkeys(names)
    if isinstance(data, Counts | Means):
        found |= {name: getattr(data, name) for name in names if hasattr(data, name)}
    return found
