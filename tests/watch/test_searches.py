"""Where a search begins, and which papers are no candidates."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from evidencekit.sources.entry import Entry, RecordAnswer
from evidencekit.sources.lock import Lock
from evidencekit.sources.record import BibliographicRecord
from evidencekit.watch.memory import Candidate, Searched
from evidencekit.watch.searches import begin_at, dated, known_papers, not_run
from evidencekit.workspace.plan import Search
from evidencekit.workspace.workspace import load_workspace

SEARCH = Search(query="colds", screened_to=date(2026, 1, 31))
DAY = date(2026, 5, 1)


@pytest.mark.parametrize(
    ("search", "before", "since", "begin"),
    [
        (SEARCH, None, None, date(2026, 1, 31)),
        (Search(query="colds"), None, None, None),
        (SEARCH, Searched(query="colds", on="2026-03-01"), None, date(2026, 2, 28)),
        (SEARCH, Searched(query="flu", on="2026-03-01"), None, date(2026, 1, 31)),
        (SEARCH, Searched(query="colds", on="2026-03-01"), DAY, DAY),
    ],
    ids=["first", "first of all", "after a run", "another query", "since"],
)
def test_where_it_begins(
    search: Search, before: Searched | None, since: date | None, begin: date | None
) -> None:
    assert begin_at(search, before, since) == begin


def test_without_a_day_all_is_asked_for() -> None:
    assert dated("a OR b", None) == "a OR b"


def test_cited_papers_are_known_under_both_identifiers(small: Path) -> None:
    studies = load_workspace(small).raise_errors().studies.values()
    record = BibliographicRecord(doi="10.5555/adams-2001", pmid="77")
    answer = RecordAnswer(outcome="found", source="crossref", on="2026-01-01", data=record)
    lock = Lock(entries={"doi:10.5555/adams-2001": Entry(record=answer)})
    known = known_papers(studies, lock)
    assert {"doi:10.5555/adams-2001", "pmid:77", "doi:10.5555/davis-2015"} <= known
    before = Searched(
        query="colds",
        on="2026-03-01",
        candidates=(
            Candidate(pmid="77", found="2026-03-01"),
            Candidate(pmid="78", found="2026-03-01", doi="10.5555/davis-2015"),
            Candidate(pmid="79", found="2026-03-01", decision="no control"),
            Candidate(pmid="80", found="2026-03-01"),
        ),
    )
    left = not_run("colds", before, known)
    assert [item.pmid for item in left.waiting] == ["80"]
    assert left.searched == before
