"""What the studies of a table report, as the columns of its forest plot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import astuple
from typing import Any, NamedTuple

from evidencekit.language.phrases import events_text
from evidencekit.language.words import Words
from evidencekit.quantities import (
    Correlation,
    Counts,
    GroupCounts,
    GroupMean,
    GroupRate,
    Means,
    Rates,
    StudyData,
)
from evidencekit.render.forest_types import ForestColumn
from evidencekit.render.wording import events_cells, events_columns, means_cells, means_columns


class StudyCells(NamedTuple):
    """A row of ``STUDY_CELLS``: headings, the cells of a study, and whether sums make sense."""

    columns: Callable[[Words], tuple[ForestColumn, ...]]
    cells: Callable[[Words, Any], tuple[str, ...]]
    totals: bool = True


def data_columns(words: Words, data: Sequence[StudyData | None]) -> tuple[ForestColumn, ...]:
    """Headings for the first study that reports something; none for printed estimates."""
    found = next((d for d in data if d is not None), None)
    return () if found is None else STUDY_CELLS[type(found)].columns(words)


def data_cells(words: Words, data: StudyData | None) -> tuple[str, ...]:
    """The cells of one study."""
    return () if data is None else STUDY_CELLS[type(data)].cells(words, data)


def data_totals(words: Words, data: Sequence[StudyData | None]) -> tuple[str, ...]:
    """The cells of all studies together; empty where sums mean nothing, or one has no data."""
    there = [d for d in data if d is not None]
    if not there or len(there) != len(data) or not STUDY_CELLS[type(there[0])].totals:
        return ()
    kind = type(there[0])
    sums = [sum(numbers) for numbers in zip(*(astuple(d) for d in there), strict=True)]
    return data_cells(words, kind(**dict(zip(kind.__dataclass_fields__, sums, strict=True))))


def _arms(words: Words) -> tuple[str, str]:
    return words.text("forest.arm_1"), words.text("forest.arm_2")


def _counts_columns(words: Words) -> tuple[ForestColumn, ...]:
    return events_columns(words, *_arms(words))


def _means_columns(words: Words) -> tuple[ForestColumn, ...]:
    return means_columns(words, *_arms(words))


def _means_cells(words: Words, data: Means) -> tuple[str, ...]:
    return means_cells(words, data, decimals=2)


def _rates_columns(words: Words) -> tuple[ForestColumn, ...]:
    group = words.text("forest.events_time")
    return tuple(ForestColumn(header=arm, group=group, align="slash") for arm in _arms(words))


def _rates_cells(words: Words, data: Rates) -> tuple[str, ...]:
    return (
        events_text(words, data.events_1, data.time_1),
        events_text(words, data.events_2, data.time_2),
    )


def _group_counts_columns(words: Words) -> tuple[ForestColumn, ...]:
    return (ForestColumn(header=words.text("forest.events_total"), align="slash"),)


def _group_counts_cells(words: Words, data: GroupCounts) -> tuple[str, ...]:
    return (events_text(words, data.events, data.total),)


def _group_rate_columns(words: Words) -> tuple[ForestColumn, ...]:
    return (ForestColumn(header=words.text("forest.events_time"), align="slash"),)


def _group_rate_cells(words: Words, data: GroupRate) -> tuple[str, ...]:
    return (events_text(words, data.events, data.time),)


def _group_mean_columns(words: Words) -> tuple[ForestColumn, ...]:
    names = words.text("forest.mean_sd"), words.text("forest.total")
    return tuple(ForestColumn(header=name) for name in names)


def _group_mean_cells(words: Words, data: GroupMean) -> tuple[str, ...]:
    mean, sd = (words.number(value, decimals=2) for value in (data.mean, data.sd))
    return f"{mean} ({sd})", words.count_number(data.total)


def _correlation_columns(words: Words) -> tuple[ForestColumn, ...]:
    return (ForestColumn(header=words.text("forest.total")),)


def _correlation_cells(words: Words, data: Correlation) -> tuple[str, ...]:
    return (words.count_number(data.n),)


STUDY_CELLS: dict[type[StudyData], StudyCells] = {
    Counts: StudyCells(_counts_columns, events_cells),
    Means: StudyCells(_means_columns, _means_cells, totals=False),
    Rates: StudyCells(_rates_columns, _rates_cells),
    GroupCounts: StudyCells(_group_counts_columns, _group_counts_cells),
    GroupRate: StudyCells(_group_rate_columns, _group_rate_cells),
    GroupMean: StudyCells(_group_mean_columns, _group_mean_cells, totals=False),
    Correlation: StudyCells(_correlation_columns, _correlation_cells),
}
