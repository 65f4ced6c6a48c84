"""The overall GRADE rating from judged domains.

Software never judges: a domain that no named person has judged is "not assessed",
and then the overall certainty is not rated.

References
----------
.. [1] Guyatt G et al. Core GRADE 1: overview of the Core GRADE approach.
   BMJ 2025;389:e081903. doi:10.1136/bmj-2024-081903
"""

from __future__ import annotations

from dataclasses import dataclass

from evidencekit.errors import MethodError
from evidencekit.workspace.plan import DOMAINS, Certainty, Domain

LEVELS = ("very_low", "low", "moderate", "high")
"""Certainty levels, lowest first."""

LEVELS_DOWN = {
    "not_serious": 0,
    "undetected": 0,
    "serious": 1,
    "strongly_suspected": 1,
    "very_serious": 2,
    "extremely_serious": 3,
}
"""How many levels each judgement takes off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """The certainty of one body of evidence.

    ``level`` is None as long as a domain is not assessed; ``missing`` names those.
    """

    level: str | None
    start: str
    profile: str
    domains: dict[str, Domain]
    missing: tuple[str, ...]

    @property
    def status(self) -> str:
        """ "judged" when every domain is, otherwise "draft"."""
        return "draft" if self.missing else "judged"


def rate(certainty: Certainty) -> Rating:
    """Start level minus the levels taken off by each domain, never below very low [1]_.

    Raises
    ------
    MethodError
        A judgement that this table does not know.
    """
    domains = {name: certainty.domains.get(name, Domain()) for name in DOMAINS}
    missing = tuple(n for n, d in domains.items() if d.judgement == "not_assessed")
    level = None if missing else _level(certainty.start, domains)
    return Rating(
        level=level,
        start=certainty.start,
        profile=certainty.profile,
        domains=domains,
        missing=missing,
    )


def _level(start: str, domains: dict[str, Domain]) -> str:
    down = 0
    for name, domain in domains.items():
        if domain.judgement not in LEVELS_DOWN:
            raise MethodError(f"{name}: unknown judgement {domain.judgement!r}")
        down += LEVELS_DOWN[domain.judgement]
    return LEVELS[max(0, LEVELS.index(start) - down)]
