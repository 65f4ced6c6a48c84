"""Whether two family names may be one, and which journal a cited title stands for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from evidencekit.audit.matching.words import TRANSLATIONS
from evidencekit.sources.cleaning import PARTICLES, family_keys, fold
from evidencekit.sources.record import Author, BibliographicRecord

_SMALL = frozenset(
    "a an and de der des die et for fur in of on the und van voor y en la le les el".split()  # noqa: SIM905
)
GROUP_RATIO = 0.85
"""How alike the names of two groups must be (0 to 1)."""
CONTAINER_RATIO = 0.92
"""How alike two titles of journals must be (0 to 1), spelling mistakes allowed."""


@lru_cache(maxsize=20_000)
def folded(text: str) -> str:
    """`fold`, remembered: the same names are compared many times."""
    return fold(text)


@lru_cache(maxsize=20_000)
def keys_of(family: str) -> frozenset[str]:
    """`family_keys`, remembered."""
    return family_keys(family)


def ratio(one: str, other: str) -> float:
    """How alike two folded texts are, 0 to 1, whatever the order of their words."""
    from rapidfuzz import fuzz

    return max(fuzz.ratio(one, other), fuzz.token_sort_ratio(one, other)) / 100


def same_family(one: str, other: str) -> bool:
    """Whether two family names may be one.

    Compound names agree as a whole, or when one of them is a single name that ends or
    starts the other: "Neufeld" and "McVey Neufeld".
    """
    first, second = folded(one), folded(other)
    if not first or not second:
        return False
    if first == second or first.replace(" ", "") == second.replace(" ", ""):
        return True
    if keys_of(one) & keys_of(other):
        cores = _core(first), _core(second)
        return cores[0] == cores[1] or min(map(len, cores)) == 1
    words = (first.split(), second.split())
    return min(map(len, words)) == 1 and words[0][0] == words[1][0]


def _core(name: str) -> list[str]:
    """Words of a folded name that are no particles."""
    return [word for word in name.split() if word not in PARTICLES] or name.split()


def record_names(author: Author) -> str:
    """The name by which an author of a record is cited."""
    return author.family or author.group


def same_author(cited: str, author: Author) -> bool:
    """Whether a cited name may be this author or group; swapped names are told apart elsewhere."""
    if author.group:
        return ratio(folded(cited), folded(author.group)) >= GROUP_RATIO
    return same_family(cited, author.family)


def swapped_author(cited: str, author: Author) -> bool:
    """Whether the cited family name is this author's given name."""
    return bool(author.given) and folded(cited) == folded(author.given)


# --- journals ------------------------------------------------------------------------------


def same_container(cited: str, record: BibliographicRecord) -> bool:
    """Whether a cited journal is the record's: title, abbreviation, or nearly so spelt."""
    spelling = folded(cited)
    return bool(spelling) and any(
        spelling == name or abbreviates(spelling, name) or ratio(spelling, name) >= CONTAINER_RATIO
        for name in _names_of(record)
    )


def translated_container(
    cited: str, record: BibliographicRecord, aliases: Mapping[str, Iterable[str]] | None = None
) -> bool:
    """Whether a cited journal is the record's in another language, word by word or by an alias."""
    spelling = folded(cited)
    if not spelling:
        return False
    names = _names_of(record)
    known = {folded(alias) for name in names for alias in (aliases or {}).get(name, ())}
    if spelling in known:
        return True
    return any(
        translation != spelling
        and any(ratio(translation, name) >= CONTAINER_RATIO for name in names)
        for translation in translations(spelling)
    )


def translations(spelling: str) -> tuple[str, ...]:
    """A folded title word by word in English, once for each language that has a word of it."""
    words = spelling.split()
    found = []
    for vocabulary in TRANSLATIONS.values():
        if any(word in vocabulary for word in words):
            found.append(" ".join(vocabulary.get(word, word) for word in words).strip())
    return tuple(found)


def abbreviates(short: str, name: str) -> bool:
    """Whether the words of *short* begin words of *name*, in order, with none but small words left.

    Examples
    --------
    >>> abbreviates("world j methodol", "world journal of methodology")
    True
    >>> abbreviates("j methodol", "world journal of methodology")
    False
    """
    parts = [word for word in short.split() if word not in _SMALL]
    words = [word for word in name.split() if word not in _SMALL]
    return (
        bool(parts)
        and len(parts) == len(words)
        and all(
            word.startswith(part) or _contracts(part, word)
            for part, word in zip(parts, words, strict=True)
        )
    )


def _contracts(part: str, word: str) -> bool:
    """Whether *part* is *word* with letters left out: "natl", "jpn", "hlth"."""
    if len(part) < 3 or part[0] != word[0]:
        return False
    letters = iter(word)
    return all(letter in letters for letter in part)


def _names_of(record: BibliographicRecord) -> tuple[str, ...]:
    """Folded names of the record's journal: titles, with and without bracket, abbreviations."""
    container = record.container
    names = [container.title, *container.abbreviations]
    for mark in ("(", ":"):
        names += [name.split(mark)[0] for name in names if mark in name]
    return tuple(dict.fromkeys(filter(None, map(folded, names))))
