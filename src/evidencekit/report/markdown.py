"""A document as Markdown that renders alike on the common platforms."""

from __future__ import annotations

import re

from evidencekit.report.table import Cell, Document, Table

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#~])")
_RULE = {"left": ":---", "right": "---:", "centre": ":---:"}


def to_markdown(document: Document) -> str:
    """Title, facts, pipe tables, footnotes by letter, notes."""
    parts = [f"# {_escape(document.title)}"]
    if document.facts:
        parts.append("\n".join(f"- **{_escape(k)}:** {_escape(v)}" for k, v in document.facts))
    parts += [_table(table) for table in document.tables]
    if document.footnotes:
        # Two spaces at the end of a line keep the footnotes on lines of their own.
        parts.append("  \n".join(f"**{m}** {_escape(text)}" for m, text in document.footnotes))
    if document.notes:
        parts.append("\n".join(f"- {_escape(note)}" for note in document.notes))
    return "\n\n".join(parts) + "\n"


def _table(table: Table) -> str:
    head = "| " + " | ".join(_escape(column.title) for column in table.columns) + " |"
    rule = "|" + "|".join(_RULE[column.align] for column in table.columns) + "|"
    body = ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in table.rows]
    return "\n".join([f"**{_escape(table.caption)}**", "", head, rule, *body])


def _cell(cell: Cell) -> str:
    text = _escape(cell.text)
    if cell.href:
        text = f"[{text}]({_address(cell.href)})"
    marks = ", ".join(cell.marks)
    head = " ".join(part for part in (text, f"<sup>{marks}</sup>" if marks else "") if part)
    return "<br>".join(part for part in (head, _escape(cell.detail)) if part)


def _escape(text: str) -> str:
    """Backslashes before what Markdown or HTML would read as markup; one line only."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _address(href: str) -> str:
    return "".join(
        {" ": "%20", "(": "%28", ")": "%29", "<": "%3C", ">": "%3E"}.get(c, c) for c in href
    )
