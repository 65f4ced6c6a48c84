"""The rules of plans and of claims: every code, what it means and what to do."""

from __future__ import annotations

from typing import NamedTuple


class Rule(NamedTuple):
    """One row of `RULES`, the table of all rules of data files."""

    title: str
    meaning: str
    remedy: str


PLAN_RULES: dict[str, Rule] = {
    "EK080": Rule(
        "condition cannot be read",
        "It does not follow the grammar of conditions.",
        "Correct it where the caret points.",
    ),
    "EK081": Rule(
        "condition looks at something that does not exist",
        "A path leads nowhere, or is compared with what it can never be.",
        "Use one of the names listed.",
    ),
    "EK082": Rule("unknown method", "The measure or method has no such name.", "Use a listed one."),
    "EK083": Rule(
        "text is missing in a language",
        "An analysis is rendered in each language under labels, and needs every text in it.",
        "Add the text, or remove the language.",
    ),
    "EK084": Rule(
        "a baseline risk has either value or derive", "Both or neither is given.", "Keep one."
    ),
    "EK085": Rule(
        "judgement is not signed",
        "A judgement needs a person, a day and a reason.",
        "Add by, on and rationale, or write not_assessed.",
    ),
    "EK086": Rule(
        "not a judgement of this domain",
        "Publication bias is undetected or strongly_suspected; other domains are graded.",
        "Use the words of the domain.",
    ),
    "EK087": Rule("no such GRADE domain", "There are five.", "Use one of their names."),
    "EK088": Rule(
        "no such sensitivity row", "reproduces names a row that is not there.", "Correct the id."
    ),
    "EK089": Rule(
        "directions contradict each other",
        "Which way is better differs between event_is and desirable, or between two outcomes "
        "of one label.",
        "Correct one of them.",
    ),
    "EK091": Rule(
        "measure does not suit the outcome", "E.g. a mean difference of events.", "Use another."
    ),
    "EK092": Rule(
        "selection contradicts itself",
        "A study is both excluded and shown, or pooled although it was never left out.",
        "Remove it in one place.",
    ),
    "EK093": Rule(
        "no study has this value",
        "The condition selects nothing by it, which is usually a spelling mistake.",
        "Check it against the values found.",
    ),
    "EK097": Rule(
        "search cannot be sent",
        "It is empty, or a bracket or quotation mark in it is not closed, and PubMed would search "
        "for something else.",
        "Correct it, and try it at PubMed.",
    ),
}

CLAIM_RULES: dict[str, Rule] = {
    "EK094": Rule(
        "claim lacks what its kind needs",
        "A number, a direction, a unit or a size is needed to recompute it; words that find the "
        "sentence again are single ones.",
        "Add the key, or choose another kind.",
    ),
    "EK095": Rule(
        "evidence is not complete",
        "Evidence is one analysis, one study (with outcome and measure) or one published "
        "result, and an estimate has a measure.",
        "Name one, and say what its number is.",
    ),
    "EK096": Rule(
        "evidence does not say where it was read",
        "A number or finding that was seen has a locator and an address.",
        "Add locator and seen_at, or write status: recalled.",
    ),
}
