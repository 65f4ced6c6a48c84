"""libyaml's syntax errors in plain words: what is wrong and what to type instead."""

from __future__ import annotations

from typing import Any

_NO_COLON = "a key without a colon"
_NEVER_CLOSED = "a quotation mark or bracket is never closed"
_LIST = "a list in [ ] is not closed or lacks a comma"
_MAPPING = "a mapping in { } is not closed or lacks a comma"
UNFINISHED = (_NO_COLON, _NEVER_CLOSED, _LIST, _MAPPING)
"""Errors that are noticed below the place where they were made."""

EXPLANATIONS: tuple[tuple[str, str, str], ...] = (
    (
        "mapping values are not allowed",
        "a colon where none is expected",
        "put text that contains ': ' in quotes, or check the indentation",
    ),
    (
        "could not find expected ':'",
        _NO_COLON,
        "write 'key: value'; put text that goes over several lines in quotes or after |",
    ),
    (
        "unexpected end of stream",
        _NEVER_CLOSED,
        "close it",
    ),
    ("expected ',' or ']'", _LIST, "close it with ]"),
    ("expected ',' or '}'", _MAPPING, "close it with }"),
    (
        "did not find expected key",
        "a key is expected here",
        "check the indentation: keys of one mapping start in the same column; "
        "text after a closing quote must be inside it",
    ),
    (
        "expected '-' indicator",
        "a list item is expected here",
        "start it with '- ' in the same column as the items before",
    ),
    (
        "block sequence entries are not allowed",
        "a list item where none is expected",
        "start the list on the line after its key",
    ),
    (
        "cannot start any token",
        "a value cannot start with this character",
        "put the value in quotes",
    ),
    (
        "unknown escape character",
        "unknown escape in double quotes",
        "write \\\\ for a backslash, or use single quotes",
    ),
    ("document indicator", "a document marker inside a quoted text", "close the quotes first"),
    (
        "<document start>",
        "text after the end of the document",
        "keep one document per file and check the indentation",
    ),
    ("tab character", "a tab in the indentation", "indent with spaces"),
)


def explain(error: Any, text: str, at: int) -> tuple[str, str, str, str]:
    """Code, title, detail and remedy of a syntax error.

    Parameters
    ----------
    error
        A ``yaml.MarkedYAMLError``.
    text, at
        The file's text and the offset at which the parser stopped.
    """
    problem = str(error.problem or error)
    before = text[text.rfind("\n", 0, at) + 1 : at + 1]
    if text[at : at + 1] == "\t" or (before.endswith("\t") and not before.strip()):
        return "EK007", "a tab in the indentation", "YAML allows spaces only", "indent with spaces"
    for part, title, remedy in EXPLANATIONS:
        if part in problem:
            return "EK006", title, "", remedy
    return "EK006", "not valid YAML", problem, "check brackets, quotes and indentation"
