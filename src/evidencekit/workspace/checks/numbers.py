"""Do the numbers of one result make sense: ranges, order, events against totals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from evidencekit.errors import Finding
from evidencekit.method_names import RATIOS
from evidencekit.workspace.corpus import Corpus
from evidencekit.workspace.fields import Printed
from evidencekit.workspace.records import Record
from evidencekit.workspace.study import ArmData, EstimateData, Result

Path = tuple[str | int, ...]

POSITIVE = ("total", "sd", "se", "person_time")
ORDERED = ("min", "q1", "median", "q3", "max")


def counts(
    record: Record, path: Path, data: ArmData, result: Result, corpus: Corpus
) -> Iterator[Finding]:
    """Counts are whole, not negative, and events do not exceed totals."""
    for name in ("events", "total"):
        number: Printed | None = getattr(data, name)
        if number is None:
            continue
        if number.value < 0:
            yield record.finding("EK021", f"{name} is negative", (*path, name), detail=number.text)
        elif not result.effective and not number.value.is_integer():
            remedy = "write the count, or effective: true for effective sample sizes"
            title = f"{name} is not a whole number"
            yield record.finding("EK021", title, (*path, name), detail=number.text, remedy=remedy)
    events, total = data.events, data.total
    if events is None or data.person_time is not None:
        return
    if total is None:
        remedy = "add total, or percent or proportion as printed"
        detail = "no denominator: it cannot be pooled"
        title = "events without a total"
        where = (*path, "events")
        yield record.finding(
            "EK027", title, where, detail=detail, remedy=remedy, severity="warning"
        )
    elif events.value > total.value and _one_event_per_person(result, corpus):
        remedy = f"check {result.source.locator} of {result.source.report}"
        detail = f"{events.text} of {total.text}"
        where = (*path, "events")
        yield record.finding("EK023", "events exceed total", where, detail=detail, remedy=remedy)


def _one_event_per_person(result: Result, corpus: Corpus) -> bool:
    outcome = corpus.outcomes_by_id.get(result.outcome)
    return outcome is None or outcome.type != "count"


def ranges(
    record: Record, path: Path, data: ArmData, result: Result, corpus: Corpus
) -> Iterator[Finding]:
    """Percentages, proportions and sizes lie where they can lie."""
    for name, top in (("percent", 100), ("proportion", 1)):
        number: Printed | None = getattr(data, name)
        if number is not None and not 0 <= number.value <= top:
            remedy = "is it a percentage?" if name == "proportion" and number.value <= 100 else ""
            title = f"{name} is not between 0 and {top}"
            where = (*path, name)
            yield record.finding("EK020", title, where, detail=number.text, remedy=remedy)
    for name in POSITIVE:
        number = getattr(data, name)
        if number is not None and number.value <= 0:
            yield not_positive(record, (*path, name), name, number)
    if data.spread is not None and data.spread.value.value <= 0:
        yield not_positive(record, (*path, "spread", "value"), "spread", data.spread.value)
    last = None
    for name in ORDERED:
        number = getattr(data, name)
        if number is None:
            continue
        if last is not None and last[1].value > number.value:
            detail = f"{last[0]} {last[1].text} > {name} {number.text}"
            title = "quantiles are not in order"
            yield record.finding("EK032", title, (*path, name), detail=detail)
        last = (name, number)


def not_positive(record: Record, path: Path, name: str, number: Printed) -> Finding:
    """A size or spread of zero or less."""
    return record.finding("EK022", f"{name} is not positive", path, detail=number.text)


def printed_shares(
    record: Record, path: Path, data: ArmData, result: Result, corpus: Corpus
) -> Iterator[Finding]:
    """A percentage or proportion beside counts agrees with them within rounding."""
    if data.events is None or data.total is None or data.total.value <= 0:
        return
    share = data.events.value / data.total.value
    for name, unit in (("percent", 100.0), ("proportion", 1.0)):
        number: Printed | None = getattr(data, name)
        if number is None:
            continue
        if abs(share * unit - number.value) > number.half_unit * (1 + 1e-9):
            computed = f"{share * unit:.{number.decimals + 1}f}"
            counted = f"{data.events.text} of {data.total.text} is {computed}"
            detail = f"{number.text} printed, but {counted}"
            yield record.finding(
                "EK028",
                f"{name} does not agree with the counts",
                (*path, name),
                detail=detail,
                remedy="check both; if the report prints it so, say so under source.note",
                severity="warning",
            )


def estimates(record: Record, path: Path, result: Result, corpus: Corpus) -> Iterator[Finding]:
    """A printed estimate, its interval, standard error and p-value make sense."""
    estimate = result.estimate
    if estimate is None:
        if not result.arms:
            remedy = "give arms with their data, or an estimate"
            yield record.finding("EK029", "result holds no data", path, remedy=remedy)
        return
    path = (*path, "estimate")
    ratio = estimate.measure in RATIOS and estimate.scale == "natural"
    yield from interval(record, path, "value", estimate.value, estimate.ci, ratio=ratio)
    yield from level(record, (*path, "level"), estimate.level)
    yield from _uncertainty(record, path, estimate)


def _uncertainty(record: Record, path: Path, estimate: EstimateData) -> Iterator[Finding]:
    if estimate.se is not None and estimate.se.value <= 0:
        yield not_positive(record, (*path, "se"), "se", estimate.se)
    if estimate.p is not None and not 0 <= estimate.p.number.value <= 1:
        title, detail = "p-value is not between 0 and 1", str(estimate.p)
        yield record.finding("EK033", title, (*path, "p"), detail=detail)


def scalars(record: Record, path: Path, result: Result, corpus: Corpus) -> Iterator[Finding]:
    """A correlation and a printed weight lie where they can lie."""
    if result.correlation is not None and not -1 < result.correlation < 1:
        title, detail = "correlation is not between -1 and 1", f"{result.correlation:g}"
        yield record.finding("EK030", title, (*path, "correlation"), detail=detail)
    if result.weight is not None and not 0 <= result.weight.value <= 100:
        title, detail = "weight is not between 0 and 100", result.weight.text
        yield record.finding("EK020", title, (*path, "weight"), detail=detail)


def interval(
    record: Record,
    path: Path,
    key: str,
    value: Printed,
    ci: tuple[Printed, Printed] | None,
    *,
    ratio: bool,
) -> Iterator[Finding]:
    """An interval runs upwards, holds its estimate, and is positive for ratios."""
    numbers = [((*path, key), value)]
    if ci is not None:
        numbers += [((*path, "ci", 0), ci[0]), ((*path, "ci", 1), ci[1])]
    for where, number in numbers if ratio else ():
        if number.value <= 0:
            title = "a ratio is positive"
            remedy = "is it on the log scale? then write scale: log"
            yield record.finding("EK026", title, where, detail=number.text, remedy=remedy)
    if ci is None:
        return
    low, high = ci
    if low.value >= high.value:
        swapped = f"did you swap the limits? [{high.text}, {low.text}]"
        remedy = swapped if low.value > high.value else "check both limits"
        detail = f"{low.text} is not below {high.text}"
        title = "interval runs downwards" if low.value > high.value else "interval has no width"
        yield record.finding("EK024", title, (*path, "ci"), detail=detail, remedy=remedy)
    elif not low.value - low.half_unit <= value.value <= high.value + high.half_unit:
        detail = f"{value.text} is not within [{low.text}, {high.text}]"
        title = "interval does not contain its estimate"
        yield record.finding("EK025", title, (*path, "ci"), detail=detail, remedy="check all three")


def level(record: Record, path: Path, value: Any) -> Iterator[Finding]:
    """The coverage of an interval is a fraction."""
    if value is not None and not 0 < value < 1:
        remedy = f"write {value / 100:g}" if 1 < value < 100 else "write it as in 0.95"
        title = "level is not between 0 and 1"
        yield record.finding("EK030", title, path, detail=f"{value:g}", remedy=remedy)
