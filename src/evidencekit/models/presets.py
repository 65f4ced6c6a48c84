"""The conventions of other programs as named options (``PRESETS``), and what each one changes.

Programs rarely disagree about a formula; they differ in what they choose when
the user chooses nothing. A preset is that choice, spelled out. Conventions that
act before pooling (zero cells, variances of standardised differences) belong to
the effect measures and are not part of it.

References
----------
[1] Viechtbauer W. Conducting meta-analyses in R with the metafor package.
    J Stat Softw 2010;36(3):1-48. doi:10.18637/jss.v036.i03
[2] Balduzzi S, Rücker G, Schwarzer G. How to perform a meta-analysis with R: a
    practical tutorial. Evid Based Ment Health 2019;22:153-60.
    doi:10.1136/ebmental-2019-300117
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from evidencekit.errors import MethodError
from evidencekit.models.pool import Data, gather_studies, pool
from evidencekit.models.results import PooledResult
from evidencekit.models.settings import Settings, choose
from evidencekit.quantities import Interval

I2Definition = Literal["tau2", "q"]
OPTIONS = ("tau2", "ci", "prediction", "tau2_ci", "i2")


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A row of ``PRESETS``: what a program does when nothing is chosen, random effects.

    Parameters
    ----------
    name, program
        Short name, and the program with the version the conventions are taken from.
    tau2, ci, prediction, tau2_ci
        Rows of ``TAU2_ESTIMATORS``, ``CI_METHODS``, ``PREDICTION_METHODS`` and
        ``TAU2_INTERVALS``; None where the program shows none.
    i2
        "tau2": I squared = tau2 / (tau2 + v_t); "q": (Q - df) / Q.
    remark
        What the options cannot reproduce.
    """

    name: str
    program: str
    tau2: str
    ci: str
    prediction: str | None
    tau2_ci: str | None
    i2: I2Definition
    remark: str = ""

    def settings(self, *, level: float = 0.95) -> Settings:
        """The options that :func:`~evidencekit.models.batch.pool_batch` takes."""
        return Settings(
            tau2=self.tau2,
            ci=self.ci,
            prediction=self.prediction,
            tau2_ci=self.tau2_ci,
            level=level,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionEffect:
    """One option that a preset sets otherwise, and what that option alone moves.

    The shifts are "with their choice" minus "with ours", everything else as
    ours, on the analysis scale; None where one of the two shows no such number.
    """

    option: str
    ours: str
    theirs: str
    estimate: float
    ci_low: float
    ci_high: float
    prediction_low: float | None
    prediction_high: float | None
    tau2: float
    i2: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The same studies by the conventions of one program.

    Parameters
    ----------
    preset
        A row of ``PRESETS``.
    result
        The analysis by its options.
    estimate, ci, prediction, tau2, i2
        What the program would print, in full precision.
    effects
        The options it sets otherwise; empty when it agrees with ours. Their shifts
        need not add up, because the options act on each other.
    """

    preset: Preset
    result: PooledResult
    estimate: float
    ci: Interval
    prediction: Interval | None
    tau2: float
    i2: float
    effects: tuple[OptionEffect, ...]


def explain_differences(
    data: Data,
    *,
    ours: Preset | str = "evidencekit",
    level: float = 0.95,
    labels: Sequence[str] | None = None,
) -> tuple[Difference, ...]:
    """Pool the same studies by every preset and name the options behind each difference.

    Parameters
    ----------
    data, labels
        As for :func:`~evidencekit.models.pool.pool`.
    ours
        The preset, by name or made by hand, that the others are compared with.
    level
        Coverage of all intervals.

    Returns
    -------
    tuple of Difference
        One for each row of ``PRESETS``, in its order.

    Raises
    ------
    MethodError
        As for :func:`~evidencekit.models.pool.pool`.
    """
    base = choose(PRESETS, ours, "preset") if isinstance(ours, str) else ours
    studies = gather_studies(data, labels=labels)
    pair = (studies.estimates, studies.ses)
    reference = _Run(pair, base, level)
    return tuple(_difference(pair, preset, base, reference, level) for preset in PRESETS.values())


class _Run:
    """Studies pooled by a preset."""

    def __init__(self, pair: Data, preset: Preset, level: float) -> None:
        self.result = pool(
            pair,
            tau2=preset.tau2,
            ci=preset.ci,
            prediction=preset.prediction,
            tau2_ci=preset.tau2_ci,
            level=level,
        )
        self.i2 = self.result.i2 if preset.i2 == "tau2" else self.result.i2_q


def _difference(
    pair: Data, preset: Preset, base: Preset, reference: _Run, level: float
) -> Difference:
    theirs = _Run(pair, preset, level)
    effects = tuple(
        _effect(option, base, preset, reference, _alone(pair, base, preset, option, level))
        for option in OPTIONS
        if getattr(base, option) != getattr(preset, option)
    )
    return Difference(
        preset=preset,
        result=theirs.result,
        estimate=theirs.result.estimate,
        ci=theirs.result.ci,
        prediction=theirs.result.prediction,
        tau2=theirs.result.tau2,
        i2=theirs.i2,
        effects=effects,
    )


def _alone(pair: Data, base: Preset, preset: Preset, option: str, level: float) -> _Run:
    """Our analysis with this one option set as theirs."""
    changed = replace(base, **{option: getattr(preset, option)})
    try:
        return _Run(pair, changed, level)
    except MethodError:
        # An interval that belongs to one estimator changes together with it.
        return _Run(pair, replace(changed, ci=preset.ci, prediction=preset.prediction), level)


def _effect(option: str, base: Preset, preset: Preset, before: _Run, after: _Run) -> OptionEffect:
    one, other = before.result, after.result
    low = high = None
    if one.prediction is not None and other.prediction is not None:
        low = other.prediction.low - one.prediction.low
        high = other.prediction.high - one.prediction.high
    return OptionEffect(
        option=option,
        ours=getattr(base, option) or "none",
        theirs=getattr(preset, option) or "none",
        estimate=other.estimate - one.estimate,
        ci_low=other.ci.low - one.ci.low,
        ci_high=other.ci.high - one.ci.high,
        prediction_low=low,
        prediction_high=high,
        tau2=other.tau2 - one.tau2,
        i2=after.i2 - before.i2,
    )


PRESETS: dict[str, Preset] = {
    row.name: row
    for row in (
        Preset(
            name="evidencekit",
            program="evidencekit",
            tau2="REML",
            ci="HKSJ",
            prediction="HK",
            tau2_ci="QP",
            i2="tau2",
        ),
        Preset(
            name="metafor",
            program="metafor 5.1, rma() and predict()",
            tau2="REML",
            ci="wald",
            prediction="S",
            tau2_ci="QP",
            i2="tau2",
            remark="Stops when tau2 moves less than 1e-5, in the units of the data, and reports "
            "the mode its search from one start ends at.",
        ),
        Preset(
            name="meta",
            program="meta 8.4, metagen()",
            tau2="REML",
            ci="wald",
            prediction="V",
            tau2_ci="QP",
            i2="q",
            remark="tau2 comes from metafor, with its stopping rule.",
        ),
        Preset(
            name="revman5",
            program="RevMan 5",
            tau2="DL",
            ci="wald",
            prediction=None,
            tau2_ci=None,
            i2="q",
            remark="For counts its Q, and with it tau2, is taken around the Mantel-Haenszel "
            "estimate.",
        ),
        Preset(
            name="revman2025",
            program="RevMan, January 2025, with the methods the Cochrane Handbook recommends",
            tau2="REML",
            ci="HKSJ",
            prediction="HK",
            tau2_ci="QP",
            i2="tau2",
            remark="Wald intervals and DerSimonian-Laird are offered as well.",
        ),
        Preset(
            name="stata",
            program="Stata 19, meta summarize, predinterval",
            tau2="REML",
            ci="wald",
            prediction="HTS",
            tau2_ci=None,
            i2="tau2",
        ),
    )
}
