"""Author lists: families with initials in the orders and punctuation of the usual styles."""

from __future__ import annotations

import re
from typing import NamedTuple

from evidencekit.audit.reference import CLEAR, GUESSED, LIKELY, Author

MOST = 500
"""Authors read of one list at most."""

_LETTER = r"[^\W\d_]"
_WORD = rf"{_LETTER}(?:{_LETTER}|['’‘ʼ‐-](?={_LETTER}))*"
_FAMILY = rf"(?P<family>{_WORD}(?:\s{_WORD}){{0,4}}?)"
_DOTTED = (
    rf"(?P<given>{_LETTER}{{1,2}}\.(?:[\s‐–-]?{_LETTER}{{1,2}}\.){{0,5}}(?:[‐–-]?{_LETTER}\b)?)"
)
_SUFFIX = r"(?:,?\s(?:Jr|Sr|II|III|IV|2nd|3rd)\b\.?)?"
_END = r"(?=\s*(?:[,;.&:(]|\bet\b|\band\b|\ben\b|\bund\b|\by\b|\be\b|$))"
_BARE = rf"(?P<given>{_LETTER}{{1,4}}(?:[‐–-]{_LETTER}{{1,2}})?){_SUFFIX}{_END}"

FORMS: dict[str, re.Pattern[str]] = {
    "Family, I.I.": re.compile(rf"{_FAMILY},\s*{_DOTTED}{_SUFFIX}"),
    "Family I.I.": re.compile(rf"{_FAMILY}\s{_DOTTED}{_SUFFIX}(?=\s*(?:[,;&:(]|\bet\b|\band\b|$))"),
    "Family II": re.compile(rf"{_FAMILY}\s{_BARE}"),
    "Family, II": re.compile(rf"{_FAMILY},\s{_BARE}"),
    "I.I. Family": re.compile(rf"{_DOTTED}\s?(?P<family>{_WORD}(?:\s{_WORD}){{0,3}}?){_END}"),
}
"""How one author may be written; ``I`` stands for an initial."""

_ET_AL = re.compile(
    r"\s*[,;]?\s*(?:&\s*)?(?:et\.?\s+al\b\.?|e\.\s?a\.|u\.\s?a\.|(?:and|en|und)\s+"
    r"(?:others|colleagues|anderen|andere)\b|…|\.\s?\.\s?\.)",
    re.IGNORECASE,
)
_BETWEEN = re.compile(
    r"\s*(?:[,;]\s*(?:(?:&|and|und|en|et|y|e)\s+)?|(?:&|\band|\bund|\ben|\bet|\by|\be)\s+)",
)
_PARTICLES_TEXT = (
    "a al af am an ap auf aus av bin d da dal de del dela della den der des di do dos du "
    "e el het in ibn l la las le les lo los op s san 't te ten ter tot und uit v van "
    "vander vom von y zu zum zur"
)
_PARTICLES = frozenset(_PARTICLES_TEXT.split())


_GROUP_AFTER = re.compile(
    r"\s*[;,]\s*(?:(?:&|and|for|on\sbehalf\sof)\s+)?(?P<name>(?:the\s)?[A-Z][^.;,()]{1,80}?"
    r"(?:Group|Collaborat(?:ion|ors)|Investigators|Consortium|Network|Committee|Society|Team))"
    r"(?=\s*[.;(])"
)


class AuthorList(NamedTuple):
    """Authors, where their list ends, whether it says that it is incomplete, and the confidence."""

    authors: tuple[Author, ...]
    end: int
    et_al: bool
    confidence: float


def read_authors(text: str) -> AuthorList:
    """The authors at the beginning of a text; none when it does not begin with a name."""
    authors: list[Author] = []
    at, et_al = 0, False
    preferred = ""
    while len(authors) < MOST:
        found = _one(text, at, preferred)
        if not found:
            break
        author, at, preferred = found
        authors.append(author)
        others = _ET_AL.match(text, at)
        if others:
            et_al, at = True, others.end()
            more = _BETWEEN.match(text, at) or re.compile(r"\s+").match(text, at)
            # APA writes dots before the last author of a long list.
            last = _one(text, more.end(), preferred) if more and "al" not in others[0] else None
            if last:
                authors.append(last[0])
                at = last[1]
            break
        between = _BETWEEN.match(text, at)
        if not between or not _one(text, between.end(), preferred):
            break
        at = between.end()
    if authors and not et_al:
        others = _ET_AL.match(text, at)
        et_al, at = (True, others.end()) if others else (False, at)
    group = _GROUP_AFTER.match(text, at) if authors else None
    if group:
        authors.append(Author(family=group["name"], group=True))
        at = group.end()
    return AuthorList(tuple(authors), at, et_al, CLEAR if authors else 0.0)


def _one(text: str, at: int, preferred: str) -> tuple[Author, int, str] | None:
    """The author that stands at an offset, and the form it is written in."""
    order = [preferred, *(name for name in FORMS if name != preferred)] if preferred else FORMS
    for name in order:
        match = FORMS[name].match(text, at)
        if match and _is_family(match["family"]) and _are_initials(match["given"]):
            given = re.sub(r"\s+", " ", match["given"]).strip()
            return Author(family=match["family"], given=given), match.end(), name
    return None


def _is_family(family: str) -> bool:
    """Its words begin with capitals, or are particles; scripts without capitals pass."""
    words = family.split()
    if all(word.casefold() in _PARTICLES for word in words) and len(words) > 1:
        return False
    capitals = [w for w in words if not w[0].islower() or re.search(r"[a-z]['’][A-Z]", w)]
    others = [w for w in words if w not in capitals]
    return bool(capitals) and all(w.casefold().rstrip("'’") in _PARTICLES for w in others)


def _are_initials(given: str) -> bool:
    """Each of its parts begins with a capital: ``K.A.M.``, ``SA``, ``Yu.``, ``Ch.``"""
    letters = [part for part in re.split(r"[.\s‐–-]+", given) if part]
    return all(not part[0].islower() for part in letters) and (
        "." in given or all(part.upper() == part for part in letters)
    )


def whole_list(text: str) -> AuthorList:
    """The authors of a text that holds nothing else, such as what stands before ``(2014)``."""
    text = text.rstrip(" ,;:")
    found = read_authors(text)
    rest = text[found.end :].strip(" .,;:&")
    if found.authors and not re.sub(
        r"^\(?(?:eds?|editors?|hrsg|red)\b\.?\)?", "", rest, flags=re.I
    ):
        return found._replace(end=len(text))
    if not found.authors:
        return _unusual(text)
    others = _unusual(rest)
    return AuthorList(
        (*found.authors, *others.authors), len(text), found.et_al or others.et_al, GUESSED
    )


def _unusual(text: str) -> AuthorList:
    """Groups, and names written in full: by semicolons, else the whole is one name."""
    others = re.search(_ET_AL.pattern + r"\s*$", text, re.IGNORECASE)
    if others:
        text = text[: others.start()]
    parts = [part.strip(" .,") for part in re.split(r"\s*;\s*(?:(?:&|and)\s+)?", text)]
    parts = [part for part in parts if part]
    authors = tuple(_named(part) for part in parts)
    confidence = LIKELY if len(parts) == 1 and "," not in text else GUESSED
    return AuthorList(authors, len(text), bool(others), confidence if authors else 0.0)


def _named(part: str) -> Author:
    family, comma, given = part.partition(", ")
    if comma and given and len(family.split()) < 4 and len(given.split()) < 4:
        return Author(family=family, given=given)
    return Author(family=part, group=True)
