"""Reading plain values of strangers: whatever is not of the kind expected counts as missing."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from evidencekit.sources.cleaning import plain_text

LONGEST_TEXT = 20_000
"""Characters kept of one field; longer ones are damaged deposits."""


def objects(value: Any) -> list[Mapping[str, Any]]:
    """The objects of a list; a single object counts as a list of one."""
    if isinstance(value, Mapping):
        return [value]
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def mapping(value: Any) -> Mapping[str, Any]:
    """An object, or an empty one."""
    return value if isinstance(value, Mapping) else {}


def texts(value: Any) -> list[str]:
    """The texts of a list (or a single text), tags and entities out, empty ones left out."""
    found = value if isinstance(value, list) else [value]
    cleaned = [text(item) for item in found]
    return [item for item in cleaned if item]


def text(value: Any) -> str:
    """A text without tags and entities; a whole number as its digits; else empty."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return ""
    return plain_text(str(value)[:LONGEST_TEXT])


def raw(value: Any) -> str:
    """An identifier as it stands: a DOI may hold what looks like a tag; else empty."""
    return value[:LONGEST_TEXT] if isinstance(value, str) else ""


@cache
def language_code(value: str) -> str:
    """ISO 639-1 code of a language tag or of PubMed's three letters; empty when unknown.

    Examples
    --------
    >>> language_code("dut"), language_code("en-US"), language_code("und")
    ('nl', 'en', '')
    """
    from babel.core import get_global

    tag = value.strip().lower().replace("_", "-").split("-")[0]
    code = tag if len(tag) == 2 else get_global("language_aliases").get(tag, "")
    return code if len(code) == 2 and code.isascii() and code.isalpha() else ""
