"""No input crashes an audit: it gives findings or an error that says what is wrong."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.documents import LINES, docx, paragraph, pdf
from evidencekit.audit.against import check_list, compare
from evidencekit.audit.document import Document
from evidencekit.audit.readers import READERS, read_bytes
from evidencekit.errors import FileError, Finding

ARTICLE = (Path(__file__).parent / "article.nl.txt").read_text(encoding="utf-8")
PIECES = (
    *("[1]", "【9】", "¹", "^2^", "<sup>3</sup>", "[@a]", "\\cite{b}", "(Li, 2020)", "[^1]"),
    *("[^1]: ", "\n# References\n", "\n1. ", "\n- [2] ", "\n---\n", "```\n", "10.5555/a", "et al."),
    *("https://doi.org/", "Li, L. (2020). Oats. *Oats, 1*(2), 3-4.", "PMID: 1", "&amp;", "<p>"),
    *("</ol>", "\x00", "\u202e", "\u200b", "الشوفان", "燕麦［1］", "\r\n", "\ufeff", "\ud7ff", "𝟏"),
    *("٣", "²", "Ⅷ", "(", "]"),
)


def judged(data: bytes, kind: str) -> tuple[Finding, ...]:
    """The findings of some bytes; every place lies in the text, every text can be written."""
    try:
        document = read_bytes(data, "a", kind=kind)
    except FileError as error:
        refused = str(error)
    else:
        return _findings(document)
    assert refused.startswith("a")
    return ()


def _findings(document: Document) -> tuple[Finding, ...]:
    findings = check_list(document)
    for finding in findings:
        str(finding).encode("utf-8")
    _consistent(document)
    return findings


def _consistent(document: Document) -> None:
    compared = compare(document)
    for reference in compared.references:
        assert document.text[reference.span.start : reference.span.end] == reference.raw
        for name in ("authors", "year", "title", "container", "volume", "issue", "pages", "doi"):
            cited = getattr(reference, name)
            if cited and cited.span:
                assert reference.span.start <= cited.span.start < cited.span.end
                assert cited.span.end <= reference.span.end
    for citation in compared.citations:
        start, end = citation.span.start, citation.span.end
        assert document.text[start:end] == citation.marker


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=12), max_size=40), st.data())
def test_texts_of_odd_pieces(pieces: list[str], data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["markdown", "text", "html"]))
    judged("".join(pieces).encode("utf-8", "surrogatepass"), kind)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_mangled_articles(data: st.DataObject) -> None:
    text = ARTICLE
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(text)))
        length = data.draw(st.integers(0, 400))
        text = text[:at] + data.draw(st.sampled_from(PIECES)) + text[at + length :]
    judged(text.encode("utf-8", "surrogatepass"), data.draw(st.sampled_from(["text", "html"])))


WHOLE = {
    "docx": docx("".join(paragraph(line.replace("&", "&amp;")) for line in ("References", *LINES))),
    "pdf": pdf(("Oats [1].", "References", *LINES)),
    "bibtex": b"@article{a, title={Oats}, year=2001, doi={10.5555/a}}",
    "ris": b"TY  - JOUR\nTI  - Oats\nDO  - 10.5555/a\nER  - \n",
    "nbib": b"PMID- 1\nTI  - Oats\nAID - 10.5555/a [doi]\n",
    "csl": b'[{"id": "a", "title": "Oats", "DOI": "10.5555/a"}]',
    "csv": b"doi,title\n10.5555/a,Oats\n",
    "html": b"<html><p>Oats [1].<h2>References</h2><ol><li>Li L. Oats. 2001;1:2.</ol>",
    "markdown": ARTICLE.encode(),
    "text": ARTICLE.encode("utf-16"),
}


def test_every_reader_is_mangled() -> None:
    assert set(WHOLE) == set(READERS)


@pytest.mark.parametrize("kind", WHOLE)
@settings(max_examples=40, deadline=None)
@given(st.data())
def test_damaged_bytes_of_every_format(kind: str, data: st.DataObject) -> None:
    damaged = bytearray(WHOLE[kind])
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(damaged)))
        damaged[at : at + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=6))
    judged(bytes(damaged), kind)


LONG = {
    "open brackets": "[1",
    "open parentheses": "(Li, 2020",
    "stars": "*_",
    "tags": "<a x='",
    "comments": "<!--",
    "fences": "```\n",
    "headings": "# References\n",
    "entries": "1. Li L. Oats. J Oats. 2001;3:4.\n",
    "one long entry": "Li L, Ma K, ",
    "stops": ". ",
    "identifiers": "10.5555/a\n",
    "words": "Van Der Meer ",
    "marks on one line": "燕麦［1］。Oats [2]. ",
}


@pytest.mark.parametrize("name", LONG)
def test_time_grows_with_length_only(name: str) -> None:
    def seconds(size: int) -> float:
        begin = "# References\n1. Li L. Oats 2001 " if name == "one long entry" else "x "
        text = begin + LONG[name] * (size // len(LONG[name]))
        start = time.process_time()
        for kind in ("markdown", "html"):
            judged(text.encode(), kind)
        return time.process_time() - start

    seconds(2_000)
    short, long = seconds(8_000), seconds(64_000)
    # Eight times the text; quadratic time would be sixty-four times as long.
    assert long < 30 * max(short, 0.01)
