"""Elements and attributes of XML by their names, whatever their namespaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


def local(element: Element) -> str:
    """The name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def attribute(element: Element, name: str) -> str:
    """An attribute whatever its namespace; empty when there is none."""
    for key, value in element.items():
        if key.rpartition("}")[2] == name:
            return value
    return ""


def child(element: Element, *path: str) -> Element | None:
    """The first element down a path of names."""
    for name in path:
        found = next((entry for entry in element if local(entry) == name), None)
        if found is None:
            return None
        element = found
    return element
