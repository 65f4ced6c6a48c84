"""Building the text of a document piece by piece, with what is known of each piece."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field

from evidencekit.audit.document import Document, Doubt, Link, Origin, starts_of_lines


@dataclass(slots=True)
class Builder:
    """Collects the text that a reader finds, block after block.

    Headings are marked as in Markdown, and the numbers that a word processor
    or browser adds to lists are written out.
    """

    pieces: list[str] = field(default_factory=list)
    length: int = 0
    raised: list[tuple[int, int]] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    origins: list[Origin] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)

    @property
    def at_line_start(self) -> bool:
        """Nothing has been written on the present line."""
        return not self.pieces or self.pieces[-1].endswith("\n")

    def write(self, text: str) -> None:
        """Append text."""
        if text:
            self.pieces.append(text)
            self.length += len(text)

    def new_line(self) -> None:
        """End the present line, unless nothing stands on it."""
        if not self.at_line_start:
            self.write("\n")

    def blank(self) -> None:
        """One blank between words."""
        if not self.at_line_start and not self.pieces[-1].endswith((" ", "\t")):
            self.write(" ")

    def raise_from(self, start: int) -> None:
        """What was written since *start* is superscript."""
        if self.length > start:
            self.raised.append((start, self.length))

    def link_from(self, start: int, target: str) -> None:
        """What was written since *start* leads to *target*."""
        if self.length > start and target:
            self.links.append(Link(start=start, end=self.length, target=target))

    def came_from(self, source_starts: tuple[int, ...], offset: int) -> None:
        """What is written next stands at *offset* of the source."""
        line = bisect_right(source_starts, offset)
        column = offset - source_starts[line - 1] + 1
        self.origins.append(Origin(start=self.length, line=line, column=column))

    def document(self, file: str, kind: str, *, line_is: str = "line") -> Document:
        """The document built."""
        text = "".join(self.pieces)
        return Document(
            file=file,
            kind=kind,
            text=text,
            line_starts=starts_of_lines(text),
            line_is=line_is,
            doubts=tuple(self.doubts),
            raised=tuple(sorted(self.raised)),
            links=tuple(sorted(self.links, key=lambda link: link.start)),
            origins=tuple(self.origins),
        )
