"""Which column is what: our names, and those of the R programs metafor and meta.

Names are compared without case, blanks, points, hyphens and underscores, so that
``Events 1``, ``events_1`` and ``events1`` are one name. Light: no numpy.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple


class Quantity(NamedTuple):
    """A row of ``QUANTITIES``: what a column may hold, its other names, what is allowed."""

    name: str
    aliases: tuple[str, ...]
    meaning: str


class Found(NamedTuple):
    """A recognised column: its place in the header and its name as it stands there."""

    position: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The columns of a table by quantity.

    Parameters
    ----------
    known
        Quantity to column.
    repeated
        Quantities that several columns offer.
    others
        Columns that are no known quantity, which may be subgroups and the like.
    """

    known: Mapping[str, Found]
    repeated: Mapping[str, tuple[Found, ...]]
    others: tuple[Found, ...]


def folded(name: str) -> str:
    """A column name for comparison."""
    return re.sub(r"[\s._-]+", "", name).casefold()


def recognise(header: Iterable[str]) -> Columns:
    """Find the known quantities among column names."""
    by_quantity: dict[str, list[Found]] = {}
    others = []
    for position, name in enumerate(header):
        quantity = ALIASES.get(folded(name))
        if quantity is not None:
            by_quantity.setdefault(quantity, []).append(Found(position, name))
        elif name:
            others.append(Found(position, name))
    return Columns(
        known={quantity: found[0] for quantity, found in by_quantity.items()},
        repeated={q: tuple(found) for q, found in by_quantity.items() if len(found) > 1},
        others=tuple(others),
    )


QUANTITIES: dict[str, Quantity] = {
    row.name: row
    for row in (
        Quantity("study", ("slab", "studlab", "trial"), "name of the study"),
        Quantity("author", ("authors", "firstauthor"), "author, where there is no study"),
        Quantity("year", ("pubyear",), "year, put after the author"),
        Quantity("events1", ("ai", "x1i", "event.e"), "events in arm 1"),
        Quantity("nonevents1", ("bi",), "people without event in arm 1"),
        Quantity("total1", ("n1", "n1i", "n.e"), "people in arm 1"),
        Quantity("events2", ("ci", "x2i", "event.c"), "events in arm 2"),
        Quantity("nonevents2", ("di",), "people without event in arm 2"),
        Quantity("total2", ("n2", "n2i", "n.c"), "people in arm 2"),
        Quantity("mean1", ("m1i", "m1", "mean.e"), "mean of arm 1"),
        Quantity("sd1", ("sd1i", "sd.e"), "standard deviation of arm 1"),
        Quantity("mean2", ("m2i", "m2", "mean.c"), "mean of arm 2"),
        Quantity("sd2", ("sd2i", "sd.c"), "standard deviation of arm 2"),
        Quantity("time1", ("t1i", "time.e"), "person-time of arm 1"),
        Quantity("time2", ("t2i", "time.c"), "person-time of arm 2"),
        Quantity("estimate", ("yi", "te"), "estimate of the study"),
        Quantity("se", ("sei", "sete", "standarderror"), "standard error, analysis scale"),
        Quantity("variance", ("vi",), "squared standard error, analysis scale"),
        Quantity("ci_low", ("ci.lb", "lower", "cilower"), "lower limit of its interval"),
        Quantity("ci_high", ("ci.ub", "upper", "ciupper"), "upper limit of its interval"),
        Quantity("level", ("cilevel",), "coverage of the interval, such as 0.95"),
        Quantity("r", ("ri", "cor"), "correlation"),
        Quantity("mean", ("mi",), "mean of the study"),
        Quantity("sd", ("sdi",), "standard deviation of the study"),
        Quantity("n", ("ni", "total"), "people in the study"),
        Quantity("events", ("xi", "event"), "events in the study"),
        Quantity("time", ("ti",), "person-time of the study"),
    )
}

ALIASES: dict[str, str] = {
    folded(name): row.name for row in QUANTITIES.values() for name in (row.name, *row.aliases)
}
"""Every accepted name, folded, to its quantity."""

ON_ANALYSIS_SCALE = ("yi", "te")
"""Names that by convention hold logarithms for ratios."""
