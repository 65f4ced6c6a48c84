"""Names of effect measures: as a heading, and inside a sentence."""

MESSAGES = {
    "measure.RR": "Risk ratio",
    "measure.OR": "Odds ratio",
    "measure.RD": "Risk difference",
    "measure.HR": "Hazard ratio",
    "measure.IRR": "Rate ratio",
    "measure.MD": "Mean difference",
    "measure.SMD": "Standardised mean difference",
    "measure.ROM": "Ratio of means",
    "measure.RR.in_text": "risk ratio",
    "measure.OR.in_text": "odds ratio",
    "measure.RD.in_text": "risk difference",
    "measure.HR.in_text": "hazard ratio",
    "measure.IRR.in_text": "rate ratio",
    "measure.MD.in_text": "mean difference",
    "measure.SMD.in_text": "standardised mean difference",
    "measure.ROM.in_text": "ratio of means",
    "measure.generic": "Estimate",
    "measure.generic.in_text": "estimate",
}
