"""RIS and NBIB are lines of a tag, a hyphen and a value; this reads both into records of tags."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from evidencekit.sources.cleaning import squeeze
from evidencekit.sources.interchange import ImportProblem

# RIS has two blanks before the hyphen; writers differ. NBIB pads its tags to four letters.
_LINE: Final = re.compile(r"([A-Z][A-Z0-9]{1,3}) {0,3}- ?(.*)", re.ASCII)


@dataclass(slots=True)
class TaggedRecord:
    """Values by tag, in order, and the line on which the record begins."""

    line: int
    values: dict[str, list[str]] = field(default_factory=dict)

    def all(self, *tags: str) -> list[str]:
        """Every value of the tags, in the order of the tags given."""
        return [value for tag in tags for value in self.values.get(tag, [])]

    def first(self, *tags: str) -> str:
        """The first value of the first tag that has one; empty when none has."""
        return next(iter(self.all(*tags)), "")


def read_tagged(
    text: str, *, begins: str, ends: str = ""
) -> tuple[list[TaggedRecord], list[ImportProblem]]:
    """Records of a file.

    Parameters
    ----------
    begins, ends
        Tags with which a record begins and ends.

    Notes
    -----
    A line without a tag continues the value before it; before the first record it is a
    heading of the program that wrote the file, and is left out.
    """
    records: list[TaggedRecord] = []
    problems: list[ImportProblem] = []
    current: TaggedRecord | None = None
    tag = ""
    # Not splitlines(): a form feed or U+2028 inside a value is no line end here.
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text.removeprefix("\ufeff")), 1):
        found = _LINE.fullmatch(line)
        if found and found[1] == begins:
            if current is not None and ends:
                problems.append(
                    ImportProblem(text=f"no {ends} line ends this record", line=current.line)
                )
            current = TaggedRecord(number)
            records.append(current)
        if found and found[1] == ends:
            current = None
        elif current is not None and found:
            tag = found[1]
            current.values.setdefault(tag, []).append(squeeze(found[2]))
        elif current is not None and tag and line.strip():
            current.values[tag][-1] = squeeze(f"{current.values[tag][-1]} {line}")
        elif found:
            problems.append(ImportProblem(text=f"a {found[1]} line outside a record", line=number))
    if current is not None and ends:
        problems.append(ImportProblem(text=f"no {ends} line ends this record", line=current.line))
    return records, problems
