"""Formats of reference managers: what is written is read again, and strangers do no harm."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidencekit.errors import UsageError
from evidencekit.sources import interchange
from evidencekit.sources.bibtex import bibtex_key, read_bibtex, write_bibtex
from evidencekit.sources.csl import csl_item, read_csl
from evidencekit.sources.formats import REFERENCE_FORMATS, read_references
from evidencekit.sources.interchange import KINDS, ImportProblem, person, type_of
from evidencekit.sources.nbib import NOTICES, read_nbib
from evidencekit.sources.record import Author, BibliographicRecord, Title
from evidencekit.sources.ris import read_ris
from sources.reference_cases import BOOK, NUMBERED, PAGED, records

WRITABLE = [name for name, form in REFERENCE_FORMATS.items() if form.write]


def there_and_back(name: str, record: BibliographicRecord) -> BibliographicRecord:
    """A record after being written and read."""
    form = REFERENCE_FORMATS[name]
    assert form.write is not None
    imported = form.read(form.write([("key1", record)]))
    assert imported.problems == ()
    (reference,) = imported.references
    assert reference.key == "key1"
    return reference.record


@pytest.mark.parametrize("record", [PAGED, NUMBERED, BOOK], ids=["paged", "numbered", "book"])
@pytest.mark.parametrize("name", WRITABLE)
def test_what_is_written_is_read_again(name: str, record: BibliographicRecord) -> None:
    assert there_and_back(name, record) == record


@pytest.mark.parametrize("name", WRITABLE)
@given(record=records())
def test_any_record_survives_every_format(name: str, record: BibliographicRecord) -> None:
    assert there_and_back(name, record) == record


@pytest.mark.parametrize("name", WRITABLE)
def test_several_references_keep_their_order(name: str) -> None:
    form = REFERENCE_FORMATS[name]
    assert form.write is not None
    text = form.write([("a", PAGED), ("b", NUMBERED), ("c", BOOK)])
    assert [r.key for r in form.read(text).references] == ["a", "b", "c"]


@pytest.mark.parametrize("name", REFERENCE_FORMATS)
@given(text=st.text(max_size=200))
def test_no_text_breaks_a_reader(name: str, text: str) -> None:
    REFERENCE_FORMATS[name].read(text)


@pytest.mark.parametrize("name", WRITABLE)
@given(record=records(), data=st.data())
def test_no_damaged_file_breaks_a_reader(
    name: str, record: BibliographicRecord, data: st.DataObject
) -> None:
    form = REFERENCE_FORMATS[name]
    assert form.write is not None
    text = form.write([("key1", record)])
    at = data.draw(st.integers(0, len(text)))
    form.read(
        text[:at] + data.draw(st.sampled_from(["", "{", "}", "\\", "\n", '"'])) + text[at + 1 :]
    )


@pytest.mark.parametrize("name", REFERENCE_FORMATS)
def test_a_file_too_large_is_refused(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interchange, "LARGEST_FILE", 2**20)
    imported = REFERENCE_FORMATS[name].read("x" * (2**20 + 1))
    assert imported.references == ()
    assert imported.problems == (ImportProblem(text="larger than 1 million characters: split it"),)


def test_the_format_follows_from_the_name() -> None:
    assert read_references("[]", name="a/b.JSON").references == ()
    with pytest.raises(UsageError) as caught:
        read_references("", name="list.docx")
    assert str(caught.value) == (
        "list.docx: no reference format ends in .docx; known are .json, .bib, .bibtex, .ris, .nbib"
    )


def test_kinds_are_told_apart_in_every_format() -> None:
    for column in range(3):
        words = [kind[column] for kind in KINDS.values()]
        assert len(set(words)) == len(words)
    for name, kind in KINDS.items():
        assert type_of(kind.csl, "csl") == name
        assert type_of(kind.bibtex, "bibtex") == name
        assert type_of(kind.ris, "ris") == name
    assert type_of("EJOUR", "ris") == "journal-article"
    assert type_of("nonsense", "csl") == ""


@pytest.mark.parametrize(
    ("name", "author"),
    [
        ("Berg, Anna B", Author(family="Berg", given="Anna B")),
        ("Berg, A, Jr", Author(family="Berg", given="A", suffix="Jr")),
        ("Berg, Jr., A", Author(family="Berg", given="A", suffix="Jr.")),
        ("van der Berg, A", Author(family="van der Berg", given="A")),
        ("Berg AB", Author(family="Berg", given="AB")),
        ("van der Berg J-W", Author(family="van der Berg", given="J-W")),
        ("Berg", Author(family="Berg")),
        ("World Health Organization", Author(group="World Health Organization")),
        ("UNICEF,", Author(group="UNICEF")),
        (", Anna", Author(family="Anna")),
        ("", Author()),
    ],
)
def test_names(name: str, author: Author) -> None:
    assert person(name) == author


def test_csl_holds_what_its_schema_names() -> None:
    assert csl_item(PAGED, key="k") == {
        "id": "k",
        "type": "article-journal",
        "title": PAGED.title,
        "author": [
            {"family": "van der Berg", "given": "Jan-Willem Q."},
            {"family": "Müller", "given": "Jörg", "suffix": "Jr"},
            {"literal": "The ABC and DEF Study Group"},
        ],
        "issued": {"date-parts": [[2014, 3]]},
        "container-title": "Journal of A & B",
        "container-title-short": "J A B",
        "ISSN": "0378-5955",
        "publisher": "Press",
        "volume": "157",
        "issue": "1",
        "page": "121-141",
        "language": "en",
        "DOI": "10.1000/abc(1)_2",
        "PMID": "123456",
        "PMCID": "PMC77",
        "URL": "https://doi.org/10.1000/abc%281%29_2",
    }
    numbered = csl_item(NUMBERED, key="k")
    assert (numbered["page"], numbered["number"]) == ("107780", "107780")
    assert numbered["author"][-1] == {"literal": "others"}


def test_csl_of_strangers() -> None:
    items = [
        {"title": ["T <i>x</i>"], "issued": "2014-03", "volume": 5, "page": "12-9", "DOI": "bad"},
        {"author": [{"family": "Berg", "non-dropping-particle": "van der"}, "x", {}], "ISSN": 3},
        {"issued": {"raw": "2014"}, "author": {"family": "B"}, "title": None},
        7,
    ]
    imported = read_csl(json.dumps(items))
    first, second, third = (r.record for r in imported.references)
    assert (first.title, str(first.date()), first.volume) == ("T x", "2014-03", "5")
    assert (first.first_page, first.last_page, first.doi) == ("12", "19", "")
    assert second.authors == (Author(family="van der Berg"),)
    assert (str(third.date()), third.authors, third.title) == ("2014", (), "")
    assert imported.problems == (ImportProblem(text="item 4 is not an object"),)
    assert len(read_csl('{"title": "one"}').references) == 1
    assert read_csl("[" * 100_000).problems == (ImportProblem(text="nested too deeply"),)
    broken = read_csl("[\n{]").problems
    assert broken == (
        ImportProblem(
            text="not valid JSON: Expecting property name enclosed in double quotes", line=2
        ),
    )


BIB = r"""
@string{ce = "Clin Exp"}
@comment{anything}
@article{a1,
  author = {J{\"o}rg van der M{\"u}ller and {World Health Organization}
            and {\'E}mile, Jr., Zo\"e and others},
  title = {The {DNA} of $x$ \& {\ss}tuff: \textit{in vivo}}, journal = ce # " J",
  year = 2014, month = mar, pages = {12--19}, doi = {https://doi.org/10.1000/A\_b}, url = {x}
}
@article{a1, title = {again}}
@Misc{m, title = "quoted", date = {2015-02-03}, eprint = {x}}
@article{broken, title = {x
@article{after, title = {y}}
"""


def test_bibtex_of_strangers() -> None:
    imported = read_bibtex(BIB)
    a1, again, misc, after = (r.record for r in imported.references)
    assert a1.authors == (
        Author(family="van der Müller", given="Jörg"),
        Author(group="World Health Organization"),
        Author(family="Émile", suffix="Jr.", given="Zoë"),
    )
    assert not a1.authors_complete
    assert a1.title == "The DNA of x & ßtuff: in vivo"
    assert a1.container.title == "Clin Exp J"
    assert (str(a1.date()), a1.pages, a1.doi) == ("2014-03", "12-19", "10.1000/a_b")
    assert again.title == "again"
    assert (misc.title, str(misc.date()), misc.type) == ("quoted", "2015-02-03", "")
    assert after.title == "y"
    assert [(p.text, p.line) for p in imported.problems] == [
        ("the key a1 is given twice", 10),
        ("the syntax of this entry is broken", 12),
    ]


def test_commas_inside_bibtex_names_do_not_part_them() -> None:
    authors = (Author(family="Raimundo, MD, Ph.D.", given="Ivo, M."), Author(group="A, B and C"))
    record = replace(PAGED, authors=authors)
    assert there_and_back("bibtex", record) == record
    (odd,) = read_bibtex("@misc{a, author = {, B and A, B, C, D and , and {}}}").references
    assert odd.record.authors == (
        Author(family="B"),
        Author(family="A", suffix="B", given="C D"),
    )


def test_bibtex_reads_no_file_and_says_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    text = r"@misc{a, title = {\input{/etc/hostname}\include{x}\write18{ls} T}}" + "\n@article{b, t"
    assert "T" in read_bibtex(text).references[0].record.title
    assert capfd.readouterr() == ("", "")


def test_bibtex_text() -> None:
    text = write_bibtex([("Berg & 2014,{x}", PAGED)])
    assert text.startswith("@article{Berg-2014-x,\n")
    assert r"title = {Effect of {mRNA} \& 50\% {H2O} on \{x\}\_y" in text
    assert "and {The ABC and DEF Study Group}}" in text
    assert "  month = mar,\n" in text
    assert "  pages = {121--141},\n" in text
    assert "  doi = {10.1000/abc(1)_2},\n" in text
    assert "  eid = {107780},\n" in write_bibtex([("k", NUMBERED)])
    assert bibtex_key("{}") == "reference"


RIS = """\ufeffProvider: somebody
1.
TY  - JOUR
AU  - Berg, A
AU  - et al.
T1  - A title that
 runs on
JO  - J A
Y1  - 2014/03/27/
SP  - 121-41
UR  - http://dx.doi.org/10.1000/X
AN  - 12
DB  - PubMed
ER  -
TY  - JOUR
TI  - second
TY  - CONF
TI  - third
"""


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_ris_of_strangers(end: str) -> None:
    imported = read_ris(RIS.replace("\n", end))
    first, second, third = imported.references
    record = first.record
    assert (first.line, second.line, third.line) == (3, 15, 17)
    assert record.title == "A title that runs on"
    assert (record.authors, record.authors_complete) == ((Author(family="Berg", given="A"),), False)
    assert (str(record.date()), record.pages) == ("2014-03-27", "121-141")
    assert (record.doi, record.pmid, record.container.title) == ("10.1000/x", "12", "J A")
    assert third.record.type == "proceedings-article"
    assert [(p.text, p.line) for p in imported.problems] == [
        ("no ER line ends this record", 15),
        ("no ER line ends this record", 17),
    ]


def test_a_value_cannot_break_out_of_its_ris_line() -> None:
    record = replace(BOOK, titles=(Title(text="x\nER  - \nTY  - JOUR"),))
    assert there_and_back("ris", record).title == "x ER - TY - JOUR"


NBIB = """
PMID- 123
OWN - NLM
IS  - 0378-5955 (Electronic)
IS  - 0378-5954 (Linking)
VI  - 5
IP  - 2
DP  - 1993 Sep-Oct
DEP - 19930827
TI  - [Gut flora and
      health.]
PG  - 121-41
LID - 10.1000/X [doi]
LID - S0140(97) [pii]
FAU - Berg, Anna B
AU  - Berg AB
CN  - The Group
LA  - dut
PT  - Journal Article
PT  - Retracted Publication
TT  - Darmflora en gezondheid.
TA  - J A
JT  - Journal A
PMC - PMC7
RIN - J A. 1995 Jan;6(1):3. doi: 10.1000/n. PMID: 456

PMID- 124
TI  - Second.
DP  - 2014 Mar 27
"""


def test_nbib() -> None:
    imported = read_nbib(NBIB)
    first, second = (r.record for r in imported.references)
    assert imported.problems == ()
    assert first.titles == (
        Title(text="Darmflora en gezondheid", language="nl"),
        Title(text="Gut flora and health", kind="translated", language="en"),
    )
    assert first.authors == (Author(family="Berg", given="Anna B"), Author(group="The Group"))
    assert (first.doi, first.pmid, first.pmcid) == ("10.1000/x", "123", "PMC7")
    assert [(d.kind, str(d.date)) for d in first.dates] == [
        ("print", "1993-09"),
        ("online", "1993-08-27"),
    ]
    assert (first.pages, first.container.issn) == ("121-141", ("0378-5955",))
    (notice,) = first.updates
    assert (notice.direction, notice.type, notice.doi, notice.pmid) == (
        "affected",
        "retraction",
        "10.1000/n",
        "456",
    )
    assert (second.title, str(second.date("print"))) == ("Second", "2014-03-27")


@pytest.mark.parametrize(("tag", "meaning"), NOTICES.items())
def test_every_notice_of_nbib(tag: str, meaning: tuple[str, str]) -> None:
    (reference,) = read_nbib(f"PMID- 1\n{tag} - J. PMID: 2\n").references
    (update,) = reference.record.updates
    assert (update.direction, update.type, update.pmid) == (*meaning, "2")


def test_lines_before_the_first_record_are_reported_when_they_look_like_its_parts() -> None:
    problems = read_nbib("TI  - lost\nPMID- 1\n").problems
    assert problems == (ImportProblem(text="a TI line outside a record", line=1),)
    assert re.search("outside", problems[0].text)
