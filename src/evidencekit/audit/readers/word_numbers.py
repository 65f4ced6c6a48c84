"""The numbers that Word puts before paragraphs of a list, which are not in its text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from evidencekit.audit.readers.xml_names import attribute, child, local

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A level of a list: how its numbers look and where they begin."""

    kind: str = "decimal"
    pattern: str = "%1."
    start: int = 1


@dataclass(slots=True)
class Numbers:
    """The levels of every list by (list, level), and the numbers given so far."""

    levels: dict[tuple[str, int], Level] = field(default_factory=dict)
    by_style: dict[str, tuple[str, int]] = field(default_factory=dict)
    given: dict[tuple[str, int], int] = field(default_factory=dict)

    def next_label(self, properties: Element, style: str) -> str:
        """The label of the next paragraph of such properties: ``"3. "``, ``"- "``, or nothing."""
        numbering = child(properties, "numPr")
        if numbering is not None:
            number, level = _val(child(numbering, "numId")), _val(child(numbering, "ilvl"))
            key = (number, int(level) if level.isdigit() else 0)
        elif style in self.by_style:
            key = self.by_style[style]
        else:
            return ""
        known = self.levels.get(key)
        if known is None or known.kind == "none":
            return ""
        if known.kind == "bullet":
            return "- "
        count = self.given.get(key, known.start - 1) + 1
        self.given[key] = count
        for deeper in [other for other in self.given if other[0] == key[0] and other[1] > key[1]]:
            del self.given[deeper]
        # Letters and Roman numerals are no reference numbers; their counting is all that matters.
        shown = str(count)
        return re.sub(r"%\d", "", known.pattern.replace(f"%{key[1] + 1}", shown)).strip() + " "


def read_numbers(numbering: Element | None, styles: Element | None) -> Numbers:
    """The lists that a document defines."""
    numbers = Numbers()
    if numbering is None:
        return numbers
    abstract = {attribute(e, "abstractNumId"): e for e in numbering if local(e) == "abstractNum"}
    for entry in numbering:
        if local(entry) == "num":
            number = attribute(entry, "numId")
            base = abstract.get(_val(child(entry, "abstractNumId")))
            for level in base if base is not None else ():
                if local(level) == "lvl" and attribute(level, "ilvl").isdigit():
                    numbers.levels[number, int(attribute(level, "ilvl"))] = _level(level)
    for style in styles if styles is not None else ():
        linked = child(style, "pPr", "numPr", "numId")
        if linked is not None:
            numbers.by_style[attribute(style, "styleId")] = (_val(linked), 0)
    return numbers


def _level(element: Element) -> Level:
    start = _val(child(element, "start"))
    return Level(
        kind=_val(child(element, "numFmt")) or "decimal",
        pattern=_val(child(element, "lvlText")),
        start=int(start) if start.isdigit() and len(start) < 7 else 1,
    )


def _val(element: Element | None) -> str:
    return "" if element is None else attribute(element, "val")
