"""The commands validate, init and schema, through the command line's own entrance."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from evidencekit.cli import main
from evidencekit.workspace.jsonschema import SCHEMAS, schema
from evidencekit.workspace.workspace import load_workspace
from evidencekit.workspace.yaml import parse_bytes


def break_one(root: Path) -> Path:
    study = next(p for p in sorted((root / "studies").glob("*.yaml")) if p.name != "outcomes.yaml")
    text = study.read_text(encoding="utf-8").replace("design: parallel", "design: paralel")
    study.write_text(text, encoding="utf-8", newline="\n")
    return study


def test_validate_clean(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "--workspace", str(small)]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    files = len(list(small.rglob("*.yaml")))
    assert err == f"{files} files, 0 errors, 0 warnings\n"


def test_validate_text(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = break_one(small)
    assert main(["validate", "--workspace", str(small), str(study)]) == 1
    out, err = capsys.readouterr()
    assert out.startswith(f"EK046 studies/{study.name}:5:9  ")
    assert out.endswith('did you mean "parallel"?\n')
    assert err == "1 file, 1 error, 0 warnings\n"


def test_validate_of_what_is_not_there(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    gone = small / "studies" / "gone.yaml"
    # Unreadable data, as for every other command; a path elsewhere is a wrong call.
    assert main(["validate", "--workspace", str(small), str(gone)]) == 3
    missing = f"{gone.as_posix()}: there is no such file or folder\n"
    assert capsys.readouterr() == ("", f"evidencekit: {missing}")
    elsewhere = small.parent / "elsewhere.yaml"
    elsewhere.touch()
    assert main(["validate", "--workspace", str(small), str(elsewhere)]) == 2


def test_validate_json(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = break_one(small)
    assert main(["validate", "--workspace", str(small), "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["schema_version"] == 1
    assert document["command"] == "validate"
    assert document["summary"]["errors"] == 1
    assert document["findings"][0]["rule"] == "EK046"
    assert document["findings"][0]["file"] == f"studies/{study.name}"
    assert f"studies/{study.name}" in document["files"]


def test_validate_github(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    study = break_one(small)
    assert main(["validate", "--workspace", str(small), "--format", "github"]) == 1
    out = capsys.readouterr().out
    assert out == (
        f"::error file=studies/{study.name},line=5,col=9,endColumn=16,"
        'title=EK046 "paralel" is not one of the words allowed here'
        "::allowed: parallel, crossover, cluster, factorial, cohort, non_randomised"
        ' - did you mean "parallel"?\n'
    )


def test_validate_garbage(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (small / "studies" / "noise.yaml").write_bytes(bytes(range(256)))
    assert main(["validate", "--workspace", str(small)]) == 1
    assert capsys.readouterr().out.startswith("EK003 studies/noise.yaml  file is not text\n")


def test_validate_unreadable(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (small / "studies" / "gone.yaml").symlink_to(small / "nowhere")
    assert main(["validate", "--workspace", str(small)]) == 3
    assert capsys.readouterr().out.startswith("EK001 studies/gone.yaml  file cannot be read\n")


def test_validate_strict_gives_warnings(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "--workspace", str(small), "--strict"]) == 0
    out, err = capsys.readouterr()
    assert "EK073" in out
    assert " 0 errors, " in err
    assert not err.endswith(" 0 warnings\n")


def test_validate_without_a_workspace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "--workspace", str(tmp_path)]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert "`evidencekit init DIR`" in err


def test_validate_a_path_elsewhere(small: Path, tmp_path: Path) -> None:
    assert main(["validate", "--workspace", str(small), str(tmp_path)]) == 2


def test_init_makes_a_workspace_that_is_clean(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "new workspace"
    assert main(["init", str(root)]) == 0
    out, err = capsys.readouterr()
    written = out.splitlines()
    assert all(Path(line).is_file() for line in written)
    assert f"{root.as_posix()}/.vscode/settings.json" in written
    assert "next: evidencekit validate" in err
    assert main(["validate", "--workspace", str(root)]) == 0
    assert capsys.readouterr().err == "5 files, 0 errors, 0 warnings\n"
    for path in (root / "studies").glob("*-*.yaml"):
        assert "SYNTHETIC" in path.read_text(encoding="utf-8")
    for path in root.rglob("*.yaml"):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        assert (path.parent / first.partition("$schema=")[2]).resolve().is_file()


def test_init_analyses_cleanly(tmp_path: Path) -> None:
    assert main(["init", str(tmp_path)]) == 0
    assert main(["analyse", "--workspace", str(tmp_path), "--jobs", "1"]) == 0
    assert list((tmp_path / "figures").rglob("*.svg"))


def test_init_leaves_a_workspace_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "studies").mkdir()
    assert main(["init", str(tmp_path)]) == 2
    assert capsys.readouterr().err == (
        f"evidencekit: {tmp_path.as_posix()} already holds studies; nothing was written - "
        "name a folder without them\n"
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["studies"]


def test_init_beside_other_files(tmp_path: Path) -> None:
    (tmp_path / "LICENSE").write_text("x", encoding="utf-8")
    assert main(["init", str(tmp_path)]) == 0
    (tmp_path / "file").write_text("x", encoding="utf-8")
    assert main(["init", str(tmp_path / "file")]) == 2


def test_the_template_plan_writes_every_default_out(tmp_path: Path) -> None:
    main(["init", str(tmp_path)])
    plan = load_workspace(tmp_path).raise_errors().plans["colds"]
    root = parse_bytes((tmp_path / "analyses" / "colds.yaml").read_bytes())[0].root
    assert isinstance(root, dict)
    assert set(root) == {field.name for field in dataclasses.fields(plan)}
    for section in ("select", "readings", "contrast", "model", "zero_cells"):
        names = {field.name for field in dataclasses.fields(getattr(plan, section))}
        assert set(root[section]) == names, section


@pytest.mark.parametrize("kind", SCHEMAS)
def test_schema_prints_one(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", kind]) == 0
    assert json.loads(capsys.readouterr().out) == schema(kind)


def test_schema_prints_all(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0
    assert list(json.loads(capsys.readouterr().out)) == ["study", "outcomes", "plan"]


def test_schema_writes(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "--write", "--workspace", str(small)]) == 0
    assert capsys.readouterr().out == ""
    for kind in SCHEMAS:
        path = small / ".evidencekit" / "schema" / f"{kind}.json"
        assert json.loads(path.read_text(encoding="utf-8")) == schema(kind)


def test_schema_of_nothing() -> None:
    assert main(["schema", "trial"]) == 2
