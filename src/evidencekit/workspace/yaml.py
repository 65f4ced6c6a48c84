"""YAML text to a tree with positions, from libyaml's event stream.

Only the syntax of YAML is read here. What a scalar means (a number, a date, text) is for the
decoder to say, which knows what is expected; so ``NO`` stays Norway, ``010`` is ten and ``0.90``
keeps its zero. Of YAML's machinery, data files need mappings, lists and scalars: anchors, aliases,
merge keys, tags and several documents in one file are reported and not followed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from evidencekit.errors import Finding, Place
from evidencekit.workspace.document import (
    BROKEN,
    Document,
    MappingNode,
    Node,
    Quoted,
    SequenceNode,
    token_length,
)
from evidencekit.workspace.files import as_text
from evidencekit.workspace.yaml_messages import UNFINISHED, explain

MAX_DEPTH = 40
"""Deeper nesting is refused: the data model has nine levels."""

NO_TEXT = "\0"
"""Stands for a key that is a list or mapping until it is reported."""

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FORBIDDEN = re.compile("[^\t\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Controls but tab and line feed, surrogates, and code points that are no characters.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_IDENTIFIER = re.compile(r"10\.\d{4,9}/|.*://")


class _Stop(Exception):
    """Ends the parsing of a file whose rest cannot be made sense of."""


def parse_bytes(data: bytes, *, file: str = "<bytes>") -> tuple[Document, list[Finding]]:
    """Parse the bytes of a file.

    Parameters
    ----------
    data
        Content of the file; UTF-8, with or without byte order mark.
    file
        Name shown in findings.

    Returns
    -------
    Document
        With ``root`` None when nothing could be read.
    list of Finding
        Every problem found; empty for clean YAML.
    """
    text = as_text(data, file)
    if isinstance(text, Finding):
        return Document(file, ""), [text]
    return parse(text, file=file)


def parse(text: str, *, file: str = "<text>") -> tuple[Document, list[Finding]]:
    """Parse YAML text; see `parse_bytes`."""
    text = text.removeprefix("\ufeff")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _Builder(file, text).run()


class _Builder:
    """Builds the tree of one file, collecting findings on the way."""

    def __init__(self, file: str, text: str) -> None:
        self.document = Document(file, text)
        self.findings: list[Finding] = []
        self.get: Callable[[], Any] = lambda: None
        # A glance at the whole text spares a look at every scalar of most files.
        self.careful = any(mark in text for mark in ("&", "*", "!", " #", "\t#", "\\"))

    def run(self) -> tuple[Document, list[Finding]]:
        document = self.document
        root: Node | None = None
        try:
            # libyaml raises for forbidden characters without saying where.
            self.get = _Loader(document.text).get_event
            root = self._document()
        except _Stop:  # raised only after its finding was recorded; the file ends here
            root = None
        except yaml.MarkedYAMLError as error:
            self._syntax_error(error)
        except (yaml.YAMLError, UnicodeError) as error:
            self._unreadable_character(error)
        return Document(document.file, document.text, root), self.findings

    def report(self, code: str, title: str, at: int, length: int, detail: str, remedy: str) -> None:
        self.findings.append(
            self.document.finding(code, title, at, length=length, detail=detail, remedy=remedy)
        )

    def _document(self) -> Node | None:
        self.get()
        event: Any = self.get()
        if type(event) is StreamEndEvent:
            self._empty()
            return None
        root = self._value(self.get(), 0)
        self.get()
        event = self.get()
        if type(event) is DocumentStartEvent:
            mark: Any = event.start_mark
            at = mark.index
            remedy = "keep one document per file; move what follows --- to a file of its own"
            self.report("EK012", "second document in one file", at, 3, "", remedy)
        if root == "" and type(root) is str:
            self._empty()
            return None
        return root

    def _empty(self) -> None:
        place = Place(self.document.file)
        remedy = "fill it in, or delete it"
        self.findings.append(Finding("EK004", "file is empty", place, "", remedy))

    def _value(self, event: Any, depth: int) -> Node:
        kind = type(event)
        if kind is ScalarEvent:
            if self.careful:
                self._inspect(event)
            return Quoted(event.value) if event.style else str(event.value)
        if kind is AliasEvent:
            at = event.start_mark.index
            remedy = "write the value out where it is used"
            length = len(event.anchor) + 1
            self.report("EK010", "alias is not allowed", at, length, f"*{event.anchor}", remedy)
            return BROKEN
        if depth >= MAX_DEPTH:
            detail = f"more than {MAX_DEPTH} levels"
            remedy = "check for brackets or indentation that never close"
            at = event.start_mark.index
            self.report("EK013", "nested too deeply", at, 1, detail, remedy)
            raise _Stop
        if self.careful:
            self._inspect(event)
        if kind is MappingStartEvent:
            return self._mapping(event.start_mark.index, depth + 1)
        if kind is SequenceStartEvent:
            return self._sequence(event.start_mark.index, depth + 1)
        raise _Stop

    def _mapping(self, at: int, depth: int) -> MappingNode:
        node = MappingNode(at)
        get, careful, scalar = self.get, self.careful, ScalarEvent
        key_at, value_at = node.keys_at.append, node.values_at.append
        while True:
            event = get()
            if type(event) is scalar:
                key = event.value
                if careful:
                    self._inspect(event)
            elif type(event) is MappingEndEvent:
                if "" in node or "<<" in node or NO_TEXT in node:
                    self._odd_keys(node)
                return node
            else:
                self._value(event, depth)
                key = NO_TEXT
            place = event.start_mark.index
            event = get()
            # The common case, a plain or quoted scalar, is spelt out here for speed.
            if type(event) is scalar and not careful:
                value: Any = Quoted(event.value) if event.style else event.value
            else:
                value = self._value(event, depth)
            if key in node:
                self._duplicate_key(node, key, place)
            else:
                node[key] = value
                key_at(place)
                value_at(event.start_mark.index)

    def _sequence(self, at: int, depth: int) -> SequenceNode:
        node = SequenceNode(at)
        while True:
            event = self.get()
            if type(event) is SequenceEndEvent:
                return node
            node.append(self._value(event, depth))
            node.items_at.append(event.start_mark.index)

    def _duplicate_key(self, node: MappingNode, key: str, at: int) -> None:
        line, column = self.document.position(node.keys_at[list(node).index(key)])
        shown = "a key that is not a text" if key == NO_TEXT else f'"{key}"'
        detail = f"{shown} stands already in line {line}, column {column}"
        self.report("EK008", "key is given twice", at, len(key), detail, "keep one of the two")

    def _odd_keys(self, node: MappingNode) -> None:
        """Report and remove keys that are empty, not a text, or the merge key."""
        for key in ("", "<<", NO_TEXT):
            if key not in node:
                continue
            index = list(node).index(key)
            del node[key], node.values_at[index]
            at = node.keys_at.pop(index)
            if key == "<<":
                remedy = "write the keys out"
                self.report("EK010", "merge key is not allowed", at, 2, "<<", remedy)
            else:
                remedy = "put text before the colon; quote it if it starts with [ or {"
                self.report("EK014", "key is not a text", at, 1, "", remedy)

    def _inspect(self, event: Any) -> None:
        """Look for anchors, tags and comments that may cut a value."""
        at = event.start_mark.index
        if getattr(event, "anchor", None) and type(event) is not AliasEvent:
            remedy = "write the value out wherever it is needed"
            length, detail = len(event.anchor) + 1, f"&{event.anchor}"
            self.report("EK010", "anchor is not allowed", at, length, detail, remedy)
        if getattr(event, "tag", None):
            remedy = "remove it; types follow from the key"
            tag = self.document.text[at:].split(None, 1)[0]
            self.report("EK011", "tag is not allowed", at, len(tag), tag, remedy)
        if type(event) is ScalarEvent and not event.style:
            self._cut_value(event)
        elif type(event) is ScalarEvent and event.style == '"':
            self._escaped_value(event)

    def _escaped_value(self, event: Any) -> None:
        """An escape may name what no file, page or figure can show: control characters."""
        found = _UNPRINTABLE.search(event.value)
        if found is None:
            return
        at, detail = event.start_mark.index, f"U+{ord(found[0]):04X}"
        title, remedy = "control character in the text", "delete the escape"
        length = token_length(self.document.text[at : at + 200])
        self.report("EK003", title, at, length, detail, remedy)

    def _cut_value(self, event: Any) -> None:
        """A ``#`` after a blank ends a plain value, which silently shortens DOIs and addresses.

        ``# `` with a blank behind it is how comments are written, so there it
        is worth a remark only where a DOI or an address was begun; ``#2`` is one always.
        """
        text, end = self.document.text, event.end_mark.index
        rest = text[end : end + 80].split("\n", 1)[0]
        after = rest.lstrip(" \t")
        if not after.startswith("#") or after == rest:
            return
        identifier = _IDENTIFIER.match(event.value) is not None
        comment = len(after) == 1 or after[1] in " \t"
        if comment and not identifier:
            return
        finding = self.document.finding(
            "EK009",
            "value is cut off at #",
            end + len(rest) - len(after),
            length=1,
            detail=f"read as {event.value}",
            remedy="put the whole value in quotes, or the comment on its own line",
            severity="error" if identifier and not comment else "warning",
        )
        self.findings.append(finding)

    def _syntax_error(self, error: yaml.MarkedYAMLError) -> None:
        # Both engines' marks have an index; the stubs know that of one.
        mark: Any = error.problem_mark or error.context_mark
        begun: Any = error.context_mark
        at = min(mark.index if mark else 0, len(self.document.text))
        code, title, detail, remedy = explain(error, self.document.text, at)
        if begun and begun.index < at and title in UNFINISHED:
            # The place to mend is where it began; the parser notices far below.
            detail = f"noticed in line {self.document.position(at)[0]}"
            at = begun.index
        self.report(code, title, at, 1, detail, remedy)

    def _unreadable_character(self, error: Exception) -> None:
        found = _FORBIDDEN.search(self.document.text)
        if found is None:
            self.report("EK006", "not valid YAML", 0, 1, str(error).replace("\n", " "), "")
            return
        detail, remedy = f"U+{ord(found[0]):04X}", "delete it"
        self.report("EK003", "control character in the text", found.start(), 1, detail, remedy)
