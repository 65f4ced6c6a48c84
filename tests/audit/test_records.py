"""Files that are lists of references already: reference managers, tables, data files."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidencekit.audit.against import check_list, compare
from evidencekit.audit.document import Document
from evidencekit.audit.readers import kind_of, read_bytes
from evidencekit.audit.readers.records import LABELS
from evidencekit.audit.readers.workspace import read_data, read_workspace
from evidencekit.audit.reference import RECORDED, Reference
from evidencekit.errors import FileError, UsageError

BIBTEX = """@article{quist2001,
  author = {Quist, Ann and Solo, M. and others},
  title = {Oats and Sleep},
  journal = {Journal of Oats},
  year = 2001,
  volume = {1},
  number = {2},
  pages = {3--9},
  doi = {10.5555/A1},
}

@article{solo2002,
  author = {{Oats Study Group}},
  title = {Milk and Mood},
  journal = {Milk Letters},
  year = {2002},
  volume = {4},
}
"""
RIS = """TY  - JOUR
ID  - quist2001
AU  - Quist, Ann
AU  - Solo, M.
TI  - Oats and Sleep
JO  - Journal of Oats
PY  - 2001
VL  - 1
IS  - 2
SP  - 3
EP  - 9
DO  - 10.5555/A1
ER  -

TY  - JOUR
AU  - Solo, M.
TI  - Milk and Mood
PY  - 2002
ER  -
"""
NBIB = """PMID- 123456
TI  - Oats and Sleep.
FAU - Quist, Ann
AU  - Quist A
FAU - Solo, M
AU  - Solo M
JT  - Journal of Oats
DP  - 2001 Mar
VI  - 1
IP  - 2
PG  - 3-9
AID - 10.5555/A1 [doi]

PMID- 123457
TI  - Milk and Mood.
FAU - Solo, M
DP  - 2002
"""
CSL = """[
 {"id": "quist2001", "type": "article-journal", "title": "Oats and Sleep",
  "author": [{"family": "Quist", "given": "Ann"}, {"family": "Solo", "given": "M."}],
  "container-title": "Journal of Oats", "issued": {"date-parts": [[2001]]},
  "volume": "1", "issue": "2", "page": "3-9", "DOI": "10.5555/A1"},
 {"id": "solo2002", "type": "article-journal", "title": "Milk and Mood",
  "author": [{"family": "Solo"}], "issued": {"date-parts": [[2002]]}}
]
"""
CSV = """Study,Authors,Title,Journal,Year,Volume,Issue,Pages,DOI
quist2001,"Quist, Ann; Solo, M.",Oats and Sleep,Journal of Oats,2001,1,2,3-9,https://doi.org/10.5555/A1
solo2002,Solo,"Milk
and Mood",,2002,,,,
"""
FILES = {"a.bib": BIBTEX, "a.ris": RIS, "a.nbib": NBIB, "a.json": CSL, "a.csv": CSV}


def read(name: str) -> Document:
    return read_bytes(FILES[name].encode(), name)


def values(reference: Reference) -> dict[str, object]:
    fields = ("year", "title", "container", "volume", "issue", "pages", "doi")
    cited = {name: getattr(reference, name) for name in fields}
    return {name: field.value if field else None for name, field in cited.items()}


@pytest.mark.parametrize("name", FILES)
def test_every_format_gives_the_same_reference(name: str) -> None:
    first, second = compare(read(name)).references
    found = values(first)
    assert str(found.pop("title")).rstrip(".") == "Oats and Sleep"
    assert found == {
        "year": 2001,
        "container": "Journal of Oats",
        "volume": "1",
        "issue": "2",
        "pages": "3-9",
        "doi": "10.5555/a1",
    }
    assert first.authors is not None
    assert [author.family for author in first.authors.value] == ["Quist", "Solo"]
    assert (first.position, second.position, first.style) == (1, 2, "record")
    assert first.title is not None
    assert first.title.confidence == RECORDED
    assert second.year is not None
    assert second.year.value == 2002


@pytest.mark.parametrize("name", FILES)
def test_values_stand_where_they_say(name: str) -> None:
    document = read(name)
    for reference in compare(document).references:
        assert document.text[reference.span.start : reference.span.end] == reference.raw
        for field in ("year", "title", "container", "volume", "issue", "doi"):
            cited = getattr(reference, field)
            if cited and cited.span and name != "a.csv":
                place = document.text[cited.span.start : cited.span.end]
                assert place.lower() == str(cited.value).lower()
                assert reference.span.start <= cited.span.start < reference.span.end
    first = compare(document).references[0]
    assert first.doi is not None
    assert first.doi.span is not None
    if name != "a.csv":
        assert first.volume is not None
        assert first.volume.span is not None


def test_labels_name_fields_only() -> None:
    assert set(LABELS) <= set(Reference.__dataclass_fields__)


def test_keys_groups_and_open_author_lists() -> None:
    first, second = compare(read("a.bib")).references
    assert (first.key, second.key) == ("quist2001", "solo2002")
    assert first.et_al is True
    assert second.authors is not None
    assert second.authors.value[0].group is True
    assert second.authors.value[0].family == "Oats Study Group"
    assert [r.key for r in compare(read("a.ris")).references] == ["quist2001", "2"]


@pytest.mark.parametrize("name", FILES)
def test_formats_are_recognised_without_a_name(name: str) -> None:
    assert kind_of("-", FILES[name].encode()) == kind_of(name)


def test_a_text_is_checked_against_a_bibliography() -> None:
    references = compare(read("a.bib")).references
    text = read_bytes(b"Oats help [@quist2001; @hill2003].\n", "a.md")
    undefined, uncited = check_list(text, references)
    assert undefined.title == "citation of hill2003 points to no reference"
    assert uncited.title == "reference solo2002 is never cited"


def test_duplicates_are_found_in_bibliographies() -> None:
    twice = BIBTEX + BIBTEX.replace("quist2001", "again").partition("\n\n")[0] + "\n"
    (finding,) = check_list(read_bytes(twice.encode(), "a.bib"))
    assert finding.title == "reference again is reference quist2001 again"
    assert (finding.code, finding.place.line) == ("EK152", 19)
    assert finding.detail == "they have the same DOI"


def test_what_an_importer_could_not_read_is_a_doubt() -> None:
    document = read_bytes((BIBTEX + "@article{broken, title = {never").encode(), "a.bib")
    assert len(document.doubts) == 1
    assert [f.code for f in check_list(document)] == ["EK158"]


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("a.bib", "Not BibTeX", "a.bib: no reference in it could be read as bibtex"),
        ("a.ris", "Not RIS", "a.ris: no reference in it could be read as ris"),
        ("a.json", "{", "a.json: no reference in it could be read as csl"),
        (
            "a.csv",
            "a,b\n1,2\n",
            "a.csv: no column is named doi, pmid, title. Name one of them so.",
        ),
        (
            "a.csv",
            "doi,b\n,2\n",
            "a.csv: no row gives a DOI, a PMID or a title. Fill in one of them.",
        ),
    ],
)
def test_files_without_references(file: str, text: str, message: str) -> None:
    with pytest.raises(FileError) as caught:
        read_bytes(text.encode(), file)
    assert str(caught.value).startswith(message)


def test_tables_may_be_divided_by_semicolons_or_tabs() -> None:
    for delimiter in ";\t":
        text = f"PMID{delimiter}Jaar\n123{delimiter}2001\n"
        (reference,) = compare(read_bytes(text.encode(), "a.csv")).references
        assert reference.pmid is not None
        assert reference.pmid.value == "123"
        assert (reference.raw, reference.span.place.line) == (f"123{delimiter}2001", 2)


# The workspace

STUDY = """id: quist-2001
reports:
  # 10.5555/comment is no citation
  - {doi: "10.5555/A1", pmid: "123456", role: primary}
results:
  - source: {report: "10.5555/A1", seen_at: https://x.example/10.5555/address}
    note: corrected in doi:10.5555/b2.
"""


def test_a_data_file_cites_each_paper_once() -> None:
    document = read_data(STUDY.encode(), "studies/quist-2001.yaml")
    assert document.records is not None
    assert [(r.key, r.span.place.line, r.span.place.column) for r in document.records] == [
        ("10.5555/a1", 4, 12),
        ("10.5555/b2", 7, 28),
    ]
    assert document.records[0].pmid is not None
    assert document.records[0].pmid.value == "123456"
    assert check_list(document) == ()


def test_a_data_file_may_cite_by_pubmed_only() -> None:
    text = "reports:\n  - {pmid: 77}\n  - pmid: '78'\n    doi: 10.5555/c\n"
    document = read_data(text.encode(), "studies/a.yaml")
    assert [r.key for r in document.records or ()] == ["77", "78", "10.5555/c"]


def test_a_workspace_is_its_data_and_its_articles(tmp_path: Path) -> None:
    for name, text in {
        "studies/quist-2001.yaml": STUDY,
        "studies/none-2002.yaml": "id: none-2002\n",
        "articles/oats.md": "Oats help [1].\n",
        "articles/oats.claims.yaml": "- id: a\n",
        "articles/.hidden.md": "x",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    documents = read_workspace(tmp_path)
    assert [document.file for document in documents] == [
        "studies/quist-2001.yaml",
        "articles/oats.md",
    ]


def test_another_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        read_workspace(tmp_path)
    assert str(caught.value) == f"{tmp_path}: no workspace; it has neither studies/ nor articles/"
