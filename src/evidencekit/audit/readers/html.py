"""HTML pages: their words, with headings, list numbers, superscripts and links."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from evidencekit.audit.document import Document, starts_of_lines
from evidencekit.audit.readers.build import Builder
from evidencekit.audit.readers.decoding import decode
from evidencekit.audit.readers.tags import Tag, attributes, shown
from evidencekit.errors import FileError

_BLOCKS_TEXT = (
    "address article aside blockquote body caption center dd details dialog div dl dt "
    "fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html li main nav "
    "ol p pre section summary table tbody tfoot thead tr ul br"
)
_BLOCKS = frozenset(_BLOCKS_TEXT.split())
_PIECES = re.compile(
    r"(?P<blank>[ \t\n\f\v]+)|(?P<entity>&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|\w{2,31});)"
)
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([A-Za-z0-9_-]{3,20})", re.IGNORECASE)


@dataclass(slots=True)
class _Page:
    """What is open while a page is read."""

    source: str
    starts: tuple[int, ...]
    out: Builder = field(default_factory=Builder)
    lists: list[int | None] = field(default_factory=list)
    """Numbers of the last item of each open list; None for lists without numbers."""
    raised_from: list[int] = field(default_factory=list)
    links_from: list[tuple[int, str]] = field(default_factory=list)
    kept: int = 0
    """Depth of elements whose line ends are shown."""
    shift: int | None = None


def read_html(data: bytes, file: str) -> Document:
    """An HTML page. Places are those of the source.

    Raises
    ------
    FileError
        Nothing of the page is text.
    """
    source, doubts = decode(_as_utf8(data), file)
    page = _Page(source, starts_of_lines(source))
    page.out.doubts.extend(doubts)
    for tag in shown(source):
        if not tag.name:
            _text(page, tag)
        elif tag.closing:
            _close(page, tag)
        else:
            _open(page, tag)
    if not any(piece.strip() for piece in page.out.pieces):
        raise FileError(
            f"{file}: the page shows no text; it may be built by a script. "
            "Save it from a browser, or audit its PDF."
        )
    return page.out.document(file, "html")


def _as_utf8(data: bytes) -> bytes:
    """The bytes in UTF-8 when the page declares another encoding that they follow."""
    declared = _CHARSET.search(data, 0, 2048)
    if declared and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        name = declared[1].decode("ascii").lower()
        if name not in {"utf-8", "utf8"}:
            try:
                return data.decode(name).encode("utf-8")
            except (LookupError, UnicodeError):
                return data
    return data


def _text(page: _Page, tag: Tag) -> None:
    """Write the text of a stretch, blanks collapsed and entities read."""
    at = tag.start
    for match in _PIECES.finditer(page.source, tag.start, tag.end):
        _write(page, page.source[at : match.start()], at)
        if match["entity"]:
            _write(page, html.unescape(match["entity"]), match.start(), same_length=False)
        elif page.kept and "\n" in match["blank"]:
            page.out.write("\n")
        else:
            page.out.blank()
        at = match.end()
    _write(page, page.source[at : tag.end], at)


def _write(page: _Page, text: str, offset: int, *, same_length: bool = True) -> None:
    if not text:
        return
    if page.shift != offset - page.out.length or not page.out.origins:
        page.out.came_from(page.starts, offset)
    page.shift = offset - page.out.length
    page.out.write(text)
    if not same_length:
        page.shift = None


def _synthetic(page: _Page, text: str, tag: Tag) -> None:
    """Text that a browser adds, such as the number of an item."""
    page.out.came_from(page.starts, tag.start)
    page.shift = None
    page.out.write(text)


def _open(page: _Page, tag: Tag) -> None:
    name = tag.name
    if name in _BLOCKS:
        page.out.new_line()
        page.shift = None
    if re.fullmatch("h[1-6]", name):
        _synthetic(page, "#" * int(name[1]) + " ", tag)
    elif name in {"ol", "ul"}:
        start = _whole(attributes(page.source, tag).get("start", "1"))
        page.lists.append(start - 1 if name == "ol" else None)
    elif name == "li":
        _item(page, tag)
    elif name == "sup":
        page.raised_from.append(page.out.length)
    elif name == "a":
        target = html.unescape(attributes(page.source, tag).get("href", ""))
        page.links_from.append((page.out.length, target))
    elif name in {"pre", "textarea"}:
        page.kept += 1
    elif name in {"td", "th"}:
        page.out.blank()


def _item(page: _Page, tag: Tag) -> None:
    number = page.lists[-1] if page.lists else None
    if number is None:
        _synthetic(page, "- ", tag)
        return
    given = attributes(page.source, tag).get("value")
    number = _whole(given) if given else number + 1
    page.lists[-1] = number
    _synthetic(page, f"{number}. ", tag)


def _whole(text: str) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,6}", text.strip()) else 1


def _close(page: _Page, tag: Tag) -> None:
    name = tag.name
    if name in _BLOCKS:
        page.out.new_line()
        page.shift = None
    if name in {"ol", "ul"} and page.lists:
        page.lists.pop()
    elif name == "sup" and page.raised_from:
        page.out.raise_from(page.raised_from.pop())
    elif name == "a" and page.links_from:
        page.out.link_from(*page.links_from.pop())
    elif name in {"pre", "textarea"} and page.kept:
        page.kept -= 1
