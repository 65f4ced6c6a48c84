"""How the dataclasses of the workspace describe their own YAML keys.

A data file is described once, by the frozen dataclass it becomes: its
annotations and the texts given to ``key``. The decoder, the JSON Schema for
editors and the did-you-mean hints are all read off that description.
"""

from __future__ import annotations

from dataclasses import MISSING, dataclass, field
from typing import Any, Literal

Scalar = str | int | float | bool | None
"""A plain YAML value where the model leaves the type open (tags)."""

TagValue = Scalar | tuple[Scalar, ...]
"""A tag: one plain value or a list of them."""


def key(doc: str, *, default: Any = MISSING, factory: Any = MISSING, pattern: str = "") -> Any:
    """A dataclass field that is a YAML key.

    Parameters
    ----------
    doc
        One sentence for people: shown on hover in an editor and in the docs.
    default, factory
        As in ``dataclasses.field``; a key without either is required.
    pattern
        Regular expression that a text must match in full.
    """
    metadata = {"doc": doc, "pattern": pattern}
    if default is not MISSING:
        return field(default=default, metadata=metadata)
    if factory is not MISSING:
        return field(default_factory=factory, metadata=metadata)
    return field(metadata=metadata)


SLUG = r"[a-z0-9]+(-[a-z0-9]+)*"
"""Identifiers: lower case, digits and single hyphens."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A number as it stands in print: ``0.90`` is not ``0.9``.

    Parameters
    ----------
    text
        The digits as written in the data file.
    value
        Its value.
    decimals
        Digits after the point, so that the last printed place is ``10**-decimals``.
    """

    text: str
    value: float
    decimals: int

    def __str__(self) -> str:
        return self.text

    @property
    def half_unit(self) -> float:
        """Half a unit in the last printed digit: how far the true value may lie from print."""
        return 0.5 * 10.0**-self.decimals


@dataclass(frozen=True, slots=True)
class PValue:
    """A p-value as printed, with the sign before it: ``<0.001`` is not ``0.001``."""

    relation: Literal["=", "<", ">"]
    number: Printed

    def __str__(self) -> str:
        sign = "" if self.relation == "=" else self.relation
        return f"{sign}{self.number.text}"


@dataclass(frozen=True, slots=True)
class Reading:
    """Whose version of a quantity this is.

    Written ``own_report``, or ``{as_printed_in: <doi, pmid or url of a report>}``.
    """

    kind: Literal["own_report", "as_printed_in"]
    report: str = ""

    def __str__(self) -> str:
        return self.kind if not self.report else f"{self.kind}: {self.report}"


Text = dict[str, str]
"""A text in several languages: ``{en: ..., nl: ...}``."""
