"""From a pooled table to the description of its forest plot."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence

from evidencekit import __version__
from evidencekit.language.words import Words
from evidencekit.quantities import Contrast, Counts, Interval, Means
from evidencekit.render.forest_types import (
    Forest,
    ForestColumn,
    ForestRow,
    ForestSection,
    ForestSummary,
)
from evidencekit.render.summary_rows import summary_row, totals_cells
from evidencekit.render.wording import (
    estimate_text,
    events_cells,
    events_columns,
    headings,
    means_cells,
    means_columns,
    subgroup_test_text,
    weight_text,
)
from evidencekit.tables.pooling import PoolOutcome

GENERIC = "generic"
"""The catalogue's name for estimates of no named measure."""


COUNT_MODELS = {"mh": "Mantel-Haenszel", "peto": "Peto"}
"""Models that carry people's names, the same in every language."""


def forest_of_table(outcome: PoolOutcome, *, lang: str, name: str) -> Forest:
    """The forest plot of a pooled table; every row of the table is drawn.

    Parameters
    ----------
    outcome
        What was pooled.
    lang
        "en", "nl" or "de".
    name
        What the figure is called inside: the name of the table's file.
    """
    words, result = Words(lang), outcome.result
    measure = result.measure or GENERIC
    fixed = headings(words, measure, level=result.level)
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "table"
    studies = [c.label for c in outcome.studies.contrasts if c.estimable]
    return Forest(
        figure_id=f"{slug}.forest.{lang}",
        lang=lang,
        measure=fixed.measure,
        measure_in_text=fixed.measure_in_text,
        ci_name=fixed.ci_name,
        log=result.scale == "log",
        null=outcome.natural.null,
        study_header=fixed.study_header,
        weight_header=fixed.weight_header,
        estimate_header=fixed.estimate_header,
        columns=_columns(outcome.studies.contrasts, words),
        sections=_sections(outcome, words),
        summaries=(_overall(outcome, words),),
        footer=_test(outcome, words),
        provenance=json.dumps(
            {"generator": f"evidencekit {__version__}", "data": name, "studies": studies},
            ensure_ascii=False,
            sort_keys=True,
        ),
    )


def _decimals(outcome: PoolOutcome) -> int | None:
    """None (the rule for ratios) on a log scale; else two digits of the smallest interval."""
    if outcome.result.scale == "log":
        return None
    width = min((i.width for i in outcome.natural.intervals if i.width > 0), default=1.0)
    return min(max(2, 1 - math.floor(math.log10(width))), 8)


def _columns(contrasts: Sequence[Contrast], words: Words) -> tuple[ForestColumn, ...]:
    arms = words.text("forest.arm_1"), words.text("forest.arm_2")
    if any(isinstance(c.data, Counts) for c in contrasts):
        return events_columns(words, *arms)
    if any(isinstance(c.data, Means) for c in contrasts):
        return means_columns(words, *arms)
    return ()


def _cells(contrast: Contrast, words: Words) -> tuple[str, ...]:
    if isinstance(contrast.data, Counts):
        return events_cells(words, contrast.data)
    if isinstance(contrast.data, Means):
        return means_cells(words, contrast.data, decimals=2)
    return ()


def _rows(outcome: PoolOutcome, words: Words) -> list[ForestRow]:
    natural, decimals = outcome.natural, _decimals(outcome)
    numbers = iter(zip(natural.estimates, natural.intervals, natural.weights, strict=True))
    rows = []
    for position, contrast in enumerate(outcome.studies.contrasts, 1):
        estimate: float | None = None
        ci: Interval | None = None
        weight: float | None = None
        if contrast.estimable:
            estimate, ci, weight = next(numbers)
        rows.append(
            ForestRow(
                key=f"study.{position}",
                label=contrast.label,
                estimate=estimate,
                ci_low=ci.low if ci else None,
                ci_high=ci.high if ci else None,
                weight=weight,
                weight_text=weight_text(words, weight),
                cells=_cells(contrast, words),
                text=estimate_text(words, estimate, ci, decimals=decimals),
            )
        )
    return rows


def _sections(outcome: PoolOutcome, words: Words) -> tuple[ForestSection, ...]:
    rows = _rows(outcome, words)
    split = outcome.subgroups
    if split is None:
        return (ForestSection(rows=tuple(rows)),)
    groups = outcome.studies.groups
    sections = []
    # A group without an estimable study has rows and no subtotal.
    for name in dict.fromkeys(groups):
        members = [row for row, group in zip(rows, groups, strict=True) if group == name]
        summary = None
        if name in split.names:
            summary = _subtotal(outcome, split.names.index(name), name, members, words)
        sections.append(ForestSection(title=name, rows=tuple(members), summary=summary))
    return tuple(sections)


def _subtotal(
    outcome: PoolOutcome, position: int, name: str, members: Sequence[ForestRow], words: Words
) -> ForestSummary:
    pairs = zip(outcome.studies.contrasts, outcome.studies.groups, strict=True)
    data = [c.data for c, group in pairs if group == name and c.estimable]
    return summary_row(
        f"subtotal.{position}",
        words.text("forest.subtotal"),
        outcome.natural_groups[position],
        words,
        weight=sum(row.weight or 0.0 for row in members),
        cells=totals_cells(words, data),
        decimals=_decimals(outcome),
    )


def _overall(outcome: PoolOutcome, words: Words) -> ForestSummary:
    result = outcome.result
    label = COUNT_MODELS.get(outcome.request.model) or words.text("forest.common")
    prediction = "none"
    if result.model == "random_effects":
        prediction = result.prediction_method or "none"
        key = f"forest.method.{result.ci.method}"
        ci = words.text(key) if key in words else result.ci.method
        label = words.text("forest.random", tau2=result.tau2_method, ci=ci)
    return summary_row(
        "overall",
        label,
        outcome.natural,
        words,
        weight=1.0,
        cells=totals_cells(words, [c.data for c in outcome.studies.contrasts if c.estimable]),
        prediction_method=prediction,
        decimals=_decimals(outcome),
    )


def _test(outcome: PoolOutcome, words: Words) -> tuple[str, ...]:
    split = outcome.subgroups
    if split is None:
        return ()
    return (subgroup_test_text(words, q=split.q_between, df=split.df, p_value=split.p_value),)
