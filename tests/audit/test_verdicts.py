"""The article's eighteen references, from reading to findings, in each world they may meet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from audit.matching.works import record
from conftest import REPOSITORY
from evidencekit.audit.fixing import automatic_fixes, difference, fixed_text
from evidencekit.audit.locked import LockedLibrary
from evidencekit.audit.matching.cited import CitedWork
from evidencekit.audit.matching.library import DoiAnswer, SearchAnswer
from evidencekit.audit.readers import read_bytes, read_document
from evidencekit.audit.result import DocumentAudit
from evidencekit.audit.run import audit_document
from evidencekit.sources.lock import read_lock
from evidencekit.sources.record import BibliographicRecord
from evidencekit.sources.status import EditorialStatus

ARTICLE = Path(__file__).parent / "article.nl.txt"

# Verdict and rules by reference number. The DOIs of 8, 10, 12, 17 and 18 lead nowhere or
# to another paper; what the records say of the others is the same in every world.
ALWAYS: Mapping[int, tuple[str, str]] = {
    1: ("confirmed", "EK126 EK127"),
    2: ("confirmed", "EK127"),
    3: ("confirmed", "EK104 EK120 EK128"),
    4: ("confirmed", "EK127"),
    5: ("confirmed", "EK104 EK127"),
    6: ("confirmed", ""),
    7: ("confirmed", "EK125 EK127"),
    9: ("confirmed", "EK160"),
    11: ("confirmed", "EK127 EK150"),
    13: ("confirmed", "EK127 EK150"),
    14: ("confirmed", "EK104 EK127 EK150"),
    15: ("confirmed", "EK104 EK150"),
    16: ("confirmed", ""),
    8: ("repaired", "EK103 EK104 EK128"),
    12: ("repaired", "EK103 EK104 EK127 EK128"),
}
ELSEWHERE = "EK113 EK121 EK124 EK126 EK127 EK150"
WORLDS: Mapping[str, Mapping[int, tuple[str, str]]] = {
    "offline": {
        10: ("unchecked", ""),
        17: ("wrong-coordinates", ELSEWHERE),
        18: ("unchecked", "EK104"),
    },
    "unregistered": {
        10: ("not-found", "EK102 EK111"),
        17: ("wrong-coordinates", f"EK102 {ELSEWHERE}"),
        18: ("not-found", "EK102 EK104 EK111"),
    },
    "other-paper": {
        10: ("wrong-work", "EK110 EK111"),
        17: ("wrong-coordinates", f"EK110 {ELSEWHERE}"),
        18: ("wrong-work", "EK104 EK110 EK111"),
    },
}
OTHERS = frozenset(
    {"10.1111/ped.12099", "10.1016/j.copbio.2020.10.006", "10.3389/fimmu.2023.1124234"}
)


@dataclass(frozen=True)
class World:
    """The lock, and services that know whether DOIs exist."""

    lock: LockedLibrary
    name: str

    def by_doi(self, doi: str) -> DoiAnswer:
        """From the lock; else unregistered, or another paper's (invented)."""
        known = self.lock.by_doi(doi)
        if known.record is not None or self.name == "offline":
            return known
        if self.name == "other-paper" and doi in OTHERS:
            owner = record(
                doi, "Fischer", 2019, "Colours of trout", "Journal of Fish", volume="3", pages="9"
            )
            return DoiAnswer(registration="registered", record=owner)
        return DoiAnswer(registration="not_registered")

    def search(self, cited: CitedWork) -> SearchAnswer:
        """The lock's records, as if a service had been searched."""
        found = self.lock.search(cited)
        searched = () if self.name == "offline" else ("Crossref on 2026-11-24",)
        return SearchAnswer(records=found.records, searched=searched)

    def prepare(self, dois: Iterable[str]) -> None:
        """Nothing to do."""

    def status(self, known: BibliographicRecord) -> EditorialStatus:
        """From the lock."""
        return self.lock.status(known)


@pytest.fixture(scope="module")
def lock() -> LockedLibrary:
    return LockedLibrary(read_lock(REPOSITORY))


def audited(lock: LockedLibrary, world: str) -> DocumentAudit:
    return audit_document(read_document(ARTICLE), World(lock, world))


@pytest.mark.parametrize("world", WORLDS)
def test_every_reference_gets_its_verdict_and_its_rules(lock: LockedLibrary, world: str) -> None:
    found = {
        r.judged.reference.number: (
            r.judged.identity.verdict,
            " ".join(finding.rule for finding in r.findings),
        )
        for r in audited(lock, world).references
    }
    assert found == {**ALWAYS, **WORLDS[world]}


@pytest.mark.parametrize("world", WORLDS)
def test_the_list_as_a_whole_is_out_of_order_and_nothing_else(
    lock: LockedLibrary, world: str
) -> None:
    assert [finding.rule for finding in audited(lock, world).findings] == ["EK153"]


def test_nothing_is_retracted(lock: LockedLibrary) -> None:
    for reference in audited(lock, "offline").references:
        status = reference.judged.status
        assert status is None or status.state in ("ok", "unchecked")


def test_a_repair_says_whether_the_registration_was_checked(lock: LockedLibrary) -> None:
    messages = {
        world: next(f.message for f in audited(lock, world).all_findings if f.rule == "EK103")
        for world in ("offline", "unregistered")
    }
    assert messages["offline"].endswith("; whether the cited DOI is registered was not checked")
    assert messages["unregistered"].endswith("; the cited DOI is not registered")


def test_a_recalled_doi_is_said_to_be_so_and_never_put_in(lock: LockedLibrary) -> None:
    audit = audited(lock, "offline")
    (finding,) = (f for f in audit.all_findings if f.rule == "EK113")
    assert "10.1016/j.copbio.2017.09.007 (recalled, not seen)" in finding.message
    assert finding.fix is None
    assert "copbio.2017" not in fixed_text(audit)


def test_an_unchecked_reference_tells_what_was_searched(lock: LockedLibrary) -> None:
    audit = audited(lock, "offline")
    assert [r.judged.reference.number for r in audit.unchecked] == [10, 18]
    why = audit.unchecked[0].judged.identity.why
    assert why.startswith("a search of public web pages, public repositories on 2026-11-24")
    assert "no registry was asked" in why


def test_corrections_mend_and_mend_once(lock: LockedLibrary) -> None:
    audit = audited(lock, "unregistered")
    text = fixed_text(audit)
    assert "DOI: 10.3390/biomedicines13020329\n" in text
    assert "DOI: 10.5665/sleep.4968\n" in text
    assert "*World Journal of Methodology, 14*(1), 89196. DOI" in text
    assert len(automatic_fixes(audit)) == 7 + 2 + 1
    assert difference(audit, name="article.nl.txt").count("\n+- [") == 8
    again = audit_document(read_bytes(text.encode(), str(ARTICLE)), World(lock, "unregistered"))
    assert automatic_fixes(again) == ()
    assert {f.rule for f in again.all_findings} & {"EK103", "EK104"} == set()
