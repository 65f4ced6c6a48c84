"""Henmi and Copas's interval: the common-effect mean with a distribution that allows for tau2.

The mean with weights 1/v gives small studies less than random-effects weights do, so it moves
less when small studies on one side are missing. Under the random-effects model its error over
its own standard error,

    U = (mu - theta) / se(Q),    se(Q)^2 = 1/sum w + tau2(Q) sum w^2 / (sum w)^2,

is neither normal nor t, for tau2(Q) by DerSimonian and Laird varies with Q, and Q and mu depend
on each other. Given the standardised mean r, Q is taken for a gamma variable with Q's own
conditional mean and variance, [1]

    E(Q | r) = k - 1 + tau2 C + (r^2 - 1) b,
    Var(Q | r) = 2 (T - 2h + b^2) + 4 r^2 (h - b^2),

and since se(Q) rises with Q the tail is one integral over r,

    P(|U| > u) = 2 integral over r > r0 of phi(r) P(Q < k - 1 + c (r^2 / r0^2 - 1) | r) dr,

with r0 the value of r at which |U| reaches u when tau2(Q) is 0. With w = 1/v, s = 1 + tau2 w,
S = sum w s, p = w / sum w and q = w s / S: C = sum w (1 - p), c = C sum w / sum w^2,
b and h are tau2 and tau2^2 times the mean and the mean square of w - sum w^2 / sum w under the
weights q, and T = sum ((1 - p) s)^2 + sum over pairs of p_i s_i p_j s_j.

References
----------
[1] Henmi M, Copas JB. Confidence intervals for random effects meta-analysis and robustness to
    publication bias. Stat Med 2010;29:2969-83. doi:10.1002/sim.4029
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import numpy as np

from evidencekit.models.bracket import bracketed_newton
from evidencekit.models.kernel import Block, BoolArray, FloatArray, IntArray, pair_products
from evidencekit.models.mean_fit import Fit, SeDf
from evidencekit.models.mean_formulas import ivhet
from evidencekit.models.mean_inference import Inference
from evidencekit.models.tau2_moments import dersimonian_laird

# Gauss-Legendre nodes in each piece of the integral; by comparison with adaptive quadrature
# the result is then good to about 1e-13 for k from 2 to 100,000.
NODES = 16
PIECES = 8
# The normal density is 4e-18 of what it is at the lower end.
FALL = 80.0
# Pieces end where the conditional probability steps from 0 to 1, in units of the step's width.
STEPS = np.array([-8.0, -4.0, -2.0, 0.0, 2.0, 4.0, 8.0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """What the distribution of U depends on, shape (n,) each; names as in the module's text.

    ``unit`` is U's value per r0; ``freedom`` is k - 1; ``lead`` is b, ``spread`` is h - b^2,
    ``base`` is T - 2h + b^2, ``gain`` is c and ``excess`` is tau2 C.
    """

    unit: FloatArray
    freedom: FloatArray
    lead: FloatArray
    spread: FloatArray
    base: FloatArray
    gain: FloatArray
    excess: FloatArray

    def take(self, rows: IntArray | BoolArray) -> Moments:
        """Return only these meta-analyses."""
        return Moments(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})

    def gamma(self, r: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Shape and scale of Q given r."""
        mean = self.freedom + self.excess + (r * r - 1.0) * self.lead
        variance = 2.0 * self.base + 4.0 * r * r * self.spread
        return mean * mean / variance, variance / mean


def moments(block: Block) -> Moments:
    """Moments of Q and the mean at tau2 by DerSimonian and Laird; two studies or more."""
    w = 1.0 / block.v
    tau2 = dersimonian_laird(block).tau2
    s1, s2 = w.sum(axis=0), (w * w).sum(axis=0)
    share, s = w / s1, 1.0 + tau2 * w
    total = (w * s).sum(axis=0)
    q, distance = w * s / total, w - s2 / s1
    lead = tau2 * (q * distance).sum(axis=0)
    spread = (q * (tau2 * distance - lead) ** 2).sum(axis=0)
    # Padded studies have weight 0 but s = 1.
    squares = np.where(block.mask, (1.0 - share) * s, 0.0) ** 2
    both = squares.sum(axis=0) + pair_products(share * s)
    between = pair_products(w) / s1
    return Moments(
        unit=np.sqrt(total / s1),
        freedom=block.count - 1.0,
        lead=lead,
        spread=spread,
        base=both - 2.0 * spread - lead * lead,
        gain=between * s1 / s2,
        excess=tau2 * between,
    )


def tail(given: Moments, r0: FloatArray) -> tuple[FloatArray, FloatArray]:
    """P(|U| > r0 unit) and its derivative with respect to r0 > 0, both of shape (n,)."""
    from scipy.special import gammainc, gammaln, xlogy

    edges = _edges(given, r0)
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    half = 0.5 * np.diff(edges, axis=0)[:, None, :]
    r = edges[:-1, None, :] + half * (1.0 + nodes[:, None])
    a, scale = given.gamma(r)
    density = half * weights[:, None] * np.exp(-0.5 * r * r) * math.sqrt(2.0 / math.pi)
    x = (given.freedom + given.gain * ((r / r0) ** 2 - 1.0)) / scale
    probability = (density * gammainc(a, x)).sum(axis=(0, 1))
    slope = np.exp(xlogy(a - 1.0, x) - x - gammaln(a)) / scale * -2.0 * given.gain * r * r / r0**3
    a, scale = given.gamma(r0)
    edge = math.sqrt(2.0 / math.pi) * np.exp(-0.5 * r0 * r0) * gammainc(a, given.freedom / scale)
    return probability, (density * slope).sum(axis=(0, 1)) - edge


def _edges(given: Moments, r0: FloatArray) -> FloatArray:
    """Ends of the pieces of the integral in rising order, shape (pieces + 1, n)."""
    far = np.sqrt(r0 * r0 + FALL)
    even = r0 + np.linspace(0.0, 1.0, PIECES + 1)[:, None] * (far - r0)
    # Where the bound on Q passes its mean, and how fast it passes its standard deviation.
    rise = given.gain / (r0 * r0) - given.lead
    square = (given.gain + given.excess - given.lead) / np.where(rise > 0, rise, np.inf)
    middle = np.where(rise > 0, np.sqrt(np.maximum(square, 0.0)), far)
    deviation = np.sqrt(2.0 * given.base + 4.0 * middle**2 * given.spread)
    width = deviation * r0 * r0 / (2.0 * given.gain * np.maximum(middle, r0))
    step = np.clip(middle + STEPS[:, None] * width, r0, far)
    return np.sort(np.concatenate([even, step]), axis=0)


def _log_tail(given: Moments, r0: FloatArray, goal: float) -> tuple[FloatArray, FloatArray]:
    """log P(|U| > r0 unit) - log goal and its derivative."""
    probability, slope = tail(given, r0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(probability / goal), slope / probability


def standard_error(fit: Fit) -> SeDf:
    """se^2 = 1/sum w + tau2 sum w^2 / (sum w)^2, tau2 by DerSimonian-Laird; no df.  # [1]

    Parameters
    ----------
    fit
        Common-effect means.

    Returns
    -------
    SeDf
        Shape (n,), scaled units; NaN for the degrees of freedom, as the distribution is
        neither t nor normal.

    Notes
    -----
    In R: ``hc(rma(yi, vi))$se``.
    """
    se, df = ivhet(fit)
    return SeDf(se, np.full_like(df, np.nan))


def henmi_copas(fit: Fit, null: FloatArray) -> Inference:
    """Henmi and Copas's interval around a common-effect mean, and the test that inverts it.  # [1]

    mu -/+ u se with P(|U| > u) = 1 - level; see the module for the distribution of U.

    Parameters
    ----------
    fit
        Common-effect means of two studies or more.
    null
        Mean under the null hypothesis, in scaled units, shape (n,).

    Returns
    -------
    Inference
        Limits, U = (mu - null) / se and P(|U| > its size), shape (n,).

    Notes
    -----
    In R: ``hc(rma(yi, vi))``.
    """
    from evidencekit.special import ndtri

    given = moments(fit.block)
    alpha = 1.0 - fit.level
    # se(Q) is smallest where tau2(Q) is 0, so the normal quantile is an upper bound of r0.
    high = np.full(fit.block.n, -float(ndtri(0.5 * alpha)))

    def value(part: Moments, r0: FloatArray) -> tuple[FloatArray, FloatArray]:
        return _log_tail(part, r0, alpha)

    r0, _ = bracketed_newton(given, value, np.zeros_like(high), high)
    se = standard_error(fit).se
    half = r0 * given.unit * se
    statistic = (fit.estimate - null) / se
    # At a statistic of 0 the integral has no lower end to scale by; P is 1 to rounding before it.
    size = np.maximum(np.abs(statistic) / given.unit, 1e-50)
    return Inference(fit.estimate - half, fit.estimate + half, statistic, tail(given, size)[0])
