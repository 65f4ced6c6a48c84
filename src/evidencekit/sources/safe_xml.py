"""XML of strangers: no entities, no external files, no bottomless nesting."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

DEEPEST = 100
"""Levels of nesting allowed; PubMed's own records have fewer than twenty."""


class UnsafeXml(ValueError):
    """The document holds something no real record does."""


class MalformedXml(ValueError):
    """The document is not XML, or broken off."""


def parse_xml(body: bytes) -> Element:
    """Parse a document that may be hostile.

    A DOCTYPE is allowed, because PubMed sends one; a declared entity is not, and
    nothing outside the document is ever opened.

    Parameters
    ----------
    body
        The document.

    Returns
    -------
    Element
        Its root.

    Raises
    ------
    UnsafeXml
        It declares entities, refers to other files, or nests deeper than `DEEPEST`.
    MalformedXml
        It cannot be parsed.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import DefusedXMLParser

    parser = DefusedXMLParser(
        target=_limited_builder(), forbid_dtd=False, forbid_entities=True, forbid_external=True
    )
    try:
        parser.feed(body)
        root: Element = parser.close()
    except DefusedXmlException as error:
        raise UnsafeXml(f"entities or outside references: {type(error).__name__}") from None
    except (ParseError, LookupError, ValueError) as error:
        if isinstance(error, UnsafeXml):
            raise
        raise MalformedXml(str(error)) from None
    return root


def _limited_builder() -> object:
    from xml.etree.ElementTree import TreeBuilder

    class LimitedBuilder(TreeBuilder):
        """Builds the tree and counts how deep it gets."""

        depth = 0

        def start(self, tag: str, attributes: dict[str, str], /) -> Element:
            self.depth += 1
            if self.depth > DEEPEST:
                raise UnsafeXml(f"nested deeper than {DEEPEST} levels")
            return super().start(tag, attributes)

        def end(self, tag: str, /) -> Element:
            self.depth -= 1
            return super().end(tag)

    return LimitedBuilder()
