"""Results in a notebook: the rows of ``summary()`` as a small table."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod


class Shown(ABC):
    """What has a ``summary()`` shows it as a table in a notebook."""

    __slots__ = ()

    @abstractmethod
    def summary(self) -> str:
        """The result as text: a title, one row per quantity, then the notes."""

    def _repr_html_(self) -> str:
        return html_table(self.summary())


def html_table(text: str) -> str:
    """Turn a summary into HTML: its first line the caption, each other line a row.

    Two blanks or more part the cells of a row, of which the first heads it, and
    ``name: text`` is a row as well. Everything is escaped: names of studies come
    from files. No colours and no script, so it reads in any theme and in a mail.
    """
    from html import escape  # its table of entities is needed only here

    title, *lines = text.split("\n")
    rows = [_cells(line) for line in lines if line.strip()]
    width = max((len(row) for row in rows), default=1)
    body = "".join(_row(row, width) for row in rows)
    return f"<table><caption>{escape(title)}</caption><tbody>{body}</tbody></table>"


def _cells(line: str) -> list[str]:
    note = re.fullmatch(r"\s*(note): (.*)", line)
    return list(note.groups()) if note else re.split(r"\s{2,}", line.strip())


def _row(cells: list[str], width: int) -> str:
    """The last cell spans what shorter rows leave empty."""
    from html import escape

    head, *rest = cells
    if not rest:
        return f'<tr><th scope="row" colspan="{width}">{escape(head)}</th></tr>'
    *inner, last = rest
    span = f' colspan="{width - len(inner) - 1}"' if len(cells) < width else ""
    tds = "".join(f"<td>{escape(cell)}</td>" for cell in inner)
    return f'<tr><th scope="row">{escape(head)}</th>{tds}<td{span}>{escape(last)}</td></tr>'
