"""From a pooled table to the description of its forest plot."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence

from evidencekit import __version__
from evidencekit.effects.measures import find_measure
from evidencekit.language.phrases import interval_name
from evidencekit.language.words import Words
from evidencekit.quantities import Interval
from evidencekit.render.forest_types import (
    Forest,
    ForestAxis,
    ForestRow,
    ForestSection,
    ForestSummary,
)
from evidencekit.render.study_cells import data_cells, data_columns, data_totals
from evidencekit.render.summary_rows import summary_row
from evidencekit.render.wording import (
    estimate_text,
    headings,
    subgroup_test_text,
    weight_text,
)
from evidencekit.tables.pooling import PoolOutcome
from evidencekit.tables.shapes import has_null

GENERIC = "generic"
"""The catalogue's name for estimates of no named measure."""


MODEL_NAMES = {"mh": "Mantel-Haenszel", "peto": "Peto"}
"""Models that carry people's names, the same in every language."""

MODEL_KEYS = {"glmm": "forest.exact", "three-level": "forest.three_level"}
"""Keys of the catalogue for the other models that are not plain inverse variance."""

WIDEST = 1000.0
"""On a log axis without a null nothing is drawn this many times beyond the pooled level."""


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
    compared = has_null(result.measure)
    sections, overall = _sections(outcome, words), _overall(outcome, words)
    weighted = any(not math.isnan(weight) for weight in result.weights)
    return Forest(
        figure_id=f"{slug}.forest.{lang}",
        lang=lang,
        measure=fixed.measure,
        measure_in_text=fixed.measure_in_text,
        ci_name=fixed.ci_name,
        log=result.scale == "log",
        null=outcome.natural.null if compared else None,
        axis=None if compared else _level_axis(outcome),
        study_header=fixed.study_header,
        weight_header=fixed.weight_header if weighted else "",
        estimate_header=fixed.estimate_header,
        columns=data_columns(words, [c.data for c in outcome.studies.contrasts]),
        sections=sections,
        summaries=(overall,),
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
                weight=None if weight is None or math.isnan(weight) else weight,
                weight_text=weight_text(words, weight),
                cells=data_cells(words, contrast.data),
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
        cells=data_totals(words, data),
        decimals=_decimals(outcome),
    )


def _overall(outcome: PoolOutcome, words: Words) -> ForestSummary:
    result = outcome.result
    prediction = "none"
    if result.model == "random_effects":
        prediction = result.prediction_method or "none"
    return summary_row(
        "overall",
        _model_label(outcome, words),
        outcome.natural,
        words,
        weight=1.0 if any(not math.isnan(w) for w in result.weights) else math.nan,
        cells=data_totals(words, [c.data for c in outcome.studies.contrasts if c.estimable]),
        prediction_method=prediction,
        decimals=_decimals(outcome),
    )


def _model_label(outcome: PoolOutcome, words: Words) -> str:
    model, result = outcome.request.model, outcome.result
    if model in MODEL_NAMES:
        return MODEL_NAMES[model]
    robust = outcome.levels is not None
    plain = "forest.random" if model == "random" else "forest.common"
    key = MODEL_KEYS.get(model) or (
        "forest.common_robust" if robust and model == "common" else plain
    )
    return words.text(key, tau2=result.tau2_method, ci=interval_name(words, result.ci.method))


def _level_axis(outcome: PoolOutcome) -> ForestAxis:
    """An axis for the level of one group: all that is drawn, and nothing impossible."""
    natural, log = outcome.natural, outcome.result.scale == "log"
    drawn = [*natural.intervals, natural.ci, *(i for i in (natural.prediction,) if i is not None)]
    drawn += [group.ci for group in outcome.natural_groups]
    values = [v for i in drawn for v in (i.low, i.high) if math.isfinite(v)]
    centre = natural.estimate
    if log:
        values = [v for v in values if centre / WIDEST <= v <= centre * WIDEST]
        factor = 1.05
        return ForestAxis(low=min([centre, *values]) / factor, high=max([centre, *values]) * factor)
    low, high = min([centre, *values]), max([centre, *values])
    room = 0.04 * (high - low) or 0.1 * abs(centre) or 1.0
    kind = find_measure(outcome.result.measure).kind
    floor = -math.inf if kind == "mean" else 0.0
    ceiling = 1.0 if kind == "proportion" else math.inf
    # An interval may run beyond what is possible; the axis does not.
    return ForestAxis(low=max(low - room, floor), high=min(high + room, ceiling))


def _test(outcome: PoolOutcome, words: Words) -> tuple[str, ...]:
    split = outcome.subgroups
    if split is None:
        return ()
    return (subgroup_test_text(words, q=split.q_between, df=split.df, p_value=split.p_value),)
