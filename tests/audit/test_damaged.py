"""References in four styles, damaged in the ways that happen, identified again.

Works, authors and journals are invented from a fixed seed; every journal has several works
of one year, which is where a slip of a DOI leads.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from audit.matching.works import Shelf
from evidencekit.audit.matching.cited import cited_work
from evidencekit.audit.matching.identify import Identity, identify
from evidencekit.audit.readers import read_bytes
from evidencekit.audit.references import references_of
from evidencekit.sources.record import (
    Author,
    BibliographicRecord,
    Container,
    PartialDate,
    RecordDate,
    Title,
)
from evidencekit.sources.styles import CITATION_STYLES

START = "Bar Cor Dal Fen Gar Hol Jan Kel Lin Mar Nor Ost Per Quin Ros Sand Tor Ul Ver Wil".split()  # noqa: SIM905
END = "berg do es feld ini ka kova land man ner o son strup tini vic wood".split()  # noqa: SIM905
ABOUT = (
    "barley", "sleep", "zinc", "kefir", "walking", "light", "fibre", "honey", "yoga", "melatonin",
)  # fmt: skip
OUTCOME = ("common colds", "insomnia", "diarrhoea", "eczema", "fatigue", "low mood", "migraine")
WHO = ("older adults", "school children", "shift workers", "pregnant women", "athletes")
JOURNALS = (
    "Journal of Imagined Nutrition",
    "Annals of Invented Medicine",
    "Sleep and Its Absence",
    "International Archives of Fictive Trials",
)
NAMES = ("Anna", "Bram", "Carla", "Dirk", "Eva", "Frits")


def library(count: int = 64, seed: int = 3) -> tuple[BibliographicRecord, ...]:
    """Invented works: one to eight authors, pages or article numbers, years 2012 to 2019."""
    rng = random.Random(seed)
    return tuple(_work(rng, number) for number in range(count))


def _work(rng: random.Random, number: int) -> BibliographicRecord:
    authors = tuple(
        Author(family=rng.choice(START) + rng.choice(END), given=rng.choice(NAMES))
        for _ in range(rng.randint(1, 8))
    )
    year, first = 2012 + number % 8, rng.randint(100, 2400)
    what, whom, who = rng.choice(ABOUT), rng.choice(OUTCOME), rng.choice(WHO)
    pages = number % 3 > 0
    return BibliographicRecord(
        doi=f"10.5555/jin.{year}.{rng.randint(10_000, 99_999)}",
        type="journal-article",
        authors=authors,
        titles=(Title(text=f"Effects of {what} on {whom} in {who}: a trial of {first} people"),),
        container=Container(title=JOURNALS[number % len(JOURNALS)]),
        dates=(RecordDate(kind="issued", date=PartialDate(year=year)),),
        volume=str(year - 1990),
        issue=str(rng.randint(1, 12)),
        first_page=str(first) if pages else "",
        last_page=str(first + 9) if pages else "",
        article_number="" if pages else str(rng.randint(10_000, 99_999)),
    )


WORKS = library()
Damage = Callable[[BibliographicRecord, random.Random], BibliographicRecord]


def no_doi(work: BibliographicRecord, rng: random.Random) -> BibliographicRecord:
    return replace(work, doi="")


def no_title(work: BibliographicRecord, rng: random.Random) -> BibliographicRecord:
    return replace(work, doi="", titles=())


def translated(work: BibliographicRecord, rng: random.Random) -> BibliographicRecord:
    title = Title(text="Onderzoek naar de werking van een middel bij mensen met een klacht")
    return replace(work, doi="", titles=(title,))


def _in_year(work: BibliographicRecord, year: int) -> BibliographicRecord:
    return replace(work, dates=(RecordDate(kind="issued", date=PartialDate(year=year)),))


def a_year_off(work: BibliographicRecord, rng: random.Random) -> BibliographicRecord:
    return no_doi(_in_year(work, (work.year or 0) + 1), rng)


def wrong_volume(work: BibliographicRecord, rng: random.Random) -> BibliographicRecord:
    return replace(work, doi="", volume=str(rng.randint(100, 300)))


def wrong_pages(work: BibliographicRecord, rng: random.Random) -> BibliographicRecord:
    return replace(work, doi="", first_page="7001", last_page="7010", article_number="")


def swapped_authors(work: BibliographicRecord, rng: random.Random) -> BibliographicRecord:
    return replace(work, authors=(*work.authors[1:2], work.authors[0], *work.authors[2:]))


def mistyped_doi(work: BibliographicRecord, rng: random.Random) -> BibliographicRecord:
    at = rng.randrange(len("10.5555/"), len(work.doi))
    return replace(work, doi=work.doi[:at] + rng.choice("kxz") + work.doi[at + 1 :])


def neighbours_doi(work: BibliographicRecord, rng: random.Random) -> BibliographicRecord:
    same = [w for w in WORKS if w.container == work.container and w.doi != work.doi]
    return replace(work, doi=rng.choice(same).doi)


# What must come of each damage: the verdicts that are right, and the least share of them.
EXPECTED: dict[str, tuple[Damage, frozenset[str], float]] = {
    "none": (lambda work, rng: work, frozenset({"confirmed"}), 1.0),
    "no DOI": (no_doi, frozenset({"confirmed"}), 1.0),
    "no title and no DOI": (no_title, frozenset({"confirmed"}), 0.96),
    "translated title and no DOI": (translated, frozenset({"confirmed"}), 0.96),
    "year one off and no DOI": (a_year_off, frozenset({"confirmed"}), 1.0),
    "wrong volume and no DOI": (wrong_volume, frozenset({"confirmed"}), 1.0),
    "wrong pages and no DOI": (wrong_pages, frozenset({"confirmed"}), 1.0),
    "first authors swapped": (swapped_authors, frozenset({"confirmed"}), 1.0),
    "mistyped DOI": (mistyped_doi, frozenset({"repaired"}), 0.98),
    "DOI of a neighbour": (neighbours_doi, frozenset({"wrong-work"}), 0.98),
}
STYLES = ("apa", "vancouver", "ama", "nature")
# Nature's style prints a DOI only where there are no pages.
WITHOUT_DOI = {"none", "first authors swapped", "mistyped DOI", "DOI of a neighbour"}


def identified(work: BibliographicRecord, style: str, shelf: Shelf) -> Identity:
    """What a reference to a work, written in a style and read again, is taken for."""
    line = CITATION_STYLES[style](work)
    (reference,) = references_of(
        read_bytes(f"# References\n\n1. {line}\n".encode(), "list.md")
    ).references
    return identify(cited_work(reference), shelf)


@pytest.mark.parametrize("damage", EXPECTED)
@pytest.mark.parametrize("style", STYLES)
def test_damaged_references_are_identified(style: str, damage: str) -> None:
    if style == "nature" and damage in WITHOUT_DOI:
        damage = "no DOI"
    mend, right, least = EXPECTED[damage]
    rng = random.Random(f"{style} {damage}")
    hits, strangers = 0, []
    for work in WORKS:
        found = identified(mend(work, rng), style, Shelf(records=WORKS))
        taken = found.match.record.doi if found.match else ""
        hits += found.verdict in right and taken == work.doi
        if taken not in ("", work.doi) and found.verdict != "ambiguous":
            strangers.append((CITATION_STYLES[style](work), taken))
    assert strangers == []
    assert hits / len(WORKS) >= least


@pytest.mark.parametrize("style", STYLES)
def test_a_work_that_is_not_there_is_not_found(style: str) -> None:
    for work in WORKS:
        others = tuple(w for w in WORKS if w.doi != work.doi)
        assert identified(work, style, Shelf(records=others)).verdict == "not-found"


@pytest.mark.parametrize(
    "line",
    [
        "Barrow, L. F. & Gendt, M. *Emotions* **16**, 803–806 (2016).",
        "Barrow LF, Gendt M. Emotions. 2016;16:803-806.",
        "Barrow, L.F.; Gendt, M. *Emotions* **2016**, *16*, 803-806.",
    ],
)
def test_styles_that_leave_the_title_out(line: str) -> None:
    document = read_bytes(f"# References\n\n1. {line}\n".encode(), "list.md")
    (reference,) = references_of(document).references
    cited = cited_work(reference)
    assert cited.authors == ("Barrow", "Gendt")
    assert (cited.title, cited.container) == ("", "Emotions")
    assert (cited.year, cited.volume, cited.locator) == (2016, "16", "803")
