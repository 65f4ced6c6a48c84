"""Any number of meta-analyses: each is what ``pool`` gives, and none costs another its result."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow
import pytest

from evidencekit import batch
from evidencekit.effects import ZeroCells, make_contrast
from evidencekit.effects.transforms import TRANSFORMS
from evidencekit.errors import DataError, FileError, MethodError, UsageError
from evidencekit.models import Settings, pool
from evidencekit.models.results import PooledResult
from evidencekit.quantities import Contrast, Counts, Means
from evidencekit.tables import execute, long
from evidencekit.tables.bulk import read_long
from evidencekit.tables.fit import STATUS, Choices, estimate_rows
from evidencekit.tables.journal import Journal
from evidencekit.tables.read import read_table
from evidencekit.tables.shapes import SHAPES
from evidencekit.tables.studies import read_studies
from reference_cases import POOLED, load
from tolerances import CLOSED_FORM, ITERATIVE, assert_close

NAMES = ("estimate", "se", "se_wald", "statistic", "p_value", "tau2", "q", "q_p", "i2_q", "h2")


def generic(m: int = 150, seed: int = 5) -> pd.DataFrame:
    """SYNTHETIC estimates, k from 1 to 12, rows of different meta-analyses mixed."""
    rng = np.random.default_rng(seed)
    k = rng.integers(1, 13, m)
    v = rng.lognormal(-2.0, 1.0, k.sum())
    frame = pd.DataFrame(
        {
            "review": np.repeat(np.arange(m) // 3, k),
            "outcome": np.repeat(np.array(["death", "stroke", "pain"])[np.arange(m) % 3], k),
            "study": [f"s{i}" for i in range(k.sum())],
            "estimate": rng.normal(0.0, np.sqrt(v + 0.05)),
            "se": np.sqrt(v),
        }
    )
    return frame.sample(frac=1.0, random_state=3).reset_index(drop=True)


def assert_row(row: pd.Series, one: PooledResult) -> None:
    """A row of a batch against a single analysis."""
    assert row["status"] == "ok"
    assert row["k"] == one.k
    for name in NAMES:
        assert_close(row[name], getattr(one, name), 1e-9, atol=1e-12)
    assert_close([row["ci_low"], row["ci_high"]], [one.ci.low, one.ci.high], 1e-9, atol=1e-12)
    if one.prediction is None:
        assert np.isnan(row["prediction_low"])
    else:
        assert_close(row["prediction_high"], one.prediction.high, 1e-9, atol=1e-12)


SETTINGS = (
    Settings(),
    Settings(tau2="DL", ci="wald", prediction="HTS", tau2_ci=None, level=0.9),
    Settings(model="common_effect", ci="wald", prediction=None),
)


@pytest.mark.parametrize("settings", SETTINGS)
def test_each_row_is_a_single_analysis(settings: Settings) -> None:
    table = generic()
    found = batch.pool(table, by=["review", "outcome"], settings=settings).to_frame()
    groups = table.groupby(["review", "outcome"], sort=False)
    assert list(zip(found["review"], found["outcome"], strict=True)) == list(groups.groups)
    for (_, row), (_, part) in zip(found.iterrows(), groups, strict=True):
        one = pool(
            (part["estimate"], part["se"]),
            model=settings.model,
            tau2=settings.tau2,
            ci=settings.ci,
            prediction=settings.prediction,
            tau2_ci=settings.tau2_ci,
            level=settings.level,
        )
        assert_row(row, one)
        assert row["rows"] == len(part)


def test_all_reference_cases_at_once_are_those_of_metafor() -> None:
    parts = [
        pd.DataFrame({"case": name, "yi": load(name)["yi"], "vi": load(name)["vi"]})
        for name in POOLED
    ]
    for method in ("REML", "DL", "PM", "ML"):
        found = batch.pool(pd.concat(parts), by=["case"], settings=Settings(tau2=method))
        for name, row in found.to_frame().set_index("case").iterrows():
            fit = load(str(name))["fits"].get(method, {"failed": ""})
            if "failed" not in fit:
                expected = fit["ci"]["HKSJ"]
                assert_close(row["estimate"], expected["estimate"], ITERATIVE)
                assert_close([row["ci_low"], row["ci_high"]], expected["ci"], ITERATIVE)
                assert_close(row["tau2"], fit["tau2"], ITERATIVE, atol=1e-12)


def test_the_order_of_rows_changes_nothing_but_rounding() -> None:
    table = generic()
    by = ["review", "outcome"]
    plain = batch.pool(table, by=by).to_frame().set_index(by)
    mixed = batch.pool(table.sample(frac=1.0, random_state=8), by=by).to_frame().set_index(by)
    for name in (*NAMES, "ci_low", "prediction_high", "tau2_high"):
        assert_close(mixed.loc[plain.index, name], plain[name], 1e-9, atol=1e-12)
    assert (mixed.loc[plain.index, "status"] == plain["status"]).all()


def test_every_kind_of_table_gives_the_same() -> None:
    table = generic(30)
    frame = batch.pool(table, by=["review"])
    arrow = batch.pool(pyarrow.Table.from_pandas(table), by=["review"])
    columns = batch.pool({name: table[name].to_numpy() for name in table}, by=["review"])
    pd.testing.assert_frame_equal(frame.to_frame(), arrow.to_frame())
    pd.testing.assert_frame_equal(frame.to_frame(), columns.to_frame())
    back = frame.to_arrow()
    assert back.column("estimate").to_pylist() == frame.to_dict()["estimate"].tolist()
    assert frame.m == 10


def hostile() -> pd.DataFrame:
    """SYNTHETIC: a fine meta-analysis beside everything that can be wrong."""
    rows = [
        ("fine", "A", 0.1, 0.2), ("fine", "B", 0.4, 0.3), ("fine", "C", -0.2, 0.2),
        ("one", "A", 0.1, 0.2),
        ("two", "A", 0.1, 0.2), ("two", "B", 0.3, 0.2),
        ("gaps", "A", np.nan, 0.2), ("gaps", "B", 0.3, np.nan), ("gaps", "C", 0.3, 0.1),
        ("empty", "A", np.nan, np.nan),
        ("zero", "A", 0.1, 0.0), ("zero", "B", 0.2, 0.1), ("zero", "C", 0.2, -0.1),
        ("infinite", "A", np.inf, 0.1), ("infinite", "B", 0.2, 0.1),
        ("tiny", "A", 0.1, 1e-200), ("tiny", "B", 0.2, 0.1),
        ("same", "A", 0.5, 0.1), ("same", "B", 0.5, 0.1),
        ("giant", "A", 0.5, 1e-8), ("giant", "B", 0.1, 10.0), ("giant", "C", 0.2, 10.0),
        (None, "A", 0.1, 0.2),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["review", "study", "estimate", "se"])


def test_hostile_rows_fail_alone() -> None:
    found = batch.pool(hostile(), by=["review"])
    frame = found.to_frame().set_index("review")
    assert frame["status"].to_list() == [
        "ok", "ok", "ok", "ok", "no_studies", "failed", "failed", "failed", "ok", "ok", "ok"
    ]  # fmt: skip
    assert frame["k"].to_list() == [3, 1, 2, 1, 0, 0, 0, 0, 2, 3, 1]
    assert frame["message"].to_list()[5:8] == [
        "EK030 row 11 (A): se: number out of range, 0; allowed: above 0 (1 more row)",
        "EK030 row 14 (A): estimate: number out of range, inf; allowed: a finite number",
        "study 1: estimate 0.1 with variance 0; every study needs a finite estimate and a finite "
        "variance above 0",
    ]
    assert found.messages()[0].startswith("review zero: EK030 row 11 (A): se")
    assert found.counts() == {"ok": 7, "no_studies": 1, "failed": 3}
    for name in ("fine", "one", "two", "same", "giant"):
        part = hostile().query("review == @name")
        assert_row(frame.loc[name], pool((part["estimate"], part["se"])))
    assert frame.loc["empty", ["estimate", "tau2", "q"]].isna().all()


def test_what_pool_refuses_fails_here() -> None:
    frame = batch.pool(hostile(), by=["review"]).to_frame().set_index("review")
    for name in ("zero", "infinite", "tiny"):
        part = hostile().query("review == @name")
        with pytest.raises(MethodError):
            pool((part["estimate"], part["se"]))
        assert frame.loc[name, "status"] == "failed"


def counts_table(m: int = 40) -> pd.DataFrame:
    rng = np.random.default_rng(2)
    rows = m * 5
    n1, n2 = rng.integers(20, 200, rows), rng.integers(20, 200, rows)
    return pd.DataFrame(
        {
            "review": np.arange(rows) % m,
            "ai": rng.binomial(n1, 0.04),
            "n1i": n1,
            "ci": rng.binomial(n2, 0.05),
            "n2i": n2,
        }
    )


@pytest.mark.parametrize("measure", ["RR", "OR", "RD"])
@pytest.mark.parametrize("policy", [ZeroCells(), ZeroCells(to="all", double_zero="keep")])
def test_counts_are_pooled_as_contrasts(measure: str, policy: ZeroCells) -> None:
    table = counts_table()
    found = batch.pool(table, by=["review"], measure=measure, zero_cells=policy).to_frame()
    for _, row in found.iterrows():
        contrasts = [
            make_contrast(
                measure,
                Counts(events_1=s.ai, total_1=s.n1i, events_2=s.ci, total_2=s.n2i),
                study="s",
                zero_cells=policy,
            )
            for s in table[table["review"] == row["review"]].itertuples()
        ]
        if any(c.estimable for c in contrasts):
            assert_row(row, pool(contrasts))
        else:
            assert row["status"] == "no_studies"


def test_means_and_cells() -> None:
    rng = np.random.default_rng(4)
    table = {
        "review": np.arange(30) % 6,
        **{name: rng.normal(10, 2, 30) for name in ("m1i", "m2i")},
        **{name: rng.uniform(1, 3, 30) for name in ("sd1i", "sd2i")},
        **{name: rng.integers(10, 60, 30) for name in ("n1i", "n2i")},
    }
    found = batch.pool(table, by=["review"], measure="MD").to_frame()
    for group, row in enumerate(found.itertuples()):
        rows = np.flatnonzero(table["review"] == group)
        contrasts: list[Contrast] = []
        for i in rows:
            m1, s1, n1, m2, s2, n2 = (
                float(table[name][i]) for name in ("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i")
            )
            data = Means(mean_1=m1, sd_1=s1, total_1=n1, mean_2=m2, sd_2=s2, total_2=n2)
            contrasts.append(make_contrast("MD", data, study=str(i)))
        assert_close(row.estimate, pool(contrasts).estimate, CLOSED_FORM)
    counts = counts_table()
    cells = counts.assign(bi=counts.n1i - counts.ai, di=counts.n2i - counts.ci)
    four = batch.pool(cells.drop(columns=["n1i", "n2i"]), by=["review"], measure="OR")
    assert_close(
        four.columns["estimate"],
        batch.pool(counts, by=["review"], measure="OR").columns["estimate"],
        CLOSED_FORM,
    )


@pytest.mark.parametrize("natural", [True, False])
def test_printed_estimates(natural: bool) -> None:
    data = load("reported_HR")["inputs"]
    transform = np.asarray if natural else np.log
    table = {
        "estimate": transform(data["value"]),
        "ci_low": transform(data["low"]),
        "ci_high": transform(data["high"]),
        "level": np.array([0.95, np.nan, 0.95]),
    }
    found = batch.pool(table, by=[], measure="HR", input_scale="natural" if natural else "log")
    expected = pool((load("reported_HR")["yi"], np.sqrt(load("reported_HR")["vi"])))
    assert_close(found.columns["estimate"], [expected.estimate], 1e-9)
    assert (found.scale, found.m) == ("log", 1)


def test_a_ratio_of_nought_fails_its_meta_analysis() -> None:
    table = {"r": ["a", "a", "b"], "estimate": [0.5, 0.0, 0.8], "se": [0.1, 0.1, 0.1]}
    found = batch.pool(table, by=["r"], measure="HR", input_scale="natural")
    assert found.columns["status"].tolist() == ["failed", "ok"]
    assert found.columns["message"][0] == (
        "EK026 row 2: estimate: a ratio is positive, 0; allowed: above 0 - "
        "say --input-scale log if these are logarithms"
    )


def test_text_cells_are_read_or_named() -> None:
    table = {
        "review": ["a", "a", "b", "b", "c"],
        "study": ["A", "B", "C", "D", "E"],
        "yi": ["0.5", "0,4", "0.1", "NA", True],
        "vi": ["1", "1", "1", "1", "1"],
    }
    found = batch.pool(pd.DataFrame(table), by=["review"])
    assert found.columns["status"].tolist() == ["failed", "ok", "failed"]
    assert found.columns["message"].tolist() == [
        'EK044 row 2 (B): yi: number is not written with a decimal point, "0,4" - '
        "the decimal mark is a point: 0.4",
        "",
        'EK043 row 5 (E): yi: number expected, "True" is a bool - give the cell a number format',
    ]
    assert found.columns["k"].tolist() == [0, 1, 0]


def test_every_computable_shape_has_its_formula() -> None:
    named = {"binary": "RR", "continuous": "MD", "generic": ""}
    for shape in SHAPES.values():
        values = {name: np.array([2.0, np.nan]) for name in shape.quantities}
        values |= {name: np.array([9.0, 9.0]) for name in ("total1", "total2", "n", "ci_high")}
        values |= {"r": np.array([0.3, 0.3])}
        values["level"] = np.array([0.95, np.nan])
        choices = Choices(
            shape=shape.name,
            measure=shape.default or named[shape.kind],
            natural=True,
            zero_cells=ZeroCells(),
            settings=Settings(),
        )
        estimate, se = estimate_rows({name: values[name] for name in shape.quantities}, choices)
        assert np.isfinite(estimate[0])
        assert se[0] > 0


@pytest.mark.parametrize(("rows", "elements"), [(1, 50), (7, 1), (1000, 30), (3, 10**6)])
def test_how_the_work_is_cut_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, rows: int, elements: int
) -> None:
    table = generic(60)
    whole = batch.pool(table, by=["review", "outcome"]).to_frame()
    monkeypatch.setattr(long, "CHUNK_ROWS", rows)
    monkeypatch.setattr(long, "CHUNK_ELEMENTS", elements)
    told: list[tuple[int, int]] = []
    cut = batch.pool(
        table, by=["review", "outcome"], progress=lambda done, m: told.append((done, m))
    )
    assert told[0] == (0, 60)
    assert told[-1] == (60, 60)
    for name in NAMES:
        assert_close(cut.columns[name], whole[name], 1e-12, atol=1e-14)
    columns = pd.Series(cut.columns["status"])
    assert (columns == whole["status"]).all()


def test_processes_and_a_cluster_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    from distributed import Client

    monkeypatch.setattr(long, "CHUNK_ROWS", 15)
    table = generic()
    alone = batch.pool(table, by=["review", "outcome"]).to_frame()
    two = batch.pool(table, by=["review", "outcome"], jobs=2).to_frame()
    pd.testing.assert_frame_equal(alone, two)
    with Client(processes=False, n_workers=1, threads_per_worker=2, dashboard_address=None) as c:
        cluster = batch.pool(table, by=["review", "outcome"], client=c).to_frame()
    pd.testing.assert_frame_equal(alone, cluster)


def test_worker_processes_of_a_cluster_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workers with memory of their own: chunks and choices travel, and nothing is shared."""
    from distributed import Client, LocalCluster

    monkeypatch.setattr(long, "CHUNK_ROWS", 15)
    table = generic()
    by = ["review", "outcome"]
    alone = batch.pool(table, by=by)
    # A worker stops at a warning as this suite does.
    monkeypatch.setenv("PYTHONWARNINGS", "error::RuntimeWarning")
    with (
        LocalCluster(
            processes=True,
            n_workers=2,
            threads_per_worker=1,
            dashboard_address=None,
            memory_limit=0,
        ) as cluster,
        Client(cluster, timeout="60s") as client,
    ):
        pids = set(client.run(os.getpid).values())
        found = batch.pool(table, by=by, client=client)
        hostile_found = batch.pool(hostile(), by=["review"], client=client)
    assert len(pids) == 2
    assert os.getpid() not in pids
    for name, column in alone.columns.items():
        assert found.columns[name].tobytes() == column.tobytes() or (
            column.dtype == object and found.columns[name].tolist() == column.tolist()
        ), name
    pd.testing.assert_frame_equal(
        hostile_found.to_frame(), batch.pool(hostile(), by=["review"]).to_frame()
    )
    gone = time.monotonic() + 30.0
    while any(Path(f"/proc/{pid}").exists() for pid in pids) and time.monotonic() < gone:
        time.sleep(0.05)
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]


def test_no_rows() -> None:
    empty = generic(3).iloc[:0]
    found = batch.pool(empty, by=["review"])
    assert found.m == 0
    assert list(found.to_frame())[:4] == ["review", "status", "message", "rows"]
    assert batch.pool(empty, by=[]).m == 0


# --- going on after an interrupt ---------------------------------------------------------


def test_an_interrupted_run_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long, "CHUNK_ROWS", 20)
    table, journal = generic(), tmp_path / "out.journal"
    whole = batch.pool(table, by=["review", "outcome"]).to_frame()

    def interrupt(done: int, m: int) -> None:
        if done >= 60:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        batch.pool(table, by=["review", "outcome"], journal=journal, progress=interrupt)
    fitted = []
    fit = execute.fit_chunk
    monkeypatch.setattr(
        execute,
        "fit_chunk",
        lambda chunk, choices: fitted.append(chunk.number) or fit(chunk, choices),
    )
    told: list[int] = []
    again = batch.pool(
        table,
        by=["review", "outcome"],
        journal=journal,
        progress=lambda done, m: told.append(done),
    )
    pd.testing.assert_frame_equal(again.to_frame(), whole)
    assert told[0] == 60
    assert sorted(fitted) == list(range(3, 8))
    # Complete: nothing is left to do. Other choices or data: everything is.
    fitted.clear()
    batch.pool(table, by=["review", "outcome"], journal=journal)
    assert fitted == []
    batch.pool(table, by=["review", "outcome"], journal=journal, settings=Settings(tau2="DL"))
    assert len(fitted) == 8
    fitted.clear()
    changed = table.assign(se=table["se"] * 1.01)
    batch.pool(changed, by=["review", "outcome"], journal=journal, settings=Settings(tau2="DL"))
    assert len(fitted) == 8


def test_a_journal_keeps_messages_and_refuses_other_files(tmp_path: Path) -> None:
    path = tmp_path / "j"
    batch.pool(hostile(), by=["review"], journal=path)
    again = batch.pool(hostile(), by=["review"], journal=path).to_frame()
    pd.testing.assert_frame_equal(again, batch.pool(hostile(), by=["review"]).to_frame())
    other = tmp_path / "notes.txt"
    other.write_text("my notes, not a journal " * 50)
    with pytest.raises(FileError, match="cannot be used as a journal"):
        Journal(other, "x")
    assert other.read_text().startswith("my notes")
    with pytest.raises(FileError, match="cannot be used as a journal"):
        Journal(tmp_path / "no" / "such" / "folder", "x")


# --- wrong calls -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "options", "message"),
    [
        ([1, 2], {"by": []}, "a pandas or Arrow table, or a mapping of columns, not list"),
        ({"yi": [1.0], "vi": [1.0, 2.0]}, {"by": []}, "columns differ in shape: (1,), (2,)"),
        ({"yi": [1.0], "vi": [1.0]}, {"by": "yi"}, "by is a list of columns: write ['yi']"),
        ({"r": [1], "yi": [1.0], "vi": [1.0]}, {"by": ["q"]},
         'no column "q" for by; there are r, yi, vi'),
        ({"k": [1], "yi": [1.0], "vi": [1.0]}, {"by": ["k"]},
         'by: "k" is also a column of the result; rename it'),
        ({"yi": [1.0], "vi": [1.0]}, {"by": [], "jobs": 0},
         "jobs 0: 1 or more, or -1 for one for each core"),
        (pd.DataFrame([[1.0, 2.0, 3.0]], columns=["yi", "vi", "vi"]), {"by": []},
         'two columns are called "vi"; rename one of them'),
        ({"te": [1.0], "yi": [1.0], "vi": [1.0]}, {"by": []},
         'two columns for estimate: "te" and "yi"; rename the one not meant'),
    ],
)  # fmt: skip
def test_usage(table: object, options: dict[str, object], message: str) -> None:
    with pytest.raises(UsageError) as caught:
        batch.pool(table, **options)  # type: ignore[arg-type]
    assert str(caught.value) == message


def test_missing_columns() -> None:
    with pytest.raises(DataError) as caught:
        batch.pool({"events1": [1], "total1": [2]}, by=[])
    assert "columns are missing: events2, total2" in str(caught.value.findings[0])


def test_statuses_are_documented() -> None:
    assert batch.BatchResult.__doc__
    for status in STATUS:
        assert f'"{status}"' in batch.BatchResult.__doc__


ONE_GROUP_AND_RATES = {
    "x1i,t1i,x2i,t2i": ("IRR", "IRD", "IRSD"),
    "ri,ni": ("ZCOR", "COR", "UCOR"),
    "xi,ni": ("PLO", "PR", "PLN", "PAS", "PFT"),
    "xi,ti": ("IRLN", "IR", "IRS", "IRFT"),
    "mi,sdi,ni": ("MN", "MNLN"),
}


@pytest.mark.parametrize("header", ONE_GROUP_AND_RATES)
def test_a_long_table_gives_what_one_table_gives(tmp_path: Path, header: str) -> None:
    rng = np.random.default_rng(7)
    make = {
        "x": lambda: rng.integers(0, 9, 8),
        "t": lambda: rng.uniform(20.0, 90.0, 8),
        "r": lambda: rng.uniform(-0.5, 0.9, 8),
        "n": lambda: rng.integers(10, 80, 8),
        "m": lambda: rng.uniform(2.0, 9.0, 8),
        "s": lambda: rng.uniform(1.0, 3.0, 8),
    }
    table = pd.DataFrame({name: make[name[0]]() for name in header.split(",")})
    for measure in ("", *ONE_GROUP_AND_RATES[header]):
        one = batch.pool(table, by=[], measure=measure)
        path = tmp_path / "table.csv"
        table.to_csv(path, index=False)
        studies = read_studies(read_table(path), measure=measure)
        assert one.measure == studies.measure == (measure or ONE_GROUP_AND_RATES[header][0])
        assert one.scale == studies.scale
        assert_row(one.to_frame().iloc[0], pool(studies.contrasts))


@pytest.mark.parametrize("measure", ["PLO", "PAS", "IRS", "ZCOR"])
def test_printed_estimates_of_transformed_measures(measure: str) -> None:
    table = {
        "estimate": np.array([0.3, 0.2]),
        "ci_low": np.array([0.2, 0.1]),
        "ci_high": np.array([0.42, 0.34]),
    }
    found = batch.pool(table, by=[], measure=measure, input_scale="natural")
    forward = TRANSFORMS[found.scale].forward
    y = [forward(v) for v in table["estimate"]]
    z = 1.959963984540054
    s = [
        (forward(high) - forward(low)) / (2 * z)
        for low, high in zip(table["ci_low"], table["ci_high"], strict=True)
    ]
    assert_close(found.columns["estimate"], [pool((y, s)).estimate], CLOSED_FORM)
    wrong = batch.pool(
        {"estimate": [-2.0], "se": [0.1]}, by=[], measure=measure, input_scale="natural"
    )
    assert wrong.counts() == {"failed": 1}


def test_messages_count_the_lines_of_the_file(tmp_path: Path) -> None:
    text = '# a remark\n\nreview,study,yi,vi\nx,"A\nb",1,1\n\n# between\nx,B,1,1\ny,C,1,0\n'
    path = tmp_path / "long.csv"
    path.write_text(text, encoding="utf-8")
    found = batch.pool(read_long(path, keys=["review"]), by=["review"])
    assert found.columns["message"][1] == (
        f"EK030 {path.as_posix()}:9 (C): vi: number out of range, 0; allowed: above 0"
    )
    assert found.columns["k"].tolist() == [2, 0]
