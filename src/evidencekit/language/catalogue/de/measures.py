"""Names of effect measures: as a heading, and inside a sentence."""

MESSAGES = {
    "measure.RR": "Risikoverhältnis",
    "measure.OR": "Odds Ratio",
    "measure.RD": "Risikodifferenz",
    "measure.HR": "Hazard Ratio",
    "measure.IRR": "Ratenverhältnis",
    "measure.MD": "Mittelwertdifferenz",
    "measure.SMD": "Standardisierte Mittelwertdifferenz",
    "measure.ROM": "Mittelwertverhältnis",
    "measure.RR.in_text": "Risikoverhältnis",
    "measure.OR.in_text": "Odds Ratio",
    "measure.RD.in_text": "Risikodifferenz",
    "measure.HR.in_text": "Hazard Ratio",
    "measure.IRR.in_text": "Ratenverhältnis",
    "measure.MD.in_text": "Mittelwertdifferenz",
    "measure.SMD.in_text": "standardisierte Mittelwertdifferenz",
    "measure.ROM.in_text": "Mittelwertverhältnis",
    "measure.generic": "Schätzwert",
    "measure.generic.in_text": "Schätzwert",
}
