"""DOIs in text: contexts of every kind give the DOI back, whole and alone."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidencekit.sources.dois_in_text import doi_alternatives, find_dois

DOIS = (
    "10.1016/j.cell.2014.03.011",
    "10.1016/s0140-6736(97)11096-0",
    "10.1002/(sici)1096-911x(199805)30:5<297::aid-mpo7>3.0.co;2-a",
    "10.1890/0012-9658(2006)87[2832:tiopma]2.0.co;2",
    "10.1175//2572.1",
    "10.1155/2020/8734140",
)
CONTEXTS = (
    "{}", "see {}.", "({})", "[{}]", "<{}>", "doi:{},", "https://doi.org/{}", "“{}”", "'{}'",
    "[text](https://doi.org/{}).", '<a href="https://doi.org/{}">', "{}; and", "**{}**", "`{}`",
    "<b>{}</b>", "DOI{}", "{}</a><br>", "{}\u200b",
)  # fmt: skip


@pytest.mark.parametrize("doi", DOIS)
@pytest.mark.parametrize("context", CONTEXTS)
def test_a_doi_is_found_whole_and_alone(doi: str, context: str) -> None:
    text = context.format(doi)
    (found,) = find_dois(text)
    assert found.doi == doi
    assert text[found.start : found.end] == doi


def test_several_are_told_apart() -> None:
    text = "10.1000/a,10.1000/b;https://doi.org/10.1000/c 10.1000/d"
    assert [found.doi for found in find_dois(text)] == [f"10.1000/{x}" for x in "abcd"]


@pytest.mark.parametrize(
    "text", ["", "110.1000/a", "1.10.1000/a", "10.1000", "10.10/a", "10.1000/."]
)
def test_what_is_no_doi_is_not_found(text: str) -> None:
    assert find_dois(text) == ()


def test_encoded_dois_are_found_and_the_change_is_named() -> None:
    (found,) = find_dois("https://doi.org/10.1016%2Fs0140-6736%2897%2911096-0")
    assert found.doi == "10.1016/s0140-6736(97)11096-0"
    assert found.changes == ("percent codes decoded",)


@pytest.mark.parametrize(
    ("doi", "expected"),
    [
        ("10.1101/343202v1.full", ("10.1101/343202v1", "10.1101/343202")),
        ("10.1101/343202v2", ("10.1101/343202",)),
        ("10.1000/abc/full", ("10.1000/abc",)),
        ("10.1000/abc.pdf?x=1", ("10.1000/abc.pdf",)),
        ("10.1000/abc#sec2", ("10.1000/abc",)),
        ("10.1000/abc", ()),
        ("10.1000/?x", ()),
    ],
)
def test_the_end_of_an_address_is_cut_as_an_alternative_only(
    doi: str, expected: tuple[str, ...]
) -> None:
    assert doi_alternatives(doi) == expected
    (found,) = find_dois(doi) if expected else (None,)
    assert found is None or (found.doi, found.alternatives) == (doi, expected)


@given(st.text(alphabet="10./%2F<>()[]ab,; \n", max_size=60))
def test_what_is_found_stands_there(text: str) -> None:
    found = find_dois(text)
    for one, following in pairwise(found):
        assert one.end <= following.start
    assert all(find_dois(text[f.start : f.end])[0].doi == f.doi for f in found)
