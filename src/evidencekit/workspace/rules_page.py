"""The rules of data files as a page of the documentation."""

from __future__ import annotations

from evidencekit.workspace.rules import RULES


def rules_page() -> str:
    """The page ``docs/findings.md``: every rule with its meaning and remedy."""
    lines = [
        "# Findings",
        "",
        "Every problem of a run is reported at once, each with a code, its place and what to do.",
        "This page is generated: `python -m evidencekit.workspace.rules_page > docs/findings.md`.",
        "",
        "| code | finding | what it means | what to do |",
        "|---|---|---|---|",
    ]
    for code, rule in RULES.items():
        cells = (code, rule.title, rule.meaning, rule.remedy)
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(rules_page(), end="")
