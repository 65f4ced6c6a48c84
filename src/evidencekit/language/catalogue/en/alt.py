"""Alternative text and long descriptions of figures.

The short forms drop, in this order, the participants and the arms: a screen
reader should hear the result before its patience runs out (250 characters).
"""

MESSAGES = {
    "alt.forest.one": "Forest plot of 1 trial ({participants} participants) comparing "
    "{intervention} with {comparator} for {outcome}: {measure} {estimate} ({ci} {interval}).",
    "alt.forest.other": "Forest plot of {n} trials ({participants} participants) comparing "
    "{intervention} with {comparator} for {outcome}: pooled {measure} {estimate} "
    "({ci} {interval}).",
    "alt.forest.plain.one": "Forest plot of 1 trial comparing {intervention} with {comparator} "
    "for {outcome}: {measure} {estimate} ({ci} {interval}).",
    "alt.forest.plain.other": "Forest plot of {n} trials comparing {intervention} with "
    "{comparator} for {outcome}: pooled {measure} {estimate} ({ci} {interval}).",
    "alt.forest.outcome.one": "Forest plot of 1 trial for {outcome}: {measure} {estimate} "
    "({ci} {interval}).",
    "alt.forest.outcome.other": "Forest plot of {n} trials for {outcome}: pooled {measure} "
    "{estimate} ({ci} {interval}).",
    "alt.forest.short.one": "Forest plot of 1 trial: {measure} {estimate} ({ci} {interval}).",
    "alt.forest.short.other": "Forest plot of {n} trials: pooled {measure} {estimate} "
    "({ci} {interval}).",
    "alt.forest.unpooled.one": "Forest plot of 1 trial comparing {intervention} with "
    "{comparator} for {outcome}; no pooled result.",
    "alt.forest.unpooled.other": "Forest plot of {n} trials comparing {intervention} with "
    "{comparator} for {outcome}; no pooled result.",
    "alt.forest.unpooled_short.one": "Forest plot of 1 trial; no pooled result.",
    "alt.forest.unpooled_short.other": "Forest plot of {n} trials; no pooled result.",
    # sentences of the long description
    "alt.row": "{label}: {text}.",
    "alt.row_weight": "{label}: {text}, weight {weight}%.",
    "alt.section": "{title}:",
    "alt.range": "Study estimates range from {low} ({low_label}) to {high} ({high_label}).",
    "alt.summary": "{label}: {measure} {text}.",
    "alt.prediction": "{label}: {text}.",
    "alt.direction": "Left of the line: {left}. Right of the line: {right}.",
}
