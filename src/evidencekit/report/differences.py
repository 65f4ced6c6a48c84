"""The same table by the conventions of other programs, and which option makes the difference."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from evidencekit.errors import MethodError
from evidencekit.models.presets import OPTIONS, Difference, OptionEffect, Preset
from evidencekit.models.results import natural, plain
from evidencekit.quantities import Interval, Scale
from evidencekit.tables.pooling import PoolRequest

NAMES = {
    "tau2": "estimator of tau2",
    "ci": "interval of the mean",
    "prediction": "prediction interval",
    "tau2_ci": "interval of tau2",
    "i2": "definition of I2",
}
"""The options of a preset in words."""


def chosen(request: PoolRequest) -> Preset:
    """What was asked for, in the shape of a preset: what the others are compared with.

    Raises
    ------
    MethodError
        No interval method was named.
    """
    if request.ci is None:
        raise MethodError("a comparison needs a named interval method")
    return Preset(
        name="chosen",
        program="chosen here",
        tau2=request.tau2,
        ci=request.ci,
        prediction=request.prediction,
        tau2_ci=request.tau2_ci,
        i2="tau2",
    )


def differences_text(differences: Sequence[Difference], *, scale: Scale) -> str:
    """A block per program: its numbers on the scale people read, then what each option moves.

    *scale* is that of the table's measure; what an option moves is on the analysis scale.
    """
    lines = ["the same studies by the conventions of other programs:"]
    for difference in differences:
        lines += ["", *_block(difference, scale)]
    moved = "on the log scale" if scale == "log" else "in the units of the table"
    return "\n".join([*lines, "", f"what options move is {moved}"])


def _block(difference: Difference, scale: Scale) -> list[str]:
    preset = difference.preset
    estimate = _number(natural(difference.estimate, scale))
    lines = [
        f"{preset.program}: {estimate} ({_limits(difference.ci, scale)})",
        f"  prediction {_limits(difference.prediction, scale)}; "
        f"tau2 {_number(difference.tau2)}; I2 {_percent(difference.i2)}",
    ]
    lines += [f"  {_sentence(effect)}" for effect in difference.effects]
    if not difference.effects:
        lines.append("  no option differs from what was chosen here")
    if preset.remark:
        lines.append(f"  remark: {preset.remark}")
    return lines


def _sentence(effect: OptionEffect) -> str:
    """What one option alone moves, on the analysis scale."""
    prediction = (effect.prediction_low or 0.0, effect.prediction_high or 0.0)
    moved = {
        "estimate": effect.estimate,
        "interval": max(abs(effect.ci_low), abs(effect.ci_high)),
        "prediction interval": max(abs(x) for x in prediction),
        "tau2": effect.tau2,
        "I2": effect.i2,
    }
    parts = [f"{name} by {_number(abs(by))}" for name, by in moved.items() if abs(by) > 1e-12]
    what = ", ".join(parts) if parts else "none of these numbers"
    return f"{NAMES[effect.option]}: {effect.theirs} instead of {effect.ours} moves {what}"


def _limits(interval: Interval | None, scale: Scale) -> str:
    if interval is None:
        return "none"
    low, high = (_number(natural(x, scale)) for x in (interval.low, interval.high))
    return f"{low} to {high}"


def _number(value: float) -> str:
    return "undefined" if math.isnan(value) else f"{value:.4g}"


def _percent(value: float) -> str:
    return "undefined" if math.isnan(value) else f"{100 * value:.1f}%"


def differences_json(differences: Sequence[Difference]) -> list[dict[str, Any]]:
    """Plain values, full precision, on the analysis scale; what is undefined is null."""
    return [
        {
            "preset": difference.preset.name,
            "program": difference.preset.program,
            "options": {name: getattr(difference.preset, name) for name in OPTIONS},
            "remark": difference.preset.remark,
            "estimate": plain(difference.estimate),
            "ci": _interval(difference.ci),
            "prediction": _interval(difference.prediction),
            "tau2": plain(difference.tau2),
            "i2": plain(difference.i2),
            "effects": [
                {name: plain(getattr(effect, name)) for name in effect.__slots__}
                for effect in difference.effects
            ],
        }
        for difference in differences
    ]


def _interval(interval: Interval | None) -> dict[str, Any] | None:
    if interval is None:
        return None
    return {
        "low": plain(interval.low),
        "high": plain(interval.high),
        "level": interval.level,
        "method": interval.method,
    }
