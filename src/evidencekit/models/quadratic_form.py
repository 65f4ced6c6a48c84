"""The distribution of the generalised Q statistic, many meta-analyses at a time.

Q(a) = sum a (y - y_a)^2 is a quadratic form in normal variables, that is a
positive combination of chi squares. Its Laplace transform needs no eigenvalues,
because the matrix of the form is a diagonal minus one outer product:

    E exp(-s Q) = prod (1 + 2 s c_j)^(-1/2) * (sum a_j / (1 + 2 s c_j) / sum a)^(-1/2)

with c_j = a_j (v_j + tau2); the cost is linear in k. It is analytic off the
negative real axis, and so its inversion integral may be taken along a hyperbola
through the saddle point on the positive axis, where the trapezoidal rule
converges geometrically. [2] [3] With the nodes below the probability is good to
about 2e-12 for any k, and its derivative with respect to tau2 comes for free.

References
----------
[1] Jackson D. Confidence intervals for the between-study variance in random
    effects meta-analysis using generalised Cochran heterogeneity statistics.
    Res Synth Methods 2013;4:220-9. doi:10.1002/jrsm.1081
[2] Rice SO. Distribution of quadratic forms in normal random variables:
    evaluation by numerical integration. SIAM J Sci Stat Comput 1980;1:438-48.
[3] Weideman JAC, Trefethen LN. Parabolic and hyperbolic contours for computing
    the Bromwich integral. Math Comp 2007;76:1341-56.
    doi:10.1090/S0025-5718-07-01945-X
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from evidencekit.models.bracket import MAX_ITERATIONS, TINY
from evidencekit.models.kernel import Block, BoolArray, FloatArray, IntArray

# The hyperbola s(u) = m (1 - sin(b) cosh(u) + i cos(b) sinh(u)); its angle b, the number
# of nodes and their largest distance were chosen by comparison with chi squares of 1 to
# 100,000 degrees of freedom and with unequal weights.
ANGLE = 0.5
NODES = 40
STEP = 4.3 / NODES
# A Newton step this small, relative to the root, leaves an error of its square.
LAST_STEP = 1e-8


@dataclass(frozen=True, slots=True, kw_only=True)
class QuadraticForm:
    """Q(a) of each row of a block: its weights, observed value and moments.

    Parameters
    ----------
    a
        Weights, shape (k, n); 0 where padded.
    q
        Observed value, shape (rows,).
    constant, slope
        E Q(a) = constant + slope * tau2, shape (rows,).
    """

    a: FloatArray
    q: FloatArray
    constant: FloatArray
    slope: FloatArray

    @classmethod
    def of(cls, block: Block, a: FloatArray) -> QuadraticForm:
        """Q(a) of a block with these weights."""
        total = a.sum(axis=0)
        mean = (a * block.y).sum(axis=0) / total
        share = a * (1.0 - a / total)
        variance = np.where(block.mask, block.v, 0.0)
        return cls(
            a=a,
            q=block.total((a * (block.y - mean) ** 2).sum(axis=0)),
            constant=block.total((share * variance).sum(axis=0)),
            slope=block.total(share.sum(axis=0)),
        )

    def take(self, rows: IntArray | BoolArray, block: Block) -> QuadraticForm:
        """Return only these rows; the one row of a shared block stays."""
        if block.shared:
            return self
        return QuadraticForm(
            a=self.a[:, rows],
            q=self.q[rows],
            constant=self.constant[rows],
            slope=self.slope[rows],
        )


def lower_tail(
    block: Block, form: QuadraticForm, tau2: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """P(Q(a) <= q) at each tau2 and its derivative with respect to tau2.

    Parameters
    ----------
    block
        Prepared meta-analyses.
    form
        Their quadratic form; q above 0.
    tau2
        Shape (rows,), scaled units.

    Returns
    -------
    probability, derivative
        Both of shape (rows,).
    """
    c = np.where(block.mask, form.a * (np.where(block.mask, block.v, 0.0) + tau2), 0.0)
    total = form.a.sum(axis=0)
    saddle, width = _saddle(block, form, c, total)
    size = saddle / (1.0 - math.sin(ANGLE))
    # Where the integrand is a narrow peak (many studies), smaller steps.
    step = np.minimum(STEP, 0.45 * width / (size * math.cos(ANGLE)))
    probability, derivative = np.zeros(block.rows), np.zeros(block.rows)
    for node in range(NODES):
        u = (node + 0.5) * step
        s = size * (1.0 - math.sin(ANGLE) * np.cosh(u) + 1j * math.cos(ANGLE) * np.sinh(u))
        ds = size * (-math.sin(ANGLE) * np.sinh(u) + 1j * math.cos(ANGLE) * np.cosh(u))
        factor = 1.0 + 2.0 * s * c
        ratio = form.a / factor
        rest = ratio.sum(axis=0) / total
        log_transform = block.total(-0.5 * (np.log(factor).sum(axis=0) + np.log(rest)))
        value = np.exp(s * form.q + log_transform) / s * ds * step
        # d log transform / dtau2
        change = block.total((ratio * ratio).sum(axis=0) / (rest * total) - total * rest) * s
        probability += value.imag
        derivative += (value * change).imag
    return probability / math.pi, derivative / math.pi


def _saddle(
    block: Block, form: QuadraticForm, c: FloatArray, total: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Where exp(s q) E exp(-s Q) / s is smallest on s > 0 (roughly), and the width there."""
    log_s = np.log(1.5 / form.q)
    width = np.empty_like(log_s)
    for _ in range(10):
        s = np.exp(log_s)
        d = 1.0 / (1.0 + 2.0 * s * c)
        r0 = (form.a * d).sum(axis=0) / total
        r1 = (-2.0 * form.a * c * d * d).sum(axis=0) / total / r0
        r2 = (8.0 * form.a * c * c * d**3).sum(axis=0) / total / r0
        first = form.q - 1.0 / s - block.total((c * d).sum(axis=0) + 0.5 * r1)
        second = 1.0 / s**2 + block.total((2.0 * c * c * d * d).sum(axis=0) - 0.5 * (r2 - r1 * r1))
        width = 1.0 / np.sqrt(second)
        # Newton in log s; where the function is not convex in log s, a plain step downhill.
        curvature = second * s * s + first * s
        safe = np.where(curvature > 0, curvature, 1.0)
        move = np.where(curvature > 0, -first * s / safe, -np.sign(first))
        log_s = log_s + np.clip(move, -2.0, 2.0)
    return np.exp(log_s), width


def solve_form(
    block: Block, form: QuadraticForm, probability: float
) -> tuple[FloatArray, BoolArray]:
    """Find the tau2 >= 0 at which P(Q(a) <= q) has this value; 0 where it is below that at 0.

    P falls with tau2. Newton's method on its normal quantile, which is almost a
    straight line in the logarithm of E Q(a), safeguarded by a bracket.

    Parameters
    ----------
    block, form
        Prepared meta-analyses and their quadratic form.
    probability
        In (0, 1).

    Returns
    -------
    root, converged
        Both of shape (rows,).
    """
    root = np.zeros(block.rows)
    converged = np.ones(block.rows, dtype=bool)
    positive = np.flatnonzero(form.q > 0)
    part, some = block.take(positive), form.take(positive, block)
    if not positive.size:
        return root, converged
    at_zero, _ = lower_tail(part, some, np.zeros(part.rows))
    above = at_zero > probability
    active = positive[above]
    part, some = part.take(above), some.take(above, block)
    x = np.log(np.maximum(some.q / some.constant, 1.5))
    low, high = np.zeros(x.size), np.full(x.size, np.inf)
    for _ in range(MAX_ITERATIONS):
        if not active.size:
            break
        x, low, high, change = _step(part, some, x, low, high, probability)
        root[active] = some.constant / some.slope * np.expm1(x)
        done = change <= LAST_STEP * -np.expm1(-x) + TINY
        keep = ~done
        active, part, some = active[keep], part.take(keep), some.take(keep, block)
        x, low, high = x[keep], low[keep], high[keep]
    converged[active] = False
    return root, converged


def _step(
    block: Block,
    form: QuadraticForm,
    x: FloatArray,
    low: FloatArray,
    high: FloatArray,
    probability: float,
) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """One safeguarded Newton step in x = log(1 + tau2 slope / constant)."""
    from evidencekit.special import ndtri

    ratio = form.constant / form.slope
    tail, derivative = lower_tail(block, form, ratio * np.expm1(x))
    low, high = np.where(tail > probability, x, low), np.where(tail > probability, high, x)
    # Far out, where rounding leaves nothing of the slope, only the direction counts.
    clear = np.clip(tail, 1e-11, 1.0 - 1e-11)
    z = ndtri(clear)
    density = np.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)
    slope = derivative * ratio * np.exp(x) / density
    miss = z - float(ndtri(probability))
    good = (slope < 0) & (clear == tail)
    move = np.where(good, -miss / np.where(good, slope, 1.0), np.sign(miss))
    new = x + np.clip(move, -2.0, 2.0)
    bounded = np.where(np.isfinite(high), high, x + 2.0)
    # At the root, rounding may put a step of no length just outside the bracket.
    inside = (new >= low - TINY) & (new <= high + TINY)
    new = np.where(inside, new, 0.5 * (low + bounded))
    return new, low, high, np.abs(new - x)
