"""The rows of a forest plot from the rows of an analysis: cells, texts, footnote letters."""

from __future__ import annotations

from evidencekit.analysis.result import AnalysisResult, Row
from evidencekit.language.phrases import basis, say
from evidencekit.language.words import Words
from evidencekit.method_names import RATIOS
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
        # A mark that every row would carry is a statement about the plot; the title makes it.
        self._silent = bases == {"from_review"}

    def mark(self, row: Row) -> str:
        """The letter of the row's basis; "" when its numbers were read."""
        if self._silent or row.result is None or row.result.source.basis not in _MARKED:
            return ""
        text = basis(self._words, row.result)
        return self._letters.setdefault(text, chr(ord("a") + len(self._letters)))

    def listed(self) -> tuple[tuple[str, str], ...]:
        """Letter and meaning, in order."""
        told = self._words.text("report.note.basis")
        return tuple((letter, f"{told} {text}") for text, letter in self._letters.items())


def decimals_of(measure: str) -> int | None:
    """None lets ratios follow the house rule; differences carry two decimals."""
    return None if measure in RATIOS else 2


def columns_of(result: AnalysisResult, words: Words) -> tuple[ForestColumn, ...]:
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
    return ForestRow(
        key=_key(row),
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


def _key(row: Row) -> str:
    """Study id, with the result's when the study offers several comparisons."""
    return f"{row.study.id}.{row.result.id}" if row.result and row.result.id else row.study.id


def shown_section(result: AnalysisResult, words: Words, marks: Marks) -> ForestSection | None:
    rows = []
    for row in result.with_status("shown"):
        estimable = row.estimate is not None
        measure = words.text(f"measure.{row.measure}.in_text")
        rows.append(
            ForestRow(
                key=_key(row),
                label=row.label,
                estimate=row.estimate,
                ci_low=row.ci.low if row.ci else None,
                ci_high=row.ci.high if row.ci else None,
                text=estimate_text(words, row.estimate, row.ci, decimals=decimals_of(row.measure)),
                note=measure if estimable else say(words, row.reason),
                superscript=marks.mark(row),
                kind="shown",
            )
        )
    title = words.text("forest.shown_title")
    return ForestSection(title=title, rows=tuple(rows)) if rows else None


def published_section(result: AnalysisResult, words: Words) -> ForestSection | None:
    rows = []
    for number, item in enumerate(result.published):
        low, high = item.ci
        measure = item.measure or result.natural.measure
        decimals = item.estimate.decimals
        rows.append(
            ForestRow(
                key=f"published.{number}",
                label=item.label,
                estimate=item.estimate.value,
                ci_low=low.value,
                ci_high=high.value,
                text=words.ci(item.estimate.value, low.value, high.value, decimals=decimals),
                note=words.text(f"measure.{measure}.in_text"),
                kind="published",
            )
        )
    title = words.text("forest.published_title")
    return ForestSection(title=title, rows=tuple(rows)) if rows else None
