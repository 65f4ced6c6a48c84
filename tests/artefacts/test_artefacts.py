"""Incremental builds: what is stale, what is written, what is never lost."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from evidencekit.artefacts import jobs as artefacts_jobs
from evidencekit.artefacts import run as artefacts_run
from evidencekit.artefacts.digests import combined, inputs_of, package_digest
from evidencekit.artefacts.jobs import Job, plan_jobs
from evidencekit.artefacts.manifest import Manifest
from evidencekit.artefacts.run import Built, remove_orphans, run_jobs
from evidencekit.atomic import write_file, write_folder
from evidencekit.errors import FileError, UsageError
from evidencekit.workspace.workspace import Workspace, load_workspace
from workspaces import PLAN, STUDY, write

OTHER_OUTCOME = """\
  - id: fever
    labels: {en: {text: fever}, nl: {text: koorts}}
    type: binary
    desirable: lower
"""


def fake_build(workspace: Workspace, plan, languages, inputs) -> Built:  # type: ignore[no-untyped-def]
    """A build that writes the plan's id per language, so that these tests are fast."""
    files = {"results.json": ("", b"{}")}
    files |= {f"forest.{lang}.svg": (lang, f"{plan.id} {lang}".encode()) for lang in languages}
    return Built(files=files, notes=(), seconds=0.0)


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(artefacts_run, "build", fake_build)


def load(root: Path) -> tuple[Workspace, Manifest]:
    """The workspace and its manifest, read anew."""
    return load_workspace(root).raise_errors(), Manifest.read(root / "figures")


def jobs_of(root: Path, **options: object) -> list[Job]:
    """What there is to do."""
    workspace, manifest = load(root)
    return plan_jobs(workspace, manifest, **options)  # type: ignore[arg-type]


def build_all(root: Path, **options: object) -> list[str]:
    """Build what is stale; returns the analyses built."""
    workspace, manifest = load(root)
    jobs = plan_jobs(workspace, manifest, **options)  # type: ignore[arg-type]
    return sorted(o.analysis for o in run_jobs(workspace, manifest, jobs))


def another_study(name: str) -> str:
    """A further synthetic study."""
    counts = {"e1": 3, "n1": 9, "e2": 4, "n2": 9}
    return STUDY.format(id=name, label=name, year=2020, age="adults", live="true", **counts)


def second_analysis(root: Path) -> None:
    """Add an outcome, a study that reports only it, and a plan for it."""
    outcomes = root / "studies" / "outcomes.yaml"
    outcomes.write_text(outcomes.read_text(encoding="utf-8") + OTHER_OUTCOME, encoding="utf-8")
    study = another_study("zed-2020")
    write(root, "studies/zed-2020.yaml", study.replace("outcome: cold", "outcome: fever"))
    plan = PLAN.replace("id: colds", "id: fevers").replace("outcome: cold", "outcome: fever")
    write(root, "analyses/fevers.yaml", plan)


def test_a_second_run_finds_nothing_to_do(small: Path) -> None:
    assert build_all(small) == ["colds"]
    assert build_all(small) == []
    assert [job.reason for job in jobs_of(small)] == [""]


def test_first_reason_is_never_built(small: Path) -> None:
    assert [job.reason for job in jobs_of(small)] == ["never built"]


def test_touching_a_study_reruns_only_what_it_feeds(small: Path) -> None:
    second_analysis(small)
    assert build_all(small) == ["colds", "fevers"]
    path = small / "studies" / "zed-2020.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "# a remark\n", encoding="utf-8")
    reasons = {job.plan.id: job.reason for job in jobs_of(small)}
    assert reasons == {"colds": "", "fevers": "inputs changed"}


def test_time_stamps_do_not_matter(small: Path) -> None:
    build_all(small)
    for path in small.rglob("*.yaml"):
        os.utime(path, (1, 1))
    assert build_all(small) == []


def test_a_new_study_makes_the_analysis_stale(small: Path) -> None:
    build_all(small)
    write(small, "studies/new-2021.yaml", another_study("new-2021"))
    assert build_all(small) == ["colds"]


@pytest.mark.parametrize(
    ("damage", "reason"),
    [("edit", "forest.en.svg was edited"), ("delete", "forest.en.svg is missing")],
)
def test_a_changed_output_is_rebuilt(small: Path, damage: str, reason: str) -> None:
    build_all(small)
    path = small / "figures" / "colds" / "forest.en.svg"
    path.unlink() if damage == "delete" else path.write_bytes(b"x")
    assert [job.reason for job in jobs_of(small)] == [reason]
    build_all(small)
    assert path.read_bytes() == b"colds en"


def test_package_source_decides(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build_all(small)
    monkeypatch.setattr(artefacts_jobs, "package_digest", lambda: "another version")
    assert [job.reason for job in jobs_of(small)] == ["inputs changed"]


def test_one_language_leaves_the_other_stale(small: Path) -> None:
    build_all(small, languages=["en"])
    folder = small / "figures" / "colds"
    assert sorted(p.name for p in folder.iterdir()) == ["forest.en.svg", "results.json"]
    assert [job.reason for job in jobs_of(small, languages=["en"])] == [""]
    assert [job.reason for job in jobs_of(small)] == ["language not built"]
    build_all(small)
    path = small / "studies" / "adams-2001.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "# remark\n", encoding="utf-8")
    build_all(small, languages=["nl"])
    assert [job.reason for job in jobs_of(small, languages=["nl"])] == [""]
    assert [job.reason for job in jobs_of(small, languages=["en"])] == ["inputs changed"]


def test_force_rebuilds(small: Path) -> None:
    build_all(small)
    assert build_all(small, force=True) == ["colds"]


def test_unknown_analysis_and_language(small: Path) -> None:
    with pytest.raises(UsageError) as caught:
        jobs_of(small, ids=["cold"])
    assert str(caught.value) == ("no analysis cold - did you mean colds? (analyses: colds)")
    with pytest.raises(UsageError) as several:
        jobs_of(small, languages=["nl", "fr", "xx"])
    assert str(several.value) == "no analysis has labels in fr, xx (languages: en, nl)"


def test_a_manifest_cannot_lead_outside_figures(small: Path) -> None:
    build_all(small)
    precious = write(small, "precious.txt", "mine")
    path = small / "figures" / "manifest.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    entry = data["analyses"]["colds"]
    output = {"sha256": "0", "bytes": 1, "lang": "", "key": "k"}
    data["analyses"][".."] = {**entry, "outputs": {"precious.txt": output}}
    path.write_text(json.dumps(data), encoding="utf-8")
    workspace, manifest = load(small)
    assert remove_orphans(workspace, manifest) == []
    assert precious.read_text(encoding="utf-8") == "mine"


def test_a_generated_file_that_was_edited_is_not_deleted(small: Path) -> None:
    second_analysis(small)
    build_all(small)
    edited = small / "figures" / "fevers" / "forest.en.svg"
    edited.write_bytes(b"edited by hand")
    (small / "analyses" / "fevers.yaml").unlink()
    workspace, manifest = load(small)
    remove_orphans(workspace, manifest)
    assert [p.name for p in edited.parent.iterdir()] == ["forest.en.svg"]


def test_runs_at_the_same_time_do_not_forget_each_other(small: Path) -> None:
    second_analysis(small)
    workspace, first = load(small)
    _, second = load(small)
    run_jobs(workspace, first, plan_jobs(workspace, first, ids=["colds"]))
    run_jobs(workspace, second, plan_jobs(workspace, second, ids=["fevers"]))
    assert set(Manifest.read(small / "figures").entries) == {"colds", "fevers"}


@pytest.mark.parametrize(
    "content", [b"", b"not json", b"{}", b'{"analyses": {"colds": {"key": 1}}}', b"\xff\x00"]
)
def test_a_damaged_manifest_means_building_again(small: Path, content: bytes) -> None:
    build_all(small)
    (small / "figures" / "manifest.json").write_bytes(content)
    assert build_all(small) == ["colds"]


def test_orphans_are_removed_and_strangers_kept(small: Path) -> None:
    second_analysis(small)
    build_all(small)
    stranger = small / "figures" / "fevers" / "notes.txt"
    stranger.write_text("mine", encoding="utf-8")
    (small / "analyses" / "fevers.yaml").unlink()
    workspace, manifest = load(small)
    removed = remove_orphans(workspace, manifest)
    assert removed == [
        "fevers/forest.en.svg", "fevers/forest.nl.svg", "fevers/results.json"
    ]  # fmt: skip
    assert [p.name for p in (small / "figures" / "fevers").iterdir()] == ["notes.txt"]
    assert list(Manifest.read(small / "figures").entries) == ["colds"]


def test_a_dropped_language_is_removed(small: Path) -> None:
    build_all(small)
    path = small / "analyses" / "colds.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    text = "\n".join(line for line in lines if not line.startswith("  nl: {title"))
    path.write_text(text.replace(", nl: verzonnen mensen", "").replace(", nl: actief", "")
                    .replace(", nl: placebo", "") + "\n", encoding="utf-8")  # fmt: skip
    workspace, manifest = load(small)
    assert remove_orphans(workspace, manifest) == ["colds/forest.nl.svg"]
    assert not (small / "figures" / "colds" / "forest.nl.svg").exists()


def test_manifest_records_inputs_and_libraries(small: Path) -> None:
    build_all(small)
    data = json.loads((small / "figures" / "manifest.json").read_text(encoding="utf-8"))
    entry = data["analyses"]["colds"]
    assert set(entry["inputs"]) == {
        "analyses/colds.yaml", "studies/outcomes.yaml", "studies/adams-2001.yaml",
        "studies/baker-2004.yaml", "studies/clark-2010.yaml", "studies/davis-2015.yaml",
    }  # fmt: skip
    assert "numpy" in entry["libraries"]
    workspace, _ = load(small)
    assert entry["inputs"] == inputs_of(workspace.plans["colds"], workspace)


def disk_full(*args: object, **kwargs: object) -> None:
    """A file system without room."""
    raise OSError(errno.ENOSPC, "No space left on device", "figures/colds/forest.en.svg")


def test_a_full_disk_leaves_earlier_output_whole(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_all(small)
    before = {p: p.read_bytes() for p in (small / "figures").rglob("*") if p.is_file()}
    monkeypatch.setattr(Path, "write_bytes", disk_full)
    with pytest.raises(FileError) as caught:
        build_all(small, force=True)
    assert str(caught.value) == (
        "cannot write figures/colds/forest.en.svg: the disk is full: free some space and run "
        "again; earlier output is whole"
    )
    monkeypatch.undo()
    assert {p: p.read_bytes() for p in (small / "figures").rglob("*") if p.is_file()} == before


def test_an_interrupt_keeps_what_was_complete(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    second_analysis(small)

    def interrupted(workspace, plan, languages, inputs):  # type: ignore[no-untyped-def]
        if plan.id == "fevers":
            raise KeyboardInterrupt
        return fake_build(workspace, plan, languages, inputs)

    monkeypatch.setattr(artefacts_run, "build", interrupted)
    with pytest.raises(KeyboardInterrupt):
        build_all(small)
    monkeypatch.setattr(artefacts_run, "build", fake_build)
    assert {job.plan.id: job.reason for job in jobs_of(small)} == {
        "colds": "",
        "fevers": "never built",
    }
    assert not list((small / "figures").glob(".building-*"))


def test_write_folder_is_all_or_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "figures" / "x"
    write_folder(folder, {"a": b"1", "b": b"2"})
    original = Path.write_bytes

    def second_fails(self: Path, data: bytes) -> int:
        if self.name == "b":
            disk_full()
        return original(self, data)

    monkeypatch.setattr(Path, "write_bytes", second_fails)
    with pytest.raises(FileError):
        write_folder(folder, {"a": b"new", "b": b"new"})
    assert [(folder / name).read_bytes() for name in "ab"] == [b"1", b"2"]
    assert sorted(p.name for p in folder.parent.iterdir()) == ["x"]


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "figures").write_text("", encoding="utf-8")
    with pytest.raises(FileError, match="a file stands where a folder is needed"):
        write_file(tmp_path / "figures" / "manifest.json", b"x")


def test_package_digest_ignores_the_command_line_and_line_ends(tmp_path: Path) -> None:
    for name, text in (("models/a.py", "x = 1\n"), ("cli/b.py", "y = 1\n")):
        write(tmp_path, name, text)
    before = package_digest(tmp_path)
    (tmp_path / "models" / "a.py").write_bytes(b"x = 1\r\n")
    write(tmp_path, "cli/b.py", "y = 2\n")
    write(tmp_path, "models/a.py.orig", "left by an editor")
    assert package_digest(tmp_path) == before
    write(tmp_path, "models/a.py", "x = 2\n")
    assert package_digest(tmp_path) != before


def test_combined_hash_depends_on_names_and_contents() -> None:
    assert combined([("a", "1"), ("b", "2")]) != combined([("a", "2"), ("b", "1")])
    assert combined([("a", "1")]) != combined([("a1", "")])
