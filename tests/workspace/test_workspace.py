"""Loading a workspace: what is found, what is left out, and what must not crash it."""

from __future__ import annotations

import gc
import hashlib
import os
import pickle
from pathlib import Path

import pytest

from evidencekit.errors import DataError, FileError, UsageError
from evidencekit.workspace.workspace import load_workspace

REPOSITORY = Path(__file__).parents[2]


def codes(root: Path, **options: object) -> list[tuple[str, str]]:
    return [(f.code, f.place.file) for f in load_workspace(root, **options).findings]  # type: ignore[arg-type]


def test_the_repository_validates_without_errors() -> None:
    loaded = load_workspace(REPOSITORY)
    assert [str(finding) for finding in loaded.errors] == []
    assert loaded.workspace.studies
    assert loaded.workspace.plans


def test_what_a_workspace_holds(small: Path) -> None:
    loaded = load_workspace(small)
    assert loaded.findings == ()
    workspace = loaded.raise_errors()
    assert workspace.root == small
    for identifier in workspace.studies:
        name = workspace.files[f"study:{identifier}"]
        assert name == f"studies/{identifier}.yaml"
        data = (small / name).read_bytes()
        assert workspace.digests[name] == hashlib.sha256(data).hexdigest()
    assert workspace.files["outcomes"] == "studies/outcomes.yaml"
    assert sorted(workspace.digests) == list(loaded.checked)
    assert pickle.loads(pickle.dumps(workspace)) == workspace


def test_places_are_found_for_later_checks(small: Path) -> None:
    loaded = load_workspace(small)
    identifier = next(iter(loaded.workspace.studies))
    path = ("results", 0, "arms", "active", "events")
    place = loaded.place(f"study:{identifier}", *path)
    line = (small / place.file).read_text(encoding="utf-8").splitlines()[place.line - 1]
    events = loaded.workspace.studies[identifier].results[0].arms["active"].events
    assert events is not None
    assert line[place.column - 1 :].startswith(events.text)


def test_a_file_with_an_error_is_absent_and_everything_else_is_there(small: Path) -> None:
    studies = sorted((small / "studies").glob("*.yaml"))
    broken = next(path for path in studies if path.name != "outcomes.yaml")
    text = broken.read_text(encoding="utf-8")
    broken.write_text(text.replace("year:", "yaer:"), encoding="utf-8", newline="\n")
    loaded = load_workspace(small)
    assert [f.code for f in loaded.findings] == ["EK041"]
    assert broken.stem not in loaded.workspace.studies
    assert len(loaded.workspace.studies) == len(studies) - 2
    with pytest.raises(DataError, match=r"^1 error in the data files; run `evidencekit validate`$"):
        loaded.raise_errors()


def test_no_workspace(tmp_path: Path) -> None:
    with pytest.raises(FileError) as caught:
        load_workspace(tmp_path)
    assert str(caught.value) == (
        f"{tmp_path.as_posix()} is not a workspace: it has no studies/ or analyses/ folder. "
        "Make one with `evidencekit init DIR`, or name one with --workspace DIR"
    )
    with pytest.raises(FileError, match="there is no such folder"):
        load_workspace(tmp_path / "nowhere")


def test_empty_folders(tmp_path: Path) -> None:
    (tmp_path / "studies").mkdir()
    (tmp_path / "analyses").mkdir()
    assert [str(finding) for finding in load_workspace(tmp_path).findings] == [
        "EK015 analyses  there are no analysis plans (warning)\n"
        "      add one YAML file per analysis",
        "EK015 studies  there are no studies\n      add one YAML file per study",
        "EK015 studies/outcomes.yaml  there is no outcomes.yaml\n"
        "      add it: the vocabulary of outcomes that studies and plans refer to",
    ]


def test_odd_things_in_the_folders(small: Path) -> None:
    studies = small / "studies"
    (studies / "folder.yaml").mkdir()
    (studies / ".hidden.yaml").write_text("[", encoding="utf-8")
    (studies / "notes.txt").write_text("[", encoding="utf-8")
    (studies / "loop").symlink_to(studies, target_is_directory=True)
    (studies / "self.yaml").symlink_to(studies / "self.yaml")
    expected = [("EK001", "studies/self.yaml")]
    if hasattr(os, "mkfifo"):
        os.mkfifo(studies / "pipe.yaml")
        expected.insert(0, ("EK001", "studies/pipe.yaml"))
    assert codes(small) == expected


def test_a_file_that_may_not_be_read(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Not by permissions: the suite may run as root, who reads everything.
    def refuse(path: str, mode: str) -> object:
        if path.endswith("outcomes.yaml"):
            raise PermissionError(13, "Permission denied", path)
        return open(path, mode)

    monkeypatch.setattr("evidencekit.workspace.files.open", refuse, raising=False)
    assert [str(finding) for finding in load_workspace(small).findings] == [
        "EK001 studies/outcomes.yaml  file cannot be read\n"
        "      permission denied - allow reading it"
    ]


def test_paths_limit_what_is_listed_not_what_is_read(small: Path) -> None:
    plan = next((small / "analyses").glob("*.yaml"))
    text = plan.read_text(encoding="utf-8").replace("outcome: cold", "outcome: colds")
    plan.write_text(text, encoding="utf-8", newline="\n")
    assert codes(small, paths=[small / "studies"]) == []
    assert ("EK063", f"analyses/{plan.name}") in codes(small, paths=[plan])
    assert codes(small, paths=[small]) == codes(small)
    with pytest.raises(UsageError, match="is not in the workspace"):
        load_workspace(small, paths=[small.parent])
    with pytest.raises(FileError, match="there is no such file or folder"):
        load_workspace(small, paths=[small / "studies" / "x.yaml"])


def test_subfolders_and_order(small: Path) -> None:
    deep = small / "studies" / "b" / "c"
    deep.mkdir(parents=True)
    study = next(p for p in sorted((small / "studies").glob("*.yaml")) if p.name != "outcomes.yaml")
    study.rename(deep / study.name)
    loaded = load_workspace(small)
    assert loaded.findings == ()
    assert loaded.workspace.files[f"study:{study.stem}"] == f"studies/b/c/{study.name}"
    assert list(loaded.checked) == sorted(loaded.checked)


def test_a_broken_study_does_not_make_references_to_it_wrong(small: Path) -> None:
    study = next(p for p in sorted((small / "studies").glob("*.yaml")) if p.name != "outcomes.yaml")
    study.write_text("{", encoding="utf-8")
    plan = next((small / "analyses").glob("*.yaml"))
    text = plan.read_text(encoding="utf-8")
    exclusion = f"select: {{exclude: [{{study: {study.stem}, why: x}}]}}\nmeasure:"
    plan.write_text(text.replace("measure:", exclusion, 1), encoding="utf-8", newline="\n")
    assert codes(small) == [("EK006", f"studies/{study.name}")]


def test_loading_leaves_the_garbage_collector_as_it_was(small: Path) -> None:
    assert gc.isenabled()
    load_workspace(small)
    assert gc.isenabled()
    gc.disable()
    try:
        load_workspace(small)
        assert not gc.isenabled()
    finally:
        gc.enable()
