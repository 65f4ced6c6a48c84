"""Comparisons to one verdict, by the first row of `CLAIM_VERDICTS` that applies."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from evidencekit.audit.claims.recompute import CLAIM_KINDS, Comparison
from evidencekit.workspace.claim import Claim

SUPPORTS = ("cited", "other")
"""Roles of evidence that a claim may rest on."""

LEAST_CERTAINTY: dict[str, str] = {
    "reported": "very_low",
    "hedged": "very_low",
    "plain": "moderate",
    "strong": "high",
}
"""How certain evidence has to be for each strength of wording; Core GRADE writes "does" for
high, "probably" for moderate and "may" for low certainty."""

LEVELS = ("very_low", "low", "moderate", "high")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the rules look at: decisive comparisons by role, and all of them.

    Parameters
    ----------
    agreeing
        Decisive comparisons that agree, of roles other than "newer".
    certainty
        The best certainty stated by what agrees; None when none is stated.
    """

    claim: Claim
    everything: tuple[Comparison, ...]
    decisive: tuple[Comparison, ...]
    agreeing: tuple[Comparison, ...]
    certainty: str | None

    def role(self, *names: str) -> tuple[Comparison, ...]:
        """Decisive comparisons of some roles."""
        return tuple(c for c in self.decisive if c.found.source.role in names)


def facts_of(claim: Claim, comparisons: Sequence[Comparison]) -> Facts:
    """Sort comparisons for the rules."""
    decisive = tuple(c for c in comparisons if c.decisive)
    agreeing = tuple(
        c for c in decisive if c.agreement == "agrees" and c.found.source.role != "newer"
    )
    stated = [c.found.certainty for c in agreeing if c.found.certainty is not None]
    return Facts(
        claim=claim,
        everything=tuple(comparisons),
        decisive=decisive,
        agreeing=agreeing,
        certainty=max(stated, key=LEVELS.index) if stated else None,
    )


def recomputed(facts: Facts) -> tuple[str | None, str]:
    """The verdict that follows from the numbers, and the reason; None for a statement."""
    if facts.claim.kind == "statement":
        return None, ""
    for name, row in CLAIM_VERDICTS.items():
        reason = row.applies(facts)
        if reason:
            return name, reason
    raise AssertionError("the last row always applies")


def limits_of(facts: Facts) -> tuple[str, ...]:
    """Everything that limits a claim whose number or direction agrees."""
    return tuple(_limits(facts))


def _limits(facts: Facts) -> Iterator[str]:
    yield from facts.claim.limits
    if not CLAIM_KINDS[facts.claim.kind].effect or not facts.agreeing:
        return
    strength = facts.claim.strength
    if facts.certainty is None and strength == "plain":
        yield "the certainty of the evidence is not stated"
    elif facts.certainty is not None and not _certain_enough(facts):
        yield f"the evidence is of {facts.certainty.replace('_', ' ')} certainty"
    if all(c.crosses for c in facts.agreeing) and facts.claim.direction != "none":
        yield "the interval includes no effect"


def _certain_enough(facts: Facts) -> bool:
    if facts.certainty is None:
        return False
    least = LEAST_CERTAINTY[facts.claim.strength]
    return LEVELS.index(facts.certainty) >= LEVELS.index(least)


def _nothing_seen(facts: Facts) -> str:
    """Only what is recalled would agree, or there is no evidence, or it says nothing comparable."""
    if facts.decisive:
        return ""
    recalled = [c for c in facts.everything if not c.found.decides]
    if any(c.agreement == "agrees" for c in recalled):
        return "what would support it is recalled only, and was not seen"
    if not facts.everything:
        return "no evidence is recorded"
    silent = [c for c in facts.everything if c.found.source.role in SUPPORTS and c.found.decides]
    missing = [c.found.missing for c in silent if c.found.missing]
    return missing[0] if missing else ""


def _mixed(facts: Facts) -> str:
    against = [c for c in facts.role("cited", "other") if c.agreement == "opposite"]
    against += [c for c in facts.role("counter") if c.agreement != "agrees"]
    if facts.agreeing and against:
        return f"{_names(facts.agreeing)} agrees, {_names(against)} does not"
    return ""


def _against(facts: Facts) -> str:
    seen = [c for c in facts.decisive if c.found.source.status == "seen"]
    against = [c for c in seen if c.agreement == "opposite"]
    against += [c for c in seen if c.found.source.role == "counter" and c.agreement != "agrees"]
    return f"{_names(against)} says otherwise" if against and not facts.agreeing else ""


def _other_source(facts: Facts) -> str:
    cited = facts.role("cited")
    elsewhere = [c for c in facts.role("other", "newer") if c.agreement == "agrees"]
    if cited and elsewhere and not any(c.agreement == "agrees" for c in cited):
        return f"not the number of {_names(cited)}, but near that of {_names(elsewhere)}"
    return ""


def _newer_differs(facts: Facts) -> str:
    newer = [c for c in facts.role("newer") if c.agreement != "agrees"]
    if facts.agreeing and newer:
        return f"{_names(facts.agreeing)} agrees, but the newer {_names(newer)} does not"
    return ""


def _too_strong(facts: Facts) -> str:
    beyond = facts.role("cited", "other")
    if beyond and not facts.agreeing and all(c.exceeds for c in beyond):
        return f"larger than the number of {_names(beyond)}"
    if facts.claim.strength != "strong" or not CLAIM_KINDS[facts.claim.kind].effect:
        return ""
    shown_not = [c for c in beyond if c.agreement == "not_shown"]
    if shown_not and not facts.agreeing:
        return f"{_names(shown_not)} did not show it"
    if facts.agreeing and all(c.crosses for c in facts.agreeing):
        return "the interval includes no effect"
    if facts.agreeing and facts.certainty in (None, "low", "very_low"):
        level = (facts.certainty or "unstated").replace("_", " ")
        return f"worded as proven or very effective on evidence of {level} certainty"
    return ""


def _nothing_agrees(facts: Facts) -> str:
    if facts.agreeing or any(c.agreement == "agrees" for c in facts.role("newer")):
        return ""
    if not facts.role(*SUPPORTS):
        return "no source that was seen supports it"
    return f"{_names(facts.role(*SUPPORTS))} does not show it"


def _limited(facts: Facts) -> str:
    limits = limits_of(facts)
    return "; ".join(limits) if limits else ""


def _agrees(facts: Facts) -> str:
    agreeing = facts.agreeing or facts.role("newer")
    return f"{_names(agreeing)} agrees"


def _names(comparisons: Sequence[Comparison]) -> str:
    return " and ".join(dict.fromkeys(c.found.label for c in comparisons))


class VerdictRow(NamedTuple):
    """One row of `CLAIM_VERDICTS`; ``rule`` is its finding, "" for none."""

    applies: Callable[[Facts], str]
    rule: str
    text: str


CLAIM_VERDICTS: dict[str, VerdictRow] = {
    "unchecked": VerdictRow(
        _nothing_seen, "EK176", "nothing that was seen can be compared with it"
    ),
    "inconsistent": VerdictRow(_mixed, "EK174", "the evidence points both ways"),
    "contradicted": VerdictRow(_against, "EK170", "what was seen says otherwise"),
    "misattributed": VerdictRow(
        _other_source, "EK171", "the cited source has another number; another source has this one"
    ),
    "superseded": VerdictRow(_newer_differs, "EK173", "a newer version or review no longer agrees"),
    "overstated": VerdictRow(
        _too_strong, "EK172", "larger, or worded more strongly, than the evidence allows"
    ),
    "unsupported": VerdictRow(_nothing_agrees, "EK175", "no source that was seen supports it"),
    "holds-with-limits": VerdictRow(
        _limited, "", "it agrees, within limits that the sentence leaves out"
    ),
    "holds": VerdictRow(_agrees, "", "number, direction and strength agree with the evidence"),
}
"""Verdicts in the order in which they are tried; the last always applies."""
