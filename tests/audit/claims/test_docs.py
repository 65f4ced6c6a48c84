"""``docs/claims.md``: its example gives what it says, its tables are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

from evidencekit.audit.claims.judge import judge_claims
from evidencekit.audit.claims.output import claims_text
from evidencekit.audit.claims.recompute import CLAIM_KINDS
from evidencekit.audit.claims.rounding import ROUNDINGS
from evidencekit.audit.claims.verdict import CLAIM_VERDICTS
from evidencekit.workspace.workspace import load_workspace
from workspaces import small_workspace, write

PAGE = (Path(__file__).parents[3] / "docs" / "claims.md").read_text(encoding="utf-8")


def test_the_example_gives_what_the_page_says(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.S)
    (shown,) = re.findall(r"```text\n(.*?)\n```", PAGE, flags=re.S)
    file = write(small_workspace(tmp_path), "articles/colds.claims.yaml", example)
    loaded = load_workspace(tmp_path)
    assert loaded.findings == ()
    assert claims_text(judge_claims(loaded, file)) == shown


def test_the_tables_are_those_of_the_code() -> None:
    rows = [f"| {n} | {r.text} | {r.rule or '-'} |" for n, r in CLAIM_VERDICTS.items()]
    rows += [f"| {name} | {kind.text} |" for name, kind in CLAIM_KINDS.items()]
    rows += [f"| {name} | {word.rule} |" for name, word in ROUNDINGS.items()]
    positions = [PAGE.index(f"\n{row}\n") for row in rows]
    assert positions == sorted(positions)
