"""``evidencekit batch``: files in and out, exit codes, going on after an interrupt."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from evidencekit import batch
from evidencekit.cli import main
from evidencekit.errors import ExitCode
from evidencekit.tables import execute, long
from evidencekit.tables.bulk import OUTPUTS
from table_examples import write


def table(m: int = 12) -> pd.DataFrame:
    """SYNTHETIC, with codes that look like numbers."""
    rng = np.random.default_rng(6)
    rows = 4 * m
    return pd.DataFrame(
        {
            "review": [f"{i % m:03d}" for i in range(rows)],
            "arm": ["low" if i % 2 else "high" for i in range(rows)],
            "yi": rng.normal(0, 0.3, rows),
            "vi": rng.uniform(0.01, 0.1, rows),
        }
    )


def read(path: Path) -> pd.DataFrame:
    keys = {"review": str, "arm": str}
    if path.suffix == ".parquet":
        return pd.read_parquet(path)
    return pd.read_csv(path, sep="\t" if path.suffix == ".tsv" else ",", dtype=keys)


@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("source", [".csv", ".tsv", ".parquet", ".xlsx"])
def test_files_in_and_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], source: str, output: str
) -> None:
    frame, path, out = table(), tmp_path / f"in{source}", tmp_path / f"out{output}"
    if source == ".parquet":
        frame.to_parquet(path)
    elif source == ".xlsx":
        frame.to_excel(path, index=False)
    else:
        frame.to_csv(path, index=False, sep="\t" if source == ".tsv" else ",")
    argv = ["batch", str(path), "--by", "review, arm", "-o", str(out), "--jobs", "1"]
    assert main(argv) == ExitCode.OK
    expected = batch.pool(frame, by=["review", "arm"]).to_frame()
    found = read(out)
    assert found["review"].tolist() == expected["review"].tolist()
    for name in ("estimate", "ci_low", "tau2", "prediction_high"):
        # Reading an Excel file back may cost the last digit of a number.
        np.testing.assert_allclose(found[name], expected[name], rtol=1e-11, atol=1e-14)
    assert capsys.readouterr().err == f"wrote {out}: {len(expected)} ok\n"
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([path.name, out.name])


def test_a_failed_row_is_a_finding(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "review,study,yi,vi\n" + "".join(f"{i},A,0.1,{'x' if i % 2 else 1}\n" for i in range(30))
    path, out = write(tmp_path, text), tmp_path / "out.csv"
    assert main(["batch", str(path), "--by", "review", "-o", str(out)]) == ExitCode.FINDINGS
    err = capsys.readouterr().err.splitlines()
    assert err[0] == (
        f'review 1: EK043 {path.as_posix()}:3 (A): vi: number expected, "x" is not a number - '
        "leave a missing value empty"
    )
    assert err[-2] == "5 more failed: see the column message"
    assert err[-1] == f"wrote {out}: 15 ok, 15 failed"
    assert read(out)["status"].tolist() == ["ok", "failed"] * 15


def test_options_reach_the_engine(tmp_path: Path) -> None:
    path, out = tmp_path / "in.parquet", tmp_path / "out.parquet"
    table().to_parquet(path)
    options = ["--tau2", "DL", "--ci", "wald", "--prediction", "none", "--level", "0.9"]
    assert main(["batch", str(path), "--by", "review", "-o", str(out), *options]) == ExitCode.OK
    settings = batch.Settings(tau2="DL", ci="wald", prediction=None, level=0.9)
    expected = batch.pool(table(), by=["review"], settings=settings).to_frame()
    pd.testing.assert_frame_equal(read(out)[["ci_low", "tau2"]], expected[["ci_low", "tau2"]])
    common = ["--model", "common", "--tau2-ci", "none"]
    assert main(["batch", str(path), "--by", "review", "-o", str(out), *common]) == ExitCode.OK
    assert (read(out)["tau2"] == 0).all()


def test_an_interrupt_keeps_what_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(long, "CHUNK_ROWS", 3)
    path, out = tmp_path / "in.csv", tmp_path / "out.csv"
    table().to_csv(path, index=False)
    fit, fitted = execute.fit_chunk, []

    def fit_two(chunk: long.Chunk, choices: object) -> object:
        if len(fitted) == 2:
            raise KeyboardInterrupt
        fitted.append(chunk.number)
        return fit(chunk, choices)  # type: ignore[arg-type]

    monkeypatch.setattr(execute, "fit_chunk", fit_two)
    argv = ["batch", str(path), "--by", "review", "-o", str(out), "--jobs", "1"]
    assert main(argv) == ExitCode.INTERRUPTED
    assert not out.exists()
    assert (tmp_path / "out.csv.journal").exists()
    monkeypatch.setattr(
        execute,
        "fit_chunk",
        lambda chunk, choices: fitted.append(chunk.number) or fit(chunk, choices),
    )
    assert main(argv) == ExitCode.OK
    assert fitted == [0, 1, 2, 3]
    assert not (tmp_path / "out.csv.journal").exists()
    expected = batch.pool(table(), by=["review"]).to_frame()
    np.testing.assert_allclose(read(out)["estimate"], expected["estimate"], rtol=1e-11)
    assert capsys.readouterr().err.endswith("12 ok\n")


@pytest.mark.parametrize(
    ("argv", "code", "message"),
    [
        (["none.csv", "-o", "x.csv"], ExitCode.UNREADABLE, "none.csv: no such file"),
        (["in.csv", "-o", "x.json"], ExitCode.USAGE,
         "x.json: the name must end in .parquet, .csv, .tsv"),
        (["in.doc", "-o", "x.csv"], ExitCode.UNREADABLE, "in.doc: not a table that can be read"),
        (["in.parquet", "-o", "x.csv"], ExitCode.UNREADABLE, "in.parquet: not a Parquet file"),
        (["in.csv", "-o", "x.csv", "--by", "revue"], ExitCode.USAGE,
         'no column "revue" for by; did you mean "review"?'),
        (["in.csv", "-o", "x.csv", "--jobs", "0"], ExitCode.USAGE, "a whole number from 1"),
        (["empty.csv", "-o", "x.csv"], ExitCode.UNREADABLE, "empty.csv: the file is empty"),
        (["ragged.csv", "-o", "x.csv"], ExitCode.UNREADABLE, "ragged.csv: not a table: "),
    ],
)  # fmt: skip
def test_errors(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    argv: list[str],
    code: ExitCode,
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    table().to_csv("in.csv", index=False)
    for name in ("in.doc", "in.parquet"):
        write(tmp_path, "review,yi,vi\n", name)
    write(tmp_path, "", "empty.csv")
    write(tmp_path, "review,yi,vi\n1,2,3\n1,2,3,4,5\n", "ragged.csv")
    assert main(["batch", "--by", "review", *argv]) == code
    assert message in capsys.readouterr().err
    assert not Path("x.csv").exists()
    assert not Path("x.csv.journal").exists()


def test_remarks_between_rows_are_passed_over(tmp_path: Path) -> None:
    path, out = tmp_path / "in.csv", tmp_path / "out.csv"
    path.write_text(
        "study,estimate,se,review\na,1,0.1,x\n# a remark\n#b,9,0.1,x\nc,2,0.1,x\n",
        encoding="utf-8",
    )
    argv = ["batch", str(path), "--by", "review", "-o", str(out), "--jobs", "1"]
    assert main(argv) == ExitCode.OK
    found = read(out)
    assert found["review"].tolist() == ["x"]
    assert found["k"].tolist() == [2]


def test_a_sheet_of_a_text_file_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "in.csv"
    table().to_csv(path, index=False)
    argv = ["batch", str(path), "--by", "review", "-o", str(tmp_path / "o.csv"), "--sheet", "two"]
    assert main(argv) == ExitCode.USAGE
    assert "--sheet is for Excel" in capsys.readouterr().err


def test_nothing_computed_is_not_called_converged(tmp_path: Path) -> None:
    path, out = tmp_path / "in.csv", tmp_path / "out.csv"
    path.write_text("study,estimate,se,review\na,1,none such,x\n", encoding="utf-8")
    argv = ["batch", str(path), "--by", "review", "-o", str(out), "--jobs", "1"]
    assert main(argv) == ExitCode.FINDINGS
    found = read(out)
    assert found["status"].tolist() == ["failed"]
    assert found["tau2_converged"].tolist() == [False]


def test_an_ad_hoc_rule_is_a_row_of_ci(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = "".join(f"r,s{i},{0.1 * i},0.5\n" for i in range(4))
    path = write(tmp_path, "review,study,yi,vi\n" + rows)
    by_name, by_rule = tmp_path / "name.csv", tmp_path / "rule.csv"
    argv = ["batch", str(path), "--by", "review"]
    assert main([*argv, "-o", str(by_name), "--ci", "HKSJ-ci"]) == ExitCode.OK
    assert main([*argv, "-o", str(by_rule), "--adhoc", "ci"]) == ExitCode.OK
    assert by_name.read_bytes() == by_rule.read_bytes()
    plain = tmp_path / "plain.csv"
    assert main([*argv, "-o", str(plain)]) == ExitCode.OK
    assert plain.read_bytes() != by_rule.read_bytes()
    capsys.readouterr()
    refused = [*argv, "-o", str(plain), "--adhoc", "se", "--model", "common"]
    assert main(refused) == ExitCode.USAGE
    assert capsys.readouterr().err == (
        "evidencekit: --adhoc is for Hartung-Knapp intervals of --model random, not common; "
        "leave it out\n"
    )


def test_proportions_in_a_long_table(tmp_path: Path) -> None:
    path = write(tmp_path, "review,study,xi,ni\na,A,3,30\na,B,5,41\nb,C,0,10\nb,D,50,9\n")
    out = tmp_path / "out.csv"
    assert main(["batch", str(path), "--by", "review", "-o", str(out)]) == ExitCode.FINDINGS
    found = read(out)
    assert found["status"].tolist() == ["ok", "failed"]
    assert found["message"][1] == (
        f"EK023 {path.as_posix()}:5 (D): xi: events exceed total, 50; allowed: at most n - n is 9"
    )
