"""Plain YAML values by the type that is expected: YAML 1.2 core rules, no guessing.

Every function here takes the node, its offset and the collector of findings,
and gives the value or ``UNKNOWN`` after reporting why there is none.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from evidencekit.workspace.document import Quoted
from evidencekit.workspace.numbers import INTEGER, NUMBER, real
from evidencekit.workspace.problems import (
    NULLS,
    UNKNOWN,
    Decoder,
    Problems,
    Unknown,
    wrong_kind,
)
from evidencekit.workspace.suggest import did_you_mean, one_of

# What a YAML 1.2 reader would not take for text.
NOT_TEXT = re.compile(
    r"[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?\.(inf|Inf|INF)"
    r"|\.(nan|NaN|NAN)|true|True|TRUE|false|False|FALSE|null|Null|NULL|~",
    re.ASCII,
)
_MAYBE_NOT_TEXT = frozenset("-+.0123456789tTfFnN~")


def text(node: Any, at: int, problems: Problems) -> Any:
    """A text; a plain value that reads as a number or a word like true needs quotes."""
    if type(node) is str:
        if not node:
            return wrong_kind(node, at, problems, "text")
        if node[0] in _MAYBE_NOT_TEXT and NOT_TEXT.fullmatch(node):
            if node in NULLS:
                return wrong_kind(node, at, problems, "text")
            kind = "a number" if node[-1].isdigit() or node[-1] == "." else "not text"
            remedy = f'put it in quotes: "{node}"'
            detail = f"{node} without quotes is {kind}"
            return problems.add("EK049", "text expected", at, node, detail=detail, remedy=remedy)
        return node
    if type(node) is Quoted:
        return str(node)
    return wrong_kind(node, at, problems, "text")


def patterned(pattern: str) -> Decoder:
    """A text that must match a pattern in full."""
    matches = re.compile(pattern, re.ASCII).fullmatch
    numeric = pattern.startswith(r"\d")

    def decode(node: Any, at: int, problems: Problems) -> Any:
        value = str(node) if numeric and type(node) is str and node else text(node, at, problems)
        if value is UNKNOWN or matches(value):
            return value
        return _pattern_mismatch(value, at, node, problems, pattern)

    return decode


def _pattern_mismatch(value: str, at: int, node: Any, problems: Problems, pattern: str) -> Unknown:
    if pattern.startswith(r"10\."):
        title, detail, remedy = "not a DOI", f'"{value}"', "a DOI starts with 10. and has a slash"
        bare = re.sub(r"^(https?://)?(dx\.)?(doi\.org/|doi:\s*)", "", value.strip(), flags=re.I)
        bare = bare.rstrip(".,;")
        if bare != value and re.fullmatch(pattern, bare):
            remedy = f'write only "{bare}"'
        return problems.add("EK048", title, at, node, detail=detail, remedy=remedy)
    if pattern.startswith(r"\d"):
        remedy = "digits only" if not value.isdigit() else "too many digits"
        return problems.add("EK047", "not a PubMed identifier", at, node, remedy=remedy)
    slug = re.sub(r"[^a-z0-9]+", "-", value.lower()).strip("-")
    remedy = "identifiers are lower case letters, digits and single hyphens"
    remedy += f': "{slug}"' if slug else ""
    return problems.add("EK047", "not an identifier", at, node, detail=f'"{value}"', remedy=remedy)


def checked_doi(decode: Decoder) -> Decoder:
    """A DOI must not end in the full stop or comma of the sentence it was copied from."""

    def decode_doi(node: Any, at: int, problems: Problems) -> Any:
        value = decode(node, at, problems)
        if value is not UNKNOWN and value[-1] in ".,;":
            remedy = f'write "{value.rstrip(".,;")}"'
            title = "DOI ends in a punctuation mark"
            return problems.add("EK048", title, at, node, detail=f'"{value}"', remedy=remedy)
        return value

    return decode_doi


def words(allowed: tuple[str, ...]) -> Decoder:
    """One of a few words."""
    get = {word: word for word in allowed}.get

    def decode(node: Any, at: int, problems: Problems) -> Any:
        value = get(node) if isinstance(node, str) else None
        if value is not None:
            return value
        if not isinstance(node, str) or (type(node) is str and node in NULLS):
            return wrong_kind(node, at, problems, f"one of {', '.join(allowed)}")
        title = f'"{node}" is not one of the words allowed here'
        hint = did_you_mean(node, allowed)
        return problems.add("EK046", title, at, node, detail=one_of(allowed), remedy=hint)

    return decode


def boolean(node: Any, at: int, problems: Problems) -> Any:
    """The plain words true and false."""
    if type(node) is str:
        if node == "true":
            return True
        if node == "false":
            return False
    if not isinstance(node, str) or (type(node) is str and node in NULLS):
        return wrong_kind(node, at, problems, "true or false")
    folded = node.casefold()
    hint = "true" if folded in ("true", "yes", "y", "on", "1") else ""
    hint = "false" if folded in ("false", "no", "n", "off", "0") else hint
    remedy = f"write {hint} without quotes" if hint else "no other words are read"
    return problems.add(
        "EK052", "true or false expected", at, node, detail=f'"{node}"', remedy=remedy
    )


def iso_date(node: Any, at: int, problems: Problems) -> Any:
    """A date, year first."""
    if isinstance(node, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", node, re.ASCII):
        try:
            return date.fromisoformat(node)
        except ValueError:
            title = "there is no such day"
            return problems.add("EK051", title, at, node, detail=node)
    if isinstance(node, str) and node not in NULLS:
        remedy = "write year-month-day: 2026-01-31"
        return problems.add("EK051", "date expected", at, node, detail=f'"{node}"', remedy=remedy)
    return wrong_kind(node, at, problems, "date")


def open_scalar(node: Any, at: int, problems: Problems) -> Any:
    """A value whose type the model leaves open, read by the core rules of YAML 1.2."""
    if type(node) is Quoted:
        return str(node)
    if type(node) is not str:
        return wrong_kind(node, at, problems, "a single value")
    if node in NULLS:
        return None
    if node in ("true", "false"):
        return node == "true"
    if node[0] in _MAYBE_NOT_TEXT and NUMBER.fullmatch(node):
        value = real(node, at, problems)
        return int(node) if INTEGER.fullmatch(node) else value
    return node
