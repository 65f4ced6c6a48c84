"""The rows of a forest plot from the rows of an analysis: cells, texts, footnote letters."""

from __future__ import annotations

from evidencekit.analysis.contrasts import same_axis
from evidencekit.analysis.result import AnalysisResult, Row
from evidencekit.language.phrases import as_printed, decimals_of, say
from evidencekit.language.words import Words
from evidencekit.quantities import Counts, Means
from evidencekit.render.forest_types import ForestColumn, ForestRow, ForestSection
from evidencekit.render.wording import (
    estimate_text,
    events_cells,
    events_columns,
    means_cells,
    means_columns,
    weight_text,
)

_MARKED = ("reconstructed", "from_review", "from_estimate")


class Marks:
    """Footnote letters for numbers that were not simply read, where that tells rows apart."""

    def __init__(self, result: AnalysisResult, words: Words) -> None:
        self._words = words
        self._letters: dict[str, str] = {}
        bases = {row.result.source.basis for row in result.rows_pooled if row.result}
        self.all_from_review = bases == {"from_review"}
        """A mark that every row would carry is a line beneath the plot instead."""

    def mark(self, row: Row) -> str:
        """The letters of the row's basis; "" when its numbers were read."""
        return ",".join(self._letter(key) for key in self._keys(row))

    def _keys(self, row: Row) -> list[str]:
        keys = []
        source = row.result.source if row.result else None
        if source and source.basis in _MARKED and not self.all_from_review:
            kind: str = source.basis
            if kind == "reconstructed" and source.unique != "not_applicable":
                kind += "_unique" if source.unique == "yes" else "_ambiguous"
            keys.append(kind)
        if row.ci and row.ci.method.startswith("derived"):
            keys.append("derived_interval")
        return keys

    def _letter(self, key: str) -> str:
        text = self._words.text(f"report.footnote.{key}")
        return self._letters.setdefault(text, chr(ord("a") + len(self._letters)))

    def listed(self) -> tuple[tuple[str, str], ...]:
        """Letter and meaning, in order."""
        return tuple((letter, text) for text, letter in self._letters.items())


def columns_of(result: AnalysisResult, words: Words) -> tuple[ForestColumn, ...]:
    """Columns for what the pooled rows hold: events and totals, or means; none for estimates."""
    labels = result.plan.labels[words.lang]
    data = [row.contrast.data for row in result.rows_pooled if row.contrast]
    if any(isinstance(d, Counts) for d in data):
        return events_columns(words, labels.intervention, labels.comparator)
    if any(isinstance(d, Means) for d in data):
        return means_columns(words, labels.intervention, labels.comparator)
    return ()


def _cells(row: Row, words: Words) -> tuple[str, ...]:
    data = row.contrast.data if row.contrast else None
    if isinstance(data, Counts):
        return events_cells(words, data)
    if isinstance(data, Means):
        return means_cells(words, data, decimals=2)
    return ()


def study_row(row: Row, words: Words, marks: Marks) -> ForestRow:
    """A pooled study."""
    return ForestRow(
        key=row.key,
        label=row.label,
        estimate=row.estimate,
        ci_low=row.ci.low if row.ci else None,
        ci_high=row.ci.high if row.ci else None,
        weight=row.weight,
        weight_text=weight_text(words, row.weight),
        cells=_cells(row, words),
        text=estimate_text(words, row.estimate, row.ci, decimals=decimals_of(row.measure)),
        superscript=marks.mark(row),
    )


def shown_section(result: AnalysisResult, words: Words, marks: Marks) -> ForestSection | None:
    """Rows that are drawn but not pooled; on another kind of scale, their text only."""
    rows = []
    for row in result.with_status("shown"):
        drawn = row.on_axis
        measure = words.text(f"measure.{row.measure}.in_text")
        rows.append(
            ForestRow(
                key=row.key,
                label=row.label,
                estimate=row.estimate if drawn else None,
                ci_low=row.ci.low if row.ci and drawn else None,
                ci_high=row.ci.high if row.ci and drawn else None,
                text=estimate_text(words, row.estimate, row.ci, decimals=decimals_of(row.measure)),
                note=say(words, row.reason) if row.estimate is None else measure,
                superscript=marks.mark(row),
                kind="shown",
            )
        )
    title = words.text("forest.shown_title")
    return ForestSection(title=title, rows=tuple(rows)) if rows else None


def published_section(result: AnalysisResult, words: Words) -> ForestSection | None:
    """Published results as reference rows; on another kind of scale, their text only."""
    rows = []
    for number, item in enumerate(result.published):
        low, high = item.ci
        measure = item.measure or result.natural.measure
        drawn = same_axis(measure, result.natural.measure)
        rows.append(
            ForestRow(
                key=f"published.{number}",
                label=item.label,
                estimate=item.estimate.value if drawn else None,
                ci_low=low.value if drawn else None,
                ci_high=high.value if drawn else None,
                text=as_printed(words, item.estimate, item.ci),
                note=words.text(f"measure.{measure}.in_text"),
                kind="published",
            )
        )
    title = words.text("forest.published_title")
    return ForestSection(title=title, rows=tuple(rows)) if rows else None
