"""Every table in every format, and every figure, for every kind of analysis and language."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from evidencekit.analysis.result import AnalysisResult
from evidencekit.analysis.run import analyse
from evidencekit.artefacts.files import FIGURES, artefacts
from evidencekit.language.catalogue import LANGUAGES, messages
from evidencekit.language.words import Words
from evidencekit.report.formats import REPORT_FORMATS, TABLES
from evidencekit.workspace.workspace import load_workspace
from workspaces import PLAN, small_workspace, write

MEANS = """\
      active: {{mean: 4.1, sd: 1.2, total: {n1}}}
      placebo: {{mean: 5.0, sd: 1.4, total: {n2}}}
"""
ESTIMATE = "    estimate: {measure: HR, value: 0.80, ci: [0.60, 1.07], arms: [active, placebo]}\n"
DE = "  de: {title: Aktiv und Erkältungen, intervention: Aktiv, comparator: Placebo}\n"
MODELS = {
    "random": "",
    "common": "model: {effects: common, ci: wald, prediction: none}\n",
    "grouped": "subgroups: [population.age]\n",
}


def german(text: str) -> str:
    """The plan or vocabulary with German texts added."""
    return (
        text.replace("nl: verzonnen mensen", "nl: verzonnen mensen, de: erfundene Menschen")
        .replace("nl: actief}", "nl: actief, de: aktiv}")
        .replace("nl: placebo}", "nl: placebo, de: Placebo}")
        .replace("nl: DerSimonian-Laird}", "nl: DerSimonian-Laird, de: DerSimonian-Laird}")
        .replace("nl: mediaan van de controlegroepen}", "nl: mediaan, de: Median}")
        .replace("      nl: {text:", "      de: {text: eine Erkältung}\n      nl: {text:")
    )


def result_of(root: Path, *, measure: str, model: str, k: int) -> AnalysisResult:
    """An invented analysis of k studies."""
    small_workspace(root)
    outcomes = root / "studies" / "outcomes.yaml"
    text = german(outcomes.read_text(encoding="utf-8"))
    kind = {"MD": "continuous", "HR": "time_to_event"}.get(measure, "binary")
    text = text.replace("type: binary", f"type: {kind}")
    if kind == "continuous":
        text = text.replace("    event_is: harm\n", "")
    write(root, "studies/outcomes.yaml", text)
    for path in sorted((root / "studies").glob("*-20*.yaml"))[k:]:
        path.unlink()
    if measure in ("MD", "HR"):
        for path in sorted((root / "studies").glob("*-20*.yaml")):
            lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
            kept = [line for line in lines if "events:" not in line or "source" in line]
            body = "".join(kept)
            data = MEANS.format(n1=40, n2=42) if measure == "MD" else ""
            old = "    arms:\n" if "    arms:\n" in body else ""
            body = body.replace(old, old + data if data else ESTIMATE)
            path.write_text(body, encoding="utf-8")
    plan = german(PLAN).replace("measure: RR\n", f"measure: {measure}\n{MODELS[model]}") + DE
    if measure in ("MD", "HR"):
        start = plan.index("certainty:")
        plan = plan[:start] + plan[plan.index("labels:") :]
    write(root, "analyses/colds.yaml", plan)
    workspace = load_workspace(root).raise_errors()
    return analyse(workspace.plans["colds"], workspace)


@pytest.mark.parametrize("k", [1, 2, 4])
@pytest.mark.parametrize("measure", ["RR", "OR", "RD", "MD", "HR"])
@pytest.mark.parametrize("model", MODELS)
def test_every_table_and_figure(tmp_path: Path, measure: str, model: str, k: int) -> None:
    result = result_of(tmp_path, measure=measure, model=model, k=k)
    for lang in LANGUAGES:
        words = Words(lang)
        for make in TABLES.values():
            document = make(result, words)
            for write_format in REPORT_FORMATS.values():
                if document is not None:
                    assert "nan" not in write_format(document).lower().split(",")
        for describe in FIGURES.values():
            forest = describe(result, words)
            assert len(forest.study_rows) == k
            assert forest.lang == lang


def test_a_german_analysis_is_written_whole(tmp_path: Path) -> None:
    result = result_of(tmp_path, measure="RR", model="grouped", k=4)
    files = artefacts(result, languages=["de"], inputs={})
    page = files["summary-of-findings.de.html"][1].decode("utf-8")
    assert '<html lang="de">' in page
    assert "Nicht bewertet (Entwurf)" in page
    assert "pro 1000" in page
    assert "subgroups.de.md" in files


def test_a_variation_on_another_measure_says_so(tmp_path: Path) -> None:
    small_workspace(tmp_path)
    extra = (
        "  - {id: odds, name: odds ratio, measure: OR}\n"
        "  - {id: diff, name: risk difference, measure: RD}\n"
    )
    plan = PLAN.replace("certainty:\n", extra + "certainty:\n", 1)
    write(tmp_path, "analyses/colds.yaml", plan)
    workspace = load_workspace(tmp_path).raise_errors()
    result = analyse(workspace.plans["colds"], workspace)
    document = TABLES["sensitivity"](result, Words("en"))
    assert document is not None
    rows = {row[0].text: row[3].text for row in document.tables[0].rows}
    assert rows["odds ratio"].startswith("OR 0.")
    assert rows["risk difference"].startswith("RD −0.")
    records = {record["variation"]: record["measure"] for record in document.records}
    assert (records["odds"], records["diff"], records["main"]) == ("OR", "RD", "RR")


def test_single_study_is_named_by_the_interval_that_was_made(tmp_path: Path) -> None:
    result = result_of(tmp_path, measure="RR", model="random", k=1)
    document = TABLES["sensitivity"](result, Words("en"))
    assert document is not None
    assert document.tables[0].rows[0][1].text == "random effects, REML, Wald"
    assert any(note.startswith("One study: ") for note in result.notes)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_text_of_the_catalogue_is_used(lang: str) -> None:
    source = Path(__file__).parents[2] / "src" / "evidencekit"
    text = "\n".join(
        path.read_text(encoding="utf-8")
        for path in source.rglob("*.py")
        if "catalogue" not in path.parts
    )
    unused = []
    for key in messages(lang):
        stem = key.removesuffix(".one").removesuffix(".other").removesuffix(".in_text")
        parts = stem.split(".")
        # A key whose last part is filled in (report.level.{level}) is used through its stem.
        stems = [".".join(parts[:n]) + "." for n in range(2, len(parts))] or [f"{parts[0]}."]
        named = f'"{stem}' in text or any(f'"{s}{{' in text for s in stems)
        if not named and not stem.endswith("_short"):
            unused.append(key)
    assert unused == []


def test_units_and_unknown_people_are_said(tmp_path: Path) -> None:
    result = result_of(tmp_path / "md", measure="MD", model="random", k=4)
    outcome = replace(result.outcome, unit={"en": "days", "nl": "dagen", "de": "Tage"})
    document = TABLES["summary-of-findings"](replace(result, outcome=outcome), Words("nl"))
    assert document is not None
    assert [column.title for column in document.tables[0].columns] == [
        "Uitkomst",
        "Effect in dagen (95%-BI)",
        "Deelnemers (onderzoeken)",
        "Zekerheid (GRADE)",
    ]
    hazard = result_of(tmp_path / "hr", measure="HR", model="random", k=4)
    document = TABLES["summary-of-findings"](hazard, Words("en"))
    assert document is not None
    assert document.tables[0].rows[0][-2].text == "not reported (4)"


def test_published_results_keep_their_digits(tmp_path: Path) -> None:
    small_workspace(tmp_path)
    claim = "reproduces:\n  - {label: X 2020, estimate: 0.1, ci: [0.05, 0.2]}\n"
    write(tmp_path, "analyses/colds.yaml", PLAN.replace("certainty:\n", claim + "certainty:\n", 1))
    workspace = load_workspace(tmp_path).raise_errors()
    document = TABLES["sensitivity"](analyse(workspace.plans["colds"], workspace), Words("nl"))
    assert document is not None
    assert document.notes[0].startswith("X 2020: gedrukt 0,1 (0,05 tot 0,2); hier berekend ")
    assert document.notes[0].endswith(": wijkt af.")
