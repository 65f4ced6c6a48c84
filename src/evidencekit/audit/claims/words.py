"""Words by which a sentence claims an effect or a number, in English, Dutch and German."""

from __future__ import annotations

import re

EFFECT_STEMS: dict[str, tuple[str, ...]] = {
    "en": (
        "reduc", "increas", "decreas", "lower", "rais", "improv", "prevent", "protect", "shorten",
        "lengthen", "boost", "strengthen", "support", "reliev", "help", "promot", "inhibit",
        "suppress", "cause", "lead to", "leads to", "effective", "proven", "linked to",
        "associated with", "shown to", "contribut",
    ),
    "nl": (
        "vermind", "verlaag", "verhoog", "verbeter", "voorkom", "bescherm", "verkort", "verleng",
        "versterk", "ondersteun", "verlicht", "helpt", "helpen", "bevorder", "rem", "onderdruk",
        "veroorza", "leidt tot", "leiden tot", "effectief", "bewezen", "aangetoond",
        "verband gebracht", "geassocieerd", "draagt bij", "werkt tegen", "vatbaarder", "beïnvloed",
    ),
    "de": (
        "verringer", "reduzier", "senk", "erhöh", "verbesser", "beug", "schütz", "verkürz",
        "verlänger", "stärk", "unterstütz", "linder", "hilft", "helfen", "förder", "hemm",
        "unterdrück", "verursach", "führt zu", "führen zu", "wirksam", "bewiesen", "erwiesen",
        "in verbindung gebracht", "assoziiert", "trägt bei", "gezeigt",
    ),
}  # fmt: skip
"""Beginnings of verbs and words of effect, by language; texts mix languages, so all are tried."""

NUMBER_WORDS: dict[str, tuple[str, ...]] = {
    "en": ("half", "halves", "twice", "double", "triple", "millions", "billions", "trillions"),
    "nl": ("helft", "halveer", "dubbel", "verdubbel", "miljoenen", "miljarden", "triljoenen"),
    "de": ("hälfte", "halbier", "doppelt", "verdoppel", "millionen", "milliarden", "billionen"),
}
"""Numbers in words that make a claim checkable."""

ABBREVIATIONS = (
    "bijv", "bv", "d.w.z", "o.a", "ca", "enz", "nr", "vs", "e.g", "i.e", "etc", "approx", "resp",
    "al", "z.b", "u.a", "d.h", "bzw", "usw", "evtl", "dr", "prof", "max", "min",
)  # fmt: skip
"""Words whose full stop does not end a sentence."""


def _pattern(table: dict[str, tuple[str, ...]]) -> re.Pattern[str]:
    stems = sorted({stem for stems in table.values() for stem in stems}, key=lambda s: (-len(s), s))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, stems))})\w*", re.IGNORECASE)


EFFECT = _pattern(EFFECT_STEMS)
SPELT = _pattern(NUMBER_WORDS)
DIGITS = re.compile(r"(?<![\w.,])\d+(?:[.,\u00a0\u202f]\d+)*(?:\s?[-–]\s?\d+(?:[.,]\d+)?)?\s?%?")
YEAR = re.compile(r"(?:1[89]|20)\d\d")


def effect_words(text: str) -> tuple[str, ...]:
    """The words of effect in a text, in order."""
    return tuple(match.group() for match in EFFECT.finditer(text))


def numbers_in(text: str) -> tuple[str, ...]:
    """Numbers in digits or words, in order; years and labels of lists are none."""
    found = [(m.start(), m.group().strip()) for m in DIGITS.finditer(text)]
    found = [(at, number) for at, number in found if not YEAR.fullmatch(number)]
    found += [(m.start(), m.group()) for m in SPELT.finditer(text)]
    return tuple(number for _, number in sorted(found))
