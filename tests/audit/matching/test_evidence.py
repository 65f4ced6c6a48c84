"""Points of each field, by the rule it follows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from audit.matching.works import SHELF, SIBLING, YOGHURT, citing, record
from evidencekit.audit.matching.cited import CitedWork
from evidencekit.audit.matching.evidence import EVIDENCE, arabic, score
from evidencekit.sources.record import Author


@pytest.mark.parametrize(
    ("field", "changes", "points"),
    [
        ("year", {}, 1.0),
        ("year", {"year": 2016}, 0.5),
        ("year", {"year": 2013}, -1.0),
        ("year", {"year": 2009}, -2.0),
        ("year", {"year": None}, 0.0),
        ("volume", {}, 1.5),
        ("volume", {"volume": "038"}, 1.5),
        ("volume", {"volume": "XXXVIII"}, 1.5),
        ("volume", {"volume": "37"}, -1.0),
        ("volume", {"volume": "2015"}, 0.0),
        ("issue", {}, 0.5),
        ("issue", {"issue": "8"}, -0.25),
        ("locator", {}, 3.0),
        ("locator", {"pages": "1353"}, 3.0),
        ("locator", {"pages": "4968"}, 3.0),
        ("locator", {"pages": "1354-1360"}, -0.5),
        ("locator", {"pages": "54-60"}, -1.0),
        ("first_author", {}, 2.0),
        ("first_author", {"authors": ("Hale", "Prins")}, 0.5),
        ("first_author", {"authors": ("Nobody",)}, -2.0),
        ("authors", {}, 3.0),
        ("authors", {"authors": ("Prins", "Diaz", "Stranger", "Other")}, 1.5),
        ("authors", {"authors": ("One", "Two", "Three")}, -1.0),
        ("authors", {"authors": ("Prins",)}, 0.0),
        ("container", {}, 1.0),
        ("container", {"container": "Slaap"}, 1.0),
        ("container", {"container": "Nature"}, 0.0),
        ("title", {}, 4.0),
        ("title", {"title": "Measured sleep and the risk of catching a cold."}, 4.0),
        ("title", {"title": "Soil acidity"}, 0.0),
        ("title", {"title": ""}, 0.0),
    ],
)
def test_points(field: str, changes: dict[str, Any], points: float) -> None:
    assert score(citing(YOGHURT, **changes), YOGHURT).of(field) == pytest.approx(points)


def test_a_single_digit_page_says_little() -> None:
    short = record("10.5555/x", "A", 2000, "T", "J", volume="1", pages="7-9")
    assert score(citing(short), short).of("locator") == 0.3
    assert (
        score(citing(replace(short, first_page="17")), replace(short, first_page="17")).of(
            "locator"
        )
        == 1.0
    )


def test_the_sum_is_what_its_channels_add_up_to() -> None:
    for known in SHELF:
        for other in SHELF:
            found = score(citing(known), other)
            assert found.total == pytest.approx(found.coordinates + found.contents)
            assert {part.field for part in found.parts} == {row.field for row in EVIDENCE}
            assert (found.total >= 6) == (known is other)


def test_an_empty_citation_earns_nothing() -> None:
    assert score(CitedWork(), YOGHURT).total == 0


def test_marked_fields_add_nothing() -> None:
    marked = replace(YOGHURT, marks={"volume": "unverified", "first_page": "recalled"})
    found = score(citing(YOGHURT), marked)
    assert found.of("volume") == found.of("locator") == 0
    assert found.of("issue") == 0.5


def test_a_name_cited_back_to_front_earns_half() -> None:
    swapped = replace(YOGHURT, authors=(Author(family="Prins", given="Anna"), *YOGHURT.authors[1:]))
    assert score(citing(YOGHURT, authors=("Anna",)), swapped).of("first_author") == 1.0


def test_abbreviated_journals() -> None:
    for name in (
        "Curr Opin Biotechnol",
        "Curr. Opin. Biotechnol.",
        "Current opinion in biotechnology",
    ):
        assert score(citing(SIBLING, container=name), SIBLING).of("container") == 1.0
    assert score(citing(SIBLING, container="Curr Opin"), SIBLING).of("container") == 0.0


@pytest.mark.parametrize(
    ("text", "number"),
    [("XII", "12"), ("xiv", "14"), ("012", "12"), ("0", "0"), ("12A", "12a"), ("", "")],
)
def test_roman_and_arabic_volumes(text: str, number: str) -> None:
    assert arabic(text) == number
