"""Alternative text (at most 250 characters) and long description of a forest plot.

Both are made from what the figure prints, so the numbers heard are the numbers
seen.
"""

from __future__ import annotations

from evidencekit.language import Words
from evidencekit.render.forest_labels import distinct_labels
from evidencekit.render.forest_types import Forest, ForestRow, ForestSummary

LONGEST_ALT = 250


def forest_alt(forest: Forest) -> str:
    """One sentence: what kind of figure, of what, and the result.

    When the full sentence is too long, the participants go first, then the
    arms, then the outcome; the numbers never.
    """
    words = Words(forest.lang)
    k = len(forest.study_rows)
    question, main = forest.question, forest.main
    values: dict[str, object] = {
        "intervention": question.intervention,
        "comparator": question.comparator,
        "outcome": question.outcome,
        "measure": forest.measure_in_text,
        "ci": forest.ci_name,
    }
    arms = bool(question.intervention and question.comparator and question.outcome)
    if main is None or main.estimate is None:
        keys = ["alt.forest.unpooled"] if arms else []
        keys.append("alt.forest.unpooled_short")
    else:
        estimate, _, interval = main.text.partition(" (")
        values.update(estimate=estimate, interval=interval.removesuffix(")"))
        keys = []
        if arms and question.participants is not None:
            values["participants"] = words.integer(question.participants)
            keys.append("alt.forest")
        keys += ["alt.forest.plain"] if arms else []
        keys += ["alt.forest.outcome"] if question.outcome else []
        keys.append("alt.forest.short")
    texts = [words.count(key, k, **values) for key in keys]
    return next((text for text in texts if len(text) <= LONGEST_ALT), texts[-1])


def forest_description(forest: Forest) -> str:
    """Every row in words, in the order drawn: what a reader of the table would read."""
    words = Words(forest.lang)
    labels = distinct_labels(forest.all_rows)
    parts = [forest_alt(forest)]
    if forest.favours_left and forest.favours_right:
        left, right = forest.favours_left, forest.favours_right
        parts.append(words.text("alt.direction", left=left, right=right))
    for section in forest.sections:
        parts += _section(words, labels, section.title, section.rows)
        if section.summary is not None:
            parts += _summary(words, forest, section.summary)
    parts += _range(words, forest, labels)
    for summary in forest.summaries:
        parts += _summary(words, forest, summary)
    for extra in (forest.shown, forest.published):
        if extra is not None:
            parts += _section(words, labels, extra.title, extra.rows)
    parts += forest.footer
    return " ".join(parts)


def _section(
    words: Words, labels: dict[str, str], title: str, rows: tuple[ForestRow, ...]
) -> list[str]:
    parts = [words.text("alt.section", title=title)] if title and rows else []
    for row in rows:
        label = f"{labels[row.key]}, {row.note}" if row.note else labels[row.key]
        if row.weight_text:
            text = words.text("alt.row_weight", label=label, text=row.text, weight=row.weight_text)
        else:
            text = words.text("alt.row", label=label, text=row.text)
        parts.append(text)
    return parts


def _summary(words: Words, forest: Forest, summary: ForestSummary) -> list[str]:
    parts = []
    if summary.text:
        measure = forest.measure_in_text
        text = words.text("alt.summary", label=summary.label, measure=measure, text=summary.text)
        parts.append(text)
    prediction = summary.prediction
    if prediction is not None and prediction.text:
        text = words.text("alt.prediction", label=prediction.label, text=prediction.text)
        parts.append(text)
    elif prediction is not None:
        parts.append(_closed(prediction.label))
    if summary.heterogeneity:
        parts.append(_closed(summary.heterogeneity))
    return parts


def _range(words: Words, forest: Forest, labels: dict[str, str]) -> list[str]:
    """The extremes, for three studies or more."""
    rows = [row for row in forest.study_rows if row.estimate is not None]
    if len(rows) < 3:
        return []
    low = min(rows, key=lambda row: row.estimate or 0.0)
    high = max(rows, key=lambda row: row.estimate or 0.0)
    return [
        words.text(
            "alt.range",
            low=low.text.partition(" (")[0],
            low_label=labels[low.key],
            high=high.text.partition(" (")[0],
            high_label=labels[high.key],
        )
    ]


def _closed(text: str) -> str:
    return text if text.endswith(".") else f"{text}."
