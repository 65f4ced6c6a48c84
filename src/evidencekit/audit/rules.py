"""The rules of audits: every code with its name, severity, meaning and remedy.

``docs/audit.md`` is generated from this table. A row without a check that
produces it, or a code without a row, fails the suite.
"""

from __future__ import annotations

from evidencekit.audit.reference_rules import REFERENCE_RULES, AuditRule

AUDIT_CHECKS: dict[str, AuditRule] = REFERENCE_RULES | {
    "EK150": AuditRule(
        "uncited",
        "warning",
        "reference is never cited",
        "No mark in the text points to this entry of the list.",
        "Cite it where it is used, or remove it.",
    ),
    "EK151": AuditRule(
        "undefined",
        "error",
        "citation points to no reference",
        "The list holds no entry of this number, key, or author and year.",
        "Correct the mark, or add the reference.",
    ),
    "EK152": AuditRule(
        "duplicate",
        "warning",
        "reference is listed twice",
        "Two entries have the same DOI, PMID, or text.",
        "Keep one of them and renumber the marks.",
    ),
    "EK153": AuditRule(
        "order",
        "note",
        "references are not numbered in order of citation",
        "A numbered list that is not alphabetical usually follows the text.",
        "Renumber the list, unless its order is meant.",
    ),
    "EK154": AuditRule(
        "no-list",
        "warning",
        "no reference list",
        "There is neither a heading such as References nor a run of numbered entries.",
        "Add the list of references, so that what the text says can be checked.",
    ),
    "EK155": AuditRule(
        "marks-unclear",
        "note",
        "marks and list were not compared",
        "No mark leads to the list, or two systems of marks mix, so nothing is said of either.",
        "Use one system of citation marks.",
    ),
    "EK156": AuditRule(
        "numbering",
        "warning",
        "numbers of the list have a gap or a repetition",
        "The numbers before the entries do not count from one entry to the next.",
        "Renumber the list, or look for the missing entry.",
    ),
    "EK157": AuditRule(
        "other-list",
        "note",
        "document has more than one reference list",
        "Only the last list is audited.",
        "Audit the chapters as files of their own.",
    ),
    "EK158": AuditRule(
        "reading-doubt",
        "note",
        "text was read with a doubt",
        "The encoding, the layout or odd characters may have changed what was read.",
        "Compare the places named with the document, or give it in another format.",
    ),
}
"""Rules of audits by code; the severities can be raised or lowered on the command line."""


def audit_page() -> str:
    """The page ``docs/audit.md``: what is read, and every finding."""
    from evidencekit.audit.headings import LIST_HEADINGS
    from evidencekit.audit.readers import READERS

    lines = [
        "# Audits",
        "",
        "What an audit reads and what it reports.",
        "This page is generated: `python -m evidencekit.audit.rules > docs/audit.md`.",
        "",
        "| input | files | what it is |",
        "|---|---|---|",
    ]
    for kind, reader in READERS.items():
        shown = " ".join(f"`{s}`" if s else "no suffix" for s in reader.suffixes)
        lines.append(f"| {kind} | {shown} | {reader.what} |")
    lines += [
        "",
        "Standard input is `-`; its format is recognised by how it begins. A workspace is",
    ]
    lines += ["read as the papers its data files cite, and its articles."]
    lines += ["", "A reference list stands under one of these headings, or is a run of numbered"]
    lines += ["entries, or the document is nothing but DOIs.", "", "| language | headings |"]
    lines.append("|---|---|")
    lines += [f"| {language} | {', '.join(names)} |" for language, names in LIST_HEADINGS.items()]
    lines += ["", "| code | name | severity | finding | what it means | what to do |"]
    lines.append("|---|---|---|---|---|---|")
    for code, rule in AUDIT_CHECKS.items():
        cells = (code, rule.name, rule.severity, rule.title, rule.meaning, rule.remedy)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(audit_page(), end="")
