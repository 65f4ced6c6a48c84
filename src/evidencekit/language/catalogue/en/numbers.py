"""How numbers are joined and named."""

MESSAGES = {
    "number.interval": "{low} to {high}",
    "number.ci": "{estimate} ({interval})",
    "number.ci_name": "{level}% CI",
    "number.prediction_name": "{level}% prediction interval",
    "number.p": "P = {value}",
    "number.p_below": "P < {limit}",
    "number.p_above": "P > {limit}",
}
