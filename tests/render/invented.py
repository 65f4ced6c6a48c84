"""Invented forests: any number of studies, differences, and rows of every awkward kind."""

from __future__ import annotations

import math
from dataclasses import replace

from evidencekit.language import Words
from evidencekit.quantities import Interval, Means
from evidencekit.render.forest import (
    Forest,
    ForestAxis,
    ForestColumn,
    ForestRow,
    ForestSection,
    ForestSummary,
)
from evidencekit.render.wording import (
    estimate_text,
    headings,
    heterogeneity_text,
    means_cells,
    means_columns,
    prediction_row,
    weight_text,
)
from render.examples import ARMS, pool, summary, urti


def synthetic(k: int, lang: str = "en", *, spread: float = 0.6, **more: object) -> Forest:
    """*k* invented studies with made-up estimates, deterministic."""
    words = Words(lang)
    head = headings(words, "RR")
    y = [-0.3 + spread * math.sin(7.3 * i + 1) for i in range(k)]
    se = [0.12 + 0.5 * abs(math.sin(3.1 * i)) for i in range(k)]
    rows: tuple[ForestRow, ...] = ()
    summaries: tuple[ForestSummary, ...] = ()
    if k:
        pooled = pool(y, se)
        rows = tuple(
            ForestRow(
                key=f"s{i}",
                label=f"Synthetic {1980 + i % 45}",
                estimate=math.exp(y[i]),
                ci_low=math.exp(y[i] - 1.96 * se[i]),
                ci_high=math.exp(y[i] + 1.96 * se[i]),
                weight=pooled.weights[i],
                weight_text=weight_text(words, pooled.weights[i]),
                text=estimate_text(
                    words,
                    math.exp(y[i]),
                    Interval(low=math.exp(y[i] - 1.96 * se[i]), high=math.exp(y[i] + 1.96 * se[i])),
                ),
            )
            for i in range(k)
        )
        label = words.text("forest.random", tau2="REML", ci=words.text("forest.method.HKSJ"))
        summaries = (summary(words, pooled, key="overall", label=label),)
    base = Forest(
        figure_id=f"synthetic-{k}.{lang}",
        lang=lang,
        measure=head.measure,
        measure_in_text=head.measure_in_text,
        ci_name=head.ci_name,
        log=True,
        null=1.0,
        study_header=head.study_header,
        weight_header=head.weight_header,
        estimate_header=head.estimate_header,
        sections=(ForestSection(rows=rows),) if k else (),
        summaries=summaries,
        favours_left=words.text("forest.favours", arm="X"),
        favours_right=words.text("forest.favours", arm="Y"),
    )
    return replace(base, **more)  # type: ignore[arg-type]


def with_cells(forest: Forest) -> Forest:
    """The same with two columns of invented counts."""
    columns = (
        ForestColumn(header="Treatment", group="Events/total", align="slash"),
        ForestColumn(header="Placebo", group="Events/total", align="slash"),
    )
    sections = tuple(
        replace(
            section,
            rows=tuple(
                replace(row, cells=(f"{3 * i + 1}/{40 + i}", f"{i}/{140 + 7 * i}"))
                for i, row in enumerate(section.rows)
            ),
        )
        for section in forest.sections
    )
    return replace(forest, columns=columns, sections=sections)


def difference(lang: str = "en") -> Forest:
    """Six invented mean differences, mostly negative, with means in columns."""
    words = Words(lang)
    head = headings(words, "MD")
    data = [
        (-1.9, 1.10, 7.0, 8.9),
        (-0.4, 0.25, 6.4, 6.8),
        (-3.55, 0.62, 1.23, 4.78),
        (0.7, 0.95, 5.4, 4.7),
        (-1.4, 0.88, 4.0, 5.4),
        (-2.67, 1.25, 11.7, 14.37),
    ]
    pooled = pool([d[0] for d in data], [d[1] for d in data])
    rows = tuple(
        ForestRow(
            key=f"md-{i}",
            label=f"Synthetic {2001 + i}",
            estimate=y,
            ci_low=y - 1.96 * se,
            ci_high=y + 1.96 * se,
            weight=w,
            weight_text=weight_text(words, w),
            cells=means_cells(
                words,
                Means(mean_1=a, sd_1=2.9, total_1=40 + i, mean_2=b, sd_2=4.67, total_2=39 + i),
                decimals=2,
            ),
            text=estimate_text(
                words, y, Interval(low=y - 1.96 * se, high=y + 1.96 * se), decimals=2
            ),
        )
        for i, ((y, se, a, b), w) in enumerate(zip(data, pooled.weights, strict=True))
    )
    limits = pooled.prediction
    assert limits is not None
    overall = ForestSummary(
        key="overall",
        label=words.text("forest.random", tau2="REML", ci=words.text("forest.method.HKSJ")),
        estimate=pooled.estimate,
        ci_low=pooled.low,
        ci_high=pooled.high,
        text=estimate_text(
            words, pooled.estimate, Interval(low=pooled.low, high=pooled.high), decimals=2
        ),
        prediction=prediction_row(words, Interval(low=limits[0], high=limits[1]), decimals=2),
        heterogeneity=heterogeneity_text(
            words,
            tau2=pooled.tau2,
            i2=pooled.i2,
            q=pooled.q,
            df=pooled.df,
            p_value=0.0004,
            tau2_ci=Interval(low=0.2, high=9.1),
            i2_ci=Interval(low=0.31, high=0.95),
        ),
    )
    arm_1, arm_2 = ARMS[lang]
    return Forest(
        figure_id=f"duration.forest.{lang}",
        lang=lang,
        measure=head.measure,
        measure_in_text=head.measure_in_text,
        ci_name=head.ci_name,
        log=False,
        null=0.0,
        study_header=head.study_header,
        weight_header=head.weight_header,
        estimate_header=head.estimate_header,
        columns=means_columns(words, arm_1, arm_2),
        sections=(ForestSection(rows=rows),),
        summaries=(overall,),
        favours_left=words.text("forest.favours", arm=arm_1.lower()),
        favours_right=words.text("forest.favours", arm=arm_2.lower()),
    )


def row(key: str, label: str, mid: float, low: float, high: float, **more: object) -> ForestRow:
    """One invented row."""
    words = Words("en")
    return ForestRow(
        key=key,
        label=label,
        estimate=mid,
        ci_low=low,
        ci_high=high,
        text=estimate_text(words, mid, Interval(low=low, high=high)),
        **more,  # type: ignore[arg-type]
    )


def awkward(lang: str = "en") -> Forest:
    """Invented rows of every awkward kind on one axis."""
    words = Words(lang)
    nothing = words.text("forest.not_estimable")
    rows = (
        row("tiny", "Tiny 2001", 0.0004, 0.00002, 0.009, weight=0.01, weight_text="1.0"),
        row("huge", "Huge 2002", 850.0, 45.0, 16000.0, weight=0.02, weight_text="2.0"),
        row("endless", "Endless 2003", 1.3, 0.0, math.inf, weight=0.0, weight_text="0.0"),
        row("same-1", "Smith 2010", 0.8, 0.5, 1.28, weight=0.4, weight_text="40.0"),
        row("same-2", "Smith 2010", 0.7, 0.45, 1.1, weight=0.5, weight_text="50.0"),
        row(
            "same-3", "Smith 2010b", 0.9, 0.6, 1.35, weight=0.07, weight_text="7.0", superscript="2"
        ),
        ForestRow(key="zero", label="Double zero 2011", text=nothing, superscript="1,2"),
        row(
            "long",
            "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft & "
            "van der Berg-Müller for the $\\alpha$_Collaborative <Group> 2012",
            1.0,
            0.8,
            1.25,
            weight=0.3,
            weight_text="30.0",
            superscript="12",
            note="three arms of which two were combined; a long remark that has to wrap somewhere",
        ),
        ForestRow(key="point", label="No interval 2013", estimate=1.2, text="1.20"),
    )
    base = urti(lang)
    return replace(
        base,
        figure_id=f"awkward.{lang}",
        columns=(),
        sections=(ForestSection(rows=rows, title="All kinds of rows under one long heading"),),
        summaries=(
            ForestSummary(
                key="wide",
                label="Random-effects model",
                estimate=0.9,
                ci_low=0.0005,
                ci_high=1600.0,
                text="0.90 (0.0005 to 1,600)",
                prediction=prediction_row(words, Interval(low=0.0, high=math.inf)),
            ),
            ForestSummary(key="none", label="Common-effect model", text=nothing),
        ),
        favours_left="Favours the new treatment given as an add-on to usual care in hospital",
        favours_right="Favours usual care alone, without the new treatment",
        footnotes=(("1", "No events in either arm."), ("2", "Long remark. " * 20), ("12", "x")),
        footer=("A footer line. " * 12,),
    )


def all_clipped() -> Forest:
    """Six studies on an axis that holds none of them."""
    base = synthetic(6)
    return replace(base, axis=ForestAxis(low=3.0, high=4.0))
