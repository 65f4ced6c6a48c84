"""Names of effect measures: as a heading, and inside a sentence."""

MESSAGES = {
    "measure.RR": "Risicoratio",
    "measure.OR": "Oddsratio",
    "measure.RD": "Risicoverschil",
    "measure.HR": "Hazardratio",
    "measure.IRR": "Incidentieratio",
    "measure.MD": "Gemiddeld verschil",
    "measure.SMD": "Gestandaardiseerd gemiddeld verschil",
    "measure.ROM": "Verhouding van gemiddelden",
    "measure.RR.in_text": "risicoratio",
    "measure.OR.in_text": "oddsratio",
    "measure.RD.in_text": "risicoverschil",
    "measure.HR.in_text": "hazardratio",
    "measure.IRR.in_text": "incidentieratio",
    "measure.MD.in_text": "gemiddeld verschil",
    "measure.SMD.in_text": "gestandaardiseerd gemiddeld verschil",
    "measure.ROM.in_text": "verhouding van gemiddelden",
    "measure.generic": "Schatting",
    "measure.generic.in_text": "schatting",
}
