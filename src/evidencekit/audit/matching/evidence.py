"""How strongly a record agrees with a citation: points for and against, field by field.

Numbers and names decide; a title alone never does, since titles are what machine
translation changes. Points come in two channels: coordinates (year, volume, issue,
locator) and contents (authors, journal, title). A true pair scores high in both; a
sibling paper of the same authors has the contents only, a neighbour in the same issue
the coordinates only.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from evidencekit.audit.matching.cited import CitedWork, digits
from evidencekit.audit.matching.names import (
    folded,
    ratio,
    same_author,
    same_container,
    swapped_author,
    translated_container,
)
from evidencekit.sources.record import BibliographicRecord

Channel = Literal["coordinates", "contents"]

TITLE_FLOOR: Final = 0.6
"""Likeness of titles (0 to 1) that earns nothing: unrelated titles reach it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """What one field adds to a score, and why.

    Parameters
    ----------
    field
        A row of ``EVIDENCE``.
    channel
        "coordinates" or "contents".
    points
        Positive for agreement, negative for disagreement, 0 for no evidence.
    why
        In a few words.
    """

    field: str
    channel: Channel
    points: float
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The points of one record for one citation."""

    parts: tuple[Points, ...]

    @property
    def total(self) -> float:
        """All points."""
        return sum(part.points for part in self.parts)

    @property
    def coordinates(self) -> float:
        """Points of year, volume, issue and locator."""
        return self._channel("coordinates")

    @property
    def contents(self) -> float:
        """Points of authors, journal and title."""
        return self._channel("contents")

    def of(self, field: str) -> float:
        """Points of one field."""
        return sum(part.points for part in self.parts if part.field == field)

    @property
    def without_title(self) -> float:
        """All points but the title's."""
        return self.total - self.of("title")

    def _channel(self, channel: Channel) -> float:
        return sum(part.points for part in self.parts if part.channel == channel)


Found = tuple[float, str]
NOTHING: Final[Found] = (0.0, "not stated")


def score(cited: CitedWork, record: BibliographicRecord) -> Score:
    """Points of a record for a citation, over all rows of ``EVIDENCE``.

    Fields that the record marks (unverified, recalled) add nothing.
    """
    parts = []
    for row in EVIDENCE:
        points, why = (0.0, "marked") if record.marks.get(row.mark) else row.weigh(cited, record)
        parts.append(Points(field=row.field, channel=row.channel, points=points, why=why))
    return Score(parts=tuple(parts))


def weigh_year(cited: CitedWork, record: BibliographicRecord) -> Found:
    """+1 equal to one of the record's years, +0.5 one apart, -1 two apart, else -2."""
    if cited.year is None or not record.years:
        return NOTHING
    apart = min(abs(cited.year - year) for year in record.years)
    return {0: 1.0, 1: 0.5, 2: -1.0}.get(apart, -2.0), f"{apart} years apart"


def weigh_volume(cited: CitedWork, record: BibliographicRecord) -> Found:
    """+1.5 equal, -1 different; nothing where the volume repeats the year."""
    if not cited.volume or not record.volume:
        return NOTHING
    if cited.volume_is_year or record.volume in {str(year) for year in record.years}:
        return 0.0, "repeats the year"
    return (1.5, "equal") if same_number(cited.volume, record.volume) else (-1.0, "different")


def weigh_issue(cited: CitedWork, record: BibliographicRecord) -> Found:
    """+0.5 equal, -0.25 different; nothing where the volume repeats the year."""
    if not cited.issue or not record.issue:
        return NOTHING
    if cited.volume_is_year:
        return 0.0, "volume repeats the year"
    return (0.5, "equal") if same_number(cited.issue, record.issue) else (-0.25, "different")


def weigh_locator(cited: CitedWork, record: BibliographicRecord) -> Found:
    """First page or article number: the longer it is, the less chance can make it agree."""
    known = locators(record)
    if not cited.locator or not known:
        return NOTHING
    length = len(digits(cited.locator))
    if length == 0:
        return NOTHING
    long = length >= 4 or electronic(cited.locator)
    if not locator_spellings(cited) & known:
        return (-0.5 if long else -1.0), "different"
    return (3.0 if long else {1: 0.3, 2: 1.0}.get(length, 2.5)), "equal"


def weigh_first_author(cited: CitedWork, record: BibliographicRecord) -> Found:
    """+2 for the first author, +0.5 when the name stands elsewhere in the list, -2 when not."""
    if not cited.authors or not record.authors:
        return NOTHING
    name, *_ = cited.authors
    first, *others = record.authors
    if same_author(name, first):
        return 2.0, "equal"
    if swapped_author(name, first):
        return 1.0, "given name cited as family name"
    if any(same_author(name, author) for author in others):
        return 0.5, "not first in the record"
    return -2.0, "not an author of the record"


def weigh_authors(cited: CitedWork, record: BibliographicRecord) -> Found:
    """Up to +3 for the share of cited names that are authors; -1 when none of three or more is."""
    if len(cited.authors) < 2 or not record.authors:
        return NOTHING
    shared = sum(any(same_author(name, a) for a in record.authors) for name in cited.authors)
    count = len(cited.authors)
    if shared == 0:
        return (-1.0 if count >= 3 else 0.0), "none shared"
    if shared < 2:
        return 0.0, "one shared"
    return 3.0 * shared / count, f"{shared} of {count} shared"


def weigh_container(cited: CitedWork, record: BibliographicRecord) -> Found:
    """+1 for the journal, an abbreviation or a translation of it."""
    if not cited.container or not record.container.title:
        return NOTHING
    if same_container(cited.container, record):
        return 1.0, "equal"
    if translated_container(cited.container, record):
        return 1.0, "translated"
    return 0.0, "different"


def weigh_title(cited: CitedWork, record: BibliographicRecord) -> Found:
    """Up to +4 for likeness of the titles above 0.6; never negative."""
    likeness = title_likeness(cited.title, record)
    if likeness is None:
        return NOTHING
    points = max(0.0, (likeness - TITLE_FLOOR) / (1 - TITLE_FLOOR)) * 4
    return points, f"{likeness:.0%} alike"


# --- what the rows above share -----------------------------------------------------------


def title_likeness(title: str, record: BibliographicRecord) -> float | None:
    """Likeness (0 to 1) of a cited title to the record's, subtitle or not; None if unknown."""
    spelling = folded(title)
    known = [bare_title(name) for name in titles_of(record)]
    if not spelling or not known:
        return None
    return max(ratio(bare_title(spelling), name) for name in known)


def titles_of(record: BibliographicRecord) -> tuple[str, ...]:
    """Folded titles of a record: each title, and the original one with its subtitle."""
    names = [title.text for title in record.titles if title.kind != "subtitle"]
    if record.title and record.subtitle:
        names.append(f"{record.title} {record.subtitle}")
    return tuple(dict.fromkeys(filter(None, map(folded, names))))


def bare_title(folded_title: str) -> str:
    """A folded title without the words publishers put before a retracted one."""
    return re.sub(r"^(?:retracted|withdrawn)(?: article)? ", "", folded_title)


def same_number(one: str, other: str) -> bool:
    """Whether two volumes or issues are equal: "01" and "1", "XII" and "12", "3-4" and "3"."""
    first, second = arabic(one), arabic(other)
    return bool(first) and (
        first == second or first.split(" ")[0] == second or second.split(" ")[0] == first
    )


_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}


def arabic(number: str) -> str:
    """A volume as folded text without leading zeros, Roman numerals as Arabic ones."""
    text = folded(number)
    if text and set(text) <= set(_ROMAN):
        values = [_ROMAN[letter] for letter in text]
        following = [*values[1:], 0]
        return str(
            sum(
                -value if value < after else value
                for value, after in zip(values, following, strict=True)
            )
        )
    return " ".join(word.lstrip("0") or "0" for word in text.split())


def electronic(locator: str) -> bool:
    """Whether a locator is an e-number: e5797, E33693, 101692.e4."""
    return bool(re.match(r"[A-Za-z]", locator)) and bool(digits(locator))


def locator_spellings(cited: CitedWork) -> frozenset[str]:
    """The forms under which a cited first page may stand in a record."""
    return _spellings(cited.locator)


def locators(record: BibliographicRecord) -> frozenset[str]:
    """Forms of a record's first page and article number, and the numbers in its DOI's suffix."""
    found = _spellings(record.first_page) | _spellings(record.article_number)
    suffix = record.doi.partition("/")[2]
    in_doi = (run.lstrip("0") for run in re.findall(r"\d+", suffix))
    return found | frozenset(run for run in in_doi if len(run) >= 3)


def _spellings(locator: str) -> frozenset[str]:
    spelling = folded(locator).replace(" ", "").lstrip("0")
    return frozenset(form for form in (spelling, digits(spelling)) if form)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A row of ``EVIDENCE``.

    Parameters
    ----------
    field
        Name of the row.
    channel
        "coordinates" or "contents".
    mark
        The field of the record whose mark (unverified) silences the row.
    weigh
        From a citation and a record to points and their reason.
    """

    field: str
    channel: Channel
    mark: str
    weigh: Callable[[CitedWork, BibliographicRecord], Found]


EVIDENCE: Final[tuple[Evidence, ...]] = (
    Evidence(field="year", channel="coordinates", mark="dates", weigh=weigh_year),
    Evidence(field="volume", channel="coordinates", mark="volume", weigh=weigh_volume),
    Evidence(field="issue", channel="coordinates", mark="issue", weigh=weigh_issue),
    Evidence(field="locator", channel="coordinates", mark="first_page", weigh=weigh_locator),
    Evidence(field="first_author", channel="contents", mark="authors", weigh=weigh_first_author),
    Evidence(field="authors", channel="contents", mark="authors", weigh=weigh_authors),
    Evidence(field="container", channel="contents", mark="container", weigh=weigh_container),
    Evidence(field="title", channel="contents", mark="titles", weigh=weigh_title),
)
