"""The rules about single references: their DOI, their fields, the paper's status."""

from __future__ import annotations

from typing import Final, NamedTuple

from evidencekit.errors import Severity


class AuditRule(NamedTuple):
    """A row of ``AUDIT_CHECKS``; ``name`` is the stable name beside the code."""

    name: str
    severity: Severity
    title: str
    meaning: str
    remedy: str


def _field(name: str, what: str) -> AuditRule:
    return AuditRule(
        name,
        "warning",
        f"{what} from the record",
        "The work was identified by its other fields; this one is not what its record says.",
        "Correct it, or check the record.",
    )


REFERENCE_RULES: Final[dict[str, AuditRule]] = {
    "EK101": AuditRule(
        "doi-invalid",
        "error",
        "not a DOI",
        "What stands where a DOI belongs does not have the form 10.NUMBER/SUFFIX.",
        "Copy the DOI from the paper's page.",
    ),
    "EK102": AuditRule(
        "doi-not-registered",
        "error",
        "DOI is not registered",
        "The Handle System answered that no such DOI exists (code 100).",
        "Copy the DOI from the paper's page.",
    ),
    "EK103": AuditRule(
        "doi-repaired",
        "error",
        "DOI is damaged",
        "The citation's other fields identify one record, and its DOI is nearly the one cited.",
        "Take the DOI of the record.",
    ),
    "EK104": AuditRule(
        "doi-cleaned",
        "note",
        "DOI is not cleanly written",
        "Punctuation, spaces or codes stand in or right after the DOI and break links to it.",
        "Write the DOI as given.",
    ),
    "EK105": AuditRule(
        "doi-missing",
        "warning",
        "DOI is missing",
        "The work was identified and has a DOI.",
        "Add the DOI.",
    ),
    "EK110": AuditRule(
        "wrong-work",
        "error",
        "DOI belongs to another paper",
        "The DOI is registered, and its record does not look like the citation.",
        "Find the DOI of the paper meant, or cite the paper the DOI belongs to.",
    ),
    "EK111": AuditRule(
        "not-found",
        "error",
        "no such paper was found",
        "Nothing like the citation was found in the sources named; they do not hold everything.",
        "Check the reference against the paper itself.",
    ),
    "EK112": AuditRule(
        "ambiguous",
        "warning",
        "reference could mean more than one paper",
        "Two records fit alike, or the DOI's own record fits only half.",
        "Complete the reference.",
    ),
    "EK113": AuditRule(
        "wrong-coordinates",
        "error",
        "work exists, but not at the place cited",
        "Authors and title or journal are a work's; year, volume, pages or DOI are another's.",
        "Compare with the record suggested.",
    ),
    "EK120": _field("authors", "authors differ"),
    "EK121": _field("year", "year differs"),
    "EK122": _field("title", "title differs"),
    "EK123": _field("container", "journal differs"),
    "EK124": _field("volume", "volume differs"),
    "EK125": _field("issue", "issue differs"),
    "EK126": _field("locator", "pages or article number differ"),
    "EK127": AuditRule(
        "translated-title",
        "note",
        "title is translated",
        "The record's title is in another language.",
        "Cite the title as published, or say that it is a translation.",
    ),
    "EK128": AuditRule(
        "translated-container",
        "note",
        "journal's name is translated",
        "Journals are found by the name they have.",
        "Cite the journal by its name.",
    ),
    "EK130": AuditRule(
        "retracted",
        "error",
        "paper is retracted",
        "A retraction notice is about this paper.",
        "Do not rest on it; if it is cited because it was retracted, say so.",
    ),
    "EK131": AuditRule(
        "partially-retracted",
        "error",
        "paper is retracted in part",
        "A notice takes back a part of this paper.",
        "Read the notice and see whether the part used still stands.",
    ),
    "EK132": AuditRule(
        "withdrawn",
        "error",
        "paper is withdrawn or removed",
        "The paper was withdrawn by its authors or removed by its publisher.",
        "Do not rest on it.",
    ),
    "EK133": AuditRule(
        "concern",
        "warning",
        "editors have expressed concern",
        "A notice of concern is about this paper.",
        "Read the notice before you rest on the paper.",
    ),
    "EK134": AuditRule(
        "corrected",
        "note",
        "paper has a correction",
        "A correction, erratum or addendum is about this paper.",
        "See whether what is cited was corrected.",
    ),
    "EK135": AuditRule(
        "reinstated",
        "note",
        "paper was retracted and reinstated",
        "A later notice took the retraction back.",
        "Read both notices.",
    ),
    "EK136": AuditRule(
        "notice-cited",
        "warning",
        "an editorial notice is cited",
        "The work cited is itself a retraction, correction or expression of concern.",
        "Cite the paper it is about, if that was meant.",
    ),
    "EK140": AuditRule(
        "superseded-preprint",
        "warning",
        "preprint has been published",
        "The paper has since appeared in a journal.",
        "Cite the journal's version.",
    ),
    "EK141": AuditRule(
        "superseded-version",
        "warning",
        "there is a newer version",
        "The work was updated or replaced.",
        "Cite the newest version, or say why not.",
    ),
    "EK160": AuditRule(
        "secondary-source",
        "note",
        "secondary source",
        "The work cited comments on other work; it is no evidence of its own.",
        "Cite the work it comments on.",
    ),
    "EK191": AuditRule(
        "sources-disagree",
        "warning",
        "sources disagree about the paper's status",
        "One source reports what another does not; the worse one decides.",
        "Read the notices.",
    ),
}
"""Rules about single references by code."""
