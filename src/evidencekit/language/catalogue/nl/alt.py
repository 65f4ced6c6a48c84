"""Alternative text and long descriptions of figures."""

MESSAGES = {
    "alt.forest.one": "Forestplot van 1 onderzoek ({participants} deelnemers) naar "
    "{intervention} vergeleken met {comparator} bij {outcome}: {measure} {estimate} "
    "({ci} {interval}).",
    "alt.forest.other": "Forestplot van {n} onderzoeken ({participants} deelnemers) naar "
    "{intervention} vergeleken met {comparator} bij {outcome}: gepoolde uitkomst, {measure} "
    "{estimate} ({ci} {interval}).",
    "alt.forest.plain.one": "Forestplot van 1 onderzoek naar {intervention} vergeleken met "
    "{comparator} bij {outcome}: {measure} {estimate} ({ci} {interval}).",
    "alt.forest.plain.other": "Forestplot van {n} onderzoeken naar {intervention} vergeleken met "
    "{comparator} bij {outcome}: gepoolde uitkomst, {measure} {estimate} ({ci} {interval}).",
    "alt.forest.outcome.one": "Forestplot van 1 onderzoek bij {outcome}: {measure} {estimate} "
    "({ci} {interval}).",
    "alt.forest.outcome.other": "Forestplot van {n} onderzoeken bij {outcome}: gepoolde "
    "uitkomst, {measure} {estimate} ({ci} {interval}).",
    "alt.forest.short.one": "Forestplot van 1 onderzoek: {measure} {estimate} ({ci} {interval}).",
    "alt.forest.short.other": "Forestplot van {n} onderzoeken: gepoolde uitkomst, {measure} "
    "{estimate} ({ci} {interval}).",
    "alt.forest.unpooled.one": "Forestplot van 1 onderzoek naar {intervention} vergeleken met "
    "{comparator} bij {outcome}; geen gepoolde uitkomst.",
    "alt.forest.unpooled.other": "Forestplot van {n} onderzoeken naar {intervention} vergeleken "
    "met {comparator} bij {outcome}; geen gepoolde uitkomst.",
    "alt.forest.unpooled_short.one": "Forestplot van 1 onderzoek; geen gepoolde uitkomst.",
    "alt.forest.unpooled_short.other": "Forestplot van {n} onderzoeken; geen gepoolde uitkomst.",
    # sentences of the long description
    "alt.row": "{label}: {text}.",
    "alt.row_weight": "{label}: {text}, gewicht {weight}%.",
    "alt.section": "{title}:",
    "alt.range": "De schattingen lopen van {low} ({low_label}) tot {high} ({high_label}).",
    "alt.summary": "{label}: {measure} {text}.",
    "alt.prediction": "{label}: {text}.",
    "alt.direction": "Links van de lijn: {left}. Rechts van de lijn: {right}.",
}
