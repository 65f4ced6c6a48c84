"""The tables there are, and the formats they come in."""

from __future__ import annotations

from collections.abc import Callable

from evidencekit.analysis.result import AnalysisResult
from evidencekit.language.words import Words
from evidencekit.report.csv import to_csv
from evidencekit.report.html import to_html
from evidencekit.report.markdown import to_markdown
from evidencekit.report.sensitivity import sensitivity_table
from evidencekit.report.studies import studies_table
from evidencekit.report.subgroups import subgroups_table
from evidencekit.report.summary_of_findings import summary_of_findings
from evidencekit.report.table import Document

TABLES: dict[str, Callable[[AnalysisResult, Words], Document | None]] = {
    "summary-of-findings": summary_of_findings,
    "studies": studies_table,
    "sensitivity": sensitivity_table,
    "subgroups": subgroups_table,
}
"""The tables of an analysis; one that has nothing to say is None and makes no file."""

REPORT_FORMATS: dict[str, Callable[[Document], str]] = {
    "md": to_markdown,
    "html": to_html,
    "csv": to_csv,
}
