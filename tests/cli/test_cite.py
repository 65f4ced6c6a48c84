"""``evidencekit cite``: references from the lock, and what is said of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evidencekit.cli import cite, main
from evidencekit.sources.entry import Entry, RecordAnswer
from evidencekit.sources.formats import REFERENCE_FORMATS
from evidencekit.sources.lock import Lock, write_lock
from evidencekit.sources.record import (
    Author,
    BibliographicRecord,
    Container,
    PartialDate,
    RecordDate,
    Title,
    Update,
)
from evidencekit.sources.status import StatusAnswer
from evidencekit.sources.styles import CITATION_STYLES

DAY = "2026-11-24"


def entry(doi: str, state: str = "ok", **more: object) -> Entry:
    """An entry as Crossref and PubMed leave it. SYNTHETIC."""
    record = BibliographicRecord(
        doi=doi,
        pmid=doi[-1],
        titles=(Title(text=f"Trial {doi[-1]}"),),
        authors=(Author(family="Berg", given="Anna"),),
        container=Container(title="Journal"),
        dates=(RecordDate(kind="print", date=PartialDate(year=2014)),),
        volume="5",
        first_page="12",
        **more,  # type: ignore[arg-type]
    )
    notices = (Update(direction="affected", type="retraction"),) if state == "retracted" else ()
    return Entry(
        record=RecordAnswer(outcome="found", source="crossref", on=DAY, data=record),
        status={"crossref": StatusAnswer(state=state, on=DAY, notices=notices)},  # type: ignore[arg-type]
    )


@pytest.fixture
def workspace(small: Path) -> Path:
    """The small workspace with a lock that knows all but one of its studies."""
    studies = sorted(p.stem for p in (small / "studies").glob("*.yaml") if p.stem != "outcomes")
    entries = {f"doi:10.5555/{study}": entry(f"10.5555/{study}") for study in studies[:-1]}
    entries["doi:10.1000/7"] = entry("10.1000/7", "retracted")
    entries["doi:10.1000/8"] = entry("10.1000/8", marks={"volume": "unverified"})
    entries["doi:10.1000/9"] = Entry(
        record=RecordAnswer(outcome="absent", source="crossref", on=DAY)
    )
    write_lock(small, Lock(entries=entries))
    return small


def run(workspace: Path, *words: str) -> int:
    """The command in the workspace."""
    return main(["cite", "--workspace", str(workspace), *words])


def test_choices_are_those_of_the_tables() -> None:
    assert tuple(CITATION_STYLES) == cite.STYLES
    writable = [name for name, form in REFERENCE_FORMATS.items() if form.write]
    assert (cite.TEXT, *writable) == cite.FORMATS


@pytest.mark.parametrize("name", ["10.1000/8", "https://doi.org/10.1000/8", "PMID: 8", "8"])
def test_a_paper_by_any_of_its_names(
    workspace: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(workspace, name) == 0
    out, err = capsys.readouterr()
    assert out == "Berg A. Trial 8. Journal. 2014;5:12. doi: 10.1000/8\n"
    assert err == f"{name}: unverified: volume\n"


def test_a_study_is_cited_by_its_primary_report(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study = min(p.stem for p in (workspace / "studies").glob("*.yaml") if p.stem != "outcomes")
    assert run(workspace, study, "--style", "apa") == 0
    out, err = capsys.readouterr()
    assert out.endswith(
        f"(2014). Trial {study[-1]}. Journal, 5, 12. https://doi.org/10.5555/{study}\n"
    )
    assert err == ""


@pytest.mark.parametrize(
    ("form", "begins"),
    [("bibtex", "@article{10.1000/8,\n"), ("ris", "TY  - JOUR\nID  - 10.1000/8\n")],
)
def test_formats(
    workspace: Path, form: str, begins: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(workspace, "10.1000/8", "10.1000/7", "10.1000/8", "--format", form) == 0
    out = capsys.readouterr().out
    assert out.startswith(begins)
    assert len(REFERENCE_FORMATS[form].read(out).references) == 2


def test_csl_is_json(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(workspace, "10.1000/8", "--format", "csl") == 0
    (item,) = json.loads(capsys.readouterr().out)
    assert (item["id"], item["DOI"], item["PMID"]) == ("10.1000/8", "10.1000/8", "8")


def test_a_retraction_is_said(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(workspace, "10.1000/7") == 0
    assert capsys.readouterr().err == "10.1000/7: retracted according to crossref\n"


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (
            ["10.1000/unknown"],
            4,
            "no record of 10.1000/unknown in the lock; run `evidencekit fetch 10.1000/unknown`",
        ),
        (["10.1000/9"], 4, "crossref has no record of 10.1000/9 (asked 2026-11-24)"),
        (["nothing-like-it"], 2, "'nothing-like-it' is neither a study here nor a DOI nor a PMID"),
        (
            ["10.1000/8", "--format", "ris", "--style", "apa"],
            2,
            "--style goes with --format text, not with --format ris",
        ),
    ],
)
def test_what_cannot_be_cited(
    workspace: Path,
    words: list[str],
    code: int,
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(workspace, *words) == code
    assert capsys.readouterr() == ("", f"evidencekit: {message}\n")


def test_without_names_every_cited_paper_is_needed(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    last = max(p.stem for p in (workspace / "studies").glob("*.yaml") if p.stem != "outcomes")
    assert run(workspace) == 4
    assert f"no record of 10.5555/{last} in the lock" in capsys.readouterr().err
    (workspace / "studies" / f"{last}.yaml").unlink()
    assert run(workspace) == 0
    others = len(list((workspace / "studies").glob("*.yaml"))) - 1
    assert len(capsys.readouterr().out.splitlines()) == others
