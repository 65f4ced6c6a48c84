"""Which citation marks a text uses, judged by its list; undecided when two systems mix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evidencekit.audit.authors_in_text import author_keys, folded_keys
from evidencekit.audit.reference import Citation, Reference
from evidencekit.sources.cleaning import fold

NUMERIC = ("bracketed", "superscript", "round")
"""Systems whose marks are positions in the list."""
_FEW = 2
"""Marks of a second system up to this number are taken for something else: a power, an aside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """The marks of a text against its list.

    Parameters
    ----------
    system
        The system in use; empty when undecided.
    reason
        Why it is undecided; empty when it is not.
    marks
        The marks of the system, in order of the text.
    targets
        For each mark, what it points at: positions in the list, and keys that lead nowhere.
    """

    system: str
    reason: str
    marks: tuple[Citation, ...] = ()
    targets: tuple[tuple[tuple[int, ...], tuple[str, ...]], ...] = ()

    @property
    def cited(self) -> frozenset[int]:
        """Positions of the references that some mark points at."""
        return frozenset(position for found, _ in self.targets for position in found)


def match_marks(references: Sequence[Reference], citations: Sequence[Citation]) -> Matched:
    """Decide which system the text uses, and follow its marks to the list."""
    index = _index(references)
    groups: dict[str, list[Citation]] = {}
    for citation in citations:
        groups.setdefault(citation.system, []).append(citation)
    followed = {
        system: [_follow(mark, index) for mark in marks] for system, marks in groups.items()
    }
    resolved = {system: sum(bool(found) for found, _ in each) for system, each in followed.items()}
    used = _used(references, groups, resolved, followed)
    if not used:
        return Matched(system="", reason=_nothing_matches(groups))
    if len(used) > 1:
        counts = " and ".join(f"{len(groups[name])} {_NAMES[name]}" for name in used)
        return Matched(system="", reason=f"two systems of citation marks mix: {counts}")
    system = used[0]
    return Matched(
        system=system,
        reason="",
        marks=tuple(groups[system]),
        targets=tuple(followed[system]),
    )


_NAMES = {
    "bracketed": "numbers in brackets",
    "superscript": "raised numbers",
    "round": "numbers in parentheses",
    "key": "citation keys",
    "footnote": "footnotes",
    "author-year": "authors with years",
}


def _nothing_matches(groups: Mapping[str, Sequence[Citation]]) -> str:
    if not groups:
        return "no citation mark was recognised in the text"
    seen = ", ".join(f"{len(marks)} {_NAMES[system]}" for system, marks in groups.items())
    return f"no citation mark leads to the list (seen: {seen})"


def _index(references: Sequence[Reference]) -> dict[str, tuple[int, ...]]:
    """Positions by key as printed, and by author and year."""
    index: dict[str, list[int]] = {}
    for reference in references:
        keys = {reference.key}
        if reference.authors and reference.year:
            family = reference.authors.value[0].family
            keys |= author_keys(family, reference.year.value, reference.year_suffix)
        for key in keys:
            index.setdefault(key, []).append(reference.position)
    return {key: tuple(positions) for key, positions in index.items()}


def _follow(
    mark: Citation, index: Mapping[str, tuple[int, ...]]
) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Positions a mark points at, and its keys that lead nowhere."""
    found: list[int] = []
    lost: list[str] = []
    for key in mark.keys:
        spellings = sorted(folded_keys(key)) if mark.system == "author-year" else [key]
        positions = next((index[name] for name in spellings if name in index), ())
        found.extend(positions)
        if not positions:
            lost.append(key)
    return tuple(dict.fromkeys(found)), tuple(lost)


def _used(
    references: Sequence[Reference],
    groups: Mapping[str, Sequence[Citation]],
    resolved: Mapping[str, int],
    followed: Mapping[str, Sequence[tuple[tuple[int, ...], tuple[str, ...]]]],
) -> list[str]:
    """The systems that lead to the list often enough to count, the most used first."""
    order = sorted((s for s in resolved if resolved[s]), key=lambda system: -resolved[system])
    numbered = any(reference.number is not None for reference in references)
    others = [system for system in order if system not in {"round", "author-year"}]
    if not others and "round" in order and numbered and "author-year" not in order:
        mostly = resolved["round"] > _FEW and 2 * resolved["round"] > len(groups["round"])
        return ["round"] if mostly else []
    if not others:
        return ["author-year"] if "author-year" in order else []
    main = others[0]
    used = [main]
    for system in others[1:]:
        if resolved[system] > _FEW and 5 * resolved[system] > resolved[main]:
            used.append(system)
    if "author-year" in order and "author-year" not in used:
        known = {position for found, _ in followed[main] for position in found}
        only = {p for found, _ in followed["author-year"] for p in found} - known
        # A numbered text may name authors beside their numbers; whom it only names, it cites so.
        if len(only) > _FEW and 3 * len(only) > len(known):
            used.append("author-year")
    return used


def is_alphabetical(references: Sequence[Reference]) -> bool:
    """The list is sorted by author, so its numbers need not follow the text."""
    names = [fold(r.authors.value[0].family) if r.authors else fold(r.raw[:20]) for r in references]
    return len(names) > 3 and names == sorted(names)
