"""Pieces of wording that several tables share."""

from __future__ import annotations

import math
from collections.abc import Sequence

from evidencekit.analysis.result import Message, Row
from evidencekit.language.decimals import decimals_for_ratio
from evidencekit.language.words import Words
from evidencekit.method_names import RATIOS
from evidencekit.quantities import Counts, Interval, Means
from evidencekit.workspace.fields import Printed, Text
from evidencekit.workspace.plan import Model
from evidencekit.workspace.study import Result


def say(words: Words, text: Text | str | Message) -> str:
    """A text in the language of *words*: from several languages, plain, or by catalogue key."""
    if isinstance(text, Message):
        return words.text(text.key, **text.values)
    if isinstance(text, str):
        return text
    return text.get(words.lang) or text.get("en") or next(iter(text.values()), "")


def decimals_of(measure: str) -> int | None:
    """None lets ratios follow the house rule; risk differences carry three decimals, others two."""
    if measure in RATIOS:
        return None
    return 3 if measure == "RD" else 2


def effect(words: Words, measure: str, estimate: float, ci: Interval | None) -> str:
    """An estimate with its interval: ratios by the house rule, differences with fixed decimals."""
    decimals = decimals_of(measure)
    if ci is not None:
        return words.ci(estimate, ci.low, ci.high, decimals=decimals)
    return words.ratio(estimate) if decimals is None else words.number(estimate, decimals=decimals)


def interval(words: Words, measure: str, ci: Interval) -> str:
    """The two limits of an interval."""
    return words.interval(ci.low, ci.high, decimals=decimals_of(measure))


def as_printed(words: Words, estimate: Printed, ci: tuple[Printed, Printed]) -> str:
    """A published result digit for digit, with the decimal mark of the language."""
    value, low, high = (words.number(x.value, decimals=x.decimals) for x in (estimate, *ci))
    between = words.text("number.interval", low=low, high=high)
    return words.text("number.ci", estimate=value, interval=between)


def row_effect(words: Words, row: Row) -> str:
    """A row's estimate and interval, or "not estimable"."""
    if row.estimate is None:
        return words.text("forest.not_estimable")
    return effect(words, row.measure, row.estimate, row.ci)


def events_text(words: Words, events: float, total: float) -> str:
    """Events and people: "74/135"."""
    return f"{words.count_number(events)}/{words.count_number(total)}"


def arm_cells(words: Words, row: Row) -> tuple[str, ...]:
    """What was observed in either arm: events/total, or mean (SD) and n; empty when unknown."""
    data = row.contrast.data if row.contrast else None
    if isinstance(data, Counts):
        pairs = ((data.events_1, data.total_1), (data.events_2, data.total_2))
        return tuple(events_text(words, e, n) for e, n in pairs)
    if isinstance(data, Means):
        arms = ((data.mean_1, data.sd_1, data.total_1), (data.mean_2, data.sd_2, data.total_2))
        return tuple(
            words.text(
                "report.n_in_arm",
                mean=f"{words.number(m, decimals=2)} ({words.number(sd, decimals=2)})",
                n=words.count_number(n),
            )
            for m, sd, n in arms
        )
    return ("", "")


def model_name(words: Words, model: Model, ci_method: str) -> str:
    """The model in a few words: random effects, REML, Hartung-Knapp.

    *ci_method* is the interval that was made, which for one study is not the one asked for.
    """
    ci = interval_name(words, ci_method)
    return words.text(f"report.model.{model.effects}", tau2=model.tau2, ci=ci)


def interval_name(words: Words, ci_method: str) -> str:
    """An interval method in the language of *words*; methods without a name stay as they are."""
    key = f"forest.method.{ci_method}"
    return words.text(key) if key in words else ci_method


def i2_shown(i2: float, i2_q: float) -> tuple[float, str]:
    """I² for a reader and where it comes from: tau², or Q where the model has no tau²."""
    return (i2_q, "Q") if math.isnan(i2) else (i2, "τ²")


def tau2_text(words: Words, tau2: float) -> str:
    """τ² as printed: "0" when it is exactly nought, else two decimals or one significant digit."""
    return "0" if tau2 == 0 else words.number(tau2, decimals=decimals_for_ratio(tau2))


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


def path_label(words: Words, path: str) -> str:
    """What a subgroup path is about; the last part of the path without a name for it."""
    key = f"report.path.{path}"
    return words.text(key) if key in words else path.rpartition(".")[2].replace("_", " ")


def group_label(words: Words, name: str) -> str:
    """A subgroup's name for people; codes without a translation lose their underscores."""
    key = f"report.group.{name}"
    return words.text(key) if key in words else name.replace("_", " ")
