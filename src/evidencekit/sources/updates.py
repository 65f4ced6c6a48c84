"""Editorial notices: their words, their direction, and the state each puts a paper in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, Literal, get_args

from evidencekit.sources.record import BibliographicRecord, Direction, Update

State = Literal[
    "retracted",
    "removed",
    "withdrawn",
    "partially_retracted",
    "concern",
    "superseded",
    "corrected",
    "reinstated",
    "ok",
    "unchecked",
]
STATES: Final[tuple[State, ...]] = get_args(State)
"""Worst first; ``ok`` and ``unchecked`` are not findings and come last."""

UPDATE_STATES: Final[dict[str, State]] = {
    "retraction": "retracted",
    "retracted_and_republished": "retracted",
    "removal": "removed",
    "withdrawal": "withdrawn",
    "partial_retraction": "partially_retracted",
    "expression_of_concern": "concern",
    "new_edition": "superseded",
    "new_version": "superseded",
    "update": "superseded",
    "addendum": "corrected",
    "clarification": "corrected",
    "corrected_and_republished": "corrected",
    "correction": "corrected",
    "corrigendum": "corrected",
    "erratum": "corrected",
    "reinstatement": "reinstated",
}
"""What a notice makes of the paper it is about, by its type (Crossref's and PubMed's words)."""

RELATION_STATES: Final[dict[str, State]] = {
    "is-preprint-of": "superseded",
    "is-replaced-by": "superseded",
    "is-obsoleted-by": "superseded",
    "is-previous-version-of": "superseded",
}
"""What a relation to another work means for this one."""

PUBLICATION_TYPES: Final[dict[str, tuple[Direction, str]]] = {
    "retracted publication": ("affected", "retraction"),
    "retraction of publication": ("notice", "retraction"),
    "retraction notice": ("notice", "retraction"),
    "published erratum": ("notice", "erratum"),
    "expression of concern": ("notice", "expression_of_concern"),
}
"""Publication types of PubMed that say a paper is retracted, or is itself a notice."""

TITLE_SIGNS: Final[tuple[tuple[str, Direction, str], ...]] = (
    (r"(?i)retraction( notice| note)?( to)?\s*[:.\"“-]", "notice", "retraction"),
    (r"(?i)expression of concern\b", "notice", "expression_of_concern"),
    (r"(?i)(correction|corrigendum|erratum|author correction|publisher correction)"
     r"( to| for)?\s*[:.\"“-]|(?i:correction to )", "notice", "correction"),
    (r"(?i)\[?retracted(\s+article)?\s*[:.\]]", "affected", "retraction"),
    (r"(?i)\[?withdrawn(\s+article)?\s*[:.\]]", "affected", "withdrawal"),
    (r"(?i)\[?removed(\s+article)?\s*[:.\]]", "affected", "removal"),
)  # fmt: skip
"""How titles begin when publishers mark a paper, or when the item is a notice."""

TAKEN_BACK: Final[frozenset[State]] = frozenset(
    ("retracted", "removed", "withdrawn", "partially_retracted", "concern")
)
"""What a reinstatement undoes."""


def update_type(word: str) -> tuple[str, Direction | None]:
    """Type and direction of a notice from the word a service uses for it.

    PubMed and Europe PMC put the direction into the word: ``...In`` means that this paper
    is affected, ``...Of``, ``...For`` and ``...From`` that it is the notice. Crossref and
    Retraction Watch do not; the direction is None then.

    Examples
    --------
    >>> update_type("RetractionIn")
    ('retraction', 'affected')
    >>> update_type("Expression of concern for")
    ('expression_of_concern', 'notice')
    >>> update_type("partial_retraction")
    ('partial_retraction', None)
    """
    # RetractedandRepublishedIn: NLM writes "and" without a capital.
    apart = re.sub(r"(?<=[a-z])(and)(?=[A-Z])", r"_\1_", word.strip())
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", apart)
    snake = re.sub(r"[^a-z0-9]+", "_", apart.lower()).strip("_")
    for suffix, direction in _DIRECTIONS.items():
        if snake.endswith(suffix) and snake != suffix:
            return snake.removesuffix(suffix), direction
    return snake, None


_DIRECTIONS: Final[dict[str, Direction]] = {
    "_in": "affected",
    "_of": "notice",
    "_for": "notice",
    "_from": "notice",
}


def worst(states: Iterable[State]) -> State:
    """The worst of some states; ``ok`` when there is none."""
    return min(states, key=STATES.index, default="ok")


def notices_about(record: BibliographicRecord) -> tuple[Update, ...]:
    """The notices about this paper, oldest first, self-references left out.

    Services list a paper among its own notices (a new version under the same DOI); that
    says nothing about whether it stands.
    """
    about = (u for u in record.updates if u.direction == "affected" and not _itself(u, record))
    return tuple(sorted(about, key=lambda u: (str(u.date or ""), u.type, u.doi, u.pmid, u.source)))


def _itself(update: Update, record: BibliographicRecord) -> bool:
    return bool(
        (update.doi and update.doi == record.doi)
        or (update.pmid and update.pmid == record.pmid and not update.doi)
    )


def is_notice(record: BibliographicRecord) -> bool:
    """Whether the paper is itself an editorial notice about another one."""
    if any(
        u.direction == "notice" and u.type in UPDATE_STATES and not _itself(u, record)
        # A later version or a republished paper is a paper, not a notice.
        and UPDATE_STATES[u.type] != "superseded" and "republished" not in u.type
        for u in record.updates
    ):  # fmt: skip
        return True
    signs = [sign for sign in map(_type_sign, record.publication_types) if sign]
    title = title_sign(record)
    return any(direction == "notice" for direction, _ in [*signs, *([title] if title else [])])


def _type_sign(publication_type: str) -> tuple[Direction, str] | None:
    return PUBLICATION_TYPES.get(publication_type.strip().casefold())


def title_sign(record: BibliographicRecord) -> tuple[Direction, str] | None:
    """What the beginning of a title says: a marked paper, a notice, or nothing (None).

    Some publishers title their notices as others mark retracted papers ("Retracted: ...");
    a record that points at what it is about, or that has no page but page 1, is the notice.
    """
    for pattern, direction, kind in TITLE_SIGNS:
        if re.match(pattern, record.title):
            points = any(u.direction == "notice" for u in record.updates)
            if direction == "affected" and (points or _single_page_one(record)):
                return "notice", kind
            return direction, kind
    return None


def _single_page_one(record: BibliographicRecord) -> bool:
    return record.first_page == "1" and record.last_page in ("", "1") and not record.article_number


def state_of(record: BibliographicRecord) -> State:
    """The state of a paper by everything one record says: notices, relations, types, title."""
    states = {
        RELATION_STATES[relation.type]
        for relation in record.relations
        if relation.type in RELATION_STATES and relation.identifier != record.doi
    }
    signs = [_type_sign(kind) for kind in record.publication_types]
    signs.append(title_sign(record))
    from_signs = {UPDATE_STATES[s[1]] for s in signs if s and s[0] == "affected"}
    notices = notices_about(record)
    from_notices = state_of_notices(notices)
    if from_notices == "reinstated":
        # The mark in a title or a publication type often outlives the retraction.
        from_signs -= TAKEN_BACK
    return worst([*states, *from_signs, from_notices])


def state_of_notices(notices: Iterable[Update]) -> State:
    """The state that notices leave a paper in; a reinstatement takes back what was before it.

    Without dates a reinstatement is taken to be the later notice: there is nothing to
    reinstate before a retraction.
    """
    notices = tuple(notices)
    reinstated = [n for n in notices if UPDATE_STATES.get(n.type) == "reinstated"]
    latest = max((str(n.date or "") for n in reinstated), default="")
    states: list[State] = []
    for notice in notices:
        state = UPDATE_STATES.get(notice.type, "ok")
        later = bool(latest and notice.date and str(notice.date) > latest)
        if reinstated and state in TAKEN_BACK and not later:
            continue
        states.append(state)
    return worst(states)
