"""The table model that every report format draws: texts are final, nothing is computed here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Align = Literal["left", "right", "centre"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: heading, alignment, and whether it holds running text that needs room."""

    title: str
    align: Align = "left"
    wide: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell: text, the letters of its footnotes, a link, a GRADE level to draw as circles.

    ``detail`` is a second line in smaller type. ``level`` runs from
    1 (very low) to 4 (high); 0 draws none.
    """

    text: str
    detail: str = ""
    marks: tuple[str, ...] = ()
    href: str = ""
    level: int = 0
    heading: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table with its caption."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(
                    f"{self.caption}: a row has {len(row)} cells, not {len(self.columns)}"
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A titled page of tables.

    Parameters
    ----------
    facts
        Pairs shown above the tables: population, intervention, ...
    footnotes
        Letter and text, in the order in which the letters appear.
    notes
        Remarks without a letter.
    records
        The same content as flat rows with machine-readable values, for CSV: numbers with a
        decimal point and unrounded, texts as shown.
    """

    title: str
    lang: str
    facts: tuple[tuple[str, str], ...] = ()
    tables: tuple[Table, ...] = ()
    footnotes: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    records: tuple[dict[str, str | float | int | None], ...] = ()


class Footnotes:
    """Hands out letters in reading order; the same text keeps its letter."""

    def __init__(self) -> None:
        self._letters: dict[str, str] = {}

    def mark(self, text: str) -> str:
        """The letter of this text."""
        if text not in self._letters:
            self._letters[text] = _letter(len(self._letters))
        return self._letters[text]

    def listed(self) -> tuple[tuple[str, str], ...]:
        """Letter and text, in order."""
        return tuple((letter, text) for text, letter in self._letters.items())


def _letter(number: int) -> str:
    """a, b, ..., z, aa, ab, ..."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters
