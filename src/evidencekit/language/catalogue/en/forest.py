"""Forest plot: headings, summary rows, heterogeneity, footer."""

MESSAGES = {
    # headings
    "forest.study": "Study",
    "forest.events": "Events",
    "forest.total": "Total",
    "forest.events_total": "Events/total",
    "forest.mean": "Mean",
    "forest.sd": "SD",
    "forest.mean_sd": "Mean (SD)",
    "forest.weight": "Weight (%)",
    "forest.estimate": "{measure} ({ci})",
    "forest.arm_1": "Intervention",
    "forest.arm_2": "Control",
    # summary rows
    "forest.random": "Random-effects model ({tau2}, {ci})",
    "forest.common": "Common-effect model",
    "forest.common_named": "Common-effect model ({method})",
    "forest.subtotal": "Subtotal",
    "forest.total_row": "Total",
    "forest.no_prediction": "No prediction interval: {reason}",
    "forest.too_few_for_prediction": "fewer than three studies",
    "forest.method.HKSJ": "Hartung-Knapp",
    "forest.method.wald": "Wald",
    "forest.method.t": "t distribution",
    "forest.method.HKSJ-adhoc": "Hartung-Knapp, ad hoc rule",
    # rows that carry no pooled number
    "forest.not_estimable": "not estimable",
    "forest.not_pooled": "not pooled",
    "forest.no_studies": "No studies",
    "forest.shown_title": "Shown but not pooled",
    "forest.published_title": "Published results, for comparison",
    # heterogeneity and tests
    "forest.heterogeneity": "Heterogeneity: τ² = {tau2}; I² = {i2}; Q = {q}, df = {df}, {p}",
    "forest.heterogeneity_short": "τ² = {tau2}; I² = {i2}",
    "forest.heterogeneity_ci": "Heterogeneity: τ² = {tau2} ({tau2_interval}); "
    "I² = {i2} ({i2_interval}); Q = {q}, df = {df}, {p}",
    "forest.heterogeneity_one": "Heterogeneity: not applicable (one study)",
    "forest.subgroup_test": "Test for subgroup differences: Q = {q}, df = {df}, {p}",
    "forest.overall_test": "Test for overall effect: {statistic} = {value}, {p}",
    "forest.overall_test_df": "Test for overall effect: {statistic} = {value}, df = {df}, {p}",
    # under the axis
    "forest.favours": "Favours {arm}",
    "forest.more": "More {outcome} with {arm}",
    "forest.less": "Less {outcome} with {arm}",
    "forest.higher": "Higher with {arm}",
    "forest.lower": "Lower with {arm}",
    "forest.clipped": "Arrows mark intervals that extend beyond the axis; "
    "the numbers are complete.",
}
