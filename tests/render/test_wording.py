"""Numbers to the texts of the figure."""

from __future__ import annotations

from evidencekit.language import Words
from evidencekit.quantities import Counts, Interval, Means
from evidencekit.render.wording import (
    estimate_text,
    events_cells,
    events_columns,
    heterogeneity_text,
    means_cells,
    means_columns,
    prediction_row,
    subgroup_test_text,
    tau2_text,
    weight_text,
)

EN, NL, DE = Words("en"), Words("nl"), Words("de")


def test_estimates() -> None:
    ci = Interval(low=0.664, high=0.896)
    assert estimate_text(EN, 0.774, ci) == "0.77 (0.66 to 0.90)"
    assert estimate_text(DE, -1.5, Interval(low=-2.25, high=0.5), decimals=1) == (
        "−1,5 (−2,2 bis 0,5)"
    )
    assert estimate_text(NL, None, None) == "niet te schatten"
    assert estimate_text(NL, 1.0014, None) == "1,00"


def test_cells() -> None:
    counts = Counts(events_1=74, total_1=1350, events_2=61.25, total_2=137)
    assert events_cells(EN, counts) == ("74/1,350", "61.2/137")
    means = Means(mean_1=7.25, sd_1=2.9, total_1=12, mean_2=10.64, sd_2=4.67, total_2=11)
    assert means_cells(NL, means, decimals=2) == ("7,25 (2,90)", "12", "10,64 (4,67)", "11")


def test_arms_are_headings() -> None:
    assert [c.header for c in events_columns(EN, "probiotics", "usual care")] == [
        "Probiotics",
        "Usual care",
    ]
    assert [c.group for c in means_columns(NL, "L. reuteri", "placebo")] == [
        "L. reuteri",
        "L. reuteri",
        "Placebo",
        "Placebo",
    ]


def test_heterogeneity() -> None:
    values = {"tau2": 0.0213, "i2": 0.534, "q": 14.75, "df": 7, "p_value": 0.0393}
    assert heterogeneity_text(EN, **values) == (  # type: ignore[arg-type]
        "Heterogeneity: τ² = 0.02; I² = 53%; Q = 14.75, df = 7, P = 0.039"
    )
    assert heterogeneity_text(
        DE,
        **values,  # type: ignore[arg-type]
        tau2_ci=Interval(low=0.0, high=0.1),
        i2_ci=Interval(low=0.0, high=0.8),
    ) == (
        "Heterogenität: τ² = 0,02 (0 bis 0,10); I² = 53\u00a0% (0\u00a0% bis 80\u00a0%); "
        "Q = 14,75, df = 7, P = 0,039"
    )
    one = heterogeneity_text(NL, tau2=0.0, i2=0.0, q=0.0, df=0, p_value=1.0)
    assert one == "Heterogeniteit: niet van toepassing (één onderzoek)"


def test_small_parts() -> None:
    assert tau2_text(EN, 0.0) == "0"
    assert tau2_text(EN, 0.0042) == "0.004"
    assert weight_text(NL, 0.1234) == "12,3"
    assert weight_text(NL, None) == ""
    assert subgroup_test_text(EN, q=3.1, df=1, p_value=0.078) == (
        "Test for subgroup differences: Q = 3.10, df = 1, P = 0.078"
    )


def test_prediction() -> None:
    row = prediction_row(DE, Interval(low=0.6, high=0.98), reason="")
    assert (row.label, row.text) == ("95-%-Prädiktionsintervall", "0,60 bis 0,98")
    reason = NL.text("forest.prediction_needs", n=NL.integer(2))
    none = prediction_row(NL, None, reason=reason)
    assert none.low is None
    assert none.label == "Geen voorspellingsinterval: er zijn 2 onderzoeken voor nodig"
