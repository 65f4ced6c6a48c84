"""Findings about one reference: registration, identity, fields, status, habits of the list."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from audit.matching.works import SHELF, YOGHURT, Shelf, citing, record
from evidencekit.audit.document import Span
from evidencekit.audit.judging.finding import AuditFinding
from evidencekit.audit.judging.judge import judge
from evidencekit.audit.judging.judged import Habits, Judged
from evidencekit.audit.matching.cited import CitedWork
from evidencekit.audit.matching.compare import compare
from evidencekit.audit.matching.identify import identify
from evidencekit.audit.reference import CLEAR, Cited, Reference
from evidencekit.audit.reference_rules import REFERENCE_RULES
from evidencekit.errors import Place
from evidencekit.sources.record import BibliographicRecord, PartialDate, Update
from evidencekit.sources.status import EditorialStatus, StatusAnswer, merged_status
from evidencekit.sources.updates import UPDATE_STATES, State

HERE = Span(start=0, end=9, place=Place("list.txt", 1, 1, 9))


def judged(cited: CitedWork, shelf: Shelf | None = None, **more: Any) -> tuple[AuditFinding, ...]:
    """Findings about a citation; its DOI is as cited, everything else as on the shelf."""
    identity = identify(cited, shelf or Shelf())
    match = identity.match.record if identity.match else None
    doi = Cited(value=cited.doi, span=HERE, confidence=CLEAR) if cited.doi else None
    reference = Reference(key="1", number=1, position=1, raw="raw", span=HERE, style="x", doi=doi)
    return judge(
        Judged(
            reference=more.pop("reference", reference),
            cited=cited,
            identity=identity,
            comparisons=compare(cited, match) if match else (),
            **more,
        )
    )


def rules(*args: Any, **more: Any) -> list[str]:
    return [finding.rule for finding in judged(*args, **more)]


@pytest.mark.parametrize("known", SHELF, ids=lambda known: known.doi)
def test_a_right_reference_has_no_finding(known: BibliographicRecord) -> None:
    assert rules(citing(known), habits=Habits(issues=True)) == []


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"year": 2016}, [("EK121", "note")]),
        ({"year": 2018}, [("EK121", "error")]),
        ({"title": "What owls do at night and why it is so"}, [("EK122", "warning")]),
        ({"title": "Gemeten slaap en de kans op een verkoudheid"}, [("EK127", "note")]),
        ({"container": "Nature"}, [("EK123", "warning")]),
        ({"container": "Slaap"}, [("EK128", "note")]),
        ({"volume": "12"}, [("EK124", "warning")]),
        ({"issue": "2"}, [("EK125", "warning")]),
        ({"issue": ""}, [("EK125", "note")]),
        ({"pages": "77-80"}, [("EK126", "warning")]),
        ({"authors": ("Prins", "Stranger")}, [("EK120", "warning")]),
        ({"volume": "", "pages": "", "title": ""}, []),
    ],
)
def test_fields(changes: dict[str, Any], found: list[tuple[str, str]]) -> None:
    findings = judged(citing(YOGHURT, **changes), habits=Habits(issues=True))
    assert [(finding.rule, finding.severity) for finding in findings] == found


def test_a_list_that_states_no_issues_is_not_told_of_them() -> None:
    assert rules(citing(YOGHURT, issue="")) == []


def test_a_missing_doi_is_offered() -> None:
    (finding,) = judged(citing(YOGHURT, doi=""))
    assert finding.rule == "EK105"
    assert finding.found == YOGHURT.doi


def test_an_unregistered_doi_of_nothing_known() -> None:
    cited = CitedWork(authors=("Quack",), title="Ponds", year=2001, doi="10.5555/none")
    findings = judged(cited)
    assert [finding.rule for finding in findings] == ["EK102", "EK111"]
    assert findings[1].message.startswith("not found in Crossref on 2026-11-24; nearest: ")
    assert rules(cited, Shelf(online=False)) == []


def test_another_papers_doi_with_the_paper_meant() -> None:
    owner = record("10.5555/fish.1", "Fischer", 2019, "Trout", "Journal of Fish", volume="3")
    (finding,) = judged(citing(YOGHURT, doi=owner.doi), Shelf(owners=(owner,)))
    assert finding.rule == "EK110"
    assert finding.message == (
        "10.5555/fish.1 is Fischer 2019 “Trout”, Journal of Fish; the paper meant may be Prins "
        "et al. 2015 “Measured sleep and the risk of catching a cold”, Sleep"
    )
    assert finding.fix is not None
    assert (finding.fix.replacement, finding.fix.automatic) == (YOGHURT.doi, False)


def test_two_that_fit_alike() -> None:
    twin = replace(YOGHURT, doi="10.5555/sleep.5000")
    (finding,) = judged(citing(YOGHURT, doi="", title=""), Shelf(records=(YOGHURT, twin)))
    assert finding.rule == "EK112"


@pytest.mark.parametrize(
    ("text", "rule", "message"),
    [
        ("10.5555/sleep.4968", None, ""),
        ("https://doi.org/10.5555/SLEEP.4968", None, ""),
        ("10.5555/sleep.4968.", "EK104", "closing punctuation removed"),
        ("10.5555%2Fsleep.4968", "EK104", "percent codes decoded"),
        ("doi ten", "EK101", "'doi ten' does not begin with 10."),
    ],
)
def test_how_a_doi_is_written(text: str, rule: str | None, message: str) -> None:
    doi = Cited(value=text, span=HERE, confidence=CLEAR)
    reference = Reference(key="1", position=1, raw="raw", span=HERE, style="x", doi=doi)
    findings = judged(citing(YOGHURT), reference=reference)
    assert [(f.rule, f.message) for f in findings] == ([(rule, message)] if rule else [])


def test_a_stop_behind_a_doi_is_a_flaw_unless_the_list_is_written_so() -> None:
    assert rules(citing(YOGHURT), stop=HERE) == ["EK104"]
    assert rules(citing(YOGHURT), stop=HERE, habits=Habits(stops=True)) == []


STATUS: dict[State, str] = {
    "retracted": "EK130",
    "partially_retracted": "EK131",
    "withdrawn": "EK132",
    "removed": "EK132",
    "concern": "EK133",
    "corrected": "EK134",
    "superseded": "EK141",
    "reinstated": "EK135",
}


@pytest.mark.parametrize("state", STATUS)
def test_a_paper_that_no_longer_stands(state: State) -> None:
    kind = next(kind for kind, becomes in UPDATE_STATES.items() if becomes == state)
    notice = Update(
        direction="affected",
        type=kind,
        doi="10.5555/notice",
        date=PartialDate(year=2020),
        source="publisher",
    )
    status = merged_status(
        {"crossref": StatusAnswer(state=state, on="2026-11-24", notices=(notice,))}
    )
    (finding,) = judged(citing(YOGHURT), status=status)
    assert finding.rule == STATUS[state]
    assert "10.5555/notice 2020" in finding.message


def test_a_published_preprint_and_a_disagreement() -> None:
    preprint = replace(YOGHURT, type="posted-content")
    status = EditorialStatus(
        state="superseded", answered=("crossref", "pubmed"), disagreements=("they differ",)
    )
    findings = judged(citing(preprint), Shelf(records=(preprint,)), status=status)
    assert [f.rule for f in findings] == ["EK140", "EK191"]
    assert findings[0].message == "superseded according to crossref, pubmed"


def test_clean_and_unchecked_papers_give_no_finding() -> None:
    for state in ("ok", "unchecked"):
        assert rules(citing(YOGHURT), status=EditorialStatus(state=state)) == []


def test_notices_and_comments_are_named_as_such() -> None:
    notice = replace(YOGHURT, updates=(Update(direction="notice", type="retraction"),))
    assert rules(citing(notice), Shelf(records=(notice,))) == ["EK136"]
    comment = replace(YOGHURT, publication_types=("Comment", "Journal Article"))
    (finding,) = judged(citing(comment), Shelf(records=(comment,)))
    assert (finding.rule, finding.message) == ("EK160", "the record calls it comment")


def test_every_rule_about_references_is_tested_here_or_with_the_article() -> None:
    here = Path(__file__)
    text = here.read_text(encoding="utf-8")
    text += (here.parents[1] / "test_verdicts.py").read_text(encoding="utf-8")
    assert set(re.findall(r"EK1\d\d", text)) >= set(REFERENCE_RULES)
