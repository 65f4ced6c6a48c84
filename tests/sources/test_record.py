"""Records: lossless to plain values and back; strict about what it reads."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidencekit.errors import FileError
from evidencekit.sources.cleaning import (
    completed_page,
    date_from_parts,
    family_keys,
    fold,
    page_range,
    partial_date,
    plain_text,
    squeeze,
)
from evidencekit.sources.record import (
    Author,
    BibliographicRecord,
    Container,
    PartialDate,
    RecordDate,
    Relation,
    Title,
    Update,
)

WHOLE = BibliographicRecord(
    doi="10.1000/abc",
    pmid="123",
    pmcid="PMC7",
    isbn=("9780306406157",),
    titles=(
        Title(text="Darmflora", language="nl"),
        Title(text="Gut flora", kind="translated", language="en"),
        Title(text="A trial", kind="subtitle"),
    ),
    authors=(
        Author(family="van der Berg", given="A B", suffix="Jr", orcid="0000-0002-1825-0097"),
        Author(group="The Group"),
    ),
    authors_complete=False,
    container=Container(title="Journal", abbreviations=("J",), issn=("0378-5955",)),
    dates=(
        RecordDate(kind="online", date=PartialDate(year=2013, month=12, day=30)),
        RecordDate(kind="print", date=PartialDate(year=2014, month=1)),
    ),
    volume="5",
    issue="1-2",
    first_page="12",
    last_page="19",
    article_number="e7",
    type="journal-article",
    publication_types=("Randomized Controlled Trial",),
    language="nl",
    updates=(
        Update(
            direction="affected",
            type="retraction",
            doi="10.1000/notice",
            date=PartialDate(year=2015),
            source="publisher",
        ),
    ),
    relations=(Relation(type="has-preprint", identifier="10.1000/pre"),),
    fields_from={"title": "pubmed"},
    marks={"volume": "unverified"},
)


def test_a_record_survives_json() -> None:
    plain = json.loads(json.dumps(WHOLE.to_dict()))
    assert BibliographicRecord.from_dict(plain) == WHOLE
    assert BibliographicRecord.from_dict({}) == BibliographicRecord()


def test_what_is_not_known_is_not_written() -> None:
    record = BibliographicRecord(doi="10.1000/abc", titles=(Title(text="T"),))
    assert record.to_dict() == {"doi": "10.1000/abc", "titles": [{"text": "T"}]}


def test_what_people_cite() -> None:
    assert WHOLE.title == "Darmflora"
    assert WHOLE.subtitle == "A trial"
    assert WHOLE.year == 2014
    assert WHOLE.years == {2013, 2014}
    assert WHOLE.pages == "12-19"
    assert str(WHOLE.date("online")) == "2013-12-30"
    empty = BibliographicRecord()
    assert (empty.title, empty.subtitle, empty.year, empty.pages) == ("", "", None, "")
    translated = BibliographicRecord(titles=(Title(text="Gut", kind="translated"),))
    assert translated.title == "Gut"
    assert BibliographicRecord(article_number="e1").pages == "e1"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], "record: an object expected, [] found"),
        ({"pmid": 12}, "record.pmid: text expected, 12 found"),
        ({"authors_complete": 1}, "record.authors_complete: true or false expected, 1 found"),
        ({"isbn": "x"}, "record.isbn: a list expected, 'x' found"),
        (
            {"titles": [{"text": "a"}, {"text": "b", "kind": "main"}]},
            "record.titles[1].kind: one of original, translated, subtitle expected, 'main' found",
        ),
        ({"titles": [{}]}, "record.titles[0]: the key 'text' is missing"),
        (
            {"container": {"name": "J"}},
            "record.container: unknown key 'name'; allowed are abbreviations, issn, publisher, "
            "title",
        ),
        (
            {"dates": [{"kind": "print", "date": "2014-2"}]},
            "record.dates[0].date: '2014-2' is not a date as in 2014, 2014-03 or 2014-03-27",
        ),
        (
            {"dates": [{"kind": "print", "date": "2014-02-30"}]},
            "record.dates[0].date: there is no day 30 in 2014-02",
        ),
        (
            {"dates": [{"kind": "print", "date": 2014}]},
            "record.dates[0].date: text expected, 2014 found",
        ),
        ({"marks": []}, "record.marks: an object expected, [] found"),
        (
            {"marks": {"doi": "odd"}},
            "record.marks.doi: one of unverified expected, 'odd' found",
        ),
        (
            {"marks": {"doi": []}},
            "record.marks.doi: one of unverified expected, [] found",
        ),
    ],
)
def test_a_damaged_record_is_refused_with_its_place(data: Any, message: str) -> None:
    with pytest.raises(FileError) as caught:
        BibliographicRecord.from_dict(data)
    assert str(caught.value) == message


@given(st.integers(1000, 9999), st.integers(1, 12) | st.none(), st.integers(1, 28) | st.none())
def test_dates_read_what_they_write(year: int, month: int | None, day: int | None) -> None:
    date = PartialDate(year=year, month=month, day=day if month else None)
    assert PartialDate.from_text(str(date)) == date


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"year": 99}, "year 99 is not in 1000-9999"),
        ({"year": 2000, "day": 1}, "a day without a month"),
        ({"year": 2000, "month": 13}, "there is no month 13"),
        ({"year": 2001, "month": 2, "day": 29}, "there is no day 29 in 2001-02"),
    ],
)
def test_impossible_dates(parts: dict[str, int], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        PartialDate(**parts)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([[2014, 3, 27]], "2014-03-27"),
        ([[2014, 3]], "2014-03"),
        ([[2014]], "2014"),
        ([2014, 3], "2014-03"),
        ([["2014", "3"]], "2014-03"),
        ([[2014, 13]], "2014"),
        ([[2014, 2, 30]], "2014-02"),
        ([[2014, None, 5]], "2014"),
        ([[None]], None),
        ([[]], None),
        ([], None),
        (None, None),
        ("2014", None),
        ([[True]], None),
    ],
)
def test_date_parts(parts: Any, expected: str | None) -> None:
    found = date_from_parts(parts)
    assert (str(found) if found else None) == expected


def test_months_by_name() -> None:
    assert str(partial_date("1993", "Sep", "07")) == "1993-09-07"
    assert str(partial_date("1993", "September")) == "1993-09"
    assert str(partial_date("1993", "Winter")) == "1993"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Effect of <i>L. casei</i> on H<sub>2</sub>O", "Effect of L. casei on H2O"),
        ("Effect of <jats:italic toggle='yes'>L.</jats:italic> casei", "Effect of L. casei"),
        ("A &amp;lt;i&amp;gt;B&amp;lt;/i&amp;gt; C", "A B C"),
        ("Salt &amp; water", "Salt & water"),
        ("R&D of A&notB at 5&#0", "R&D of A&notB at 5&#0"),
        ("p &lt; 0.05 and n > 3", "p < 0.05 and n > 3"),
        ("p<b and c>d", "p<b and c>d"),
        ("<65 years", "<65 years"),
        ("Two\n  lines\u00a0here", "Two lines here"),
        ("e\u0301tude", "\u00e9tude"),
        (
            "<mml:math><mml:mi>x</mml:mi><mml:annotation encoding='tex'>\\x</mml:annotation>"
            "</mml:math> y",
            "x y",
        ),
    ],
)
def test_markup_goes_and_text_stays(text: str, expected: str) -> None:
    assert plain_text(text) == expected
    assert plain_text(expected) == expected


@given(st.text(alphabet="ab <>/&lt;i \u00ad\u200b\n", max_size=40))
def test_squeezing_is_idempotent(text: str) -> None:
    assert squeeze(squeeze(text)) == squeeze(text)


def test_names_fold_for_comparison() -> None:
    assert fold("Löber, Ørsted & Łukasz") == "lober orsted lukasz"
    assert fold("O'Brien") == "o brien"
    assert family_keys("McVey Neufeld") == {"mcvey neufeld", "neufeld"}
    assert family_keys("van der Waaij") == {"van der waaij", "waaij"}
    assert family_keys("De La") == {"de la", "la"}
    assert family_keys("") == frozenset()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("121-41", ("121", "141")),
        ("1425–37", ("1425", "1437")),
        ("121-141", ("121", "141")),
        ("e33693", ("e33693", "")),
        ("S12-S19", ("S12", "S19")),
        ("4137-4153.e14", ("4137", "4153.e14")),
        ("1-8", ("1", "8")),
        ("89-196", ("89", "196")),
        ("1061-7; discussion 1067", ("1061", "1067")),
        ("", ("", "")),
    ],
)
def test_page_ranges(text: str, expected: tuple[str, str]) -> None:
    assert page_range(text) == expected


def test_a_last_page_that_would_run_backwards_is_left_alone() -> None:
    assert completed_page("198", "05") == "05"
