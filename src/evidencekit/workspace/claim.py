"""A claims file: what the sentences of an article say, each tied to evidence.

The article itself need not be here. A claim points at a section and a reference
number and says in words of its own what the sentence claims.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from evidencekit.workspace.fields import SLUG, Printed, key

ClaimKind = Literal["relative_change", "difference", "amount", "size", "direction", "statement"]
Rounding = Literal["exactly", "about", "almost", "more_than", "at_least", "less_than", "at_most"]
Strength = Literal["reported", "hedged", "plain", "strong"]
Verdict = Literal[
    "holds", "holds-with-limits", "misattributed", "superseded", "overstated", "contradicted",
    "inconsistent", "unsupported", "unchecked",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a claim is held against: an analysis, a study, or a published result."""

    role: Literal["cited", "other", "newer", "counter"] = key(
        "cited: what the sentence cites or reads as citing; other: another source of the number; "
        "newer: a version that replaces one of these; counter: says otherwise"
    )
    label: str = key('name people read: "Li 2020"; empty for an analysis or study', default="")
    analysis: str = key("id of an analysis plan of this workspace", default="", pattern=SLUG)
    study: str = key("id of a study of this workspace", default="", pattern=SLUG)
    outcome: str = key("with study: an outcome of studies/outcomes.yaml", default="", pattern=SLUG)
    doi: str = key("DOI of a published result, quoted", default="", pattern=r"10\.\d{4,9}/\S+")
    pmid: str = key("PubMed identifier of a published result", default="", pattern=r"\d{1,8}")
    citation: str = key("citation, where no identifier was seen", default="")
    identifier: Literal["seen", "recalled", "verified"] = key(
        "how sure the DOI or PMID is: seen on a page, recalled (unchecked), or verified by look-up",
        default="seen",
    )
    measure: Literal["RR", "OR", "HR", "IRR", "RD", "MD", "SMD", "value"] | None = key(
        "what the estimate is; value: an amount that is no comparison", default=None
    )
    estimate: Printed | None = key("the estimate as printed", default=None)
    ci: tuple[Printed, Printed] | None = key("its interval as printed: [low, high]", default=None)
    range: tuple[Printed, Printed] | None = key(
        "for an amount: the range given, where there is no single value", default=None
    )
    unit: str = key("unit of a difference or an amount, as the claim words it", default="")
    k: int | None = key("number of studies", default=None)
    participants: int | None = key("number of people", default=None)
    certainty: Literal["high", "moderate", "low", "very_low"] | None = key(
        "certainty as its authors state it (null: not stated)", default=None
    )
    finding: str = key("what it found, in our own words, where that is no number", default="")
    direction: Literal["lower", "higher", "none"] | None = key(
        "which way a finding without a number points", default=None
    )
    locator: str = key("where the number stands: abstract, page, table", default="")
    seen_at: str = key("address at which it was read", default="")
    status: Literal["seen", "second_hand", "recalled"] = key(
        "how the number or finding is known: seen in the paper or its abstract, seen in what "
        "others write of it, or recalled (never decides a verdict)",
        default="seen",
    )
    note: str = key("remark", default="")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimJudgement:
    """A person's verdict on a claim; shown beside the computed one and never in its place."""

    verdict: Verdict = key("the verdict")
    why: str = key("the reason, in our own words")
    source: str = key("on what it rests: addresses, DOIs, or that nothing was seen")
    by: str = key("who judged")
    on: date = key("when")
    status: Literal["draft", "final"] = key("draft until a second person agreed", default="draft")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One sentence of the article, in our own words, and what it is held against."""

    id: str = key("identifier within the file", pattern=SLUG)
    section: str = key("heading of the article under which the sentence stands")
    cites: tuple[str, ...] = key("numbers or keys of the references it cites", default=())
    carried_over: bool = key(
        "the sentence bears no mark itself and reads on from one that cites these", default=False
    )
    says: str = key("what the sentence claims, in our own words")
    mentions: tuple[str, ...] = key(
        "single words of the sentence, as it writes them, by which it is found again", default=()
    )
    kind: ClaimKind = key("what is claimed, and so how it is recomputed")
    value: Printed | None = key("the number claimed, without sign", default=None)
    value_to: Printed | None = key("upper end, where a range is claimed", default=None)
    unit: str = key("percent, days, ... (relative_change is in percent)", default="")
    rounding: Rounding = key("the word before the number", default="exactly")
    direction: Literal["lower", "higher", "none"] | None = key(
        "which way: lower (fewer, shorter), higher (more, longer) or none (no difference)",
        default=None,
    )
    k: int | None = key("size: number of studies claimed", default=None)
    participants: int | None = key(
        "size: number of people claimed; rounding applies to it", default=None
    )
    strength: Strength = key(
        "reported: what a named study found; hedged: may, can; plain: does; "
        "strong: proven, very effective",
        default="plain",
    )
    limits: tuple[str, ...] = key("for whom or when only it holds, which it leaves out", default=())
    evidence: tuple[Evidence, ...] = key("what it is held against", default=())
    judgement: ClaimJudgement | None = key("a recorded judgement", default=None)


Claims = tuple[Claim, ...]
"""A claims file: a list whose items begin ``- id:``."""
