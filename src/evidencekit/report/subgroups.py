"""The pooled result within subgroups, and whether they differ, for every path of the plan."""

from __future__ import annotations

from evidencekit.analysis.result import AnalysisResult, Grouping
from evidencekit.language.phrases import (
    effect,
    group_label,
    i2_shown,
    interval,
    path_label,
    tau2_text,
)
from evidencekit.language.words import Words
from evidencekit.models.results import NaturalResult
from evidencekit.report.table import Cell, Column, Document, Table


def subgroups_table(result: AnalysisResult, words: Words) -> Document | None:
    """A table per subgroup path; None when the plan has none that splits the studies."""
    if not result.groupings:
        return None
    return Document(
        title=f"{words.text('report.subgroups')}: {result.plan.labels[words.lang].title}",
        lang=words.lang,
        tables=tuple(_table(grouping, result, words) for grouping in result.groupings),
        notes=tuple(_test(grouping, words) for grouping in result.groupings),
        records=tuple(record for g in result.groupings for record in _records(g)),
    )


def _table(grouping: Grouping, result: AnalysisResult, words: Words) -> Table:
    level = words.ci_name(result.pooled.level)
    columns = (
        Column(title=words.text("report.col.subgroup")),
        Column(title=words.text("report.col.trials"), align="right"),
        Column(title=words.text("report.effect", ci=level), align="right"),
        Column(title=words.text("report.col.prediction"), align="right"),
        Column(title="τ²", align="right"),
        Column(title="I²", align="right"),
    )
    rows = tuple(
        _row(name, natural, words)
        for name, natural in zip(grouping.result.names, grouping.natural, strict=True)
    )
    return Table(caption=path_label(words, grouping.path), columns=columns, rows=rows)


def _row(name: str, natural: NaturalResult, words: Words) -> tuple[Cell, ...]:
    pooled, measure = natural.analysis, natural.measure
    several = pooled.k > 1
    i2 = i2_shown(pooled.i2, pooled.i2_q)[0]
    random = pooled.model == "random_effects"
    return (
        Cell(text=group_label(words, name), heading=True),
        Cell(text=words.integer(pooled.k)),
        Cell(text=f"{measure} {effect(words, measure, natural.estimate, natural.ci)}"),
        Cell(text=interval(words, measure, natural.prediction) if natural.prediction else ""),
        Cell(text=tau2_text(words, pooled.tau2) if several and random else ""),
        Cell(text=words.percent(i2, decimals=0) if several else ""),
    )


def _test(grouping: Grouping, words: Words) -> str:
    test = words.text(
        "forest.subgroup_test",
        q=words.number(grouping.result.q_between, decimals=2),
        df=words.integer(grouping.result.df),
        p=words.p_value(grouping.result.p_value),
    )
    return words.text(
        "report.subgroup_named", path=path_label(words, grouping.path), group=f"{test}."
    )


def _records(grouping: Grouping) -> list[dict[str, str | float | int | None]]:
    return [
        {
            "path": grouping.path,
            "subgroup": name,
            "trials": natural.k,
            "measure": natural.measure,
            "estimate": natural.estimate,
            "ci_low": natural.ci.low,
            "ci_high": natural.ci.high,
            "prediction_low": natural.prediction.low if natural.prediction else None,
            "prediction_high": natural.prediction.high if natural.prediction else None,
            "tau2": natural.analysis.tau2,
            "i2": natural.analysis.i2,
            "i2_q": natural.analysis.i2_q,
            "q_between": grouping.result.q_between,
            "df": grouping.result.df,
            "p_value": grouping.result.p_value,
        }
        for name, natural in zip(grouping.result.names, grouping.natural, strict=True)
    ]
