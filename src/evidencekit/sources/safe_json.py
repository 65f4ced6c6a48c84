"""JSON of strangers: one UTF-8 document, no numbers that are none, no bottomless nesting."""

from __future__ import annotations

import json
import re
from typing import Any

DEEPEST = 100
"""Levels of nesting allowed; a real answer has fewer than fifteen."""

_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', re.DOTALL)


class UnsafeJson(ValueError):
    """The document holds something no real answer does."""


class MalformedJson(ValueError):
    """The document is not JSON, or broken off."""


def parse_json(body: bytes) -> Any:
    """Parse a document that may be hostile.

    Parameters
    ----------
    body
        The document, UTF-8.

    Returns
    -------
    Any
        Plain values.

    Raises
    ------
    UnsafeJson
        It nests deeper than `DEEPEST`.
    MalformedJson
        It cannot be parsed, is not UTF-8, or holds NaN or Infinity.
    """
    if body.count(b"[") + body.count(b"{") > DEEPEST:
        _check_depth(body)
    try:
        return json.loads(body.decode("utf-8-sig"), parse_constant=_no_number)
    except RecursionError:
        raise UnsafeJson(f"nested deeper than {DEEPEST} levels") from None
    except ValueError as error:
        raise MalformedJson(str(error)) from None


def _check_depth(body: bytes) -> None:
    depth = 0
    for token in _TOKEN.finditer(body):
        mark = token.group()[:1]
        if mark in b"[{":
            depth += 1
            if depth > DEEPEST:
                raise UnsafeJson(f"nested deeper than {DEEPEST} levels")
        elif mark in b"]}":
            depth -= 1


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is not a number of JSON")
