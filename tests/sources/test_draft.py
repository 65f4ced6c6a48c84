"""Draft studies: what is known filled in, what is not marked, and no text breaks out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidencekit.errors import FileError, UsageError
from evidencekit.sources.draft import draft_text, study_id, write_draft
from evidencekit.sources.record import Author, BibliographicRecord, Title
from evidencekit.sources.trial_registry import (
    RegisteredArm,
    RegisteredOutcome,
    RegisteredTrial,
    read_registered_trial,
    registered_trial,
)
from evidencekit.workspace.yaml import parse_bytes
from sources.reference_cases import NUMBERED, PAGED

# SYNTHETIC, of the shape of https://clinicaltrials.gov/api/v2/studies/NUMBER
TRIAL: dict[str, Any] = {
    "protocolSection": {
        "identificationModule": {"nctId": "NCT00000001", "briefTitle": "A trial"},
        "designModule": {
            "designInfo": {"allocation": "RANDOMIZED", "interventionModel": "CROSSOVER"}
        },
        "armsInterventionsModule": {
            "armGroups": [
                {"label": "Active: 10 mg", "type": "EXPERIMENTAL", "description": "10 mg daily"},
                {
                    "label": "Placebo",
                    "type": "PLACEBO_COMPARATOR",
                    "interventionNames": ["Drug: P"],
                },
                {"label": "Placebo", "type": "OTHER"},
            ]
        },
        "outcomesModule": {
            "primaryOutcomes": [{"measure": "Colds", "timeFrame": "12 weeks"}],
            "secondaryOutcomes": [{"measure": "Days\nill"}, {"timeFrame": "no measure"}],
        },
    }
}


def test_a_registered_trial() -> None:
    assert registered_trial(TRIAL) == RegisteredTrial(
        number="NCT00000001",
        title="A trial",
        design="crossover",
        allocation="randomized",
        arms=(
            RegisteredArm(label="Active: 10 mg", role="intervention", text="10 mg daily"),
            RegisteredArm(label="Placebo", role="comparator", text="Drug: P"),
            RegisteredArm(label="Placebo", role="other", text="Placebo"),
        ),
        outcomes=(
            RegisteredOutcome(measure="Colds", time_frame="12 weeks", primary=True),
            RegisteredOutcome(measure="Days ill", time_frame="", primary=False),
        ),
    )


def test_a_draft_with_a_registry_entry() -> None:
    text = draft_text(PAGED, registered_trial(TRIAL))
    assert text == (
        "# DRAFT, made from a bibliographic record: read the paper, complete every TODO, and\n"
        "# move the file to studies/. Nothing reads it here.\n"
        f"# {PAGED.title}\n"
        "# Journal of A & B\n"
        "id: van-der-berg-2014\n"
        'label: "van der Berg 2014"\n'
        "year: 2014\n"
        "design: crossover\n"
        'allocation: "randomized"\n'
        "reports:\n"
        '  - {doi: "10.1000/abc(1)_2", pmid: "123456", role: primary, status: verified}\n'
        "registration: [NCT00000001]\n"
        "population:\n  text: TODO\n  age: TODO\n"
        "arms:\n"
        "  # as registered in NCT00000001: check against the report\n"
        '  - id: active-10-mg\n    role: intervention\n    text: "10 mg daily"\n'
        '  - id: placebo\n    role: comparator\n    text: "Drug: P"\n'
        '  - id: arm-3\n    role: other\n    text: "Placebo"\n'
        "# registered primary outcome: Colds (12 weeks)\n"
        "# registered secondary outcome: Days ill (TODO)\n"
        "results:\n"
        "  - outcome: TODO\n    reading: own_report\n    arms: TODO\n"
        '    source: {report: "10.1000/abc(1)_2", locator: TODO, reported: TODO, basis: read}\n'
    )


def test_a_draft_of_hardly_anything() -> None:
    bare = BibliographicRecord(pmid="12", marks={"pmid": "unverified"})
    text = draft_text(bare, None)
    assert "id: study\n" in text
    assert '  - {pmid: "12", role: primary, status: recalled}\n' in text
    assert "design: TODO\n" in text
    assert 'report: "pmid:12"' in text
    group = BibliographicRecord(authors=(Author(group="The Ünion of Five Very Long Words"),))
    assert study_id(group) == "the-union-of-five"


_TEXT = st.text(alphabet="ab:#{}[]\"'\n\r\t\\\x85\u2028\ufeff- \x7fé", max_size=30)


@given(_TEXT, _TEXT, _TEXT)
def test_no_text_breaks_out_of_its_place(family: str, title: str, arm: str) -> None:
    record = BibliographicRecord(
        doi="10.1000/a", authors=(Author(family=family),), titles=(Title(text=title),)
    )
    trial = RegisteredTrial(
        number="NCT00000001",
        title=title,
        arms=(RegisteredArm(label=arm, role="other", text=arm),),
        outcomes=(RegisteredOutcome(measure=title, time_frame=arm, primary=True),),
    )
    document, problems = parse_bytes(draft_text(record, trial).encode(), file="draft.yaml")
    assert problems == []
    assert list(document.root) == [
        "id",
        "label",
        "year",
        "design",
        "reports",
        "registration",
        "population",
        "arms",
        "results",
    ]
    assert document.root["registration"] == ["NCT00000001"]
    assert len(document.root["arms"]) == 1


def test_writing_leaves_what_is_there(tmp_path: Path) -> None:
    path = write_draft(tmp_path, NUMBERED)
    assert path == tmp_path / "drafts" / "li-2025.yaml"
    assert path.read_text(encoding="utf-8") == draft_text(NUMBERED, None)
    with pytest.raises(UsageError) as caught:
        write_draft(tmp_path, NUMBERED)
    assert str(caught.value) == f"{path} is there already; rename it, or edit it instead"
    study = tmp_path / "studies" / "deep" / "li-2025.yaml"
    study.parent.mkdir(parents=True)
    path.rename(study)
    with pytest.raises(UsageError, match="is there already"):
        write_draft(tmp_path, NUMBERED)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("[]", "not a ClinicalTrials.gov record"),
        (
            '{"protocolSection": {"identificationModule": {"nctId": "x"}}}',
            "not a ClinicalTrials.gov",
        ),
        ("{", "not valid JSON: "),
        ("[" * 1000, "not valid JSON: "),
    ],
)
def test_what_is_no_registry_entry(tmp_path: Path, body: str, message: str) -> None:
    path = tmp_path / "trial.json"
    path.write_text(body, encoding="utf-8")
    with pytest.raises(FileError, match=message):
        read_registered_trial(path)
    path.write_text(json.dumps(TRIAL), encoding="utf-8")
    assert read_registered_trial(path).number == "NCT00000001"
    path.unlink()
    with pytest.raises(FileError) as caught:
        read_registered_trial(path)
    assert str(caught.value) == f"cannot read {path}: No such file or directory"
