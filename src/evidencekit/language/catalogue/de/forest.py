"""Forest plot: headings, summary rows, heterogeneity, footer."""

MESSAGES = {
    "forest.study": "Studie",
    "forest.total": "Gesamt",
    "forest.events_total": "Ereignisse/gesamt",
    "forest.events_time": "Ereignisse/Personenzeit",
    "forest.mean_sd": "Mittelwert (SD)",
    "forest.weight": "Gewicht (%)",
    "forest.estimate": "{measure} ({ci})",
    "forest.arm_1": "Intervention",
    "forest.arm_2": "Kontrolle",
    "forest.random": "Random-Effects-Modell ({tau2}, {ci})",
    "forest.common": "Common-Effect-Modell",
    "forest.common_robust": "Common-Effect-Modell ({ci})",
    "forest.exact": "Generalisiertes lineares gemischtes Modell",
    "forest.three_level": "Drei-Ebenen-Modell ({tau2}, {ci})",
    "forest.subtotal": "Zwischensumme",
    "forest.no_prediction": "Kein Prädiktionsintervall: {reason}",
    "forest.method.HKSJ": "Hartung-Knapp",
    "forest.method.wald": "Wald",
    "forest.method.t": "t-Verteilung",
    "forest.method.HKSJ-adhoc": "Hartung-Knapp, Ad-hoc-Regel",
    "forest.method.HKSJ-ci": "Hartung-Knapp, oder Wald falls breiter",
    "forest.method.HKSJ-IQWiG6": "Hartung-Knapp, IQWiG-Regel",
    "forest.method.KR": "Kenward-Roger",
    "forest.method.CR2": "clusterrobust",
    "forest.method.IVhet": "IVhet",
    "forest.method.PL": "Profil-Likelihood (REML)",
    "forest.method.PL-ML": "Profil-Likelihood",
    "forest.method.HC": "Henmi-Copas",
    # rows that carry no pooled number
    "forest.not_estimable": "nicht schätzbar",
    "forest.no_studies": "Keine Studien",
    "forest.shown_title": "Gezeigt, nicht gepoolt",
    "forest.published_title": "Veröffentlichte Ergebnisse, zum Vergleich",
    "forest.heterogeneity": "Heterogenität: τ² = {tau2}; I² = {i2}; Q = {q}, df = {df}, {p}",
    "forest.heterogeneity_ci": (
        "Heterogenität: τ² = {tau2} ({tau2_interval}); I² = {i2} ({i2_interval}); Q = {q}, df"
        " = {df}, {p}"
    ),
    "forest.heterogeneity_tau2": "Heterogenität: τ² = {tau2}",
    "forest.heterogeneity_one": "Heterogenität: nicht anwendbar (eine Studie)",
    "forest.subgroup_test": "Test auf Subgruppenunterschiede: Q = {q}, df = {df}, {p}",
    "forest.favours": "Vorteil für {arm}",
    "forest.clipped": (
        "Pfeile kennzeichnen Intervalle, die über die Achse hinausreichen; die Zahlen sind "
        "vollständig."
    ),
    "forest.prediction_needs": "dafür sind {n} Studien nötig",
    "forest.from_review": "Alle Anzahlen stammen aus einer Übersichtsarbeit.",
    "forest.estimate_unit": "{measure}, {unit} ({ci})",
}
