"""What the README and the docs say is what the program does."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from evidencekit.cli import build_parser
from evidencekit.language.words import Words
from evidencekit.workspace.rules_page import rules_page
from evidencekit.workspace.workspace import load_workspace
from workspaces import OUTCOMES, write

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
NAMES = ("README", "CONTRIBUTING", "CHANGELOG", "studies/README", "benchmarks/README")
DOCS = [*(ROOT / f"{name}.md" for name in NAMES), *sorted((ROOT / "docs").glob("*.md"))]


def blocks(language: str) -> list[str]:
    """The README's fenced blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.DOTALL | re.MULTILINE)


def results() -> dict[str, dict]:  # type: ignore[type-arg]
    """Every results.json under figures/."""
    files = sorted((ROOT / "figures").glob("*/results.json"))
    return {path.parent.name: json.loads(path.read_text(encoding="utf-8")) for path in files}


def test_the_table_of_results_is_current() -> None:
    words = Words("en")
    rows = {
        match[1]: [cell.strip() for cell in match[0].strip("|").split("|")]
        for match in re.finditer(r"^\| \[([a-z-]+)\]\(figures/.*$", README, flags=re.MULTILINE)
    }
    found = results()
    assert set(rows) == set(found)
    for name, result in found.items():
        natural = result["natural"]
        ci, prediction = natural["ci"], natural["prediction"]
        level = result["certainty"]["level"]
        assert rows[name][1:] == [
            str(natural["k"]),
            words.ci(natural["estimate"], ci["low"], ci["high"]),
            words.interval(prediction["low"], prediction["high"]),
            level or "not rated (draft)",
        ]


def test_counts_in_the_text_are_current() -> None:
    workspace = load_workspace(ROOT).raise_errors()
    assert f"{len(workspace.studies)} trials in" in " ".join(README.split())
    assert len(workspace.plans) == 4
    assert "four plans in" in " ".join(README.split())


@pytest.mark.parametrize("path", DOCS, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)\)", text):
        if not target.startswith(("http://", "https://")):
            assert (path.parent / target).exists(), target


def test_every_command_shown_can_be_parsed(capsys: pytest.CaptureFixture[str]) -> None:
    parser = build_parser()
    lines = [line.split("#")[0] for block in blocks("sh") for line in block.splitlines()]
    shown = [line for line in lines if line.startswith("evidencekit ")]
    assert len(shown) >= 3
    for line in shown:
        parser.parse_args(shlex.split(line)[1:])


def test_commands_table_names_every_command() -> None:
    (action,) = [a for a in build_parser()._actions if a.choices]
    for name in action.choices:
        assert f"`evidencekit {name} " in README or name == "analyze"


def test_the_study_and_the_plan_shown_are_valid(tmp_path: Path) -> None:
    study, plan = blocks("yaml")
    write(tmp_path, "studies/outcomes.yaml", OUTCOMES.replace("id: cold\n", "id: urti-any\n"))
    write(tmp_path, "studies/busch-2013.yaml", study)
    zhang = study.replace("busch-2013", "zhang-2021").replace("Busch 2013", "Zhang 2021")
    write(
        tmp_path, "studies/zhang-2021.yaml", zhang.replace("10.4236/fns.2013.411A003", "10.5555/z")
    )
    write(tmp_path, "analyses/probiotics-urti.yaml", plan)
    errors = [str(f) for f in load_workspace(tmp_path).findings if f.severity == "error"]
    assert errors == []


def test_the_python_shown_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = blocks("python")
    exec(compile(code, "README.md", "exec"), {})
    out = capsys.readouterr().out
    assert "k = 3" in out or "3 studies" in out
    assert "Interval(" in out


def test_the_finding_shown_is_the_real_one(tmp_path: Path) -> None:
    study = (
        blocks("yaml")[0]
        .replace("busch-2013", "hart-2019")
        .replace("72, total: 155", "61, total: 60")
    )
    write(tmp_path, "studies/outcomes.yaml", OUTCOMES.replace("id: cold\n", "id: urti-any\n"))
    write(tmp_path, "studies/hart-2019.yaml", study)
    (tmp_path / "analyses").mkdir()
    shown = [f for f in load_workspace(tmp_path).findings if f.code == "EK023"]
    assert [f"{finding}\n" for finding in shown] == blocks("text")


def test_the_page_of_findings_is_current() -> None:
    assert (ROOT / "docs" / "findings.md").read_text(encoding="utf-8") == rules_page()


def test_no_machine_or_index_addresses() -> None:
    for path in [*DOCS, ROOT / "constraints.txt", ROOT / "pyproject.toml", ROOT / "Makefile"]:
        text = path.read_text(encoding="utf-8")
        assert str(ROOT) not in text
        assert str(Path.home()) not in text
        assert "index-url" not in text
