"""Word documents: paragraphs with the numbers, headings and superscripts that Word shows."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zlib import error as ZlibError

from evidencekit.audit.document import Document
from evidencekit.audit.readers.build import Builder
from evidencekit.audit.readers.decoding import LARGEST, refuse_large
from evidencekit.audit.readers.word_numbers import Numbers, read_numbers
from evidencekit.audit.readers.xml_names import attribute, child, local
from evidencekit.errors import FileError
from evidencekit.sources.safe_xml import MalformedXml, UnsafeXml, parse_xml

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_MAIN = "word/document.xml"
_RELATIONS = "word/_rels/document.xml.rels"
# An archive that is cut, encrypted or packed in an unusual way fails in any of these.
_BROKEN_ARCHIVE = (
    zipfile.BadZipFile,
    ZlibError,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    KeyError,
    struct.error,
)
_HEADING = re.compile(
    r"(?:heading|kop|(?:ü|u)?berschrift|titre|t[ií]tulo|titolo)\s*([1-6])", re.IGNORECASE
)
_UNSHOWN = frozenset(
    {"del", "moveFrom", "Fallback", "instrText", "delText", "rPr", "pPr", "sectPr"}
)
_CHARACTERS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "softHyphen": ""}
_NOTES = {"footnoteReference": "footnotes", "endnoteReference": "endnotes"}


@dataclass(slots=True)
class _Word:
    """What is needed while the paragraphs are walked."""

    out: Builder = field(default_factory=Builder)
    numbers: Numbers = field(default_factory=Numbers)
    targets: dict[str, str] = field(default_factory=dict)


def read_docx(data: bytes, file: str) -> Document:
    """A Word document; a line of the text is a paragraph, or what a manual break leaves of it.

    Deleted text of tracked changes and field codes are left out; notes follow
    the text as ``[^1]: ...``.

    Raises
    ------
    FileError
        The file is no Word document, broken, or holds no text.
    """
    refuse_large(data, file)
    parts = _parts(data, file)
    word = _Word(
        numbers=read_numbers(parts.get("word/numbering.xml"), parts.get("word/styles.xml")),
        targets=_targets(parts.get(_RELATIONS)),
    )
    _walk(parts[_MAIN], word)
    for kind in _NOTES.values():
        _notes(parts.get(f"word/{kind}.xml"), kind, word)
    if not any(piece.strip() for piece in word.out.pieces):
        raise FileError(f"{file}: the document holds no text. Pictures of text cannot be read.")
    return word.out.document(file, "docx", line_is="paragraph")


def _parts(data: bytes, file: str) -> dict[str, Element]:
    """The XML parts that are read, by name."""
    wanted = {_MAIN, _RELATIONS, "word/numbering.xml", "word/styles.xml"}
    wanted |= {f"word/{kind}.xml" for kind in _NOTES.values()}
    found: dict[str, Element] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = wanted & set(archive.namelist())
            if sum(archive.getinfo(name).file_size for name in names) > LARGEST:
                raise FileError(f"{file}: it unpacks to more than {LARGEST // 2**20} MB.")
            for name in sorted(names):
                found[name] = parse_xml(archive.read(name))
    except (MalformedXml, UnsafeXml) as error:
        raise FileError(f"{file}: the document is damaged ({error}). Save it again.") from error
    except _BROKEN_ARCHIVE as error:
        message = f"{file}: not a readable Word document ({error}). Save it again."
        raise FileError(message) from error
    if _MAIN not in found:
        raise FileError(f"{file}: not a Word document; it holds no {_MAIN}.")
    return found


def _targets(relations: Element | None) -> dict[str, str]:
    """Addresses of hyperlinks by relation id."""
    if relations is None:
        return {}
    return {entry.get("Id", ""): entry.get("Target", "") for entry in relations}


def _walk(element: Element, word: _Word) -> None:
    name = local(element)
    if name in _UNSHOWN:
        return
    handler = _HANDLERS.get(name)
    if handler:
        handler(element, word)
    elif name in _CHARACTERS:
        word.out.write(_CHARACTERS[name])
    else:
        for entry in element:
            _walk(entry, word)


def _paragraph(element: Element, word: _Word) -> None:
    out = word.out
    if not out.at_line_start:
        out.write("\n")
    properties = child(element, "pPr")
    if properties is not None:
        style = child(properties, "pStyle")
        style_name = attribute(style, "val") if style is not None else ""
        heading = _HEADING.search(style_name)
        if heading:
            out.write("#" * int(heading[1]) + " ")
        out.write(word.numbers.next_label(properties, style_name))
    for entry in element:
        _walk(entry, word)
    out.write("\n")


def _run(element: Element, word: _Word) -> None:
    start = word.out.length
    for entry in element:
        _walk(entry, word)
    properties = child(element, "rPr")
    if properties is not None:
        position = child(properties, "vertAlign")
        if position is not None and attribute(position, "val") == "superscript":
            word.out.raise_from(start)


def _hyperlink(element: Element, word: _Word) -> None:
    start = word.out.length
    for entry in element:
        _walk(entry, word)
    word.out.link_from(start, word.targets.get(attribute(element, "id"), ""))


def _letters(element: Element, word: _Word) -> None:
    word.out.write((element.text or "").replace("\n", " "))


def _note_mark(element: Element, word: _Word) -> None:
    word.out.write(f"[^{attribute(element, 'id')}]")


def _notes(root: Element | None, kind: str, word: _Word) -> None:
    """The notes of a part, each on a line; Word's own separators have a type."""
    for note in root if root is not None else ():
        if attribute(note, "type") in {"", "normal"}:
            word.out.new_line()
            word.out.write(f"[^{attribute(note, 'id')}]: ")
            separate = Builder()
            _walk(note, _Word(out=separate, numbers=word.numbers, targets=word.targets))
            word.out.write(" ".join("".join(separate.pieces).split()))
            word.out.write("\n")


_HANDLERS: dict[str, Callable[[Element, _Word], None]] = {
    "p": _paragraph,
    "r": _run,
    "t": _letters,
    "hyperlink": _hyperlink,
    "footnoteReference": _note_mark,
    "endnoteReference": _note_mark,
}
