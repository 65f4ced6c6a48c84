"""Forest plot: headings, summary rows, heterogeneity, footer."""

MESSAGES = {
    # headings
    "forest.study": "Studie",
    "forest.events": "Ereignisse",
    "forest.total": "Gesamt",
    "forest.events_total": "Ereignisse/gesamt",
    "forest.mean": "Mittelwert",
    "forest.sd": "SD",
    "forest.mean_sd": "Mittelwert (SD)",
    "forest.weight": "Gewicht (%)",
    "forest.estimate": "{measure} ({ci})",
    "forest.arm_1": "Intervention",
    "forest.arm_2": "Kontrolle",
    # summary rows
    "forest.random": "Random-Effects-Modell ({tau2}, {ci})",
    "forest.common": "Common-Effect-Modell",
    "forest.common_named": "Common-Effect-Modell ({method})",
    "forest.subtotal": "Zwischensumme",
    "forest.total_row": "Gesamt",
    "forest.no_prediction": "Kein Vorhersageintervall: {reason}",
    "forest.too_few_for_prediction": "weniger als drei Studien",
    "forest.method.HKSJ": "Hartung-Knapp",
    "forest.method.wald": "Wald",
    "forest.method.t": "t-Verteilung",
    "forest.method.HKSJ-adhoc": "Hartung-Knapp, Ad-hoc-Regel",
    # rows that carry no pooled number
    "forest.not_estimable": "nicht schätzbar",
    "forest.not_pooled": "nicht gepoolt",
    "forest.no_studies": "Keine Studien",
    "forest.shown_title": "Gezeigt, nicht gepoolt",
    "forest.published_title": "Veröffentlichte Ergebnisse, zum Vergleich",
    # heterogeneity and tests
    "forest.heterogeneity": "Heterogenität: τ² = {tau2}; I² = {i2}; Q = {q}, df = {df}, {p}",
    "forest.heterogeneity_short": "τ² = {tau2}; I² = {i2}",
    "forest.heterogeneity_ci": "Heterogenität: τ² = {tau2} ({tau2_interval}); "
    "I² = {i2} ({i2_interval}); Q = {q}, df = {df}, {p}",
    "forest.heterogeneity_one": "Heterogenität: nicht anwendbar (eine Studie)",
    "forest.subgroup_test": "Test auf Subgruppenunterschiede: Q = {q}, df = {df}, {p}",
    "forest.overall_test": "Test auf Gesamteffekt: {statistic} = {value}, {p}",
    "forest.overall_test_df": "Test auf Gesamteffekt: {statistic} = {value}, df = {df}, {p}",
    # under the axis
    "forest.favours": "Vorteil für {arm}",
    "forest.more": "Mehr {outcome} mit {arm}",
    "forest.less": "Weniger {outcome} mit {arm}",
    "forest.higher": "Höher mit {arm}",
    "forest.lower": "Niedriger mit {arm}",
    "forest.clipped": "Pfeile kennzeichnen Intervalle, die über die Achse hinausreichen; "
    "die Zahlen sind vollständig.",
}
