"""Pieces of wording that several tables share."""

from __future__ import annotations

from collections.abc import Sequence

from evidencekit.analysis.result import Message, Row
from evidencekit.language.words import Words
from evidencekit.method_names import RATIOS
from evidencekit.quantities import Counts, Interval, Means
from evidencekit.workspace.fields import Text
from evidencekit.workspace.plan import Model
from evidencekit.workspace.study import Result


def say(words: Words, text: Text | str | Message) -> str:
    """A text in the language of *words*: from several languages, plain, or by catalogue key."""
    if isinstance(text, Message):
        return words.text(text.key, **text.values)
    if isinstance(text, str):
        return text
    return text.get(words.lang) or text.get("en") or next(iter(text.values()), "")


def effect(words: Words, measure: str, estimate: float, ci: Interval | None) -> str:
    """An estimate with its interval: ratios by the house rule, differences with two decimals."""
    decimals = None if measure in RATIOS else 2
    if ci is not None:
        return words.ci(estimate, ci.low, ci.high, decimals=decimals)
    return words.ratio(estimate) if decimals is None else words.number(estimate, decimals=decimals)


def interval(words: Words, measure: str, ci: Interval) -> str:
    """The two limits of an interval."""
    return words.interval(ci.low, ci.high, decimals=None if measure in RATIOS else 2)


def row_effect(words: Words, row: Row) -> str:
    """A row's estimate and interval, or "not estimable"."""
    if row.estimate is None:
        return words.text("forest.not_estimable")
    return effect(words, row.measure, row.estimate, row.ci)


def arm_cells(words: Words, row: Row) -> tuple[str, ...]:
    """What was observed in either arm: events/total, or mean (SD) and n; empty when unknown."""
    data = row.contrast.data if row.contrast else None
    if isinstance(data, Counts):
        pairs = ((data.events_1, data.total_1), (data.events_2, data.total_2))
        return tuple(f"{words.count_number(e)}/{words.count_number(n)}" for e, n in pairs)
    if isinstance(data, Means):
        arms = ((data.mean_1, data.sd_1, data.total_1), (data.mean_2, data.sd_2, data.total_2))
        return tuple(
            f"{words.number(m, decimals=2)} ({words.number(sd, decimals=2)}), "
            f"n = {words.count_number(n)}"
            for m, sd, n in arms
        )
    return ("", "")


def model_name(words: Words, model: Model) -> str:
    """The model in a few words: random effects, REML, Hartung-Knapp."""
    key = f"forest.method.{model.ci}"
    ci = words.text(key) if key in words else model.ci
    return words.text(f"report.model.{model.effects}", tau2=model.tau2, ci=ci)


def basis(words: Words, result: Result) -> str:
    """How a result's numbers follow from what is printed."""
    kind: str = result.source.basis
    if kind == "reconstructed" and result.source.unique != "not_applicable":
        kind += "_unique" if result.source.unique == "yes" else "_ambiguous"
    return words.text(f"report.basis.{kind}")


def reading(words: Words, result: Result) -> str:
    """Whose version of the numbers it is."""
    return words.text(f"report.reading.{result.reading.kind}", report=result.reading.report)


def listed(words: Words, items: Sequence[str]) -> str:
    """a, b and c."""
    if len(items) < 2:
        return "".join(items)
    return words.text("report.and", first=", ".join(items[:-1]), last=items[-1])


def group_label(words: Words, name: str) -> str:
    """A subgroup's name for people; codes without a translation lose their underscores."""
    key = f"report.group.{name}"
    return words.text(key) if key in words else name.replace("_", " ")
