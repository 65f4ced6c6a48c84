"""An audit on a terminal: one table of references, then every finding at its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from evidencekit.audit.judging.finding import AuditFinding
from evidencekit.audit.outputs.words import (
    SIGNS,
    VERDICTS,
    counts,
    headed,
    label,
    meant,
    short_citation,
)
from evidencekit.audit.result import DocumentAudit

COLOURS: Final[dict[str, str]] = {"error": "bold red", "warning": "yellow", "note": "cyan"}
VERDICT_COLOURS: Final[dict[str, str]] = {
    "confirmed": "green",
    "repaired": "yellow",
    "ambiguous": "yellow",
    "unchecked": "cyan",
}


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
    return out.getvalue()


def _document(console, audit: DocumentAudit) -> None:  # type: ignore[no-untyped-def]
    from rich import box
    from rich.table import Table
    from rich.text import Text

    console.print(Text(audit.document.file, style="bold"))
    if audit.references:
        table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), expand=False)
        table.add_column("", justify="right", no_wrap=True, min_width=4)
        table.add_column("cited", no_wrap=True, width=22)
        table.add_column("verdict", no_wrap=True, width=20)
        table.add_column("paper", no_wrap=True, width=max(20, console.width - 80))
        table.add_column("findings", width=22)
        for reference in audit.references:
            verdict = reference.judged.identity.verdict
            table.add_row(
                label(reference),
                short_citation(reference),
                Text(VERDICTS[verdict], style=VERDICT_COLOURS.get(verdict, "bold red")),
                meant(reference),
                _codes(reference.findings),
            )
        console.print(table)
    for finding in audit.all_findings:
        _finding(console, finding)
    console.print(Text(counts(audit), style="bold"))
    console.print()


def _codes(findings: Sequence[AuditFinding]):  # type: ignore[no-untyped-def]
    from rich.text import Text

    parts = [Text(f.rule, style=COLOURS[f.severity]) for f in findings]
    return Text(" ").join(parts)


def _finding(console, finding: AuditFinding) -> None:  # type: ignore[no-untyped-def]
    from rich.padding import Padding
    from rich.text import Text

    title, message = headed(finding)
    place = f"{finding.place.line}:{finding.place.column}" if finding.place.line else "file"
    head = Text(f"{SIGNS[finding.severity]} {finding.rule}", style=COLOURS[finding.severity])
    head.append(f" {place}  {title}", style="not bold default")
    console.print(head)
    if message:
        console.print(Padding(Text(message), (0, 0, 0, 4)))
    if finding.fix is not None and finding.fix.replacement:
        console.print(Padding(Text(f"→ {finding.fix.replacement}"), (0, 0, 0, 4)), style="dim")
