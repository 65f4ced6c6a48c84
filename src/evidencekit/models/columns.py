"""The arithmetic of ``pool_batch``: one block of meta-analyses to one array per quantity."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from evidencekit.models.heterogeneity import (
    common_effect,
    h2_from_tau2,
    h_from_q,
    h_limits,
    i2_from_q,
    i2_from_tau2,
    q_p_value,
    r_b,
)
from evidencekit.models.intervals import CI_METHODS, PREDICTION_METHODS, IntervalMethod
from evidencekit.models.kernel import Block, FloatArray, IntArray
from evidencekit.models.mean_fit import Fit, SeDf, fit_mean
from evidencekit.models.mean_inference import Inference, student
from evidencekit.models.quantiles import limits
from evidencekit.models.settings import Settings
from evidencekit.models.tau2 import fit_block
from evidencekit.models.tau2_intervals import TAU2_INTERVALS
from evidencekit.models.tau2_result import rescale

Columns = dict[str, NDArray[np.generic]]


def pool_block(block: Block, settings: Settings, given: FloatArray | None) -> Columns:
    """All columns of one block, in the units of the data."""
    some = np.flatnonzero(block.count > 0)
    if some.size == block.n:
        return _pool_studies(block, settings, given)
    part = None if given is None else given[some]
    return gather(block.n, [(some, _pool_studies(block.take(some), settings, part))], settings)


def _pool_studies(block: Block, settings: Settings, given: FloatArray | None) -> Columns:
    common = common_effect(block)
    if settings.model == "common_effect":
        columns, tau2 = _no_tau2(block.n), np.zeros(block.n)
    elif given is not None:
        columns, tau2 = _no_tau2(block.n) | {"tau2": given}, given / block.scale**2
    else:
        columns, tau2 = _tau2_columns(block, settings)
    fit = fit_mean(block, tau2, settings.level)
    columns |= _mean_columns(block, fit, settings)
    h_low, h_high = h_limits(common.q, common.df, settings.level)
    columns |= {
        "q": common.q,
        "q_df": common.df,
        "q_p": q_p_value(common.q, common.df),
        "i2_q": i2_from_q(common.q, common.df),
        "h": h_from_q(common.q, common.df),
        "h_low": h_low,
        "h_high": h_high,
        "typical_variance": common.typical_variance * block.scale**2,
    }
    if settings.model == "random_effects":
        columns["i2"] = i2_from_tau2(tau2, common.typical_variance)
        columns["h2"] = h2_from_tau2(tau2, common.typical_variance)
        columns["r_b"] = r_b(tau2, fit.se, fit.k)
    return columns


def _no_tau2(n: int) -> Columns:
    """Columns on tau2 where it is assumed (0 in the common-effect model), not estimated."""
    unknown = np.full(n, np.nan)
    return {
        "tau2": np.zeros(n),
        "tau2_converged": np.ones(n, dtype=bool),
        "tau2_modes": np.zeros(n, dtype=np.intp),
        "tau2_low": unknown,
        "tau2_high": unknown,
        "tau2_status": np.full(n, ""),
        "mode_values": unknown[:, None],
        "mode_loglik": unknown[:, None],
        "i2": unknown,
        "h2": unknown,
        "r_b": unknown,
    }


def _tau2_columns(block: Block, settings: Settings) -> tuple[Columns, FloatArray]:
    """Columns on tau2 in the units of the data, and tau2 in scaled units."""
    scaled = fit_block(block, settings.tau2)
    found = rescale(scaled, block.scale)
    square = block.scale**2
    columns: Columns = {
        "tau2": found.tau2,
        "tau2_converged": found.converged,
        "tau2_modes": found.mode_count,
        "tau2_low": np.full(block.n, np.nan),
        "tau2_high": np.full(block.n, np.nan),
        "tau2_status": np.full(block.n, ""),
        "mode_values": found.modes,
        "mode_loglik": found.mode_loglik,
    }
    if settings.tau2_ci is not None:
        interval = TAU2_INTERVALS[settings.tau2_ci]
        low, high, status = interval.function(block, scaled.tau2, settings.level)
        columns["tau2_low"], columns["tau2_high"] = low * square, high * square
        columns["tau2_status"] = status
    return columns, scaled.tau2


def _mean_columns(block: Block, fit: Fit, settings: Settings) -> Columns:
    """Columns on the mean and the prediction interval, in the units of the data."""
    mean, found = _infer(fit, CI_METHODS[settings.ci], -block.shift / block.scale)
    columns: Columns = {
        "estimate": fit.estimate * block.scale + block.shift,
        "se": mean.se * block.scale,
        "se_wald": fit.se * block.scale,
        "statistic": found.statistic,
        "df": mean.df,
        "p_value": found.p_value,
        "ci_low": found.low * block.scale + block.shift,
        "ci_high": found.high * block.scale + block.shift,
    } | _no_prediction(block.n)
    if settings.prediction is not None and settings.model == "random_effects":
        spread, df = _prediction(fit, PREDICTION_METHODS[settings.prediction])
        low, high = limits(fit.estimate, spread, df, settings.level)
        columns["prediction_low"] = low * block.scale + block.shift
        columns["prediction_high"] = high * block.scale + block.shift
        columns["prediction_se"], columns["prediction_df"] = spread * block.scale, df
    return columns


def _infer(fit: Fit, method: IntervalMethod, null: FloatArray) -> tuple[SeDf, Inference]:
    """Standard error, limits and test; Wald where there are too few studies for the method.

    ``pool()`` puts the latter (a single study) in a note.
    """
    few = fit.k < method.smallest_k
    mean = method.function(fit)
    mean = SeDf(np.where(few, fit.se, mean.se), np.where(few, np.inf, mean.df))
    found = student(fit, mean, null)
    if method.inference is None or few.all():
        return mean, found
    rows = np.flatnonzero(~few)
    special = method.inference(fit.take(rows), null[rows])
    for column, values in zip(found, special, strict=True):
        column[rows] = values
    return mean, found


def _no_prediction(n: int) -> Columns:
    """Columns on a new study where nothing is predicted."""
    names = ("prediction_low", "prediction_high", "prediction_se", "prediction_df")
    return dict.fromkeys(names, np.full(n, np.nan))


def _prediction(fit: Fit, method: IntervalMethod) -> tuple[FloatArray, FloatArray]:
    """sqrt(se^2 + tau2) and degrees of freedom; NaN for too few studies."""
    se, df = method.function(fit)
    enough = (fit.k >= method.smallest_k) & (df > 0)
    return np.where(enough, np.sqrt(se * se + fit.tau2), np.nan), np.where(enough, df, np.nan)


def gather(m: int, parts: Sequence[tuple[IntArray, Columns]], settings: Settings) -> Columns:
    """Put the columns of the parts back in the order of the rows; absent rows are NaN."""
    names = parts[0][1] if parts else _pool_studies(_no_block(), settings, None)
    out: Columns = {}
    for name in names:
        arrays = [columns[name] for _, columns in parts]
        sample = names[name]
        width = max((a.shape[1] for a in arrays if a.ndim == 2), default=1)
        shape = (m, width) if sample.ndim == 2 else (m,)
        dtype = np.result_type(*arrays) if arrays else sample.dtype
        fill = np.nan if dtype.kind == "f" else np.zeros((), dtype).item()
        out[name] = np.full(shape, fill, dtype=dtype)
        for (rows, _), values in zip(parts, arrays, strict=True):
            if sample.ndim == 2:
                out[name][rows, : values.shape[1]] = values
            else:
                out[name][rows] = values
    return out


def _no_block() -> Block:
    """A block of no meta-analyses; pooling it gives every column with its type and no rows."""
    none = np.empty((1, 0))
    return Block(
        y=none,
        v=none,
        mask=none.astype(bool),
        count=np.empty(0),
        shift=np.empty(0),
        scale=np.empty(0),
    )
