"""Small vocabularies: which language a title is in, and what words of journal titles mean.

They serve to recognise a translation, never to make one: a title is translated only when
its work has been identified without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

STOP_WORDS: Final[Mapping[str, frozenset[str]]] = {
    "en": frozenset(
        {"the", "of", "and", "in", "for", "with", "on", "to", "from", "by", "a", "an", "its", "how"}
        | {"is", "are", "during", "after", "between", "among", "does", "at", "as", "or"}
    ),
    "nl": frozenset(
        {
            "de",
            "het",
            "een",
            "en",
            "van",
            "voor",
            "bij",
            "met",
            "op",
            "in",
            "naar",
            "tussen",
            "door",
        }
        | {"uit", "tot", "als", "over", "aan", "of", "is", "zijn", "na", "om", "tegen", "hun"}
    ),
    "de": frozenset(
        {"der", "die", "das", "und", "von", "bei", "mit", "auf", "in", "zu", "zur", "zum", "eine"}
        | {"ein", "einer", "des", "dem", "den", "im", "nach", "durch", "oder", "als", "aus"}
    ),
    "fr": frozenset(
        {"le", "la", "les", "des", "du", "de", "et", "chez", "dans", "sur", "pour", "par", "une"}
        | {"un", "en", "au", "aux", "avec", "ou", "est", "d", "l"}
    ),
    "es": frozenset(
        {
            "el",
            "la",
            "los",
            "las",
            "de",
            "del",
            "y",
            "en",
            "para",
            "por",
            "con",
            "una",
            "un",
            "sobre",
        }
        | {"entre", "al", "o", "su", "como"}
    ),
}
"""Frequent small words by language, folded."""

TRANSLATIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "nl": {
        "slaap": "sleep",
        "geneeskunde": "medicine",
        "geneesmiddelen": "drugs",
        "biomedicijnen": "biomedicines",
        "voedingsstoffen": "nutrients",
        "voeding": "nutrition",
        "farmacologisch": "pharmacological",
        "farmacologie": "pharmacology",
        "onderzoek": "research",
        "wetenschap": "science",
        "wetenschappen": "sciences",
        "natuur": "nature",
        "hersenen": "brain",
        "darm": "gut",
        "hart": "heart",
        "kanker": "cancer",
        "kindergeneeskunde": "pediatrics",
        "dieren": "animals",
        "voedingsmiddelen": "foods",
        "grenzen": "frontiers",
        "grensgebieden": "frontiers",
        "immunologie": "immunology",
        "neurowetenschappen": "neurosciences",
        "huidige": "current",
        "mening": "opinion",
        "biotechnologie": "biotechnology",
        "tijdschrift": "journal",
        "wereld": "world",
        "methodologie": "methodology",
        "internationaal": "international",
        "internationale": "international",
        "jaarlijks": "annual",
        "overzicht": "review",
        "beoordelingen": "reviews",
        "recensies": "reviews",
        "interne": "internal",
        "psychiatrie": "psychiatry",
        "van": "of",
        "voor": "for",
        "de": "the",
        "het": "the",
        "en": "and",
    },
    "de": {
        "schlaf": "sleep",
        "medizin": "medicine",
        "biomedizin": "biomedicine",
        "nahrstoffe": "nutrients",
        "ernahrung": "nutrition",
        "pharmakologische": "pharmacological",
        "pharmakologie": "pharmacology",
        "forschung": "research",
        "wissenschaft": "science",
        "wissenschaften": "sciences",
        "natur": "nature",
        "gehirn": "brain",
        "darm": "gut",
        "herz": "heart",
        "krebs": "cancer",
        "padiatrie": "pediatrics",
        "tiere": "animals",
        "lebensmittel": "foods",
        "mikroorganismen": "microorganisms",
        "grenzen": "frontiers",
        "immunologie": "immunology",
        "neurowissenschaften": "neurosciences",
        "aktuelle": "current",
        "meinung": "opinion",
        "biotechnologie": "biotechnology",
        "zeitschrift": "journal",
        "fur": "of",
        "welt": "world",
        "internationale": "international",
        "internationales": "international",
        "innere": "internal",
        "psychiatrie": "psychiatry",
        "gastroenterologie": "gastroenterology",
        "und": "and",
        "der": "the",
        "die": "the",
        "das": "the",
    },
    "fr": {
        "sommeil": "sleep",
        "medecine": "medicine",
        "nutriments": "nutrients",
        "recherche": "research",
        "pharmacologique": "pharmacological",
        "pharmacologie": "pharmacology",
        "cerveau": "brain",
        "coeur": "heart",
        "pediatrie": "pediatrics",
        "animaux": "animals",
        "aliments": "foods",
        "frontieres": "frontiers",
        "immunologie": "immunology",
        "revue": "review",
        "de": "of",
        "du": "of the",
        "la": "the",
        "et": "and",
        "monde": "world",
        "internationale": "international",
    },
    "es": {
        "sueno": "sleep",
        "medicina": "medicine",
        "nutrientes": "nutrients",
        "nutricion": "nutrition",
        "investigacion": "research",
        "farmacologica": "pharmacological",
        "farmacologia": "pharmacology",
        "ciencia": "science",
        "naturaleza": "nature",
        "cerebro": "brain",
        "corazon": "heart",
        "pediatria": "pediatrics",
        "animales": "animals",
        "alimentos": "foods",
        "microorganismos": "microorganisms",
        "fronteras": "frontiers",
        "inmunologia": "immunology",
        "revista": "journal",
        "de": "of",
        "la": "the",
        "y": "and",
        "mundo": "world",
        "internacional": "international",
    },
}
"""Words of journal titles in English, by language; keys are folded."""


def language_of(folded: str) -> str:
    """The language whose small words a folded title uses most; empty when that is undecided."""
    words = folded.split()
    counts = {
        language: sum(word in small for word in words) for language, small in STOP_WORDS.items()
    }
    best = max(counts, key=counts.__getitem__)
    ties = sum(count == counts[best] for count in counts.values())
    return best if counts[best] and ties == 1 else ""
