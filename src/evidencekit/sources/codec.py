"""Frozen dataclasses to plain JSON values and back, strictly, by their annotations.

Values equal to their default are left out, so that a file holds what is known and
nothing else; an unknown key or a value of the wrong kind is refused with its place.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from typing import Any, Literal, TypeVar

from evidencekit.errors import FileError

T = TypeVar("T")


def encode(value: Any) -> Any:
    """Plain values: dicts without defaults, lists, texts, numbers; dates as text."""
    kind = type(value)
    if kind is str or kind is int or value is None:
        return value
    if kind is tuple:
        return [encode(item) for item in value]
    if is_dataclass(kind):
        if hasattr(kind, "from_text"):
            return str(value)
        return {
            name: encode(item)
            for name, default in _fields(kind)
            if (item := getattr(value, name)) != default
        }
    if isinstance(value, Mapping):
        return {name: encode(value[name]) for name in sorted(value)}
    return value


def decode(kind: type[T], data: Any, place: str) -> T:
    """Build a dataclass from plain values.

    Parameters
    ----------
    kind
        The dataclass.
    data
        What `encode` gave, perhaps edited since.
    place
        Where *data* stand, for messages.

    Raises
    ------
    FileError
        On a missing or unknown key and on a value of the wrong kind.
    """
    value: T = _value(kind, data, place)
    return value


@cache
def _fields(kind: type) -> tuple[tuple[str, Any], ...]:
    """Names and defaults; `MISSING`, which no value equals, where a field is required."""
    return tuple((f.name, _default(f)) for f in fields(kind))


@cache
def _required(kind: type) -> tuple[str, ...]:
    return tuple(name for name, default in _fields(kind) if default is MISSING)


@cache
def _annotations(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _default(entry: Field[Any]) -> Any:
    if entry.default_factory is not MISSING:
        return entry.default_factory()
    return entry.default


def _record(kind: Any, data: Any, place: str) -> Any:
    if not isinstance(data, Mapping):
        raise _wrong(data, place, "an object")
    hints = _annotations(kind)
    for name in data:
        if name not in hints:
            raise FileError(
                f"{place}: unknown key {name!r}; allowed are {', '.join(sorted(hints))}"
            )
    for name in _required(kind):
        if name not in data:
            raise FileError(f"{place}: the key {name!r} is missing")
    values = {name: _value(hints[name], data[name], f"{place}.{name}") for name in data}
    try:
        return kind(**values)
    except ValueError as error:
        raise FileError(f"{place}: {error}") from error


def _value(kind: Any, data: Any, place: str) -> Any:
    if kind is str and type(data) is str:
        return data  # by far the most common
    origin, arguments = _shape(kind)
    if origin in (types.UnionType, typing.Union):
        return None if data is None else _value(arguments[0], data, place)
    if origin is Literal:
        if data not in arguments:
            raise _wrong(data, place, f"one of {', '.join(map(str, arguments))}")
        return data
    if origin is tuple:
        if not isinstance(data, list):
            raise _wrong(data, place, "a list")
        return tuple(_value(arguments[0], item, f"{place}[{i}]") for i, item in enumerate(data))
    if origin is Mapping:
        if not isinstance(data, Mapping):
            raise _wrong(data, place, "an object")
        return {name: _value(arguments[1], data[name], f"{place}.{name}") for name in data}
    if is_dataclass(kind):
        return (
            _from_text(kind, data, place)
            if hasattr(kind, "from_text")
            else _record(kind, data, place)
        )
    if not isinstance(data, kind) or (kind is int and isinstance(data, bool)):
        raise _wrong(data, place, _NAMES[kind])
    return data


@cache
def _shape(kind: Any) -> tuple[Any, tuple[Any, ...]]:
    return typing.get_origin(kind), typing.get_args(kind)


def _from_text(kind: Any, data: Any, place: str) -> Any:
    if not isinstance(data, str):
        raise _wrong(data, place, "text")
    try:
        return kind.from_text(data)
    except ValueError as error:
        raise FileError(f"{place}: {error}") from error


_NAMES = {str: "text", int: "a whole number", bool: "true or false", float: "a number"}


def _wrong(data: Any, place: str, expected: str) -> FileError:
    shown = repr(data) if len(repr(data)) <= 60 else f"{repr(data)[:57]}..."
    return FileError(f"{place}: {expected} expected, {shown} found")
