"""A document as one self-contained, accessible HTML page."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from evidencekit.report.table import Document

if TYPE_CHECKING:
    from jinja2 import Template


def to_html(document: Document) -> str:
    """The page; every text is escaped, nothing is fetched, no script runs."""
    return _template().render(document=document)


@lru_cache(maxsize=1)
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("evidencekit.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("document.html.jinja")
