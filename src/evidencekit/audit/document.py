"""A text that was read for auditing, and how a place in it is found again in its file.

The text is what the reader saw: the file itself for Markdown and plain text,
the words of it for HTML, Word and PDF. Offsets count characters of this text;
`Document.place` turns them into lines and columns of the file.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from evidencekit.errors import Finding, Place, Severity

if TYPE_CHECKING:
    from evidencekit.audit.reference import Reference


LONGEST_EXCERPT = 20_000
"""Characters of a line that a finding shows at most; a longer one helps nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of a document's text: ``text[start:end]``, and its place in the file."""

    start: int
    end: int
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Something about the reading that may have changed the text: a guessed encoding, columns.

    Parameters
    ----------
    what
        A sentence for people, without a full stop.
    at
        Offset into the text; None when it concerns the whole.
    """

    what: str
    at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A stretch of text that leads somewhere."""

    start: int
    end: int
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where the text from offset ``start`` onwards stands in the file; lines count from 1."""

    start: int
    line: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A text that was read, with what is needed to point into its file.

    Parameters
    ----------
    file
        The name shown in findings.
    kind
        A key of ``READERS``: ``"markdown"``, ``"docx"``, ...
    text
        With ``\\n`` line ends and without NUL characters.
    line_starts
        Offsets at which the lines of the text begin.
    line_is
        What a line of the text is in the file: a line, a paragraph (Word) or a
        line of a page (PDF).
    doubts
        What may be wrong with the text.
    raised
        Stretches set as superscript, as (start, end), in order.
    links
        Stretches that lead somewhere, in order.
    origins
        Where stretches of the text stand in the file, in order; empty when text and file agree.
    records
        The references of a file that lists nothing else (BibTeX, RIS, ...);
        None for prose, whose list has to be found.
    """

    file: str
    kind: str
    text: str
    line_starts: tuple[int, ...] = field(repr=False)
    line_is: str = "line"
    doubts: tuple[Doubt, ...] = ()
    raised: tuple[tuple[int, int], ...] = ()
    links: tuple[Link, ...] = ()
    origins: tuple[Origin, ...] = field(default=(), repr=False)
    records: tuple[Reference, ...] | None = None

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines of the text."""
        return tuple(self.text.split("\n"))

    def with_records(self, records: tuple[Reference, ...]) -> Document:
        """The same document as a list of these references."""
        return replace(self, records=records)

    def line_of(self, offset: int) -> int:
        """The line of the text an offset lies in, from 0."""
        return bisect_right(self.line_starts, offset) - 1

    def line_end(self, line: int) -> int:
        """The offset at which a line ends, lines counted from 0."""
        last = line + 1 == len(self.line_starts)
        return len(self.text) if last else self.line_starts[line + 1] - 1

    def line_text(self, line: int) -> str:
        """A line of the text, counted from 0."""
        return self.text[self.line_starts[line] : self.line_end(line)]

    def place(self, start: int, end: int) -> Place:
        """The place of ``text[start:end]``; its end column is that of the first line."""
        line = self.line_of(start)
        length = max(min(end, self.line_end(line)) - start, 0)
        if self.origins:
            index = bisect_right(self.origins, start, key=lambda origin: origin.start) - 1
            origin = self.origins[max(index, 0)]
            column = origin.column + start - origin.start
            return Place(self.file, origin.line, column, column + length)
        column = start - self.line_starts[line] + 1
        return Place(self.file, line + 1, column, column + length)

    def span(self, start: int, end: int) -> Span:
        """A stretch of the text with its place in the file."""
        return Span(start=start, end=end, place=self.place(start, end))

    def finding(
        self,
        code: str,
        title: str,
        at: tuple[int, int] | None = None,
        *,
        detail: str = "",
        remedy: str = "",
        severity: Severity = "error",
    ) -> Finding:
        """A finding about ``text[start:end]``, or about the whole document."""
        if at is None:
            return Finding(code, title, Place(self.file), detail, remedy, severity)
        line = self.line_of(at[0])
        length = self.line_end(line) - self.line_starts[line]
        excerpt = "" if self.origins or length > LONGEST_EXCERPT else self.line_text(line)
        return Finding(code, title, self.place(*at), detail, remedy, severity, excerpt)


def starts_of_lines(text: str) -> tuple[int, ...]:
    """Offsets at which lines begin."""
    starts = [0]
    at = text.find("\n")
    while at >= 0:
        starts.append(at + 1)
        at = text.find("\n", at + 1)
    return tuple(starts)
