"""Fields that are equal, equivalent, translated, missing, different or unchecked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from audit.matching.works import SHELF, SIBLING, YOGHURT, citing
from evidencekit.audit.matching.compare import FIELDS, Comparison, compare
from evidencekit.sources.record import Author, BibliographicRecord, PartialDate, RecordDate, Title

METHODOLOGY = SHELF[3]


def field(name: str, source: BibliographicRecord, **changes: Any) -> Comparison:
    found = {row.field: row for row in compare(citing(source, **changes), source)}
    return found[name]


@pytest.mark.parametrize("known", SHELF, ids=lambda known: known.doi)
def test_a_right_citation_is_equal_in_every_field(known: BibliographicRecord) -> None:
    found = compare(citing(known), known)
    assert [row.field for row in found] == [row.field for row in FIELDS]
    allowed = {"equal"} | ({"unchecked"} if not known.issue else set())
    assert {row.verdict for row in found} <= allowed


@pytest.mark.parametrize(
    ("name", "changes", "verdict", "note"),
    [
        ("authors", {"authors": ("Prins", "Diaz"), "et_al": True}, "equal", ""),
        ("authors", {"authors": ("Prins", "Diaz")}, "equivalent", "2 of 4 authors, without et al."),
        (
            "authors",
            {"authors": ("Hale", "Prins"), "et_al": True},
            "equivalent",
            "in another order",
        ),
        ("authors", {"authors": ("Prins", "Roe")}, "different", "not among the authors: Roe"),
        ("authors", {"authors": ()}, "missing", ""),
        ("year", {"year": 2016}, "different", ""),
        ("year", {"year": None}, "missing", ""),
        ("title", {"title": "MEASURED SLEEP and the risk of catching a cold."}, "equal", ""),
        (
            "title",
            {"title": "Measured sleep and the risk of catching a colt"},
            "equivalent",
            "spelt otherwise (98% alike)",
        ),
        ("title", {"title": "Gemeten slaap en de kans op een verkoudheid"}, "translated", ""),
        ("title", {"title": "What owls do at night and why it is so"}, "different", "45% alike"),
        ("title", {"title": ""}, "missing", ""),
        ("container", {"container": "Slaap"}, "translated", ""),
        ("container", {"container": "Nature"}, "different", ""),
        ("volume", {"volume": "37"}, "different", ""),
        ("issue", {"issue": ""}, "missing", ""),
        ("locator", {"pages": "1353-9"}, "equivalent", ""),
        ("locator", {"pages": "e12"}, "different", ""),
    ],
)
def test_verdicts(name: str, changes: dict[str, Any], verdict: str, note: str) -> None:
    found = field(name, YOGHURT, **changes)
    assert (found.verdict, found.note) == (verdict, note)


def test_years_in_print_and_online_are_both_right() -> None:
    online = RecordDate(kind="online", date=PartialDate(year=2014))
    both = replace(YOGHURT, dates=(*YOGHURT.dates, online))
    assert field("year", both).verdict == "equal"
    assert field("year", both, year=2014).verdict == "equivalent"
    assert field("year", both, year=2011).apart == 3


def test_an_article_number_torn_into_a_range_is_named_as_such() -> None:
    found = field("locator", METHODOLOGY, pages="89-196")
    assert found.verdict == "different"
    assert found.note == "article number 89196 written as a range of pages"


def test_a_title_without_its_subtitle_or_with_the_publishers_warning_is_the_title() -> None:
    assert (
        field("title", SIBLING, title="Mechanisms that probiotic species share").verdict == "equal"
    )
    retracted = replace(SIBLING, titles=(Title(text=f"RETRACTED: {SIBLING.title}"),))
    assert compare(citing(SIBLING), retracted)[2].verdict == "equal"


def test_a_title_of_cognates_is_a_translation_even_without_small_words() -> None:
    found = field(
        "title", SIBLING, title="Gedeelde mechanismen probiotische species, algemene claims"
    )
    assert found.verdict == "translated"


def test_marked_fields_are_unchecked_unless_equal() -> None:
    marked = replace(YOGHURT, marks={"volume": "recalled", "issue": "recalled"})
    found = {row.field: row for row in compare(citing(YOGHURT, volume="99"), marked)}
    assert found["volume"].verdict == "unchecked"
    assert found["volume"].note == "the record's value was not seen independently"
    assert found["issue"].verdict == "equal"


def test_an_incomplete_list_of_authors_accuses_nobody() -> None:
    known = replace(YOGHURT, authors_complete=False)
    found = compare(citing(YOGHURT, authors=("Prins", "Roe")), known)[0]
    assert (found.verdict, found.note) == ("unchecked", "the record's list is incomplete: Roe")


def test_groups_and_compound_names() -> None:
    group = replace(YOGHURT, authors=(Author(group="The COLD-SLEEP Study Group"),))
    assert field("authors", group).verdict == "equal"
    compound = replace(
        YOGHURT, authors=(Author(family="McVey Neufeld"), Author(family="van der Berg"))
    )
    assert field("authors", compound, authors=("Neufeld", "Berg")).verdict == "equal"
    lopez = replace(YOGHURT, authors=(Author(family="García López"),))
    assert field("authors", lopez, authors=("Pérez López",)).verdict == "different"
    assert field("authors", lopez, authors=("Garcia",)).verdict == "equal"
