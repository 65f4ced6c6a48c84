"""Reading files: what is found in them, and what is said of those that cannot be read."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pypdf
import pytest

from audit.documents import LINES, docx, paragraph, pdf
from evidencekit.audit.against import check_list
from evidencekit.audit.readers import READERS, kind_of, read_bytes, read_document
from evidencekit.audit.references import references_of
from evidencekit.errors import FileError, UsageError

# Encodings


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(encoding: str, end: str) -> None:
    text = "Müsli helpt【1】.\n第二行\n"
    document = read_bytes(text.replace("\n", end).encode(encoding), "a.txt")
    assert document.text == text
    assert document.doubts == ()
    assert document.line_starts == (0, 16, 20)


def test_other_encodings_are_guessed_and_said() -> None:
    document = read_bytes("Een\ncafé".encode("cp1252"), "a.txt")
    assert document.text == "Een\ncafé"
    (doubt,) = document.doubts
    assert doubt.what == (
        "byte 0xe9 in line 2 is not UTF-8; the file was read as Windows-1252, "
        "so accented letters are a guess"
    )


def test_control_characters_are_replaced_one_for_one() -> None:
    document = read_bytes(b"a\x00b\x01c [1]", "a.txt")
    assert document.text == "a\ufffdb\ufffdc [1]"
    (doubt,) = document.doubts
    assert (doubt.what, doubt.at) == ("2 control characters replaced, the first one NUL", 1)


def test_hidden_directions_are_told() -> None:
    (doubt,) = read_bytes("safe \u202etxt.exe".encode(), "a.txt").doubts
    assert (doubt.what, doubt.at) == (
        "characters that turn the direction of writing; what is shown may differ",
        5,
    )


# HTML

PAGE = """<!DOCTYPE html><html><head><title>Not shown</title><style>p{}</style></head>
<body><script>var a = "<p>[9]</p>";</script>
<h1>Oats &amp; sleep</h1>
<p>Oats   help<sup>1</sup>
and milk too [2].<!-- [7] --></p>
<h2>References</h2>
<ol><li>Quist, A. (2001). <i>Oats</i>. Journal of Oats, 1(2), 3-9.
<a href="https://doi.org/10.5555/a1">Link</a></li>
<li>Solo, M. (2002). Milk. Milk Letters, 4, 55&ndash;61.</li></ol>
</body></html>
"""


def test_a_page_is_read_as_it_is_shown() -> None:
    document = read_bytes(PAGE.encode(), "a.html")
    assert document.lines == (
        "# Oats & sleep",
        "Oats help1 and milk too [2].",
        "## References",
        "1. Quist, A. (2001). Oats. Journal of Oats, 1(2), 3-9. Link",
        "2. Solo, M. (2002). Milk. Milk Letters, 4, 55–61.",
        "",
    )
    assert [document.text[a:b] for a, b in document.raised] == ["1"]
    references = references_of(document).references
    assert [r.number for r in references] == [1, 2]
    assert references[0].doi is not None
    assert references[0].doi.value == "10.5555/a1"


def test_places_are_those_of_the_source() -> None:
    document = read_bytes(PAGE.encode(), "a.html")
    lines = PAGE.split("\n")
    first, second = references_of(document).references
    for cited, shown in (
        (first.volume, "1"),
        (first.container, "Journal of Oats"),
        (first.year, "2001"),
        (second.title, "Milk"),
        (second.volume, "4"),
    ):
        assert cited is not None
        place = cited.span.place if cited.span else None
        assert place is not None
        assert lines[place.line - 1][place.column - 1 : place.end_column - 1] == shown


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<html><p>a<b", "a<b"),
        ("<html>1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("<html><p title='>'>a</p>", "a\n"),
        ("<html><script>x", "x"),
        ("<html><!-- never closed <p>a</p>", "<!-- never closed \na\n"),
        ("<html><p>a&nosuch;b&#0;c&#x110000;</p>", "a&nosuch;b\ufffdc\ufffd\n"),
        ("<html><pre>a\n  b</pre>", "a\nb\n"),
        ("<html><ul><li>a<li>b</ul><ol start=5><li>c<li value=9>d</ol>", "- a\n- b\n5. c\n9. d\n"),
        ("<html><table><tr><td>a<td>b<tr><td>c</table>", "a b\nc\n"),
        ("<html><p>a<br>b", "a\nb"),
    ],
)
def test_broken_and_unusual_pages(page: str, text: str) -> None:
    assert read_bytes(page.encode(), "a.html").text == text


def test_a_declared_encoding_is_used() -> None:
    page = '<html><meta charset="iso-8859-2"><p>Szőcs</p>'.encode("iso-8859-2")
    document = read_bytes(page, "a.html")
    assert (document.text, document.doubts) == ("Szőcs\n", ())


# Word


def test_a_word_document() -> None:
    numbered = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    body = (
        paragraph("Oats", '<w:pStyle w:val="Heading1"/>')
        + "<w:p><w:r><w:t>Oats</w:t><w:tab/><w:t>help [1]</w:t><w:br/><w:t>and</w:t></w:r>"
        "<w:del><w:r><w:delText>never</w:delText></w:r></w:del>"
        '<w:r><w:t> milk</w:t><w:footnoteReference w:id="2"/></w:r></w:p>'
        + paragraph("References", '<w:pStyle w:val="Kop2"/>')
        + paragraph(LINES[0], numbered)
        + paragraph(LINES[1].replace("&", "&amp;"), numbered)
        + '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="2"/></w:numPr></w:pPr>'
        '<w:hyperlink r:id="r7"><w:r><w:t>Tea, 2003.</w:t></w:r></w:hyperlink></w:p>'
    )
    numbering = (
        "<w:numbering W!>"
        '<w:abstractNum w:abstractNumId="5"><w:lvl w:ilvl="0"><w:start w:val="1"/>'
        '<w:numFmt w:val="decimal"/><w:lvlText w:val="[%1]"/></w:lvl></w:abstractNum>'
        '<w:abstractNum w:abstractNumId="6"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/>'
        '<w:lvlText w:val="x"/></w:lvl></w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="5"/></w:num>'
        '<w:num w:numId="2"><w:abstractNumId w:val="6"/></w:num></w:numbering>'
    )
    notes = (
        '<w:footnotes W!><w:footnote w:type="separator" w:id="0"><w:p/></w:footnote>'
        '<w:footnote w:id="2"><w:p><w:r><w:t>A note.</w:t></w:r></w:p></w:footnote></w:footnotes>'
    )
    rels = (
        '<Relationships><Relationship Id="r7" Target="https://doi.org/10.5555/t"/></Relationships>'
    )
    document = read_bytes(docx(body, numbering=numbering, footnotes=notes, rels=rels), "a.docx")
    assert document.lines == (
        "# Oats",
        "Oats\thelp [1]",
        "and milk[^2]",
        "## References",
        f"[1] {LINES[0]}",
        f"[2] {LINES[1]}",
        "- Tea, 2003.",
        "[^2]: A note.",
        "",
    )
    assert [link.target for link in document.links] == ["https://doi.org/10.5555/t"]
    assert document.line_is == "paragraph"


def test_numbers_by_style_and_of_deeper_levels() -> None:
    def item(level: int) -> str:
        numbers = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr>'
        return paragraph("a", numbers)

    levels = "".join(
        f'<w:lvl w:ilvl="{n}"><w:start w:val="3"/><w:lvlText w:val="%{n + 1}."/></w:lvl>'
        for n in (0, 1)
    )
    numbering = (
        f'<w:numbering W!><w:abstractNum w:abstractNumId="5">{levels}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="5"/></w:num></w:numbering>'
    )
    styles = (
        '<w:styles W!><w:style w:styleId="Entry"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr>'
        "</w:pPr></w:style></w:styles>"
    )
    body = item(0) + item(1) + item(1) + item(0) + item(1)
    body += paragraph("b", '<w:pStyle w:val="Entry"/>')
    document = read_bytes(docx(body, numbering=numbering, styles=styles), "a.docx")
    assert document.lines == ("3. a", "3. a", "4. a", "4. a", "3. a", "5. b", "")


# PDF


def test_a_pdf_with_text() -> None:
    pages = (
        ("Journal of Oats 12", "Oats help [1], milk too [2]. A frac-", "tion of tea.", "1"),
        ("Journal of Oats 13", "References", f"[1] {LINES[0]}", "2"),
        ("Journal of Oats 14", f"[2] {LINES[1]}", "Written in spring.", "3"),
    )
    document = read_bytes(pdf(*pages), "a.pdf")
    assert "Journal of Oats 13" not in document.text
    assert "A fraction of tea." in document.text
    assert [doubt.what for doubt in document.doubts] == [
        "the text of a PDF has no sure order: columns, line ends, tables and raised numbers "
        "may be read wrongly",
        "1 word was joined where a hyphen ended a line",
    ]
    listed = references_of(document)
    assert [r.number for r in listed.references] == [1, 2]
    assert {f.code for f in check_list(document)} == {"EK158"}


def test_pages_without_text_are_told() -> None:
    document = read_bytes(pdf(("Oats help.",), ()), "a.pdf")
    assert document.doubts[1].what == "pages without text, perhaps pictures: 2"


# What cannot be read


def encrypted() -> bytes:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    writer.encrypt("secret", algorithm="RC4-40")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def other_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
    return buffer.getvalue()


UNREADABLE = {
    "empty": (b" \n", "a.md", "a.md: the file is empty. Give an article or a list of references."),
    "not the encoding": (
        b"\xff\xfea",
        "a.md",
        "a.md: it announces UTF-16, but byte 3 is not. Save it as UTF-8.",
    ),
    "no text in the page": (
        b"<html><body><div id=app></div></body></html>",
        "a.html",
        "a.html: the page shows no text; it may be built by a script. "
        "Save it from a browser, or audit its PDF.",
    ),
    "broken archive": (
        b"PK\x03\x04 and no more",
        "a.docx",
        "a.docx: not a readable Word document (File is not a zip file). Save it again.",
    ),
    "another archive": (
        other_zip(),
        "a.docx",
        "a.docx: not a Word document; it holds no word/document.xml.",
    ),
    "no text in the document": (
        docx("<w:p/>"),
        "a.docx",
        "a.docx: the document holds no text. Pictures of text cannot be read.",
    ),
    "scan": (
        pdf((), ()),
        "a.pdf",
        "a.pdf: no page has a text layer; it may be a scan. "
        "Run text recognition on it, or give the text.",
    ),
    "encrypted": (
        encrypted(),
        "a.pdf",
        "a.pdf: the PDF is encrypted. Save it without a password.",
    ),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_unreadable_files(name: str) -> None:
    data, file, message = UNREADABLE[name]
    with pytest.raises(FileError) as caught:
        read_bytes(data, file)
    assert str(caught.value) == message


def test_damaged_files_of_every_kind_are_errors() -> None:
    with pytest.raises(FileError, match=r"^a\.docx: the document is damaged \("):
        read_bytes(docx("<w:p>"), "a.docx")
    with pytest.raises(FileError, match=r"^a\.docx: the document is damaged \("):
        read_bytes(docx("<w:p/>", numbering="<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"), "a.docx")
    with pytest.raises(FileError, match=r"^a\.pdf: the PDF cannot be read \("):
        read_bytes(b"%PDF-1.4 and no more", "a.pdf")


def test_large_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evidencekit.audit.readers.decoding.LARGEST", 2**20)
    with pytest.raises(FileError) as caught:
        read_bytes(b"a" * (2**20 + 1), "a.md")
    message = "a.md: 1 MB; at most 1 MB are read. Audit its chapters one by one."
    assert str(caught.value) == message


def test_files_and_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.md"
    file.write_text("Oats [1].", encoding="utf-8")
    assert read_document(file).text == "Oats [1]."
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(PAGE.encode())))
    assert (read := read_document("-")).kind == "html"
    assert read.file == "-"
    with pytest.raises(FileError) as caught:
        read_document(tmp_path / "none.md")
    name = tmp_path / "none.md"
    assert (
        str(caught.value) == f"{name}: cannot be read (No such file or directory). Check the path."
    )
    with pytest.raises(UsageError) as refused:
        read_document(tmp_path)
    assert str(refused.value) == f"{tmp_path}: is a folder; give a file"


@pytest.mark.parametrize(
    ("file", "data", "kind"),
    [
        ("a.MD", b"", "markdown"),
        ("a.txt", b"<html>", "text"),
        ("-", b"%PDF-1.7", "pdf"),
        ("-", b"PK\x03\x04", "docx"),
        ("-", b"\xef\xbb\xbf <!DOCTYPE html>", "html"),
        ("-", b"Oats", "text"),
        ("README", b"Oats", "text"),
    ],
)
def test_formats_are_recognised(file: str, data: bytes, kind: str) -> None:
    assert kind_of(file, data) == kind


def test_an_unknown_suffix_is_refused() -> None:
    with pytest.raises(UsageError) as caught:
        kind_of("a.xyz")
    known = ", ".join(s for reader in READERS.values() for s in reader.suffixes if s)
    assert str(caught.value) == f"a.xyz: files ending in .xyz are not read; give one of {known}"
