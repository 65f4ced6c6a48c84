"""Records with everything that hurts in a format: groups, particles, accents, article numbers.

SYNTHETIC: invented papers.
"""

from __future__ import annotations

from hypothesis import strategies as st

from evidencekit.sources.interchange import KINDS
from evidencekit.sources.record import (
    Author,
    BibliographicRecord,
    Container,
    PartialDate,
    RecordDate,
    Title,
)

PAGED = BibliographicRecord(
    doi="10.1000/abc(1)_2",
    pmid="123456",
    pmcid="PMC77",
    titles=(Title(text="Effect of mRNA & 50% H2O on {x}_y ~ #1: Ångström’s “trial”"),),
    authors=(
        Author(family="van der Berg", given="Jan-Willem Q."),
        Author(family="Müller", given="Jörg", suffix="Jr"),
        Author(group="The ABC and DEF Study Group"),
    ),
    container=Container(
        title="Journal of A & B", abbreviations=("J A B",), issn=("0378-5955",), publisher="Press"
    ),
    dates=(RecordDate(kind="issued", date=PartialDate(year=2014, month=3)),),
    volume="157",
    issue="1",
    first_page="121",
    last_page="141",
    type="journal-article",
    language="en",
)
NUMBERED = BibliographicRecord(
    doi="10.1000/n",
    titles=(Title(text="Numbered"),),
    authors=(Author(family="Li", given="L"),),
    authors_complete=False,
    container=Container(title="Pharm Res"),
    dates=(RecordDate(kind="issued", date=PartialDate(year=2025)),),
    volume="216",
    article_number="107780",
    type="journal-article",
)
BOOK = BibliographicRecord(
    isbn=("9780306406157",),
    titles=(Title(text="A Book"),),
    authors=(Author(group="World Health Organization"),),
    type="book",
)

# Letters of several scripts, TeX's own characters, and what JSON and RIS treat specially. No
# semicolon: with it the words would hold HTML entities, which an import decodes.
_WORD = st.text(alphabet="abzAZéßœŁ中ф&%$#_{}~^\\\"'@,:()0123456789-–", min_size=1, max_size=8)
_NAME = st.text(alphabet="abzéßŁф'", min_size=2, max_size=8)


def _titles() -> st.SearchStrategy[str]:
    return st.lists(_WORD, min_size=1, max_size=5).map(" ".join)


def records() -> st.SearchStrategy[BibliographicRecord]:
    """Any record that every format can hold: one date, original title, no notices."""
    persons = st.builds(
        Author, family=_NAME, given=_NAME, suffix=st.sampled_from(["", "Jr", "III"])
    )
    groups = st.builds(Author, group=st.lists(_NAME, min_size=2, max_size=3).map(" ".join))
    dates = st.builds(
        PartialDate, year=st.integers(1000, 9999), month=st.none() | st.integers(1, 12)
    )
    numbers = st.integers(1, 99999).map(str)
    pages = st.tuples(numbers, numbers).map(lambda p: sorted(p, key=int))
    places = st.one_of(
        st.just({}),
        numbers.map(lambda n: {"article_number": f"e{n}"}),
        pages.map(lambda p: {"first_page": p[0].zfill(5), "last_page": p[1].zfill(5)}),
    )
    plain = st.builds(
        BibliographicRecord,
        doi=st.sampled_from(["", "10.1000/a", "10.1000/a(b)<c>_d%#{e"]),
        pmid=st.sampled_from(["", "1", "12345678"]),
        titles=_titles().map(lambda t: (Title(text=t),)),
        authors=st.lists(st.one_of(persons, groups), min_size=1, max_size=4).map(tuple),
        authors_complete=st.booleans(),
        container=st.builds(Container, title=_titles(), issn=st.sampled_from([(), ("0378-5955",)])),
        dates=dates.map(lambda d: (RecordDate(kind="issued", date=d),)),
        volume=st.sampled_from(["", "1", "XII", "12 Suppl 1"]),
        issue=st.sampled_from(["", "1-2", "Pt 3"]),
        type=st.sampled_from([kind for kind in KINDS if kind]),
    )
    return st.builds(_placed, plain, places)


def _placed(record: BibliographicRecord, place: dict[str, str]) -> BibliographicRecord:
    from dataclasses import replace

    return replace(record, **place)  # type: ignore[arg-type]
