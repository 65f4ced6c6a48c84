"""From an analysis to the description of its forest plot. Selects and words; computes nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence

from evidencekit import __version__
from evidencekit.analysis.result import AnalysisResult, Grouping, Row
from evidencekit.language.phrases import group_label, interval_name, path_label, say
from evidencekit.language.words import Words
from evidencekit.render.analysis_rows import (
    Marks,
    columns_of,
    published_section,
    shown_section,
    study_row,
)
from evidencekit.render.forest_types import (
    Forest,
    ForestQuestion,
    ForestSection,
    ForestSummary,
)
from evidencekit.render.summary_rows import summary_row, totals_cells
from evidencekit.render.wording import Headings, subgroup_test_text
from evidencekit.render.wording import headings as headings_of


def forest_of(result: AnalysisResult, words: Words) -> Forest:
    """The forest plot of an analysis: every study that the plan does not leave out.

    Pooled rows stand in sections by the plan's first subgroup path, if it has one; rows that
    are shown but not pooled and published results stand beneath the overall result.
    """
    labels = result.plan.labels[words.lang]
    headings = headings_of(words, result.natural.measure, level=result.pooled.level)
    marks = Marks(result, words)
    log = result.pooled.scale == "log"
    left, right = _favours(result, words)
    return Forest(
        figure_id=f"{result.plan.id}.forest.{words.lang}",
        lang=words.lang,
        title=labels.title,
        measure=headings.measure,
        measure_in_text=headings.measure_in_text,
        ci_name=headings.ci_name,
        log=log,
        null=result.natural.null,
        study_header=headings.study_header,
        weight_header=headings.weight_header,
        estimate_header=_estimate_header(result, words, headings),
        columns=columns_of(result, words),
        sections=_sections(result, words, marks),
        summaries=(_overall(result, words),),
        shown=shown_section(result, words, marks),
        published=published_section(result, words),
        favours_left=left,
        favours_right=right,
        footer=_footer(result, words, marks),
        footnotes=marks.listed(),
        question=_question(result, words),
        provenance=_provenance(result),
    )


def _estimate_header(result: AnalysisResult, words: Words, headings: Headings) -> str:
    """ "Risk ratio (95% CI)"; with the unit of the outcome for differences of means."""
    unit = say(words, result.outcome.unit)
    if not unit:
        return headings.estimate_header
    return words.text(
        "forest.estimate_unit", measure=headings.measure, unit=unit, ci=headings.ci_name
    )


def _sections(result: AnalysisResult, words: Words, marks: Marks) -> tuple[ForestSection, ...]:
    if not result.groupings:
        rows = tuple(study_row(row, words, marks) for row in result.rows_pooled)
        return (ForestSection(rows=rows),)
    grouping = result.groupings[0]
    number = result.plan.subgroups.index(grouping.path)
    sections = []
    for position, name in enumerate(grouping.result.names):
        members = [row for row in result.rows_pooled if row.groups[number] == name]
        sections.append(
            ForestSection(
                title=_section_title(words, grouping.path, name),
                rows=tuple(study_row(row, words, marks) for row in members),
                summary=_subtotal(grouping, position, members, words),
            )
        )
    return tuple(sections)


def _section_title(words: Words, path: str, name: str) -> str:
    """ "Comparator: placebo"."""
    return words.text(
        "report.subgroup_named", path=path_label(words, path), group=group_label(words, name)
    )


def _subtotal(
    grouping: Grouping, position: int, members: Sequence[Row], words: Words
) -> ForestSummary:
    natural = grouping.natural[position]
    weight = sum(row.weight or 0.0 for row in members)
    return summary_row(
        f"subtotal.{position}",
        words.text("forest.subtotal"),
        natural,
        words,
        weight=weight,
        cells=_totals(members, words),
    )


def _overall(result: AnalysisResult, words: Words) -> ForestSummary:
    model = result.plan.model
    if model.effects == "common":
        label = words.text("forest.common")
    else:
        ci = interval_name(words, result.pooled.ci.method)
        label = words.text("forest.random", tau2=model.tau2, ci=ci)
    return summary_row(
        "overall",
        label,
        result.natural,
        words,
        weight=1.0,
        cells=_totals(result.rows_pooled, words),
        prediction_method=model.prediction if model.effects == "random" else "none",
    )


def _totals(rows: Sequence[Row], words: Words) -> tuple[str, ...]:
    return totals_cells(words, [row.contrast.data for row in rows if row.contrast])


def _favours(result: AnalysisResult, words: Words) -> tuple[str, str]:
    """Words under the axis: which side is better for people, from the outcome's direction."""
    labels = result.plan.labels[words.lang]
    ours = words.text("forest.favours", arm=labels.intervention)
    theirs = words.text("forest.favours", arm=labels.comparator)
    return (ours, theirs) if result.outcome.desirable == "lower" else (theirs, ours)


def _footer(result: AnalysisResult, words: Words, marks: Marks) -> tuple[str, ...]:
    lines = [
        subgroup_test_text(words, q=g.result.q_between, df=g.result.df, p_value=g.result.p_value)
        for g in result.groupings[:1]
    ]
    if marks.all_from_review:
        lines.append(words.text("forest.from_review"))
    return tuple(lines)


def _question(result: AnalysisResult, words: Words) -> ForestQuestion:
    labels = result.plan.labels[words.lang]
    return ForestQuestion(
        intervention=labels.intervention,
        comparator=labels.comparator,
        outcome=_outcome_in_text(result, words),
        participants=round(result.participants),
    )


def _outcome_in_text(result: AnalysisResult, words: Words) -> str:
    """The outcome as it stands inside a sentence; its heading if no such form is given."""
    label = result.outcome.labels[words.lang]
    return label.object or label.text


def _provenance(result: AnalysisResult) -> str:
    """What the picture was made from; no date, so that the same input gives the same bytes."""
    return json.dumps(
        {
            "generator": f"evidencekit {__version__}",
            "analysis": result.plan.id,
            "data": "results.json",
            "studies": [row.study.id for row in result.rows_pooled],
        },
        ensure_ascii=False,
        sort_keys=True,
    )
