"""What a compiled condition is, and whether a record fulfils it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from evidencekit.errors import EvidencekitError, ExitCode
from evidencekit.workspace.fields import Printed, Reading

Literal = str | int | float | bool | None


class WhereError(EvidencekitError, ValueError):
    """A condition cannot be read or does not fit the data.

    Parameters
    ----------
    message
        What is wrong.
    offset, length
        Where in the text, counted in characters from 0.
    remedy
        What to write instead.
    """

    exit_code = ExitCode.FINDINGS

    def __init__(self, message: str, offset: int = 0, length: int = 1, remedy: str = "") -> None:
        super().__init__(f"{message} (column {offset + 1})" + (f" - {remedy}" if remedy else ""))
        self.message, self.offset, self.length, self.remedy = message, offset, length, remedy


class PathUse(NamedTuple):
    """A path of a condition, where it stands and what it is compared with."""

    path: str
    offset: int
    operator: str
    literals: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Compare:
    """A path against one literal, or against a list for ``in``."""

    path: str
    operator: str
    literals: tuple[Literal, ...]
    offset: int

    def matches(self, record: Any) -> bool:
        """Whether the record fulfils it."""
        return _compare(resolve(record, self.path), self)


@dataclass(frozen=True, slots=True)
class Not:
    """Negation."""

    inner: Node

    def matches(self, record: Any) -> bool:
        """Whether the record does not fulfil the inner condition."""
        return not self.inner.matches(record)


@dataclass(frozen=True, slots=True)
class Both:
    """All parts hold (``and``)."""

    parts: tuple[Node, ...]

    def matches(self, record: Any) -> bool:
        """Whether the record fulfils every part."""
        return False not in [part.matches(record) for part in self.parts]


@dataclass(frozen=True, slots=True)
class Either:
    """At least one part holds (``or``)."""

    parts: tuple[Node, ...]

    def matches(self, record: Any) -> bool:
        """Whether the record fulfils one of the parts."""
        return True in [part.matches(record) for part in self.parts]


Node = Compare | Not | Both | Either


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that was read without error."""

    text: str
    root: Node
    uses: tuple[PathUse, ...]

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths it looks at, in order of appearance, each once."""
        return tuple(dict.fromkeys(use.path for use in self.uses))

    def matches(self, record: Any) -> bool:
        """Whether a record fulfils the condition.

        Parameters
        ----------
        record
            A dataclass or mapping; paths lead through fields and keys.

        Raises
        ------
        WhereError
            When values cannot be compared as written (a list with ``==``, a
            text with ``<`` and a number). Every part is evaluated, so that
            this does not depend on the order of the parts.
        """
        return self.root.matches(record)


def resolve(record: Any, path: str) -> Any:
    """The value at a dotted path, or None where it leads nowhere.

    Leads through fields of dataclasses and keys of mappings; never to private
    names, methods or properties. A printed number gives its value, a reading
    its kind.
    """
    value = record
    for name in path.split("."):
        if isinstance(value, Mapping):
            value = value.get(name)
        elif is_dataclass(value) and name in _names(value):
            value = getattr(value, name)
        else:
            return None
    if isinstance(value, Printed):
        return value.value
    if isinstance(value, Reading):
        return value.kind
    return value


def _names(record: Any) -> frozenset[str]:
    cls: Any = type(record)
    return _field_names(cls)


@lru_cache(maxsize=256)
def _field_names(cls: Any) -> frozenset[str]:
    return frozenset(f.name for f in fields(cls))


def _compare(value: Any, node: Compare) -> bool:
    operator, literals = node.operator, node.literals
    if operator == "has":
        # A tag may be one value or a list of them; one value is a list of one.
        items = value if isinstance(value, tuple | list) else (value,)
        return value is not None and any(_equal(item, literals[0]) for item in items)
    if isinstance(value, tuple | list):
        raise WhereError(
            f"{node.path} is a list", node.offset, len(node.path), f'use "{node.path} has ..."'
        )
    if literals == (None,) and operator in ("==", "!="):
        return (value is None) == (operator == "==")
    if value is None:
        return False
    if operator in ("==", "in"):
        return any(_equal(value, literal) for literal in literals)
    if operator in ("!=", "not in"):
        return not any(_equal(value, literal) for literal in literals)
    return _ordered(value, node)


def _equal(value: Any, literal: Literal) -> bool:
    """Equality without Python's ``True == 1``."""
    if isinstance(value, bool) or isinstance(literal, bool):
        return value is literal
    return bool(value == literal)


def _ordered(value: Any, node: Compare) -> bool:
    literal: Any = node.literals[0]
    numbers = all(isinstance(v, int | float) and not isinstance(v, bool) for v in (value, literal))
    texts = isinstance(value, str) and isinstance(literal, str)
    if not (numbers or texts):
        found = "text" if isinstance(value, str) else type(value).__name__
        raise WhereError(
            f"{node.path} is {found} ({value}) and cannot be compared with {node.operator}",
            node.offset,
            len(node.path),
            "use == or !=",
        )
    low, high = (value, literal) if node.operator in ("<", "<=") else (literal, value)
    return bool(low < high or ("=" in node.operator and low == high))
