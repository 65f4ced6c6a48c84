"""Records as references for people: one function and one row of `CITATION_STYLES` per style.

The rules are those of the styles' own manuals: American Psychological Association, 7th
edition; the National Library of Medicine's Citing Medicine, as the International
Committee of Medical Journal Editors uses it; American Medical Association, 11th edition;
and the guide to authors of Nature. Titles are printed as published: no capital is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from evidencekit.sources.identifiers import doi_address
from evidencekit.sources.record import Author, BibliographicRecord


def apa(record: BibliographicRecord) -> str:
    """American Psychological Association: all of up to 20 authors, with their initials."""
    names = [_spelled(author) for author in record.authors]
    if len(names) > 20 and record.authors_complete:
        listed = f"{', '.join(names[:19])}, . . . {names[-1]}"
    elif not record.authors_complete:
        listed = ", ".join([*names, "et al."])
    else:
        listed = _joined(names, last=", & ")
    year = f"({record.year or 'n.d.'})."
    # Without an author the title comes first, and the year after it.
    head = [_ended(listed), year, _title(record)] if names else [_title(record), year]
    volume = record.volume + (f"({record.issue})" if record.issue else "")
    place = f"Article {record.article_number}" if _by_number(record) else _en_dash(record.pages)
    source = ", ".join(part for part in (record.container.title, volume, place) if part)
    return _sentence([*head, _ended(source), _address(record)])


def vancouver(record: BibliographicRecord) -> str:
    """International Committee of Medical Journal Editors: six authors, then et al."""
    return _medical(record, shown=6, more=6, pages=_short_pages(record), doi="doi: ")


def ama(record: BibliographicRecord) -> str:
    """American Medical Association: up to six authors; of more, the first three."""
    return _medical(record, shown=3, more=6, pages=record.pages, doi="doi:")


def nature(record: BibliographicRecord) -> str:
    """Nature: up to five authors; of more, the first. The DOI only where there is no page."""
    names = [_spelled(author) for author in record.authors]
    if len(names) > 5 or (names and not record.authors_complete):
        listed = f"{names[0]} et al."
    else:
        listed = _joined(names, last=" & ")
    volume = f"{record.volume}," if record.volume and record.pages else record.volume
    source = [_journal(record), volume, _en_dash(record.pages)]
    source += [f"({record.year})" if record.year else ""]
    known = record.volume and record.pages
    tail = _ended(" ".join(part for part in source if part))
    return _sentence([_ended(listed), _title(record), tail, "" if known else _address(record)])


CITATION_STYLES: Final[dict[str, Callable[[BibliographicRecord], str]]] = {
    "apa": apa,
    "vancouver": vancouver,
    "ama": ama,
    "nature": nature,
}
"""Styles of `evidencekit cite --format text`, by name."""


def _medical(record: BibliographicRecord, *, shown: int, more: int, pages: str, doi: str) -> str:
    """``Family AB, Family CD. Title. J Abbr. 2014;157(1):121-41. doi``, in either variant."""
    names = [_compact(author) for author in record.authors]
    if len(names) > more:
        names = [*names[:shown], "et al"]
    elif names and not record.authors_complete:
        names.append("et al")
    numbers = record.volume + (f"({record.issue})" if record.issue else "")
    numbers += f":{pages}" if pages else ""
    year = str(record.year) if record.year else ""
    when = f"{year};{numbers}" if year and numbers else year or numbers
    identifier = f"{doi}{record.doi}" if record.doi else ""
    # Medical styles abbreviate without full stops: Org Lett, not Org. Lett.
    journal = _journal(record).replace(".", "")
    return _sentence(
        [
            _ended(", ".join(names)),
            _title(record),
            _ended(journal),
            _ended(when),
            identifier,
        ]
    )


def _sentence(parts: Sequence[str]) -> str:
    return " ".join(part for part in parts if part)


def _ended(text: str) -> str:
    return text if not text or text[-1] in ".?!" else f"{text}."


def _title(record: BibliographicRecord) -> str:
    return _ended(": ".join(part for part in (record.title, record.subtitle) if part))


def _journal(record: BibliographicRecord) -> str:
    return next(iter(record.container.abbreviations), record.container.title)


def _address(record: BibliographicRecord) -> str:
    return doi_address(record.doi) if record.doi else ""


def _by_number(record: BibliographicRecord) -> bool:
    return bool(record.article_number) and not record.first_page


def _en_dash(pages: str) -> str:
    return pages.replace("-", "–")


def _joined(names: Sequence[str], *, last: str) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])}{last}{names[-1]}"


def initials(given: str, *, dotted: bool) -> str:
    """Initials of given names: ``J.-W. Q.`` dotted, ``JWQ`` not.

    Examples
    --------
    >>> initials("Jan-Willem Q", dotted=True), initials("Jan-Willem Q", dotted=False)
    ('J.-W. Q.', 'JWQ')
    >>> initials("AB", dotted=True)
    'A. B.'
    """
    expanded: list[str] = []
    for word in re.split(r"[\s.]+", given.replace(".-", "-")):
        # Two or three capitals are initials already.
        together = 1 < len(word) <= 3 and word.isalpha() and word.isupper()
        expanded += list(word) if together else [word]
    letters = [[part[0].upper() for part in re.split("[-‐‑]", word) if part] for word in expanded]
    if not dotted:
        return "".join(letter for word in letters for letter in word)
    return " ".join("-".join(f"{letter}." for letter in word) for word in letters if word)


def _spelled(author: Author) -> str:
    if author.group:
        return author.group
    parts = (author.family, initials(author.given, dotted=True), author.suffix)
    return ", ".join(part for part in parts if part)


def _compact(author: Author) -> str:
    if author.group:
        return author.group
    parts = (author.family, initials(author.given, dotted=False), author.suffix.rstrip("."))
    return " ".join(part for part in parts if part)


def _short_pages(record: BibliographicRecord) -> str:
    """Only the digits of the last page that differ: 121-41."""
    first, last = record.first_page, record.last_page
    if not (first.isdecimal() and last.isdecimal() and len(first) == len(last) and first < last):
        return record.pages
    same = next(i for i, (a, b) in enumerate(zip(first, last, strict=True)) if a != b)
    return f"{first}-{last[same:]}"
