"""``audit --claims`` and ``audit --suggest-claims``, through the command line's own entrance."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evidencekit.cli import main
from workspaces import small_workspace, write

ARTICLE = """\
# Active and colds

The active treatment reduces colds by 30% [1]. It is proven by two trials.

# References

1. Adams A. Active and colds. J Invented. 2001;1:1-9. doi:10.5555/adams-2001
"""
CLAIMS = """\
# SYNTHETIC: invented for tests
- id: fewer
  section: Active and colds
  cites: ["1"]
  says: a third fewer colds
  kind: relative_change
  value: 30
  unit: percent
  rounding: about
  direction: lower
  evidence:
    - {role: cited, analysis: colds}
- id: proven
  section: Active and colds
  says: it is proven
  kind: direction
  direction: higher
  strength: strong
  evidence:
    - {role: counter, analysis: colds}
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    small_workspace(tmp_path)
    write(tmp_path, "articles/tea.en.md", ARTICLE)
    write(tmp_path, "articles/tea.claims.yaml", CLAIMS)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> int:
    return main(["audit", *arguments, "--workspace", ".", "--offline", "--allow-unchecked"])


def test_claims_in_json(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run("articles/tea.en.md", "--claims", "articles/tea.claims.yaml", "--json")
    data = json.loads(capsys.readouterr().out)
    fewer, proven = data["claims"]
    assert (fewer["id"], fewer["verdict"], fewer["line"]) == ("fewer", "holds-with-limits", 2)
    assert fewer["evidence"][0]["analysis"] == "colds"
    assert fewer["evidence"][0]["shown"].startswith("RR 0.676 (0.482 to 0.948)")
    assert (proven["verdict"], proven["why"]) == ("contradicted", "analysis colds says otherwise")
    assert [f["rule"] for f in data["findings"] if f["field"] == "claim"] == ["EK170"]
    assert code == 1


def test_without_the_option_there_are_no_claims(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("articles/tea.en.md", "--json")
    data = json.loads(capsys.readouterr().out)
    assert data["claims"] == []
    assert [f for f in data["findings"] if f["field"] == "claim"] == []


def test_claims_on_a_terminal(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("articles/tea.en.md", "--claims", "articles/tea.claims.yaml")
    out = capsys.readouterr().out
    assert "✗ EK170 articles/tea.claims.yaml:13:7  evidence contradicts the claim\n" in out
    assert "holds-with-limits: fewer (Active and colds; [1])\n    a third fewer colds\n" in out
    assert "    claimed                about 30% lower\n" in out


def test_claims_on_a_page_stand_under_a_heading_of_their_own(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("articles/tea.en.md", "--claims", "articles/tea.claims.yaml", "--format", "html")
    page = capsys.readouterr().out
    claims = page[page.index("What the text claims") : page.index("Each reference")]
    assert "articles/tea.claims.yaml:" in claims
    assert "proven" in claims


def test_claims_go_to_the_article_of_their_name(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(root, "articles/milk.en.md", ARTICLE)
    paths = ("articles/milk.en.md", "articles/tea.en.md")
    run(*paths, "--claims", "articles/tea.claims.yaml", "--json")
    documents = json.loads(capsys.readouterr().out)["documents"]
    assert [len(document["claims"]) for document in documents] == [0, 2]
    write(root, "articles/oats.en.md", ARTICLE)
    paths = ("articles/milk.en.md", "articles/oats.en.md")
    assert run(*paths, "--claims", "articles/tea.claims.yaml") == 2
    assert "none of the files is called tea, like articles/tea.claims.yaml; " in (
        capsys.readouterr().err
    )


def test_other_files_are_no_claims(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("articles/tea.en.md", "--claims", "analyses/colds.yaml") == 2
    assert (
        "analyses/colds.yaml is not a claims file of the workspace; "
        "there are: articles/tea.claims.yaml\n"
    ) in capsys.readouterr().err


def test_claims_with_errors_are_not_judged(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(root, "articles/tea.claims.yaml", CLAIMS.replace("  value: 30\n", ""))
    assert run("articles/tea.en.md", "--claims", "articles/tea.claims.yaml") == 1
    captured = capsys.readouterr()
    assert "EK094 articles/tea.claims.yaml:6:9" in captured.out + captured.err
    assert "articles/tea.claims.yaml has errors; run `evidencekit validate`" in (
        captured.out + captured.err
    )


def test_suggestions(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("articles/tea.en.md", "--suggest-claims") == 0
    captured = capsys.readouterr()
    assert captured.out == (
        "articles/tea.en.md:3:48  Active and colds\n"
        "    It is proven by two trials.\n"
        "    because: proven\n"
    )
    assert captured.err == (
        "1 sentence without a claim\nclaims that no sentence was found for: proven\n"
    )


def test_suggestions_in_json_and_without_claims(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (root / "articles" / "tea.claims.yaml").unlink()
    assert run("articles/tea.en.md", "--suggest-claims", "--json") == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["command"], data["untied"]) == ("suggest-claims", [])
    assert [(s["line"], s["numbers"], s["words"], s["cites"]) for s in data["sentences"]] == [
        (3, ["30%"], ["reduces"], ["1"]),
        (3, [], ["proven"], []),
    ]
    assert run("articles/tea.en.md", "--suggest-claims", "--format", "csv") == 2
    assert "--suggest-claims prints text or, with --json, JSON" in capsys.readouterr().err
