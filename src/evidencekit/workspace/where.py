"""Conditions of analysis plans: ``arms.intervention.tags.live == true and year >= 2000``.

A small grammar, read by a tokeniser and a recursive descent; nothing is ever
evaluated as code::

    condition  = term ("or" term)*
    term       = factor ("and" factor)*
    factor     = "not" factor | "(" condition ")" | comparison
    comparison = path ("==" | "!=" | "<" | "<=" | ">" | ">=") literal
               | path ["not"] "in" "[" literal ("," literal)* "]"
               | path "has" literal
    literal    = 'text' | "text" | number | true | false | null

A path that leads nowhere is null. Null compares false with everything but
null itself, so a study that lacks a fact is never selected by it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from evidencekit.workspace.conditions import (
    Both,
    Compare,
    Condition,
    Either,
    Literal,
    Node,
    Not,
    PathUse,
    WhereError,
    resolve,
)

__all__ = ["Condition", "WhereError", "compile_where", "resolve"]

MAX_LENGTH = 2000
MAX_DEPTH = 30


@lru_cache(maxsize=1024)
def compile_where(text: str) -> Condition:
    """Read a condition.

    Parameters
    ----------
    text
        The condition, in the grammar above.

    Returns
    -------
    Condition

    Raises
    ------
    WhereError
        With the offset of the first character that does not fit.
    """
    if len(text) > MAX_LENGTH:
        raise WhereError(f"condition is longer than {MAX_LENGTH} characters", MAX_LENGTH)
    return _Parser(text).run()


class _Token(NamedTuple):
    kind: str
    text: str
    offset: int


_TOKENS = re.compile(
    r"""(?P<blank>\s+)
      | (?P<operator>==|!=|<=|>=|<|>)
      | (?P<mark>[()\[\],])
      | (?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<number>[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?(?![\w.]))
      | (?P<name>[A-Za-z][\w-]*(?:\.[A-Za-z0-9][\w-]*)*)""",
    re.VERBOSE | re.ASCII,
)
_WORDS = ("and", "or", "not", "in", "has")
_VALUES: dict[str, Literal] = {"true": True, "false": False, "null": None}
_MISTAKES = {
    "=": "write == to compare",
    "&": "write and",
    "|": "write or",
    "!": "write not, or != to compare",
    '"': "the quotation mark is never closed",
    "'": "the quotation mark is never closed",
    "\u201c": 'use straight quotes "',
    "\u201d": 'use straight quotes "',
    "\u2018": "use straight quotes '",
    "\u2019": "use straight quotes '",
    "\u2264": "write <=",
    "\u2265": "write >=",
    "\u2260": "write !=",
    "_": "names that start with _ are private",
}


_WORD_MISTAKES = {
    "none": "write null",
    "true": "write true",
    "false": "write false",
    "null": "write null",
    "and": "write and",
    "or": "write or",
    "not": "write not",
    "is": "write ==",
    "contains": "write has",
    "=": "write ==",
}


def _tokens(text: str) -> list[_Token]:
    tokens, at = [], 0
    while at < len(text):
        found = _TOKENS.match(text, at)
        if found is None:
            raise WhereError(
                f"unexpected character {text[at]!r}", at, 1, _MISTAKES.get(text[at], "")
            )
        kind = str(found.lastgroup)
        word = found[0]
        if kind == "name" and word in _WORDS:
            kind = word
        elif kind == "name" and word in _VALUES:
            kind = "value"
        if kind != "blank":
            tokens.append(_Token(kind, word, at))
        at = found.end()
    tokens.append(_Token("end", "", len(text)))
    return tokens


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = _tokens(text)
        self.index = 0
        self.depth = 0
        self.uses: list[PathUse] = []

    def run(self) -> Condition:
        root = self._either()
        token = self._peek()
        if token.kind != "end":
            raise self._unexpected("and, or, or the end")
        return Condition(self.text, root, tuple(self.uses))

    def _peek(self) -> _Token:
        return self.tokens[self.index]

    def _take(self) -> _Token:
        token = self.tokens[self.index]
        self.index += 1
        return token

    def _unexpected(self, expected: str) -> WhereError:
        token = self._peek()
        if token.kind == "end":
            return WhereError(f"condition ends where {expected} is expected", token.offset)
        remedy = _WORD_MISTAKES.get(token.text.lower(), "")
        message = f"{expected} expected, not {token.text}"
        return WhereError(message, token.offset, len(token.text), remedy)

    def _either(self) -> Node:
        parts = [self._both()]
        while self._peek().kind == "or":
            self._take()
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _both(self) -> Node:
        parts = [self._factor()]
        while self._peek().kind == "and":
            self._take()
            parts.append(self._factor())
        return parts[0] if len(parts) == 1 else Both(tuple(parts))

    def _factor(self) -> Node:
        token = self._peek()
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise WhereError("condition is nested too deeply", token.offset)
        try:
            if token.kind == "not":
                self._take()
                return Not(self._factor())
            if token.text == "(" and token.kind == "mark":
                self._take()
                inner = self._either()
                if self._peek().text != ")":
                    raise self._unexpected("a closing )")
                self._take()
                return inner
            return self._comparison()
        finally:
            self.depth -= 1

    def _comparison(self) -> Compare:
        if self._peek().kind != "name":
            raise self._unexpected("a name such as year or arms.intervention.tags.live")
        path = self._take()
        token = self._peek()
        operator = token.text
        if token.kind == "not" and self.tokens[self.index + 1].kind == "in":
            self._take()
            operator = "not in"
        elif token.kind not in ("operator", "in", "has"):
            raise self._unexpected("a comparison (==, !=, <, <=, >, >=, in, has)")
        self._take()
        literals = self._list() if operator.endswith("in") else (self._literal(),)
        self.uses.append(PathUse(path.text, path.offset, operator, literals))
        return Compare(path.text, operator, literals, path.offset)

    def _list(self) -> tuple[Literal, ...]:
        if self._peek().text != "[":
            raise self._unexpected('a list such as ["a", "b"]')
        self._take()
        literals = [self._literal()]
        while self._peek().text == ",":
            self._take()
            literals.append(self._literal())
        if self._peek().text != "]":
            raise self._unexpected("a closing ]")
        self._take()
        return tuple(literals)

    def _literal(self) -> Literal:
        token = self._peek()
        if token.kind == "text":
            self._take()
            return re.sub(r"\\(.)", r"\1", token.text[1:-1])
        if token.kind == "number":
            self._take()
            return float(token.text) if re.search("[.eE]", token.text) else int(token.text)
        if token.kind == "value":
            self._take()
            return _VALUES[token.text]
        error = self._unexpected("a value")
        if token.kind == "name" and not error.remedy:
            error = WhereError(
                f"a value expected, not {token.text}",
                token.offset,
                len(token.text),
                f'put text in quotes: "{token.text}"',
            )
        raise error
