"""Identifiers: one spelling, every change listed, nothing that can leave its place in a URL."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidencekit.errors import UsageError
from evidencekit.sources.identifiers import (
    DOI_PATHS,
    DOI_PATTERN,
    DOI_STEPS,
    clean_doi,
    doi_address,
    doi_path,
    normalise_doi,
    normalise_isbn,
    normalise_issn,
    normalise_orcid,
    normalise_pmcid,
    normalise_pmid,
    require_doi,
)

# Shapes that publishers really use; the SICI form has every character that hurts.
SICI = "10.1002/(sici)1096-911x(199805)30:5<297::aid-mpo7>3.0.co;2-a"
ODD = "10.1890/0012-9658(2006)87[2832:tiopma]2.0.co;2"


@pytest.mark.parametrize(
    ("text", "doi", "changes"),
    [
        ("10.1000/abc", "10.1000/abc", ()),
        ("10.1000/ABC", "10.1000/abc", ("lower case",)),
        ("https://doi.org/10.1000/abc", "10.1000/abc", ("address or label removed",)),
        ("http://dx.doi.org/10.1000/abc", "10.1000/abc", ("address or label removed",)),
        ("doi:10.1000/abc", "10.1000/abc", ("address or label removed",)),
        ("DOI: 10.1000/abc", "10.1000/abc", ("address or label removed",)),
        ("info:doi/10.1000/abc", "10.1000/abc", ("address or label removed",)),
        ("10.1000/abc.", "10.1000/abc", ("closing punctuation removed",)),
        ("10.1000/abc).", "10.1000/abc", ("closing punctuation removed",)),
        ("10.1000/a(b)c", "10.1000/a(b)c", ()),
        ("10.1000/a(b)", "10.1000/a(b)", ()),
        ("\u200b10.1000/abc", "10.1000/abc", ("invisible characters removed",)),
        (" 10.1000/abc\n", "10.1000/abc", ("spaces around it removed",)),
        ("10.1000/a&lt;b&gt;c", "10.1000/a<b>c", ("HTML entities decoded",)),
        ("10.1000/a&amp;lt;b&gt;c", "10.1000/a<b>c", ("HTML entities decoded",)),
        ("10.1000%2Fabc", "10.1000/abc", ("percent codes decoded",)),
        ("10.1000/a–b", "10.1000/a-b", ("dashes replaced by hyphens",)),
        ("１０.1000/abc", "10.1000/abc", ("full-width characters replaced",)),
        ("<10.1000/abc>", "10.1000/abc", None),
        (SICI, SICI, ()),
        (ODD, ODD, ()),
        ("10.1175//2572.1", "10.1175//2572.1", ()),
        ("10.1000.10/123", "10.1000.10/123", ()),
    ],
)
def test_cleaning_lists_every_change(text: str, doi: str, changes: tuple[str, ...] | None) -> None:
    cleaned = clean_doi(text)
    assert (cleaned.doi, cleaned.problem) == (doi, "")
    if changes is not None:
        assert cleaned.changes == changes
    assert set(cleaned.changes) <= set(DOI_STEPS)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "does not begin with 10."),
        ("11.1000/abc", "does not begin with 10."),
        ("10.1000", "has no slash"),
        ("10.1000/a b", "holds a space"),
        (
            "10.12/abc",
            "has no number of 4 to 9 digits between 10. and the slash, or nothing after it",
        ),
        (
            "10.1000/",
            "has no number of 4 to 9 digits between 10. and the slash, or nothing after it",
        ),
        ("10.1000/../../etc/passwd", 'has a "." or ".." between slashes'),
        ("10.1000/..\\x", 'has a "." or ".." between slashes'),
        ("10.1000/%2e%2e/x", 'has a "." or ".." between slashes'),
        ("10.1000/%252e%252e/x", 'has a "." or ".." between slashes'),
        ("10.1000/a\r\nHost: x", "holds a control or invisible character"),
        ("10.1000/a%00b", "holds a control or invisible character"),
        ("10.1000/" + "x" * 1024, "is longer than 1024 characters"),
        ("10.1000/" + "x" * 9999, "is longer than 1024 characters"),
        ("10,1016/abc", "does not begin with 10."),
    ],
)
def test_what_is_no_doi_is_refused_with_its_reason(text: str, problem: str) -> None:
    assert (clean_doi(text).doi, clean_doi(text).problem) == ("", problem)


def test_a_user_is_told_what_is_wrong() -> None:
    with pytest.raises(UsageError) as caught:
        require_doi("10.1000")
    message = "'10.1000' is not a DOI: it has no slash; write 10.NUMBER/SUFFIX"
    assert str(caught.value) == message
    assert require_doi("doi: 10.1000/X") == "10.1000/x"


@given(st.text(max_size=60))
def test_cleaning_is_idempotent_and_gives_only_dois(text: str) -> None:
    doi = normalise_doi(text)
    assert normalise_doi(doi) == doi
    assert not doi or DOI_PATTERN.fullmatch(doi)


@given(st.text(alphabet="./\\%2eE0aA<>()[]{}#?;:&\r\n\t\u200b@ ", max_size=40))
def test_no_doi_leaves_its_place_in_a_url(suffix: str) -> None:
    doi = normalise_doi(f"10.1000/{suffix}")
    assert normalise_doi(doi) == doi
    if not doi:
        return
    for service in DOI_PATHS:
        path = doi_path(doi, service)
        assert re.fullmatch(r"[A-Za-z0-9%._~/-]+", path)
        assert not {".", ".."} & set(path.replace("%5C", "/").split("/"))


def test_paths_differ_by_service() -> None:
    assert doi_path("10.1000/a(b)", "crossref") == "10.1000%2Fa%28b%29"
    assert doi_path("10.1000/a(b)", "handle") == "10.1000/a%28b%29"
    assert doi_path(SICI, "handle").endswith("5%3C297%3A%3Aaid-mpo7%3E3.0.co%3B2-a")
    assert doi_address("10.1000/a?b#c") == "https://doi.org/10.1000/a%3Fb%23c"


@pytest.mark.parametrize("doi", ["", "10.1000/ABC", "doi:10.1000/abc", "10.1000/../x"])
def test_a_path_is_made_of_normal_forms_only(doi: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"not a DOI in normal form: {doi!r}")):
        doi_path(doi, "crossref")


@pytest.mark.parametrize(
    ("normalise", "text", "expected"),
    [
        (normalise_pmid, "24679531", "24679531"),
        (normalise_pmid, "PMID: 24679531", "24679531"),
        (normalise_pmid, "https://pubmed.ncbi.nlm.nih.gov/24679531/", "24679531"),
        (normalise_pmid, "007", "7"),
        (normalise_pmid, "0", ""),
        (normalise_pmid, "123456789", ""),
        (normalise_pmid, "٣", ""),
        (normalise_pmcid, "PMC4056765", "PMC4056765"),
        (normalise_pmcid, "pmc4056765.1", "PMC4056765"),
        (normalise_pmcid, "https://pmc.ncbi.nlm.nih.gov/articles/PMC4056765/", "PMC4056765"),
        (normalise_pmcid, "4056765", ""),
        (normalise_issn, "0378-5955", "0378-5955"),
        (normalise_issn, "ISSN 2434561X", "2434-561X"),
        (normalise_issn, "0378-5954", ""),
        (normalise_isbn, "978-0-306-40615-7", "9780306406157"),
        (normalise_isbn, "http://id.crossref.org/isbn/9780306406157", "9780306406157"),
        (normalise_isbn, "0-306-40615-2", "0306406152"),
        (normalise_isbn, "978-0-306-40615-8", ""),
        (normalise_orcid, "https://orcid.org/0000-0002-1825-0097", "0000-0002-1825-0097"),
        (normalise_orcid, "0000-0002-1694-233x", "0000-0002-1694-233X"),
        (normalise_orcid, "0000-0002-1825-0098", ""),
    ],
)
def test_other_identifiers(normalise, text: str, expected: str) -> None:  # type: ignore[no-untyped-def]
    assert normalise(text) == expected
