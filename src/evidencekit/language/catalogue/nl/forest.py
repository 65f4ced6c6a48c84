"""Forest plot: headings, summary rows, heterogeneity, footer."""

MESSAGES = {
    # headings
    "forest.study": "Onderzoek",
    "forest.events": "Gebeurtenissen",
    "forest.total": "Totaal",
    "forest.events_total": "Gebeurtenissen/totaal",
    "forest.mean": "Gemiddelde",
    "forest.sd": "SD",
    "forest.mean_sd": "Gemiddelde (SD)",
    "forest.weight": "Gewicht (%)",
    "forest.estimate": "{measure} ({ci})",
    "forest.arm_1": "Interventie",
    "forest.arm_2": "Controle",
    # summary rows
    "forest.random": "Random-effects-model ({tau2}, {ci})",
    "forest.common": "Common-effect-model",
    "forest.common_named": "Common-effect-model ({method})",
    "forest.subtotal": "Subtotaal",
    "forest.total_row": "Totaal",
    "forest.no_prediction": "Geen voorspellingsinterval: {reason}",
    "forest.too_few_for_prediction": "minder dan drie onderzoeken",
    "forest.method.HKSJ": "Hartung-Knapp",
    "forest.method.wald": "Wald",
    "forest.method.t": "t-verdeling",
    "forest.method.HKSJ-adhoc": "Hartung-Knapp, ad-hocregel",
    # rows that carry no pooled number
    "forest.not_estimable": "niet te schatten",
    "forest.not_pooled": "niet gepoold",
    "forest.no_studies": "Geen onderzoeken",
    "forest.shown_title": "Getoond, niet gepoold",
    "forest.published_title": "Gepubliceerde resultaten, ter vergelijking",
    # heterogeneity and tests
    "forest.heterogeneity": "Heterogeniteit: τ² = {tau2}; I² = {i2}; Q = {q}, df = {df}, {p}",
    "forest.heterogeneity_short": "τ² = {tau2}; I² = {i2}",
    "forest.heterogeneity_ci": "Heterogeniteit: τ² = {tau2} ({tau2_interval}); "
    "I² = {i2} ({i2_interval}); Q = {q}, df = {df}, {p}",
    "forest.heterogeneity_one": "Heterogeniteit: niet van toepassing (één onderzoek)",
    "forest.subgroup_test": "Toets op verschil tussen subgroepen: Q = {q}, df = {df}, {p}",
    "forest.overall_test": "Toets op het totale effect: {statistic} = {value}, {p}",
    "forest.overall_test_df": "Toets op het totale effect: {statistic} = {value}, df = {df}, {p}",
    # under the axis
    "forest.favours": "Voordeel {arm}",
    "forest.more": "Meer {outcome} met {arm}",
    "forest.less": "Minder {outcome} met {arm}",
    "forest.higher": "Hoger met {arm}",
    "forest.lower": "Lager met {arm}",
    "forest.clipped": "Pijlen markeren intervallen die buiten de as vallen; "
    "de getallen zijn volledig.",
}
