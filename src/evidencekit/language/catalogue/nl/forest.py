"""Forest plot: headings, summary rows, heterogeneity, footer."""

MESSAGES = {
    "forest.study": "Onderzoek",
    "forest.total": "Totaal",
    "forest.events_total": "Gebeurtenissen/totaal",
    "forest.events_time": "Gebeurtenissen/persoonstijd",
    "forest.mean_sd": "Gemiddelde (SD)",
    "forest.weight": "Gewicht (%)",
    "forest.estimate": "{measure} ({ci})",
    "forest.arm_1": "Interventie",
    "forest.arm_2": "Controle",
    "forest.random": "Random-effects-model ({tau2}, {ci})",
    "forest.common": "Common-effect-model",
    "forest.common_robust": "Common-effect-model ({ci})",
    "forest.exact": "Gegeneraliseerd lineair gemengd model",
    "forest.three_level": "Drie-niveaumodel ({tau2}, {ci})",
    "forest.subtotal": "Subtotaal",
    "forest.no_prediction": "Geen voorspellingsinterval: {reason}",
    "forest.method.HKSJ": "Hartung-Knapp",
    "forest.method.wald": "Wald",
    "forest.method.t": "t-verdeling",
    "forest.method.HKSJ-adhoc": "Hartung-Knapp, ad-hocregel",
    "forest.method.HKSJ-ci": "Hartung-Knapp, of Wald indien breder",
    "forest.method.HKSJ-IQWiG6": "Hartung-Knapp, IQWiG-regel",
    "forest.method.KR": "Kenward-Roger",
    "forest.method.CR2": "clusterrobuust",
    "forest.method.IVhet": "IVhet",
    "forest.method.PL": "profiel-REML-likelihood",
    "forest.method.PL-ML": "profiel-likelihood",
    "forest.method.HC": "Henmi-Copas",
    # rows that carry no pooled number
    "forest.not_estimable": "niet te schatten",
    "forest.no_studies": "Geen onderzoeken",
    "forest.shown_title": "Getoond, niet gepoold",
    "forest.published_title": "Gepubliceerde resultaten, ter vergelijking",
    "forest.heterogeneity": "Heterogeniteit: τ² = {tau2}; I² = {i2}; Q = {q}, df = {df}, {p}",
    "forest.heterogeneity_ci": (
        "Heterogeniteit: τ² = {tau2} ({tau2_interval}); I² = {i2} ({i2_interval}); Q = {q}, "
        "df = {df}, {p}"
    ),
    "forest.heterogeneity_tau2": "Heterogeniteit: τ² = {tau2}",
    "forest.heterogeneity_one": "Heterogeniteit: niet van toepassing (één onderzoek)",
    "forest.subgroup_test": "Toets op verschil tussen subgroepen: Q = {q}, df = {df}, {p}",
    "forest.favours": "Voordeel {arm}",
    "forest.clipped": (
        "Pijlen markeren intervallen die buiten de as vallen; de getallen zijn volledig."
    ),
    "forest.prediction_needs": "er zijn {n} onderzoeken voor nodig",
    "forest.from_review": "Alle aantallen komen uit een review.",
    "forest.estimate_unit": "{measure}, {unit} ({ci})",
}
