"""Alternative text and long descriptions of figures."""

MESSAGES = {
    "alt.forest.one": "Forest-Plot von 1 Studie ({participants} Teilnehmende), Vergleich: "
    "{intervention} versus {comparator}, Endpunkt: {outcome}. Ergebnis: {measure} {estimate} "
    "({ci} {interval}).",
    "alt.forest.other": "Forest-Plot von {n} Studien ({participants} Teilnehmende), Vergleich: "
    "{intervention} versus {comparator}, Endpunkt: {outcome}. Gepooltes Ergebnis: {measure} "
    "{estimate} ({ci} {interval}).",
    "alt.forest.plain.one": "Forest-Plot von 1 Studie, Vergleich: {intervention} versus "
    "{comparator}, Endpunkt: {outcome}. Ergebnis: {measure} {estimate} ({ci} {interval}).",
    "alt.forest.plain.other": "Forest-Plot von {n} Studien, Vergleich: {intervention} versus "
    "{comparator}, Endpunkt: {outcome}. Gepooltes Ergebnis: {measure} {estimate} "
    "({ci} {interval}).",
    "alt.forest.outcome.one": "Forest-Plot von 1 Studie, Endpunkt: {outcome}. Ergebnis: "
    "{measure} {estimate} ({ci} {interval}).",
    "alt.forest.outcome.other": "Forest-Plot von {n} Studien, Endpunkt: {outcome}. Gepooltes "
    "Ergebnis: {measure} {estimate} ({ci} {interval}).",
    "alt.forest.short.one": "Forest-Plot von 1 Studie. Ergebnis: {measure} {estimate} "
    "({ci} {interval}).",
    "alt.forest.short.other": "Forest-Plot von {n} Studien. Gepooltes Ergebnis: {measure} "
    "{estimate} ({ci} {interval}).",
    "alt.forest.unpooled.one": "Forest-Plot von 1 Studie, Vergleich: {intervention} versus "
    "{comparator}, Endpunkt: {outcome}. Kein gepooltes Ergebnis.",
    "alt.forest.unpooled.other": "Forest-Plot von {n} Studien, Vergleich: {intervention} versus "
    "{comparator}, Endpunkt: {outcome}. Kein gepooltes Ergebnis.",
    "alt.forest.unpooled_short.one": "Forest-Plot von 1 Studie. Kein gepooltes Ergebnis.",
    "alt.forest.unpooled_short.other": "Forest-Plot von {n} Studien. Kein gepooltes Ergebnis.",
    # sentences of the long description
    "alt.row": "{label}: {text}.",
    "alt.row_weight": "{label}: {text}, Gewicht {weight}\u00a0%.",
    "alt.section": "{title}:",
    "alt.range": "Die Einzelschätzungen reichen von {low} ({low_label}) bis {high} ({high_label}).",
    "alt.summary": "{label}: {measure} {text}.",
    "alt.prediction": "{label}: {text}.",
    "alt.direction": "Links der Linie: {left}. Rechts der Linie: {right}.",
}
