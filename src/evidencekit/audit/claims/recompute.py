"""A claim against one piece of evidence: the same quantity computed from both, side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from evidencekit.audit.claims.found import Found
from evidencekit.audit.claims.rounding import ROUNDINGS, Range, accepted, accepted_people
from evidencekit.method_names import RATIOS
from evidencekit.workspace.claim import Claim

Agreement = Literal["agrees", "differs", "opposite", "not_shown", "silent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A claim beside one piece of evidence.

    Parameters
    ----------
    found
        The evidence and its numbers.
    agreement
        "agrees"; "differs" (another number); "opposite" (shown to go the other way);
        "not_shown" (the interval includes no effect, or no difference was found); "silent"
        (it says nothing that could be compared).
    computed
        What the evidence gives for the claimed quantity, in the claim's words.
    exceeds
        Whether the claim is larger than the evidence.
    crosses
        Whether the interval includes no effect.
    remarks
        What a reader should know, in full words without full stops.
    """

    found: Found
    agreement: Agreement
    computed: str = ""
    exceeds: bool = False
    crosses: bool = False
    remarks: tuple[str, ...] = ()

    @property
    def decisive(self) -> bool:
        """Whether it says something and was seen, not recalled."""
        return self.found.decides and self.agreement != "silent"


def compare(claim: Claim, found: Found) -> Comparison:
    """Recompute a claim from one piece of evidence, by the row of `CLAIM_KINDS`."""
    if found.missing:
        return Comparison(found=found, agreement="silent", remarks=(found.missing,))
    return CLAIM_KINDS[claim.kind].compare(claim, found)


def _relative_change(claim: Claim, found: Found) -> Comparison:
    """Percent change from a ratio: 100 (1 - RR) fewer, 100 (RR - 1) more."""
    if found.value is None or found.measure not in RATIOS:
        return _silent(found, "no ratio to take a percentage from")
    ends = [100 * (1 - end) for end in (found.value.low, found.value.high)]
    if claim.direction == "higher":
        ends = [-end for end in ends]
    words = {"lower": "lower", "higher": "higher"}.get(claim.direction or "", "")
    remarks = () if found.measure != "OR" else ("a percentage of the odds, not of the risk",)
    return _magnitude(claim, found, Range(min(ends), max(ends)), f"% {words}", remarks)


def _difference(claim: Claim, found: Found) -> Comparison:
    """An amount of change from a difference in the same unit."""
    if found.value is None or found.measure not in ("MD", "RD"):
        return _silent(found, "no difference to compare")
    if found.source.unit.casefold() != claim.unit.casefold():
        return _silent(found, f"in {found.source.unit or 'no unit'}, not in {claim.unit}")
    sign = -1 if claim.direction == "lower" else 1
    ends = [sign * found.value.low, sign * found.value.high]
    return _magnitude(
        claim, found, Range(min(ends), max(ends)), f" {claim.unit} {claim.direction}", ()
    )


def _magnitude(
    claim: Claim, found: Found, magnitude: Range, unit: str, remarks: tuple[str, ...]
) -> Comparison:
    """Compare magnitudes that are positive in the claimed direction."""
    middle = (magnitude.low + magnitude.high) / 2
    crosses = _crosses(found)
    if crosses:
        remarks = (*remarks, "its interval includes no effect")
    wanted = accepted(claim)
    agreement: Agreement = "agrees" if wanted.meets(magnitude) else "differs"
    if middle < 0:
        agreement = "not_shown" if crosses else "opposite"
    return Comparison(
        found=found,
        agreement=agreement,
        computed=f"{middle:.3g}{unit}".strip(),
        exceeds=wanted.lies_beyond(magnitude),
        crosses=crosses,
        remarks=remarks,
    )


def _amount(claim: Claim, found: Found) -> Comparison:
    """An amount in a unit, against an amount or a range in the same unit."""
    if found.value is None:
        return _silent(found, "no number to compare")
    if found.source.unit.casefold() != claim.unit.casefold():
        return _silent(found, f"in {found.source.unit or 'no unit'}, not in {claim.unit}")
    wanted = accepted(claim)
    return Comparison(
        found=found,
        agreement="agrees" if wanted.meets(found.value) else "differs",
        computed=found.shown,
        exceeds=wanted.lies_beyond(found.value),
    )


def _size(claim: Claim, found: Found) -> Comparison:
    """Numbers of studies (exactly) and of people (rounded)."""
    agree, parts, remarks = [], [], []
    for name, claimed, known in (
        ("studies", claim.k, found.k),
        ("participants", claim.participants, found.participants),
    ):
        if claimed is None:
            continue
        if known is None:
            remarks.append(f"number of {name} not recorded")
            continue
        parts.append(f"{known} {name}")
        exact = Range(float(known), float(known))
        agree.append(known == claimed if name == "studies" else accepted_people(claim).meets(exact))
    if not agree:
        return Comparison(found=found, agreement="silent", remarks=tuple(remarks))
    return Comparison(
        found=found,
        agreement="agrees" if all(agree) else "differs",
        computed=", ".join(parts),
        remarks=tuple(remarks),
    )


def _direction(claim: Claim, found: Found) -> Comparison:
    """A direction, against the side of no effect on which the interval lies."""
    pointed, crosses = _pointed(found)
    if pointed is None or claim.direction is None:
        return _silent(found, "no interval and no direction to compare")
    agreement: Agreement = "agrees" if pointed == claim.direction else "opposite"
    remarks: tuple[str, ...] = ()
    if "none" in (pointed, claim.direction):
        agreement = "agrees" if pointed == claim.direction else "not_shown"
        if pointed == "none" and claim.direction == "none":
            remarks = ("no difference was shown, which does not rule one out",)
        elif pointed == "none":
            remarks = ("no difference was shown",)
        else:
            agreement = "differs"
    words = {"none": "no difference shown"}.get(pointed, pointed)
    return Comparison(
        found=found, agreement=agreement, computed=words, crosses=crosses, remarks=remarks
    )


def _pointed(found: Found) -> tuple[str | None, bool]:
    """Which way evidence points, and whether its interval includes no effect."""
    if found.low is None or found.high is None:
        return found.source.direction, False
    if _crosses(found):
        return "none", True
    return ("lower" if found.high < found.null else "higher"), False


def _crosses(found: Found) -> bool:
    if found.low is None or found.high is None:
        return False
    return found.low <= found.null <= found.high


def _statement(claim: Claim, found: Found) -> Comparison:
    """Nothing to compute: the judgement stands alone."""
    return _silent(found)


def _silent(found: Found, *remarks: str) -> Comparison:
    return Comparison(found=found, agreement="silent", computed="", remarks=remarks)


def claimed(claim: Claim) -> str:
    """The claimed quantity in a few words: "about 23% lower", "6 studies, more than 1500 ..."."""
    return CLAIM_KINDS[claim.kind].words(claim)


def _number(claim: Claim) -> str:
    text = claim.value.text if claim.value else ""
    if claim.value_to is not None:
        text = f"{text} to {claim.value_to.text}"
    return f"{ROUNDINGS[claim.rounding].text}{text}"


def _change_words(claim: Claim) -> str:
    return f"{_number(claim)}% {claim.direction}"


def _difference_words(claim: Claim) -> str:
    return f"{_number(claim)} {claim.unit} {claim.direction}"


def _amount_words(claim: Claim) -> str:
    return f"{_number(claim)} {claim.unit}"


def _size_words(claim: Claim) -> str:
    parts = []
    if claim.k is not None:
        parts.append(f"{claim.k} studies")
    if claim.participants is not None:
        parts.append(f"{ROUNDINGS[claim.rounding].text}{claim.participants} participants")
    return ", ".join(parts)


def _direction_words(claim: Claim) -> str:
    return "no difference" if claim.direction == "none" else str(claim.direction)


def _statement_words(claim: Claim) -> str:
    return ""


class Kind(NamedTuple):
    """One row of `CLAIM_KINDS`; ``effect`` for what the certainty of evidence bears on."""

    compare: Callable[[Claim, Found], Comparison]
    words: Callable[[Claim], str]
    effect: bool
    text: str


CLAIM_KINDS: dict[str, Kind] = {
    "relative_change": Kind(
        _relative_change, _change_words, True, "percent more or fewer, from a ratio"
    ),
    "difference": Kind(
        _difference, _difference_words, True, "days, points: from a difference in that unit"
    ),
    "amount": Kind(_amount, _amount_words, False, "a share, a dose, how many times"),
    "size": Kind(_size, _size_words, False, "how many studies and people"),
    "direction": Kind(
        _direction, _direction_words, True, "more, fewer or no difference, from the interval"
    ),
    "statement": Kind(_statement, _statement_words, False, "words only: a judgement is recorded"),
}
"""Kinds of claim: how each is compared with evidence, and worded."""
