"""JSON Schema (draft-07) for editors, from the same dataclasses as the decoder.

An editor with a YAML language server completes keys, shows each key's sentence
on hover and marks mistakes while typing. What it cannot know (does this arm
exist, do events exceed totals) is for ``validate``.
"""

from __future__ import annotations

import dataclasses
import inspect
import types
from datetime import date
from typing import Any, Literal, Union, get_args, get_origin

from evidencekit.workspace.claim import Claim
from evidencekit.workspace.decode import hints
from evidencekit.workspace.fields import Printed, PValue, Reading
from evidencekit.workspace.outcome import Outcomes
from evidencekit.workspace.plan import Plan
from evidencekit.workspace.study import Study

SCHEMAS: dict[str, type[Any]] = {
    "study": Study,
    "outcomes": Outcomes,
    "plan": Plan,
    "claims": Claim,
}
"""Kinds of data file, by the name of their schema."""

LISTS = frozenset({"claims"})
"""Kinds whose files are lists of what the schema describes."""

_NUMBER = r"^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$"
_SIMPLE: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    types.NoneType: {"type": "null"},
    date: {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
    Printed: {"type": ["number", "string"], "pattern": _NUMBER},
    PValue: {
        "type": ["number", "string"],
        "pattern": r"^[<>=]?\s*(\.\d+|\d+(\.\d*)?)([eE]-?\d+)?$",
    },
    Reading: {
        "anyOf": [
            {"const": "own_report"},
            {
                "type": "object",
                "properties": {
                    "as_printed_in": {
                        "type": "string",
                        "description": "doi, pmid or url of a report",
                    }
                },
                "required": ["as_printed_in"],
                "additionalProperties": False,
            },
        ]
    },
}


def schema(kind: str) -> dict[str, Any]:
    """The JSON Schema of a kind of data file.

    Parameters
    ----------
    kind
        A row of `SCHEMAS`: "study", "outcomes", "plan" or "claims".

    Returns
    -------
    dict
        Plain values, ready for ``json.dumps``. Its ``$id`` is relative: the
        schema lives beside the data and is fetched from nowhere.
    """
    cls = SCHEMAS[kind]
    definitions: dict[str, Any] = {}
    body = _object(cls, definitions)
    if kind in LISTS:
        body = {"type": "array", "items": body}
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": f"{kind}.json",
        "title": f"evidencekit {kind} file",
        **body,
        "definitions": dict(sorted(definitions.items())),
    }


def _object(cls: type[Any], definitions: dict[str, Any]) -> dict[str, Any]:
    annotations = hints(cls)
    properties: dict[str, Any] = {}
    required = []
    for field in dataclasses.fields(cls):
        pattern = field.metadata.get("pattern", "")
        properties[field.name] = _described(annotations[field.name], field, pattern, definitions)
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            required.append(field.name)
    return {
        "description": inspect.cleandoc(cls.__doc__ or ""),
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _described(
    annotation: Any, field: Any, pattern: str, definitions: dict[str, Any]
) -> dict[str, Any]:
    body = _type(annotation, pattern, definitions)
    # Draft-07 ignores what stands beside $ref.
    body = {"allOf": [body]} if "$ref" in body else dict(body)
    body["description"] = field.metadata.get("doc", "")
    if isinstance(field.default, str | int | float | bool):
        body["default"] = field.default
    return body


def _type(annotation: Any, pattern: str, definitions: dict[str, Any]) -> dict[str, Any]:
    if annotation is str and pattern:
        numeric = pattern.startswith(r"\d")
        kind: str | list[str] = ["string", "integer"] if numeric else "string"
        return {"type": kind, "pattern": f"^({pattern})$"}
    if annotation in _SIMPLE:
        return _SIMPLE[annotation]
    if dataclasses.is_dataclass(annotation) and isinstance(annotation, type):
        name = annotation.__name__
        if name not in definitions:
            definitions[name] = {}
            definitions[name] = _object(annotation, definitions)
        return {"$ref": f"#/definitions/{name}"}
    return _generic(get_origin(annotation), get_args(annotation), pattern, definitions)


def _generic(
    origin: Any, arguments: tuple[Any, ...], pattern: str, definitions: dict[str, Any]
) -> dict[str, Any]:
    if origin is Literal:
        return {"enum": list(arguments)}
    if origin is dict:
        return {
            "type": "object",
            "additionalProperties": _type(arguments[1], "", definitions),
        }
    if origin is tuple and arguments[-1] is Ellipsis:
        return {"type": "array", "items": _type(arguments[0], "", definitions)}
    if origin is tuple:
        items = [_type(argument, "", definitions) for argument in arguments]
        count = len(items)
        return {"type": "array", "items": items, "minItems": count, "maxItems": count}
    if origin in (Union, types.UnionType):
        return {"anyOf": [_type(argument, pattern, definitions) for argument in arguments]}
    raise TypeError(f"no schema for {origin!r}")
