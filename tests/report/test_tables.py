"""Tables: contents against the result, formats against each other, all languages."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from evidencekit.analysis.result import AnalysisResult
from evidencekit.analysis.run import analyse
from evidencekit.certainty.grade import rate
from evidencekit.language.words import Words
from evidencekit.report.formats import REPORT_FORMATS, TABLES
from evidencekit.report.table import Cell, Column, Document, Footnotes, Table
from evidencekit.workspace.plan import DOMAINS, Certainty, Domain
from evidencekit.workspace.workspace import Workspace, load_workspace

LANGUAGES = ("en", "nl")


@pytest.fixture(scope="module")
def result(repository: Workspace) -> AnalysisResult:
    """The analysis that the README shows."""
    plan = replace(repository.plans["probiotics-urti"], subgroups=("population.age",))
    return analyse(plan, repository)


@pytest.fixture
def invented(small: Path) -> AnalysisResult:
    """The synthetic analysis."""
    workspace = load_workspace(small).raise_errors()
    return analyse(workspace.plans["colds"], workspace)


class TableText(HTMLParser):
    """The cells of all tables of a page, and what the page loads or runs."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.outside: list[str] = []
        self._in_cell = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self._in_cell = True
            self.rows[-1].append("")
        if tag in ("script", "link", "img", "iframe") or "src" in names:
            self.outside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._in_cell = False

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            self.rows[-1][-1] += data


def made(kind: str, result: AnalysisResult, lang: str = "en") -> Document:
    """A table that this analysis has."""
    document = TABLES[kind](result, Words(lang))
    assert document is not None
    return document


def read_csv(text: str) -> list[dict[str, str]]:
    """Rows of a CSV file."""
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", TABLES)
@pytest.mark.parametrize("extension", REPORT_FORMATS)
def test_every_format_is_the_same_on_a_second_run(
    result: AnalysisResult, kind: str, extension: str, lang: str
) -> None:
    first = REPORT_FORMATS[extension](made(kind, result, lang))
    assert first == REPORT_FORMATS[extension](made(kind, result, lang))
    assert first.endswith("\n")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", TABLES)
def test_html_and_markdown_hold_every_cell(result: AnalysisResult, kind: str, lang: str) -> None:
    document = made(kind, result, lang)
    page = TableText()
    page.feed(REPORT_FORMATS["html"](document))
    assert page.outside == []
    rows = iter(row for row in page.rows if row)
    markdown = REPORT_FORMATS["md"](document).replace("\\", "")
    for table in document.tables:
        assert next(rows) == [column.title for column in table.columns]
        for row in table.rows:
            shown = next(rows)
            for cell, text in zip(row, shown, strict=True):
                assert text == cell.text + ", ".join(cell.marks) + cell.detail
                assert " ".join(cell.text.split()) in markdown


def test_csv_holds_the_numbers_unrounded(result: AnalysisResult) -> None:
    (finding,) = read_csv(REPORT_FORMATS["csv"](made("summary-of-findings", result)))
    assert float(finding["estimate"]) == result.natural.estimate
    assert float(finding["ci_low"]) == result.natural.ci.low
    assert float(finding["risk_intervention"]) == result.absolute[0].effect.risk
    studies = read_csv(REPORT_FORMATS["csv"](made("studies", result)))
    assert [row["study"] for row in studies] == [row.study.id for row in result.rows]
    weights = [float(row["weight"]) for row in studies if row["weight"]]
    assert weights == list(result.pooled.weights)
    sensitivity = read_csv(REPORT_FORMATS["csv"](made("sensitivity", result)))
    assert [float(row["estimate"]) for row in sensitivity] == [
        result.natural.estimate,
        *(v.estimate for v in result.variations),
    ]


def test_summary_of_findings_in_english(invented: AnalysisResult) -> None:
    document = made("summary-of-findings", invented)
    findings, domains = document.tables
    effect = invented.absolute[0].effect
    row = [cell.text for cell in findings.rows[0]]
    assert row[1] == f"{1000 * effect.baseline:.0f} per 1000"
    assert row[2] == f"{1000 * effect.risk:.0f} per 1000"
    assert row[3] == f"{-1000 * effect.difference:.0f} fewer per 1000"
    assert row[4] == f"Risk ratio {invented.natural.estimate:.2f}"
    assert row[5:] == ["612 (4)", "Not rated (draft)"]
    assert [r[1].text for r in domains.rows] == ["not assessed"] * 5
    assert document.footnotes[0][0] == "a"
    assert "Not rated: no judgement is recorded for risk of bias, inconsistency" in str(
        document.footnotes
    )


def test_summary_of_findings_in_dutch(invented: AnalysisResult) -> None:
    document = made("summary-of-findings", invented, "nl")
    row = [cell.text for cell in document.tables[0].rows[0]]
    assert row[4] == f"Risicoratio {invented.natural.estimate:.2f}".replace(".", ",")
    assert row[6] == "Niet beoordeeld (concept)"


def test_footnote_letters_follow_reading_order(result: AnalysisResult) -> None:
    for table in made("summary-of-findings", result).tables:
        marks = [mark for row in table.rows for cell in row for mark in cell.marks]
        assert marks == sorted(marks)


def test_judged_certainty_is_shown_with_who_when_why(invented: AnalysisResult) -> None:
    clear = {d: "undetected" if d == "publication_bias" else "not_serious" for d in DOMAINS}
    clear["imprecision"] = "serious"
    domains = {
        name: Domain(
            judgement=j, by="A. Reviewer", on=date(2026, 11, 1), rationale={"en": "few events"}
        )
        for name, j in clear.items()
    }
    judged = replace(invented, rating=rate(Certainty(domains=domains)))
    document = made("summary-of-findings", judged)
    certainty = document.tables[0].rows[0][-1]
    assert (certainty.text, certainty.level) == ("Moderate", 3)
    imprecision = [cell.text for cell in document.tables[1].rows[3]]
    assert imprecision[:4] == ["Imprecision", "serious", "few events", "A. Reviewer, 2026-11-01"]
    page = REPORT_FORMATS["html"](document)
    assert page.count('<i class="on">') == 3
    assert page.count("<i></i>") == 1


def test_studies_table_says_where_numbers_stand_and_what_was_not_used(
    result: AnalysisResult,
) -> None:
    rows = {row[0].text: row for row in made("studies", result).tables[0].rows}
    hojsak = rows["Hojsak 2010 (day care)"]
    assert hojsak[6].href == "https://doi.org/10.1016/j.clnu.2009.09.008"
    assert "reconstructed, the only solution" in hojsak[6].detail
    assert "RR 0.62" in hojsak[7].detail
    assert "(unchecked)" in rows["Shinkai 2013"][6].text
    assert rows["Pu 2017"][3].text == "RR 0.55 (0.31 to 0.97)"
    assert rows["Zhang 2021"][5].text == "left out: the active arm also ate loquat and pear jam"


def test_sensitivity_table_has_the_main_analysis_first(result: AnalysisResult) -> None:
    table = made("sensitivity", result).tables[0]
    assert [cell.text for cell in table.rows[0]][:4] == [
        "Main analysis",
        "random effects, REML, Hartung-Knapp",
        "6",
        "RR 0.74 (0.57 to 0.97)",
    ]
    assert len(table.rows) == 1 + len(result.variations)


def hostile(text: str) -> Document:
    """A document with one cell of this text everywhere."""
    cell = Cell(text=text, detail=text)
    table = Table(caption=text, columns=(Column(title=text),), rows=((cell,),))
    return Document(
        title=text, lang="en", tables=(table,), notes=(text,), records=({"text": text},)
    )


def test_html_escapes_markup() -> None:
    page = REPORT_FORMATS["html"](hostile('<script>alert(1)</script> & "quotes"'))
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_markdown_cannot_be_broken_out_of_a_cell() -> None:
    text = REPORT_FORMATS["md"](hostile("a | b\n| c <b> [x](y) `z` *e*"))
    rows = [line for line in text.splitlines() if line.startswith("| a")]
    assert rows
    for row in rows:
        assert len(re.findall(r"(?<!\\)\|", row)) == 2
    assert "<b>" not in text


def test_csv_defuses_formulas() -> None:
    rows = read_csv(REPORT_FORMATS["csv"](hostile("=HYPERLINK(1)")))
    assert rows == [{"text": "'=HYPERLINK(1)"}]


def test_footnotes_give_equal_texts_one_letter() -> None:
    notes = Footnotes()
    letters = [notes.mark(str(n)) for n in range(28)]
    assert letters[:2] + letters[25:] == ["a", "b", "z", "aa", "ab"]
    assert notes.mark("0") == "a"
    assert len(notes.listed()) == 28


def test_a_row_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="T: a row has 2 cells, not 1"):
        Table(caption="T", columns=(Column(title="x"),), rows=((Cell(text="1"), Cell(text="2")),))
