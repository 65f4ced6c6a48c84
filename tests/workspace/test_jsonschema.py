"""The schemas for editors describe the same keys as the decoder."""

from __future__ import annotations

import dataclasses
import json
import re
from typing import Any

import pytest

from evidencekit.workspace.decode import hints
from evidencekit.workspace.jsonschema import LISTS, SCHEMAS, schema


def objects(node: Any) -> list[dict[str, Any]]:
    if isinstance(node, list):
        return [found for item in node for found in objects(item)]
    if not isinstance(node, dict):
        return []
    inner = [found for item in node.values() for found in objects(item)]
    return [node, *inner] if node.get("type") == "object" else inner


@pytest.mark.parametrize("kind", SCHEMAS)
def test_schema(kind: str) -> None:
    body = schema(kind)
    assert json.loads(json.dumps(body)) == body
    assert body["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert body["$id"] == f"{kind}.json"
    for part in objects(body):
        # Either keys are known, or their values are described.
        assert ("properties" in part) == (part["additionalProperties"] is False)
        for name, key in part.get("properties", {}).items():
            assert key["description"], name
    for reference in re.findall(r'"\$ref": "#/definitions/(\w+)"', json.dumps(body)):
        assert reference in body["definitions"]


@pytest.mark.parametrize(("kind", "cls"), SCHEMAS.items())
def test_keys_are_those_of_the_dataclass(kind: str, cls: type[Any]) -> None:
    body = schema(kind)
    body = body["items"] if kind in LISTS else body
    assert list(body["properties"]) == [field.name for field in dataclasses.fields(cls)]
    assert list(body["properties"]) == list(hints(cls))
    required = {
        f.name
        for f in dataclasses.fields(cls)
        if f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING
    }
    assert set(body["required"]) == required


def test_some_keys_in_full() -> None:
    study = schema("study")
    assert study["properties"]["funding"] == {
        "enum": ["industry", "mixed", "public", "unclear"],
        "description": "who paid",
        "default": "unclear",
    }
    report = study["definitions"]["Report"]["properties"]
    assert report["pmid"]["type"] == ["string", "integer"]
    assert re.search(report["doi"]["pattern"], "10.1000/x")
    assert not re.search(report["doi"]["pattern"], "https://doi.org/10.1000/x")
    data = study["definitions"]["ArmData"]["properties"]["events"]["anyOf"]
    assert [option["type"] for option in data] == [["number", "string"], "null"]
