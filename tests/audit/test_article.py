"""A Dutch article with eighteen references as a machine translation left them.

The references are cited as they stand in a published article; the text around
the marks was written for this test.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evidencekit.audit.against import check_list, compare
from evidencekit.audit.readers import read_document

HERE = Path(__file__).parent
ARTICLE = HERE / "article.nl.txt"
EXPECTED = json.loads((HERE / "article.expected.json").read_text(encoding="utf-8"))
FIELDS = ("year", "title", "container", "volume", "issue", "pages", "doi")


def test_the_list_is_found_without_a_heading() -> None:
    compared = compare(read_document(ARTICLE))
    assert compared.listed.found_by == "numbers"
    assert [r.number for r in compared.references] == list(range(1, 19))


@pytest.mark.parametrize("number", range(1, 19))
def test_every_reference_reads_as_cited(number: int) -> None:
    document = read_document(ARTICLE)
    reference, expected = compare(document).references[number - 1], EXPECTED[number - 1]
    assert reference.authors is not None
    assert [str(author) for author in reference.authors.value] == expected["authors"]
    assert reference.et_al is expected["et_al"]
    for name in FIELDS:
        cited = getattr(reference, name)
        assert (cited.value if cited else None) == expected[name], name
        if cited:
            assert document.text[cited.span.start : cited.span.end] == str(expected[name])


def test_the_marks_are_found_in_order() -> None:
    compared = compare(read_document(ARTICLE))
    assert compared.matched.system == "bracketed"
    numbers = [key for mark in compared.matched.marks for key in mark.keys]
    assert numbers == "2 1 1 8 16 2 2 16 1 8 8 6 5 10 12 4 7 8 7 8 3 5 9 18".split()  # noqa: SIM905
    assert {mark.marker for mark in compared.matched.marks[:2]} == {"【2】", "【1】"}


def test_five_are_never_cited_and_the_order_is_told() -> None:
    findings = check_list(read_document(ARTICLE))
    assert [(f.code, f.severity) for f in findings] == [
        ("EK153", "note"),
        *[("EK150", "warning")] * 5,
    ]
    assert [f.title for f in findings[1:]] == [
        f"reference {number} is never cited" for number in (11, 13, 14, 15, 17)
    ]
    order = findings[0]
    assert (order.place.line, order.place.column) == (3, 64)
    assert order.title == "references are not numbered in order of citation"
    assert order.detail == "first cited in the order 2, 1, 8, 16, 6, 5, 10, 12, 4, 7, 3, 9, 18"
    assert order.remedy == "Renumber the list, unless its order is meant."


def test_a_text_without_list_and_marks_gives_one_finding(tmp_path: Path) -> None:
    file = tmp_path / "text.txt"
    file.write_text(
        "Melatonine maakt slaperig.\n\nHet licht remt haar aanmaak.\n", encoding="utf-8"
    )
    (finding,) = check_list(read_document(file))
    assert str(finding) == (
        f"EK154 {file}  no reference list (warning)\n"
        "      neither a heading such as References nor a run of numbered entries was found, "
        "and no citation mark - "
        "Add the list of references, so that what the text says can be checked."
    )
