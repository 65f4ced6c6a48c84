"""``evidencekit audit``: exit codes, accepted findings, corrections, the corrected list."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from conftest import REPOSITORY
from evidencekit.cli import main
from evidencekit.errors import ExitCode

ARTICLE = REPOSITORY / "tests" / "audit" / "article.nl.txt"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the article and the lock, which is where the command runs."""
    shutil.copy(ARTICLE, tmp_path / "article.txt")
    shutil.copy(REPOSITORY / "metadata.lock.json", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def audit(*options: str) -> int:
    return main(["audit", "article.txt", "--offline", *options])


def report(capsys: pytest.CaptureFixture[str]) -> dict:  # type: ignore[type-arg]
    capsys.readouterr()
    audit("--json")
    found: dict = json.loads(capsys.readouterr().out)  # type: ignore[type-arg]
    return found


def accept_errors(desk: Path, found: dict, more: str = "") -> None:  # type: ignore[type-arg]
    """Suppress every error of a report."""
    lines = ["suppressions:"]
    for reference in found["references"]:
        for rule in {f["rule"] for f in reference["findings"] if f["severity"] == "error"}:
            lines += [
                f"  - rule: {rule}",
                f'    reference: "{reference["fingerprint"]}"',
                f"    reason: known to the editor{more}",
            ]
    (desk / "audit.suppress.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.mark.usefixtures("desk")
def test_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    assert audit() == ExitCode.FINDINGS
    assert audit("--fail-on", "never") == ExitCode.NETWORK
    assert audit("--fail-on", "never", "--allow-unchecked") == ExitCode.OK
    assert audit("--in-place") == ExitCode.USAGE
    assert "--in-place corrects a file, so it needs --fix" in capsys.readouterr().err


def test_suppressed_errors_are_shown_with_their_reason_and_do_not_fail(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    accept_errors(desk, report(capsys))
    assert audit("--allow-unchecked") == ExitCode.OK
    printed = capsys.readouterr()
    assert "accepted: known to the editor" in printed.out
    assert "audit.suppress.yaml" not in printed.err
    sarif = "--format", "sarif", "--allow-unchecked"
    assert audit(*sarif) == ExitCode.OK
    results = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    accepted = [r for r in results if r["level"] == "error"]
    assert accepted
    for result in accepted:
        assert result["suppressions"] == [
            {"kind": "external", "justification": "known to the editor"}
        ]
    audit("--format", "github", "--allow-unchecked")
    assert "::error" not in capsys.readouterr().out


def test_expired_suppressions_reappear_and_unused_ones_are_told(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = report(capsys)
    accept_errors(desk, found, "\n    expires: 2020-01-31")
    assert audit() == ExitCode.FINDINGS
    assert ": the suppression expired on 2020-01-31" in capsys.readouterr().err
    accept_errors(desk, found)
    path = desk / "audit.suppress.yaml"
    more = '  - {rule: EK120, reference: "0000000000000000", reason: gone}\n'
    path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
    assert audit("--allow-unchecked") == ExitCode.OK
    told = "audit.suppress.yaml: EK120 of 0000000000000000: the suppression was not needed\n"
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("{rule: EK120, reference: a1}", "EK040"),
        ("{rule: EK199, reference: a1, reason: so}", "EK199 is no rule of audits"),
        ("{rule: EK130, reference: a1, reason: so}", "add notice: and the DOI of the retraction"),
        ("{rule: EK120, reference: a1, reason: so, until: 2030-01-01}", "EK041"),
    ],
)
def test_a_suppression_that_says_too_little_is_refused(
    desk: Path, capsys: pytest.CaptureFixture[str], entry: str, told: str
) -> None:
    (desk / "audit.suppress.yaml").write_text(f"suppressions:\n  - {entry}\n", encoding="utf-8")
    assert audit() == ExitCode.FINDINGS
    printed = capsys.readouterr()
    assert told in printed.err + printed.out


def test_only_what_the_baseline_lacks_fails(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = ARTICLE.read_text(encoding="utf-8")
    mended = text.replace("10.3390/biomedicijnen13020329", "10.3390/biomedicines13020329")
    assert mended != text
    (desk / "article.txt").write_text(mended, encoding="utf-8")
    assert audit("--json", "--output", "before.json", "--fail-on", "never") == ExitCode.NETWORK
    against = "--baseline", "before.json", "--allow-unchecked"
    assert audit(*against) == ExitCode.OK
    moved = "# A new heading\n\n" + mended
    (desk / "article.txt").write_text(moved, encoding="utf-8")
    assert audit(*against) == ExitCode.OK
    (desk / "article.txt").write_text(text, encoding="utf-8")
    capsys.readouterr()
    assert audit(*against, "--json") == ExitCode.FINDINGS
    data = json.loads(capsys.readouterr().out)
    new = [f["rule"] for r in data["references"] for f in r["findings"] if not f["accepted"]]
    assert "EK103" in new
    assert "EK150" not in new


@pytest.mark.parametrize("content", ["[]", "{}", "no json", '{"references": 3, "findings": []}'])
def test_a_baseline_that_is_no_report_is_refused(
    desk: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    (desk / "old.json").write_text(content, encoding="utf-8")
    assert audit("--baseline", "old.json") == ExitCode.UNREADABLE
    assert "old.json: is no report of an audit; write one with" in capsys.readouterr().err


def test_corrections_go_to_a_copy_and_are_shown(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (desk / "article.txt").read_bytes()
    main(["audit", str(desk / "article.txt"), "--offline", "--fix"])
    printed = capsys.readouterr().out
    assert printed.startswith("--- a/article.txt\n+++ b/article.txt\n@@ ")
    assert "10.3390/biomedicines13020329" in printed
    assert (desk / "article.txt").read_bytes() == before
    assert "10.3390/biomedicines13020329" in (desk / "article.fixed.txt").read_text("utf-8")
    audit("--fix", "--in-place")
    assert (desk / "article.txt").read_bytes() == (desk / "article.fixed.txt").read_bytes()


@pytest.mark.parametrize(
    ("form", "begins", "doi"),
    [
        ("bibtex", "@article{ref1,", "10.3390/biomedicines13020329"),
        ("ris", "TY  - JOUR", "DO  - 10.3390/biomedicines13020329"),
        ("csl", "[", '"DOI": "10.3390/biomedicines13020329"'),
    ],
)
@pytest.mark.usefixtures("desk")
def test_the_corrected_list(
    capsys: pytest.CaptureFixture[str], form: str, begins: str, doi: str
) -> None:
    audit("--list", form)
    printed = capsys.readouterr()
    assert printed.out.startswith(begins)
    assert doi in printed.out
    assert "biomedicijnen" not in printed.out
    assert "left out, because no record says what they are: [10] [18]\n" in printed.err


@pytest.mark.parametrize("form", ["md", "html", "json", "csv", "sarif", "junit"])
def test_every_format_goes_to_a_file(desk: Path, form: str) -> None:
    assert audit("--format", form, "--output", f"out.{form}") == ExitCode.FINDINGS
    assert "10.3390/biomedicines13020329" in (desk / f"out.{form}").read_text("utf-8")


@pytest.mark.usefixtures("desk")
def test_the_lock_is_named_among_the_sources(capsys: pytest.CaptureFixture[str]) -> None:
    assert "papers" in report(capsys)["sources"]["metadata.lock.json"]


def test_a_workspace_is_audited_file_by_file_and_confirms_nothing_itself(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code = main(["audit", str(REPOSITORY), "--workspace", str(REPOSITORY), "--offline", "--json"])
    # Its own studies were never fetched: nobody confirms them, and nobody is accused.
    assert code == ExitCode.NETWORK
    documents = json.loads(capsys.readouterr().out)["documents"]
    by_file = {document["file"]: document for document in documents}
    (reference,) = by_file["studies/urti/busch-2013.yaml"]["references"]
    assert reference["identity"]["verdict"] == "unchecked"
    assert reference["identity"]["why"] == (
        "known only from studies/urti/busch-2013.yaml, which cannot confirm itself"
    )
    review = by_file["analyses/probiotics-urti.yaml"]["references"]
    assert {r["cited"]["doi"]: r["identity"]["verdict"] for r in review} == {
        "10.1155/2020/8734140": "confirmed"
    }


def test_a_folder_that_is_no_workspace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", str(tmp_path), "--offline"]) == ExitCode.USAGE
    assert "it has neither studies/ nor articles/" in capsys.readouterr().err
