"""One set of works in every citation style reads into the same fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest

from evidencekit.audit.parsing.styles import STYLES
from evidencekit.audit.readers import read_bytes
from evidencekit.audit.reference import Reference
from evidencekit.audit.references import references_of


class Work(NamedTuple):
    """A work that was never written, so that no real one is misquoted."""

    authors: tuple[tuple[str, str], ...]
    year: int
    title: str
    container: str
    abbreviated: str
    volume: str
    issue: str
    pages: str
    doi: str
    et_al: bool = False


WORKS = (
    Work(
        (("Quist", "A. B."), ("van der Meer-Oost", "C."), ("O'Dell", "D. E. F.")),
        2014,
        "Barley porridge in spring: a randomised trial of 12 bakers",
        "Journal of Imagined Nutrition",
        "J. Imag. Nutr.",
        "157",
        "1",
        "121–141",
        "10.5555/jin.2014.03.011",
    ),
    Work(
        (("Ümit", "Z."), ("Löwenzahn", "K.-A.")),
        2021,
        "Does tea help? Two cups of evidence from Type 2 cooks",
        "Annals of Unwritten Medicine & Therapies",
        "Ann. Unwrit. Med. Ther.",
        "21",
        "12",
        "e5797",
        "10.5555/aum(2021)21:12<97::aid-x>3.0.co;2-a",
    ),
    Work(
        (("Solo", "M."),),
        1998,
        "The porridge question",
        "Nature Studies",
        "Nat. Stud.",
        "2020",
        "4",
        "8734140",
        "10.5555/1998/8734140",
    ),
    Work(
        (("Hill", "C."), ("Di Lauro", "G."), ("Tóth-Király", "I.")),
        2009,
        "Growth of Lactobacillus imaginarius (L. imag.) in milk: methods, results and a review",
        "Milk Science Letters",
        "Milk Sci. Lett.",
        "184",
        "16",
        "4137–4153.e14",
        "10.5555/msl.2009.06.019",
        et_al=True,
    ),
)


def _joined(names: list[str], *, last: str, et_al: str, more: bool) -> str:
    if more:
        return ", ".join(names) + et_al
    return ", ".join(names[:-1]) + last + names[-1] if len(names) > 1 else names[0]


def _tight(given: str) -> str:
    return given.replace(" ", "")


def _bare(given: str) -> str:
    return given.replace(".", "").replace(" ", "")


def apa(work: Work) -> str:
    names = [f"{family}, {given}" for family, given in work.authors]
    authors = _joined(names, last=", & ", et_al=", et al.", more=work.et_al)
    return (
        f"{authors} ({work.year}). {work.title}. {work.container}, {work.volume}({work.issue}), "
        f"{work.pages}. https://doi.org/{work.doi}"
    )


def apa_markdown(work: Work) -> str:
    names = [f"{family}, {_tight(given)}" for family, given in work.authors]
    authors = _joined(names, last=" & ", et_al=", et al.", more=work.et_al)
    return (
        f"{authors} ({work.year}). {work.title}. *{work.container}, {work.volume}*({work.issue}), "
        f"{work.pages}. DOI: {work.doi}."
    )


def cell(work: Work) -> str:
    names = [f"{family}, {_tight(given)}" for family, given in work.authors]
    authors = _joined(names, last=", and ", et_al=", et al.", more=work.et_al)
    return (
        f"{authors} ({work.year}). {work.title}. {work.abbreviated} {work.volume}({work.issue}), "
        f"{work.pages}. https://doi.org/{work.doi}."
    )


def vancouver(work: Work) -> str:
    names = [f"{family} {_bare(given)}" for family, given in work.authors]
    authors = _joined(names, last=", ", et_al=", et al", more=work.et_al)
    journal = work.abbreviated.replace(".", "")
    return (
        f"{authors}. {work.title}. {journal}. {work.year} Mar 3;{work.volume}({work.issue}):"
        f"{work.pages}. doi: {work.doi}. PMID: 12345678."
    )


def nature(work: Work) -> str:
    names = [f"{family}, {given}" for family, given in work.authors]
    authors = _joined(names, last=" & ", et_al=" et al.", more=work.et_al)
    return (
        f"{authors} {work.title}. {work.abbreviated} {work.volume}({work.issue}), {work.pages} "
        f"({work.year}). https://doi.org/{work.doi}"
    )


def mdpi(work: Work) -> str:
    names = [f"{family}, {_tight(given)}" for family, given in work.authors]
    authors = "; ".join(names) + ("; et al." if work.et_al else "")
    return (
        f"{authors.rstrip('.')}. {work.title}. *{work.abbreviated}* **{work.year}**, "
        f"*{work.volume}* ({work.issue}), {work.pages}. https://doi.org/{work.doi}. [CrossRef]"
    )


def harvard(work: Work) -> str:
    names = [f"{family}, {_tight(given)}" for family, given in work.authors]
    authors = _joined(names, last=" and ", et_al=" et al.", more=work.et_al)
    return (
        f"{authors} ({work.year}) ‘{work.title}’, {work.container}, {work.volume}({work.issue}), "
        f"pp. {work.pages}. doi:{work.doi}."
    )


def ieee(work: Work) -> str:
    names = [f"{given} {family}" for family, given in work.authors]
    authors = _joined(names, last=", and ", et_al=" et al.", more=work.et_al)
    return (
        f"{authors}, “{work.title},” {work.abbreviated}, vol. {work.volume}, no. {work.issue}, "
        f"pp. {work.pages}, Mar. {work.year}, doi: {work.doi}."
    )


def chicago(work: Work) -> str:
    names = [f"{family}, {given}" for family, given in work.authors]
    authors = _joined(names, last=", and ", et_al=", et al.", more=work.et_al)
    return (
        f"{authors.rstrip('.')}. {work.year}. “{work.title}.” {work.container} {work.volume} "
        f"({work.issue}): {work.pages}. https://doi.org/{work.doi}."
    )


def elsevier(work: Work) -> str:
    names = [f"{_tight(given)} {family}" for family, given in work.authors]
    authors = _joined(names, last=", ", et_al=" et al.", more=work.et_al)
    return (
        f"{authors}, {work.title}, {work.abbreviated} {work.volume} ({work.issue}) ({work.year}) "
        f"{work.pages}. https://doi.org/{work.doi}"
    )


RENDERED: dict[str, tuple[Callable[[Work], str], str]] = {
    "APA": (apa, "author-date"),
    "APA in Markdown": (apa_markdown, "author-date"),
    "Cell": (cell, "author-date"),
    "Harvard": (harvard, "author-date"),
    "Nature": (nature, "year-last"),
    "Vancouver": (vancouver, "semicolon"),
    "MDPI": (mdpi, "year-volume"),
    "Chicago": (chicago, "year-between"),
    "Elsevier": (elsevier, "year-in-tail"),
    "IEEE": (ieee, "year-at-end"),
}


def read(text: str) -> tuple[Reference, ...]:
    return references_of(read_bytes(text.encode(), "list.md")).references


def squeezed(text: str) -> str:
    return text.replace(".", "").replace(" ", "")


@pytest.mark.parametrize("name", RENDERED)
def test_every_style_reads_into_the_same_fields(name: str) -> None:
    render, style = RENDERED[name]
    lines = [f"{number}. {render(work)}" for number, work in enumerate(WORKS, 1)]
    references = read("# References\n\n" + "\n".join(lines) + "\n")
    assert len(references) == len(WORKS)
    for number, (reference, work) in enumerate(zip(references, WORKS, strict=True), 1):
        assert (reference.number, reference.position, reference.style) == (number, number, style)
        assert reference.raw == render(work)
        assert reference.authors is not None
        got = [(a.family, squeezed(a.given)) for a in reference.authors.value]
        assert got == [(family, squeezed(given)) for family, given in work.authors]
        assert reference.et_al is work.et_al
        assert reference.year is not None
        assert reference.year.value == work.year
        assert reference.title is not None
        assert reference.title.value == work.title
        assert reference.container is not None
        spellings = {squeezed(work.container), squeezed(work.abbreviated)}
        assert squeezed(reference.container.value) in spellings
        fields = (reference.volume, reference.issue, reference.pages, reference.doi)
        values = tuple(field.value if field else None for field in fields)
        assert values == (work.volume, work.issue, work.pages, work.doi)


@pytest.mark.parametrize("name", RENDERED)
def test_fields_stand_where_they_say(name: str) -> None:
    render, _ = RENDERED[name]
    text = "# Literatuur\n\n" + "".join(f"[{n}] {render(w)}\n" for n, w in enumerate(WORKS, 1))
    document = read_bytes(text.encode(), "list.md")
    for reference in references_of(document).references:
        for field in ("year", "title", "container", "volume", "issue", "pages", "doi"):
            cited = getattr(reference, field)
            assert cited.span is not None
            assert text[cited.span.start : cited.span.end].lower() == str(cited.value).lower()
            line = text.split("\n")[cited.span.place.line - 1]
            columns = slice(cited.span.place.column - 1, cited.span.place.end_column - 1)
            assert line[columns].lower() == str(cited.value).lower()
            assert 0.5 <= cited.confidence <= 1


def test_every_style_has_a_rendering() -> None:
    assert {style for _, style in RENDERED.values()} | {"loose"} == set(STYLES)


ODD = {
    "a group": (
        "Department of Porridge (2020). Eating well. Oats, 12, 3-4.",
        {"authors": ["Department of Porridge"], "title": "Eating well", "container": "Oats"},
    ),
    "a group before its title": (
        "Oats Study Group. Porridge and health: a cohort. Oat Res. 2016;387:1513-1530.",
        {"authors": ["Oats Study Group"], "title": "Porridge and health: a cohort"},
    ),
    "no volume": (
        "Quist A, Solo M. Cold porridge. Psycho-oats. 2010:402-407.",
        {"container": "Psycho-oats", "pages": "402-407", "volume": None, "year": 2010},
    ),
    "no pages": (
        "Quist, A., & Solo, M. (2019). Cold porridge: a review. Clinical Oats, 10(1).",
        {"container": "Clinical Oats", "volume": "10", "issue": "1", "pages": None},
    ),
    "an article number": (
        "Quist, A. (2022). Cold porridge. Internet Oats, 100534.",
        {"container": "Internet Oats", "volume": None, "pages": "100534"},
    ),
    "a book": (
        "Cohen J. Statistical porridge for bakers. 1988.",
        {"title": "Statistical porridge for bakers", "container": None, "year": 1988},
    ),
    "an address": (
        "Solo M. (2023). Porridge online. Retrieved March 3, 2024, from https://oats.example/a_b",
        {"url": "https://oats.example/a_b", "title": "Porridge online"},
    ),
    "a broken DOI": (
        "Solo, M. (2015). Hot oats. *Oats, 8*(9), 13-19. DOI: 10,5665/oats.4968.",
        {"doi": "10,5665/oats.4968", "container": "Oats", "pages": "13-19"},
    ),
    "a chapter": (
        "Solo M, Quist A. Oats of old. In: Hill C, editor. The book of oats. 2001.",
        {"title": "Oats of old", "year": 2001},
    ),
    "two lines": (
        "Solo, M., & Quist, A. (2015). On porri-\ndge and milk. Oats, 8(9),\n13-19. "
        "https://doi.org/10.5555/\noats.1",
        {"doi": "10.5555/oats.1", "pages": "13-19", "title": "On porri-dge and milk"},
    ),
    "a year with a letter": (
        "Solo, M. (2015a). Hot oats. Oats, 8, 13-19.",
        {"year": 2015, "year_suffix": "a"},
    ),
    "a title that asks": (
        "Solo, M. (2015). Hot oats? A cold answer! Oats, 8, 13-19.",
        {"title": "Hot oats? A cold answer!", "container": "Oats"},
    ),
    "a group after persons": (
        "Solo M, Quist A; Oats Study Group. Big oats. Oat J. 2001;344(18):1343-50. Korean.",
        {"authors": ["Solo, M", "Quist, A", "Oats Study Group"], "pages": "1343-50"},
    ),
    "a German reference": (
        "Löwe, K. und Solo, M.: Der Hafer. In: Haferblatt 115 (2018), S. 12–15.",
        {"title": "Der Hafer", "container": "Haferblatt", "volume": "115", "pages": "12–15"},
    ),
    "a Russian style": (
        "Löwe Y., Solo M. Deep oats. Oatmeal. 2015. Vol. 521, P. 436–444.",
        {"title": "Deep oats", "volume": "521", "pages": "436–444"},
    ),
    "nothing known": ("Hot oats for all", {"title": "Hot oats for all", "year": None}),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_references(name: str) -> None:
    raw, expected = ODD[name]
    other = "Other, O. (1999). Something else. Elsewhere, 1(2), 3-4."
    reference = read(f"## Bronnen\n\n[1] {other}\n\n[2] {raw}\n")[1]
    for field, value in expected.items():
        cited = getattr(reference, field)
        if field == "authors":
            assert [str(author) for author in cited.value] == value
        elif field == "year_suffix":
            assert cited == value
        else:
            assert (cited.value if cited else None) == value, field
    assert " ".join(reference.raw.split()) == " ".join(raw.split())
