"""Forest plot: headings, summary rows, heterogeneity, footer."""

MESSAGES = {
    "forest.study": "Study",
    "forest.total": "Total",
    "forest.events_total": "Events/total",
    "forest.events_time": "Events/person-time",
    "forest.mean_sd": "Mean (SD)",
    "forest.weight": "Weight (%)",
    "forest.estimate": "{measure} ({ci})",
    "forest.arm_1": "Intervention",
    "forest.arm_2": "Control",
    "forest.random": "Random-effects model ({tau2}, {ci})",
    "forest.common": "Common-effect model",
    "forest.common_robust": "Common-effect model ({ci})",
    "forest.exact": "Generalised linear mixed model",
    "forest.three_level": "Three-level model ({tau2}, {ci})",
    "forest.subtotal": "Subtotal",
    "forest.no_prediction": "No prediction interval: {reason}",
    "forest.method.HKSJ": "Hartung-Knapp",
    "forest.method.wald": "Wald",
    "forest.method.t": "t distribution",
    "forest.method.HKSJ-adhoc": "Hartung-Knapp, ad hoc rule",
    "forest.method.HKSJ-ci": "Hartung-Knapp, or Wald if wider",
    "forest.method.HKSJ-IQWiG6": "Hartung-Knapp, IQWiG rule",
    "forest.method.KR": "Kenward-Roger",
    "forest.method.CR2": "cluster-robust",
    "forest.method.IVhet": "IVhet",
    "forest.method.PL": "profile restricted likelihood",
    "forest.method.PL-ML": "profile likelihood",
    "forest.method.HC": "Henmi-Copas",
    # rows that carry no pooled number
    "forest.not_estimable": "not estimable",
    "forest.no_studies": "No studies",
    "forest.shown_title": "Shown but not pooled",
    "forest.published_title": "Published results, for comparison",
    "forest.heterogeneity": "Heterogeneity: τ² = {tau2}; I² = {i2}; Q = {q}, df = {df}, {p}",
    "forest.heterogeneity_ci": (
        "Heterogeneity: τ² = {tau2} ({tau2_interval}); I² = {i2} ({i2_interval}); Q = {q}, df"
        " = {df}, {p}"
    ),
    "forest.heterogeneity_tau2": "Heterogeneity: τ² = {tau2}",
    "forest.heterogeneity_one": "Heterogeneity: not applicable (one study)",
    "forest.subgroup_test": "Test for subgroup differences: Q = {q}, df = {df}, {p}",
    "forest.favours": "Favours {arm}",
    "forest.clipped": (
        "Arrows mark intervals that extend beyond the axis; the numbers are complete."
    ),
    "forest.prediction_needs": "it needs {n} studies",
    "forest.from_review": "All counts are from a review.",
    "forest.estimate_unit": "{measure}, {unit} ({ci})",
}
