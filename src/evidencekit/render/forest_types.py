"""What a forest plot shows, as data: every number computed, every text written.

The adapter from an analysis fills these; the layout reads them. Values are on
the natural scale (a risk ratio of 0.77, not its logarithm); ``log=True`` says
that the axis is logarithmic. No statistic is computed from them.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from evidencekit.errors import UsageError

RowKind = Literal["study", "shown", "published"]
Align = Literal["left", "centre", "right", "slash"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestColumn:
    """One column between the study label and the plot.

    Parameters
    ----------
    header
        Heading of this column; wrapped when longer than its numbers need.
    group
        Heading over neighbouring columns with the same group; "" for none.
    align
        "right" for numbers; "slash" sets "74/135" and "8/30" with their
        slashes beneath each other; "centre" and "left" for text.
    """

    header: str
    group: str = ""
    align: Align = "right"


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestRow:
    """One line of the plot for one study (or one published result).

    Parameters
    ----------
    key
        Identifier, unique within the figure; becomes part of the SVG's ids.
    label
        The name people read; equal ones are told apart by a letter.
    estimate, ci_low, ci_high
        Natural scale. All None for a row without an estimate, whose ``text``
        then says so ("not estimable"); the limits alone None for an estimate
        printed without an interval. A limit may be infinite, and 0 on a log axis.
    weight
        Its share of the model shown, a fraction in [0, 1]; None (drawn as a
        small hollow square) when it takes no part.
    weight_text
        The weight as printed, without percent sign: "12.3".
    cells
        One text per ``Forest.columns``; may be empty, leaving room for ``note``.
    text
        The estimate as printed at the right: "0.77 (0.66 to 0.90)".
    note
        A few words ("hazard ratio") in the place of absent cells, else beneath the label.
    superscript
        Footnote mark after the label, explained in ``Forest.footnotes``.
    kind
        "study" squares; "shown" hollow squares, not pooled; "published" hollow
        diamonds, results of others.
    """

    key: str
    label: str
    estimate: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    weight: float | None = None
    weight_text: str = ""
    cells: tuple[str, ...] = ()
    text: str = ""
    note: str = ""
    superscript: str = ""
    kind: RowKind = "study"

    @property
    def estimable(self) -> bool:
        """Whether there is an estimate to draw."""
        return self.estimate is not None

    def __post_init__(self) -> None:
        _check_values(self.key, self.estimate, self.ci_low, self.ci_high)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestPrediction:
    """A prediction interval on its own row, or, with ``low=None``, the reason there is none.

    Parameters
    ----------
    label
        "95% prediction interval", or the sentence that says why there is none.
    text
        The limits as printed: "0.60 to 0.98"; "" without an interval.
    """

    label: str
    low: float | None = None
    high: float | None = None
    text: str = ""

    def __post_init__(self) -> None:
        if (self.low is None) != (self.high is None):
            raise UsageError(f"prediction interval {self.label!r} has one limit only")


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestSummary:
    """A pooled result: the diamond of a subgroup or of the whole.

    Parameters
    ----------
    key, label
        Unique identifier; "Random-effects model (REML, Hartung-Knapp)".
    estimate, ci_low, ci_high
        Natural scale; all None when nothing could be pooled.
    cells
        Totals, one per column; when empty the label may run on into the columns.
    heterogeneity
        The line beneath it: "Heterogeneity: τ² = 0.02; I² = 35%; ...".
    """

    key: str
    label: str
    estimate: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    weight_text: str = ""
    cells: tuple[str, ...] = ()
    text: str = ""
    prediction: ForestPrediction | None = None
    heterogeneity: str = ""

    def __post_init__(self) -> None:
        _check_values(self.key, self.estimate, self.ci_low, self.ci_high)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestSection:
    """Rows under one heading: a subgroup, the rows not pooled, the published results."""

    rows: tuple[ForestRow, ...]
    title: str = ""
    summary: ForestSummary | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestQuestion:
    """What was compared, in words that fit inside a sentence; for the alt text."""

    intervention: str = ""
    comparator: str = ""
    outcome: str = ""
    participants: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestAxis:
    """Limits of the axis, natural scale, when the automatic ones are not wanted."""

    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Forest:
    """Everything a forest plot shows, in reading order.

    Parameters
    ----------
    figure_id
        Stable name, e.g. "probiotics-urti.forest.en"; prefixes the SVG's ids.
    lang
        "en", "nl" or "de": the language the texts are in.
    measure, measure_in_text
        "Risk ratio" as heading, "risk ratio" inside a sentence.
    ci_name
        "95% CI" in the language of the figure.
    log, null
        Logarithmic axis; the value of no difference (1 or 0), or None where there is none, as
        for the level of one group: such a figure names its ``axis``.
    empty_text, axis
        In the place of rows when there are none; limits other than the automatic ones.
    study_header, weight_header, estimate_header
        Headings of the fixed columns; no ``weight_header``, no weight column.
    columns
        Between study and plot.
    sections
        Pooled rows; one untitled section without subgroups.
    summaries
        Overall results. The first is the dashed line and goes into the alt text.
    shown, published
        Sections beneath the overall result that are not pooled.
    favours_left, favours_right
        Under the axis, left and right of the null.
    footer, footnotes
        Lines under the figure (tests, model), and (mark, text) pairs.
    provenance
        JSON text for the SVG's metadata.
    """

    figure_id: str
    lang: str
    title: str = ""
    measure: str
    measure_in_text: str
    ci_name: str
    log: bool
    null: float | None
    study_header: str
    weight_header: str = ""
    estimate_header: str
    columns: tuple[ForestColumn, ...] = ()
    sections: tuple[ForestSection, ...] = ()
    summaries: tuple[ForestSummary, ...] = ()
    shown: ForestSection | None = None
    published: ForestSection | None = None
    favours_left: str = ""
    favours_right: str = ""
    empty_text: str = ""
    footer: tuple[str, ...] = ()
    footnotes: tuple[tuple[str, str], ...] = ()
    question: ForestQuestion = field(default_factory=ForestQuestion)
    axis: ForestAxis | None = None
    provenance: str = ""

    def __post_init__(self) -> None:
        alone = self.axis is not None and not (self.favours_left or self.favours_right)
        if self.null is None and not alone:
            raise UsageError(
                f"{self.figure_id}: without a null a figure has an axis of its own and favours "
                "no side"
            )
        if self.log and self.null is not None and self.null <= 0:
            raise UsageError(f"{self.figure_id}: a log axis needs a null above 0, not {self.null}")
        counts = Counter(result.key for result in self.all_results)
        twice = sorted(key for key, count in counts.items() if count > 1)
        if twice:
            raise UsageError(f"{self.figure_id}: key used twice: {', '.join(twice)}")
        for row in self.all_results:
            if row.cells and len(row.cells) != len(self.columns):
                raise UsageError(
                    f"{self.figure_id}: row {row.key!r} has {len(row.cells)} cells "
                    f"for {len(self.columns)} columns"
                )
            if self.log and row.estimate is not None and row.estimate <= 0:
                raise UsageError(
                    f"{self.figure_id}: row {row.key!r} has {row.estimate} on a log axis"
                )

    @property
    def study_rows(self) -> tuple[ForestRow, ...]:
        """The pooled sections' rows, in order."""
        return tuple(row for section in self.sections for row in section.rows)

    @property
    def all_rows(self) -> tuple[ForestRow, ...]:
        """Every row, in the order drawn: pooled, shown, published."""
        extra = tuple(s for s in (self.shown, self.published) if s is not None)
        return self.study_rows + tuple(row for section in extra for row in section.rows)

    @property
    def all_summaries(self) -> tuple[ForestSummary, ...]:
        """Every pooled result, subgroups first."""
        inner = tuple(s.summary for s in self.sections if s.summary is not None)
        return inner + self.summaries

    @property
    def all_results(self) -> tuple[ForestRow | ForestSummary, ...]:
        """Every row and every pooled result: all that fills the columns."""
        return (*self.all_rows, *self.all_summaries)

    @property
    def main(self) -> ForestSummary | None:
        """The overall result the figure is about, if there is one."""
        return self.summaries[0] if self.summaries else None


def _check_values(key: str, estimate: float | None, low: float | None, high: float | None) -> None:
    """An estimate with both limits or with neither; never NaN (say None instead).

    An estimate outside its own interval is let through: a misprint in a paper
    is for the integrity checks to report, and must not cost a study its row.
    """
    if (low is None) != (high is None):
        raise UsageError(f"row {key!r} has one confidence limit only")
    if estimate is None:
        if low is not None:
            raise UsageError(f"row {key!r} has an interval without an estimate")
        return
    if not math.isfinite(estimate):
        raise UsageError(f"row {key!r} has estimate {estimate}: use None when not estimable")
    if low is None or high is None:
        return
    if math.isnan(low) or math.isnan(high) or low > high:
        raise UsageError(f"row {key!r} has the interval {low} to {high}")
