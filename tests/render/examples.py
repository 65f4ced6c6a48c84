"""Forests for the tests: two of real trials, and synthetic ones of every awkward shape.

The pooling here is a small stand-in (DerSimonian-Laird, normal interval); what
is under test is the drawing, which takes its numbers as given.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from evidencekit.language import Words
from evidencekit.quantities import Counts, Interval
from evidencekit.render.forest import (
    Forest,
    ForestQuestion,
    ForestRow,
    ForestSection,
    ForestSummary,
)
from evidencekit.render.wording import (
    estimate_text,
    events_cells,
    events_columns,
    headings,
    heterogeneity_text,
    prediction_row,
    subgroup_test_text,
    weight_text,
)
from render.counts import AAD, SHOWN, URTI

ARMS = {
    "en": ("Probiotic", "Control"),
    "nl": ("Probioticum", "Controle"),
    "de": ("Probiotikum", "Kontrolle"),
}


@dataclass(frozen=True)
class Pooled:
    estimate: float
    low: float
    high: float
    tau2: float
    i2: float
    q: float
    df: int
    weights: tuple[float, ...]
    prediction: tuple[float, float] | None


def pool(y: Sequence[float], se: Sequence[float]) -> Pooled:
    """DerSimonian-Laird with a normal interval."""
    w = [1 / s**2 for s in se]
    mean = sum(a * b for a, b in zip(w, y, strict=True)) / sum(w)
    q = sum(a * (b - mean) ** 2 for a, b in zip(w, y, strict=True))
    df = len(y) - 1
    c = sum(w) - sum(a * a for a in w) / sum(w)
    tau2 = max(0.0, (q - df) / c) if df else 0.0
    w = [1 / (s**2 + tau2) for s in se]
    total = sum(w)
    mean = sum(a * b for a, b in zip(w, y, strict=True)) / total
    half = 1.96 / math.sqrt(total)
    wide = 2.2 * math.sqrt(tau2 + 1 / total)
    return Pooled(
        estimate=mean,
        low=mean - half,
        high=mean + half,
        tau2=tau2,
        i2=max(0.0, 1 - df / q) if q > 0 and df else 0.0,
        q=q,
        df=df,
        weights=tuple(a / total for a in w),
        prediction=(mean - wide, mean + wide) if df >= 2 else None,
    )


def log_rr(e1: int, n1: int, e2: int, n2: int) -> tuple[float, float]:
    a, b, c, d = (float(x) for x in (e1, n1, e2, n2))
    if a == 0 or c == 0:
        a, b, c, d = a + 0.5, b + 1, c + 0.5, d + 1
    return math.log(a / b / (c / d)), math.sqrt(1 / a - 1 / b + 1 / c - 1 / d)


def slug(label: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in label.lower()).strip("-")


def summary(words: Words, pooled: Pooled, *, key: str, label: str, **more: object) -> ForestSummary:
    low, mid, high = math.exp(pooled.low), math.exp(pooled.estimate), math.exp(pooled.high)
    limits = pooled.prediction
    interval = (
        None if limits is None else Interval(low=math.exp(limits[0]), high=math.exp(limits[1]))
    )
    return ForestSummary(
        key=key,
        label=label,
        estimate=mid,
        ci_low=low,
        ci_high=high,
        text=estimate_text(words, mid, Interval(low=low, high=high)),
        heterogeneity=heterogeneity_text(
            words, tau2=pooled.tau2, i2=pooled.i2, q=pooled.q, df=pooled.df, p_value=0.031
        ),
        prediction=prediction_row(words, interval) if key == "overall" else None,
        **more,  # type: ignore[arg-type]
    )


def count_rows(
    words: Words, table: Sequence[tuple], weights: Sequence[float]
) -> tuple[ForestRow, ...]:
    rows = []
    for (label, e1, n1, e2, n2, *_), weight in zip(table, weights, strict=True):
        y, se = log_rr(e1, n1, e2, n2)
        low, high = math.exp(y - 1.96 * se), math.exp(y + 1.96 * se)
        counts = Counts(events_1=e1, total_1=n1, events_2=e2, total_2=n2)
        rows.append(
            ForestRow(
                key=slug(label),
                label=label,
                estimate=math.exp(y),
                ci_low=low,
                ci_high=high,
                weight=weight,
                weight_text=weight_text(words, weight),
                cells=events_cells(words, counts),
                text=estimate_text(words, math.exp(y), Interval(low=low, high=high)),
            )
        )
    return tuple(rows)


def totals(words: Words, table: Sequence[tuple]) -> tuple[str, ...]:
    e1, n1, e2, n2 = (sum(row[i] for row in table) for i in (1, 2, 3, 4))
    return events_cells(words, Counts(events_1=e1, total_1=n1, events_2=e2, total_2=n2))


def shown_rows(words: Words) -> tuple[ForestRow, ...]:
    rows = []
    for label, measure, mid, low, high, _ in SHOWN:
        rows.append(
            ForestRow(
                key=slug(label),
                label=label,
                estimate=mid,
                ci_low=low,
                ci_high=high,
                note=words.text(f"measure.{measure}.in_text"),
                text=estimate_text(words, mid, Interval(low=low, high=high)),
                kind="shown",
            )
        )
    return tuple(rows)


def published_rows(words: Words) -> tuple[ForestRow, ...]:
    """Li 2020 as printed; the second row is synthetic."""
    results = (
        ("Li 2020", 0.77, 0.68, 0.87, "k = 10"),
        ("Synthetic 2022", 0.74, 0.60, 0.92, "k = 6"),
    )
    return tuple(
        ForestRow(
            key=f"published-{slug(label)}",
            label=label,
            estimate=mid,
            ci_low=low,
            ci_high=high,
            note=note,
            text=estimate_text(words, mid, Interval(low=low, high=high)),
            kind="published",
        )
        for label, mid, low, high, note in results
    )


def urti(lang: str = "en", *, extras: bool = True) -> Forest:
    """Eight real trials, four rows shown but not pooled, two published results."""
    words = Words(lang)
    head = headings(words, "RR")
    pooled = pool(*zip(*(log_rr(*row[1:5]) for row in URTI), strict=True))
    titles = {
        "en": "Probiotics to prevent upper respiratory tract infection",
        "nl": "Probiotica ter voorkoming van bovensteluchtweginfecties",
        "de": "Probiotika zur Vorbeugung von Infektionen der oberen Atemwege",
    }
    questions = {
        "en": ("probiotics", "control", "upper respiratory tract infection"),
        "nl": ("probiotica", "controle", "bovensteluchtweginfectie"),
        "de": ("Probiotika", "Kontrolle", "Infektion der oberen Atemwege"),
    }
    intervention, comparator, outcome = questions[lang]
    rows = list(count_rows(words, URTI, pooled.weights))
    rows[-2] = replace(rows[-2], superscript="1")
    notes = {
        "en": "Heat-killed bacteria; low-dose and high-dose arms combined.",
        "nl": "Door hitte gedode bacteriën; armen met lage en hoge dosis samengevoegd.",
        "de": "Hitzeinaktivierte Bakterien; Arme mit niedriger und hoher Dosis zusammengefasst.",
    }
    shown = ForestSection(title=words.text("forest.shown_title"), rows=shown_rows(words))
    published = ForestSection(
        title=words.text("forest.published_title"), rows=published_rows(words)
    )
    return Forest(
        figure_id=f"probiotics-urti.forest.{lang}",
        lang=lang,
        title=titles[lang],
        measure=head.measure,
        measure_in_text=head.measure_in_text,
        ci_name=head.ci_name,
        log=True,
        null=1.0,
        study_header=head.study_header,
        weight_header=head.weight_header,
        estimate_header=head.estimate_header,
        columns=events_columns(words, *ARMS[lang]),
        sections=(ForestSection(rows=tuple(rows)),),
        summaries=(
            summary(
                words,
                pooled,
                key="overall",
                label=words.text("forest.random", tau2="REML", ci=words.text("forest.method.HKSJ")),
                cells=totals(words, URTI),
                weight_text=words.number(100, decimals=1),
            ),
        ),
        shown=shown if extras else None,
        published=published if extras else None,
        favours_left=words.text("forest.favours", arm=intervention),
        favours_right=words.text("forest.favours", arm=comparator),
        footnotes=(("1", notes[lang]),),
        question=ForestQuestion(
            intervention=intervention,
            comparator=comparator,
            outcome=outcome,
            participants=sum(row[2] + row[4] for row in URTI),
        ),
        provenance='{"analysis": "probiotics-urti", "sources": ["10.1007/s00394-010-0127-6"]}',
    )


def aad(lang: str = "en") -> Forest:
    """Forty-two real trials in two subgroups."""
    words = Words(lang)
    base = urti(lang, extras=False)
    pooled = pool(*zip(*(log_rr(*row[1:5]) for row in AAD), strict=True))
    weight = dict(zip((row[0] for row in AAD), pooled.weights, strict=True))
    titles = {
        "en": ("Inpatients", "Outpatients"),
        "nl": ("Opgenomen patiënten", "Poliklinische patiënten"),
        "de": ("Stationäre Patienten", "Ambulante Patienten"),
    }
    sections = []
    model = words.text("forest.random", tau2="REML", ci=words.text("forest.method.HKSJ"))
    for key, title in zip(("in", "out"), titles[lang], strict=True):
        table = [row for row in AAD if row[6] == key]
        part = pool(*zip(*(log_rr(*row[1:5]) for row in table), strict=True))
        weights = [weight[row[0]] for row in table]
        sections.append(
            ForestSection(
                title=title,
                rows=count_rows(words, table, weights),
                summary=summary(
                    words,
                    part,
                    key=f"subgroup-{key}",
                    label=words.text("forest.subtotal"),
                    cells=totals(words, table),
                    weight_text=weight_text(words, sum(weights)),
                ),
            )
        )
    return replace(
        base,
        figure_id=f"probiotics-aad.forest.{lang}",
        title="",
        sections=tuple(sections),
        summaries=(
            summary(
                words,
                pooled,
                key="overall",
                label=model,
                cells=totals(words, AAD),
                weight_text=words.number(100, decimals=1),
            ),
        ),
        footer=(subgroup_test_text(words, q=3.1, df=1, p_value=0.078),),
        footnotes=(),
        question=replace(base.question, participants=sum(row[2] + row[4] for row in AAD)),
    )
