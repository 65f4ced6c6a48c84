"""Matplotlib's SVG made fit for a page: accessible, namespaced, free of its global style.

Matplotlib writes neither title nor role, gives ids that collide when two
figures stand inline on one page, and a style rule for ``*`` that would restyle
the page around it.
"""

from __future__ import annotations

import hashlib
import re
from xml.etree import ElementTree

from evidencekit.render.paint import FigureRecord

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
XML = "http://www.w3.org/XML/1998/namespace"
_URL = re.compile(r"url\(#([^)]+)\)")


def namespace(figure_id: str) -> str:
    """Prefix of every id in the figure: "ek" and eight hexadecimal digits of its name."""
    return "ek" + hashlib.sha256(figure_id.encode()).hexdigest()[:8]


def finish_svg(raw: bytes, record: FigureRecord) -> bytes:
    """Add role, title, description and provenance; prefix ids; scope the style.

    Parameters
    ----------
    raw
        What matplotlib wrote, with ``svg.fonttype: none`` and no date.

    Returns
    -------
    bytes
        UTF-8, byte-identical for identical input.
    """
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", XLINK)
    root = ElementTree.fromstring(raw)
    prefix = namespace(record.figure_id)
    _drop_metadata(root)
    _prefix_ids(root, prefix)
    _scope_style(root, prefix)
    _compact(root)
    _describe(root, record, prefix)
    text = ElementTree.tostring(root, encoding="unicode", short_empty_elements=True)
    return ('<?xml version="1.0" encoding="utf-8"?>\n' + text.strip() + "\n").encode()


def _drop_metadata(root: ElementTree.Element) -> None:
    for child in list(root):
        if child.tag == f"{{{SVG}}}metadata":
            root.remove(child)


def _prefix_ids(root: ElementTree.Element, prefix: str) -> None:
    """Prefix ids and all references to them; drop ids nobody can use."""
    for element in root.iter():
        for name, value in list(element.attrib.items()):
            if name == "id":
                element.set(name, f"{prefix}-{value}")
            elif name == f"{{{XLINK}}}href" and value.startswith("#"):
                element.set(name, f"#{prefix}-{value[1:]}")
            elif "url(#" in value:
                element.set(name, _URL.sub(rf"url(#{prefix}-\1)", value))


def _scope_style(root: ElementTree.Element, prefix: str) -> None:
    for style in root.iter(f"{{{SVG}}}style"):
        style.text = (style.text or "").replace("*{", f"#{prefix} *{{")


def _compact(root: ElementTree.Element) -> None:
    """Drop the no-op rotation and white space matplotlib writes for each text."""
    for element in root.iter():
        if element.tail is not None:
            element.tail = "\n"
        if element.text is not None and not element.text.strip():
            element.text = "\n" if len(element) else None
        if element.get("transform", "").startswith("rotate(-0"):
            del element.attrib["transform"]


def _describe(root: ElementTree.Element, record: FigureRecord, prefix: str) -> None:
    root.set("id", prefix)
    root.set("role", "img")
    # The title is the name; the description, which is long, is read on request.
    root.set("aria-labelledby", f"{prefix}-title")
    root.set("aria-describedby", f"{prefix}-desc")
    root.set(f"{{{XML}}}lang", record.lang)
    title = ElementTree.Element(f"{{{SVG}}}title", {"id": f"{prefix}-title"})
    title.text = record.title
    desc = ElementTree.Element(f"{{{SVG}}}desc", {"id": f"{prefix}-desc"})
    desc.text = record.description
    first = [title, desc]
    if record.provenance:
        metadata = ElementTree.Element(f"{{{SVG}}}metadata", {"id": f"{prefix}-provenance"})
        metadata.text = record.provenance
        first.append(metadata)
    for position, element in enumerate(first):
        element.tail = "\n"
        root.insert(position, element)
