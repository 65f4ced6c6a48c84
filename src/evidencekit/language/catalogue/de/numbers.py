"""How numbers are joined and named."""

MESSAGES = {
    "number.interval": "{low} bis {high}",
    "number.ci": "{estimate} ({interval})",
    "number.ci_name": "{level}-%-KI",
    "number.prediction_name": "{level}-%-Prädiktionsintervall",
    "number.p": "P = {value}",
    "number.p_below": "P < {limit}",
    "number.p_above": "P > {limit}",
}
