"""Trees to dataclasses, directed by their annotations.

A data file is described once, by the dataclass it becomes. `decoder_for`
compiles an annotation into a closure, once per type; the closures then run
over any number of files. Decoding never stops at a problem: everything wrong
with a file is reported together, and what could not be read becomes
``UNKNOWN``.
"""

from __future__ import annotations

import dataclasses
import types
from datetime import date
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from evidencekit.errors import Finding
from evidencekit.workspace import numbers, scalars
from evidencekit.workspace.document import Broken, Document, MappingNode, SequenceNode
from evidencekit.workspace.fields import Printed, PValue, Reading
from evidencekit.workspace.numbers import as_printed
from evidencekit.workspace.problems import NULLS, UNKNOWN, Decoder, Problems, Unknown, wrong_kind
from evidencekit.workspace.suggest import did_you_mean, one_of

ABSENT: Any = object()
"""Stands for a key that the file does not hold, until its default is known."""

_SCALARS: dict[Any, Decoder] = {
    str: scalars.text,
    int: numbers.integer,
    float: numbers.real,
    bool: scalars.boolean,
    date: scalars.iso_date,
    Printed: numbers.printed,
    PValue: numbers.p_value,
}


def decode(document: Document, cls: Any) -> tuple[Any, list[Finding]]:
    """Decode a document into a dataclass.

    Parameters
    ----------
    document
        A parsed file with a root.
    cls
        The dataclass that describes it.

    Returns
    -------
    object
        A *cls*; fields that could not be read hold ``UNKNOWN``, as does the
        whole when the root is not a mapping.
    list of Finding
        Every problem; empty for a record that is whole.
    """
    problems = Problems(document)
    root = document.root
    at = root.at if isinstance(root, MappingNode | SequenceNode) else 0
    record = decoder_for(cls)(root, at, problems)
    return record, problems.findings


@cache
def decoder_for(annotation: Any, pattern: str = "") -> Decoder:
    """The decoder of an annotation: ``(node, offset, problems) -> value``."""
    if pattern and annotation is str:
        decoder = scalars.patterned(pattern)
        return scalars.checked_doi(decoder) if pattern.startswith(r"10\.") else decoder
    if annotation in _SCALARS:
        return _SCALARS[annotation]
    if annotation is Reading:
        return _reading
    if dataclasses.is_dataclass(annotation):
        return _dataclass(annotation)
    return _generic(annotation, get_origin(annotation), get_args(annotation), pattern)


def _generic(annotation: Any, origin: Any, arguments: tuple[Any, ...], pattern: str) -> Decoder:
    if origin is Literal:
        return scalars.words(arguments)
    if origin is tuple:
        return _list(arguments) if arguments[-1] is Ellipsis else _fixed(arguments)
    if origin is dict:
        return _table(arguments[1])
    if origin in (Union, types.UnionType):
        return _union(arguments, pattern)
    raise TypeError(f"no decoder for {annotation!r}")


_HINTS: dict[Any, dict[str, Any]] = {}


def hints(cls: Any) -> dict[str, Any]:
    """Annotations of a dataclass, resolved; once per class."""
    if cls not in _HINTS:
        _HINTS[cls] = get_type_hints(cls)
    return _HINTS[cls]


def _dataclass(cls: Any) -> Decoder:
    fields = dataclasses.fields(cls)
    table = _field_decoders(cls)
    get = {name: (index, decoder) for index, (name, decoder) in enumerate(table.items())}.get
    template = [ABSENT if f.default is dataclasses.MISSING else f.default for f in fields]
    without_default = [
        (index, f.name, None if f.default_factory is dataclasses.MISSING else f.default_factory)
        for index, f in enumerate(fields)
        if f.default is dataclasses.MISSING
    ]
    setters = [cls.__dict__[f.name].__set__ for f in fields]
    new = cls.__new__

    def decode(node: Any, at: int, problems: Problems) -> Any:
        if type(node) is not MappingNode:
            return wrong_kind(node, at, problems, f"keys and values ({', '.join(table)})")
        row = template.copy()
        unknown = False
        for (name, value), place in zip(node.items(), node.values_at, strict=True):
            entry = get(name)
            if entry is None:
                unknown = True
            else:
                row[entry[0]] = entry[1](value, place, problems)
        if unknown:
            _unknown_keys(node, table, problems)
        for index, name, factory in without_default:
            if row[index] is ABSENT:
                row[index] = factory() if factory else _missing(cls, name, node, problems)
        # As the frozen class's own __init__ does, without passing 17 keywords by name:
        # a third of the decoding time of a large workspace.
        record = new(cls)
        for setter, value in zip(setters, row, strict=True):
            setter(record, value)
        return record

    return decode


def _field_decoders(cls: Any) -> dict[str, Decoder]:
    annotations = hints(cls)
    return {
        f.name: decoder_for(annotations[f.name], f.metadata.get("pattern", ""))
        for f in dataclasses.fields(cls)
    }


def _unknown_keys(node: MappingNode, known: dict[str, Decoder], problems: Problems) -> None:
    absent = [name for name in known if name not in node]
    for name, place in zip(node, node.keys_at, strict=True):
        if name not in known:
            hint = did_you_mean(name, absent) or did_you_mean(name, known)
            detail = "" if hint else one_of(known, limit=40)
            title = f'unknown key "{name}"'
            problems.add("EK041", title, place, name, detail=detail, remedy=hint)


def _missing(cls: type[Any], name: str, node: MappingNode, problems: Problems) -> Unknown:
    """Report a required key that is not there, at the mapping that lacks it."""
    docs = {f.name: f.metadata.get("doc", "") for f in dataclasses.fields(cls)}
    # A block mapping is marked at its first key, one in braces as a whole.
    block = bool(node.keys_at) and node.keys_at[0] == node.at
    title = f'required key "{name}" is missing'
    first = next(iter(node)) if block else None
    return problems.add("EK040", title, node.at, first, remedy=f"add {name}: ({docs[name]})")


def _list(arguments: tuple[Any, ...]) -> Decoder:
    item = decoder_for(arguments[0])

    def decode(node: Any, at: int, problems: Problems) -> Any:
        if type(node) is not SequenceNode:
            return wrong_kind(node, at, problems, "a list")
        places = node.items_at
        return tuple([item(value, places[i], problems) for i, value in enumerate(node)])

    return decode


def _fixed(arguments: tuple[Any, ...]) -> Decoder:
    items = tuple(decoder_for(argument) for argument in arguments)
    count = len(items)
    names = {2: "two values in brackets"}.get(count, f"{count} values in brackets")

    def decode(node: Any, at: int, problems: Problems) -> Any:
        if type(node) is not SequenceNode:
            return wrong_kind(node, at, problems, f"{names}, [low, high]")
        if len(node) != count:
            title = f"{names} expected, but there are {len(node)}"
            remedy = ""
            if len(node) == 2 * count and all(
                isinstance(value, str) and as_printed(value) for value in node
            ):
                pairs = zip(node[::2], node[1::2], strict=True)
                remedy = f"the decimal mark is a point: [{', '.join('.'.join(p) for p in pairs)}]"
            return problems.add("EK053", title, at, node, remedy=remedy)
        places = node.items_at
        values = [items[i](value, places[i], problems) for i, value in enumerate(node)]
        return tuple(values)

    return decode


def _table(value_type: Any) -> Decoder:
    item = decoder_for(value_type)

    def decode(node: Any, at: int, problems: Problems) -> Any:
        if type(node) is not MappingNode:
            return wrong_kind(node, at, problems, "keys and values")
        return {
            name: item(value, place, problems)
            for (name, value), place in zip(node.items(), node.values_at, strict=True)
        }

    return decode


def _union(arguments: tuple[Any, ...], pattern: str) -> Decoder:
    """Chosen by what the node is: a mapping, a list, nothing, or a single value."""
    optional = types.NoneType in arguments
    options = [argument for argument in arguments if argument is not types.NoneType]
    mapping: Decoder | None = None
    sequence: Decoder | None = None
    single: Decoder | None = None
    if {str, int, float, bool} <= set(options):
        single, optional = scalars.open_scalar, False
        options = [option for option in options if option not in (str, int, float, bool)]
    for option in options:
        decoder = decoder_for(option, pattern)
        if get_origin(option) is dict or (
            dataclasses.is_dataclass(option) and option not in _SCALARS
        ):
            mapping = decoder
        elif get_origin(option) is tuple:
            sequence = decoder
        else:
            single = decoder
    fallback = single or mapping or sequence
    assert fallback is not None
    by_kind = {MappingNode: mapping or fallback, SequenceNode: sequence or fallback}
    choose = by_kind.get

    def decode(node: Any, at: int, problems: Problems) -> Any:
        if optional and type(node) is str and node in NULLS:
            return None
        return choose(type(node), fallback)(node, at, problems)

    return decode


def _reading(node: Any, at: int, problems: Problems) -> Any:
    """``own_report``, or ``{as_printed_in: report}``."""
    remedy = "write own_report, or {as_printed_in: <doi, pmid or url of a report>}"
    if isinstance(node, str) and node == "own_report":
        return Reading("own_report")
    if isinstance(node, MappingNode) and list(node) == ["as_printed_in"]:
        report = scalars.text(node["as_printed_in"], node.values_at[0], problems)
        return report if report is UNKNOWN else Reading("as_printed_in", report)
    if isinstance(node, Broken):
        return UNKNOWN
    return problems.add("EK055", "not a reading", at, node, remedy=remedy)
