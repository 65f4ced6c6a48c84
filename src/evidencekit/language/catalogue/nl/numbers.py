"""How numbers are joined and named."""

MESSAGES = {
    "number.interval": "{low} tot {high}",
    "number.ci": "{estimate} ({interval})",
    "number.ci_name": "{level}%-BI",
    "number.prediction_name": "{level}%-voorspellingsinterval",
    "number.p": "P = {value}",
    "number.p_below": "P < {limit}",
    "number.p_above": "P > {limit}",
}
