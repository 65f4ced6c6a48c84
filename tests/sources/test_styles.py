"""References as text: each style against references written out by hand from its manual's rules."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evidencekit.sources.record import (
    Author,
    BibliographicRecord,
    Container,
    PartialDate,
    RecordDate,
    Title,
)
from evidencekit.sources.styles import CITATION_STYLES, initials
from sources.reference_cases import NUMBERED

PAPER = BibliographicRecord(
    doi="10.1000/abc",
    titles=(Title(text="A trial"), Title(text="methods", kind="subtitle")),
    authors=(
        Author(family="van der Berg", given="Jan-Willem Q."),
        Author(family="Li", given="AB", suffix="Jr."),
        Author(group="The Group"),
    ),
    container=Container(title="Journal of Trials", abbreviations=("J Trials",)),
    dates=(RecordDate(kind="print", date=PartialDate(year=2014, month=3)),),
    volume="157",
    issue="1",
    first_page="121",
    last_page="141",
)

EXPECTED = {
    "apa": "van der Berg, J.-W. Q., Li, A. B., Jr., & The Group. (2014). A trial: methods. "
    "Journal of Trials, 157(1), 121–141. https://doi.org/10.1000/abc",
    "vancouver": "van der Berg JWQ, Li AB Jr, The Group. A trial: methods. J Trials. "
    "2014;157(1):121-41. doi: 10.1000/abc",
    "ama": "van der Berg JWQ, Li AB Jr, The Group. A trial: methods. J Trials. "
    "2014;157(1):121-141. doi:10.1000/abc",
    "nature": "van der Berg, J.-W. Q., Li, A. B., Jr. & The Group. A trial: methods. J Trials 157, "
    "121–141 (2014).",
}
NUMBERED_EXPECTED = {
    "apa": "Li, L., et al. (2025). Numbered. Pharm Res, 216, Article 107780. "
    "https://doi.org/10.1000/n",
    "vancouver": "Li L, et al. Numbered. Pharm Res. 2025;216:107780. doi: 10.1000/n",
    "ama": "Li L, et al. Numbered. Pharm Res. 2025;216:107780. doi:10.1000/n",
    "nature": "Li, L. et al. Numbered. Pharm Res 216, 107780 (2025).",
}
BARE_EXPECTED = {
    "apa": "Why? (n.d.).",
    "vancouver": "Why?",
    "ama": "Why?",
    "nature": "Why?",
}


def test_every_style_has_its_cases() -> None:
    assert set(EXPECTED) == set(NUMBERED_EXPECTED) == set(BARE_EXPECTED) == set(CITATION_STYLES)


@pytest.mark.parametrize("style", CITATION_STYLES)
def test_references(style: str) -> None:
    write = CITATION_STYLES[style]
    assert write(PAPER) == EXPECTED[style]
    assert write(NUMBERED) == NUMBERED_EXPECTED[style]
    assert write(BibliographicRecord(titles=(Title(text="Why?"),))) == BARE_EXPECTED[style]
    assert write(BibliographicRecord()) == ("(n.d.)." if style == "apa" else "")


def many(number: int) -> BibliographicRecord:
    """A paper of so many authors."""
    return replace(PAPER, authors=tuple(Author(family=f"A{i}", given="B") for i in range(number)))


@pytest.mark.parametrize(
    ("style", "number", "shown", "ending"),
    [
        ("apa", 20, 20, ", & A19, B. (2014)"),
        ("apa", 21, 20, ", A18, B., . . . A20, B. (2014)"),
        ("vancouver", 6, 6, ", A5 B. A"),
        ("vancouver", 7, 6, ", A5 B, et al. A"),
        ("ama", 6, 6, ", A5 B. A"),
        ("ama", 7, 3, ", A2 B, et al. A"),
        ("nature", 5, 5, " & A4, B. A"),
        ("nature", 6, 1, "A0, B. et al. A"),
    ],
)
def test_how_many_authors_are_shown(style: str, number: int, shown: int, ending: str) -> None:
    text = CITATION_STYLES[style](many(number))
    assert sum(f"A{i}, B." in text or f"A{i} B" in text for i in range(number)) == shown
    assert ending in text


@pytest.mark.parametrize(("style", "shown"), [("ama", "J Ex. 2014"), ("nature", "J. Ex. 157,")])
def test_medical_styles_abbreviate_without_full_stops(style: str, shown: str) -> None:
    dotted = replace(PAPER, container=Container(title="J", abbreviations=("J. Ex.",)))
    assert f" {shown}" in CITATION_STYLES[style](dotted)


def test_nature_gives_the_doi_where_there_is_no_page() -> None:
    early = replace(PAPER, volume="", issue="", first_page="", last_page="")
    text = CITATION_STYLES["nature"](early)
    assert text.endswith("A trial: methods. J Trials (2014). https://doi.org/10.1000/abc")


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("121", "141", "121-41"),
        ("1425", "1437", "1425-37"),
        ("99", "101", "99-101"),
        ("12", "12", "12-12"),
        ("e12", "e19", "e12-e19"),
        ("7", "", "7"),
    ],
)
def test_vancouver_shortens_pages(first: str, last: str, expected: str) -> None:
    text = CITATION_STYLES["vancouver"](replace(PAPER, first_page=first, last_page=last))
    assert f":{expected}. " in text


@pytest.mark.parametrize(
    ("given", "dotted", "compact"),
    [
        ("Anna", "A.", "A"),
        ("Anna B.", "A. B.", "AB"),
        ("A.B.", "A. B.", "AB"),
        ("AB", "A. B.", "AB"),
        ("J.-W.", "J.-W.", "JW"),
        ("Jan-Willem", "J.-W.", "JW"),
        ("Élodie", "É.", "É"),
        ("  ", "", ""),
        ("-", "", ""),
        ("", "", ""),
    ],
)
def test_initials(given: str, dotted: str, compact: str) -> None:
    assert initials(given, dotted=True) == dotted
    assert initials(given, dotted=False) == compact
