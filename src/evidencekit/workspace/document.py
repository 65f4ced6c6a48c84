"""A parsed file that remembers where everything stands.

Positions are character offsets into the text: the parser hands them over for
the price of an integer, and lines and columns are worked out only for the few
places that end up in a finding.
"""

from __future__ import annotations

from collections.abc import Sequence as Path
from dataclasses import dataclass
from typing import Any

from evidencekit.errors import Finding, Place, Severity


class Quoted(str):
    """A text in quotes (or a block text): never a number, a word like true, or nothing."""

    __slots__ = ()


class Broken:
    """Stands where the file holds something that was already reported."""

    __slots__ = ()


BROKEN = Broken()


class MappingNode(dict[str, Any]):
    """Keys and values in file order; ``keys_at`` and ``values_at`` run parallel to them."""

    __slots__ = ("at", "keys_at", "values_at")

    def __init__(self, at: int) -> None:
        self.at = at
        self.keys_at: list[int] = []
        self.values_at: list[int] = []


class SequenceNode(list[Any]):
    """A list; ``items_at`` runs parallel to it."""

    __slots__ = ("at", "items_at")

    def __init__(self, at: int) -> None:
        self.at = at
        self.items_at: list[int] = []


Node = MappingNode | SequenceNode | str | Broken
"""A value of the tree; plain scalars are ``str``, quoted ones ``Quoted``."""


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """One file: its name as shown, its text with ``\\n`` line ends, and its tree.

    Parameters
    ----------
    file
        Path relative to the workspace, posix style.
    text
        The whole text, without byte order mark.
    root
        The tree, or None when the text could not be parsed.
    """

    file: str
    text: str
    root: Node | None = None

    def position(self, at: int) -> tuple[int, int]:
        """Line and column, both from 1, of an offset."""
        start = self.text.rfind("\n", 0, at) + 1
        return self.text.count("\n", 0, at) + 1, at - start + 1

    def line(self, at: int) -> str:
        """The line of the file that holds an offset."""
        start = self.text.rfind("\n", 0, at) + 1
        end = self.text.find("\n", at)
        return self.text[start : end if end >= 0 else len(self.text)]

    def place(self, at: int, *, length: int | None = None) -> Place:
        """The place at an offset; *length* is that of the marked text, read off it if None."""
        line, column = self.position(at)
        if length is None:
            length = token_length(self.line(at)[column - 1 :])
        end = min(column + max(length, 1), max(len(self.line(at)) + 1, column + 1))
        return Place(self.file, line, column, end)

    def finding(
        self,
        code: str,
        title: str,
        at: int,
        *,
        length: int | None = None,
        detail: str = "",
        remedy: str = "",
        severity: Severity = "error",
    ) -> Finding:
        """A finding that points at an offset of this file."""
        place = self.place(at, length=length)
        return Finding(code, title, place, detail, remedy, severity, self.line(at))

    def locate(self, path: Path[str | int]) -> tuple[int, Node | None]:
        """Offset and node at a path such as ``("results", 0, "estimate", "ci")``.

        A part of the path that the file does not hold (a key left at its
        default) gives the deepest node that it does.
        """
        at, node = 0, self.root
        if isinstance(node, MappingNode | SequenceNode):
            at = node.at
        for part in path:
            if isinstance(node, MappingNode) and part in node:
                index = list(node).index(str(part))
                at, node = node.values_at[index], node[str(part)]
                if isinstance(node, MappingNode | SequenceNode):
                    at = node.at
            elif isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node):
                at, node = node.items_at[part], node[part]
            else:
                break
        return at, node

    def key_at(self, path: Path[str | int]) -> int:
        """Offset of the last key of a path, or of the deepest node there is."""
        at, parent = self.locate(path[:-1])
        if isinstance(parent, MappingNode) and path[-1] in parent:
            return parent.keys_at[list(parent).index(str(path[-1]))]
        return at


def scalar_length(node: Any) -> int | None:
    """Length in the file of a plain one-line scalar; None for anything else."""
    if type(node) is str and "\n" not in node:
        return len(node)
    return None


def token_length(rest: str) -> int:
    """Length of the YAML value or key that starts a line's remainder, for the carets."""
    if not rest:
        return 0
    if rest[0] in "\"'":
        end = rest.find(rest[0], 1)
        while end > 0 and (rest[end - 1] == "\\" or rest[end : end + 2] == "''"):
            end = rest.find(rest[0], end + (1 if rest[0] == '"' else 2))
        return end + 1 if end > 0 else len(rest)
    if rest[0] in "[{":
        return _bracket_length(rest)
    ends = [rest.find(stop) for stop in (": ", " #", "\t#")]
    ends += [len(rest) - 1] if rest.endswith(":") else []
    return min((end for end in ends if end > 0), default=len(rest.rstrip()))


def _bracket_length(rest: str) -> int:
    depth, quote = 0, ""
    for index, char in enumerate(rest):
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char in "[{":
            depth += 1
        elif char in "]}":
            depth -= 1
            if depth == 0:
                return index + 1
    return len(rest.rstrip())
