"""An audit on a terminal: one table of references, then every finding at its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from evidencekit.audit.judging.finding import AuditFinding
from evidencekit.audit.outputs.words import (
    SIGNS,
    VERDICTS,
    correction,
    counts,
    headed,
    label,
    meant,
    short_citation,
    shown,
)
from evidencekit.audit.result import DocumentAudit

COLOURS: Final[dict[str, str]] = {"error": "bold red", "warning": "yellow", "note": "cyan"}
VERDICT_COLOURS: Final[dict[str, str]] = {
    "confirmed": "green",
    "repaired": "yellow",
    "ambiguous": "yellow",
    "unchecked": "cyan",
}
WIDE: Final = 120
"""Columns from which the papers are named in the table."""


def audit_text(audits: Sequence[DocumentAudit], *, colour: bool = False, width: int = 100) -> str:
    """Text for a terminal.

    Parameters
    ----------
    audits
        One or more documents.
    colour
        Whether escape codes may be used.
    width
        Columns of the terminal.
    """
    import io

    from rich.console import Console

    out = io.StringIO()
    console = Console(
        file=out,
        width=max(width, 40),
        force_terminal=colour,
        no_color=not colour,
        color_system="standard" if colour else None,
        highlight=False,
        emoji=False,
        markup=False,
    )
    for audit in audits:
        _document(console, audit)
    text = out.getvalue()
    return text if colour else "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def _document(console, audit: DocumentAudit) -> None:  # type: ignore[no-untyped-def]
    from rich.text import Text

    console.print(Text(shown(audit.document.file), style="bold"))
    if audit.references:
        console.print(_table(audit, console.width))
    for reference in audit.references:
        if reference.judged.identity.match is None:
            verdict = VERDICTS[reference.judged.identity.verdict]
            console.print(Text(shown(f"{label(reference)} {verdict}: {meant(reference)}")))
    for finding in audit.all_findings:
        _finding(console, finding)
    console.print(Text(counts(audit), style="bold"))
    console.print()


def _table(audit: DocumentAudit, width: int):  # type: ignore[no-untyped-def]
    """The references; a wide terminal has room for the papers they mean too."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    wide = width >= WIDE
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False, expand=False)
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("cited", overflow="ellipsis", no_wrap=True, max_width=28)
    table.add_column("verdict", no_wrap=True)
    if wide:
        table.add_column("paper", overflow="ellipsis", no_wrap=True, width=width - 88)
    table.add_column("findings", max_width=28)
    for reference in audit.references:
        verdict = reference.judged.identity.verdict
        paper = [Text(shown(meant(reference)))] if wide else []
        table.add_row(
            Text(shown(label(reference))),
            Text(shown(short_citation(reference))),
            Text(VERDICTS[verdict], style=VERDICT_COLOURS.get(verdict, "bold red")),
            *paper,
            _codes(reference.findings),
        )
    return table


def _codes(findings: Sequence[AuditFinding]):  # type: ignore[no-untyped-def]
    from rich.text import Text

    parts = [Text(f.rule, style=COLOURS[f.severity]) for f in findings]
    return Text(" ").join(parts)


def _finding(console, finding: AuditFinding) -> None:  # type: ignore[no-untyped-def]
    from rich.padding import Padding
    from rich.text import Text

    title, message = headed(finding)
    place = f"{finding.place.line}:{finding.place.column}" if finding.place.line else "file"
    if finding.field == "claim":  # It stands in the claims file.
        place = str(finding.place)
    head = Text(f"{SIGNS[finding.severity]} {finding.rule}", style=COLOURS[finding.severity])
    head.append(f" {place}  {shown(title)}", style="not bold default")
    console.print(head)
    if message:
        console.print(Padding(Text(shown(message)), (0, 0, 0, 4), expand=False))
    if replacement := correction(finding):
        text = Text(shown(f"→ {replacement}"), style="dim")
        console.print(Padding(text, (0, 0, 0, 4), expand=False))
    if finding.accepted:
        text = Text(shown(f"accepted: {finding.accepted}"), style="dim")
        console.print(Padding(text, (0, 0, 0, 4), expand=False))
