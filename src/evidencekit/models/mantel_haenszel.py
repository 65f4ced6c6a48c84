"""Mantel-Haenszel and Peto pooling of two-arm counts: one function per method.

Each takes the :class:`Table` of many meta-analyses (shape (m, k), 0 where padded)
and returns the pooled value, its standard error on the analysis scale, and the
weight of each study. No cell is corrected here: zero cells need no correction.

References
----------
[1] Mantel N, Haenszel W. Statistical aspects of the analysis of data from
    retrospective studies of disease. J Natl Cancer Inst 1959;22:719-48.
    doi:10.1093/jnci/22.4.719
[2] Robins J, Breslow N, Greenland S. Estimators of the Mantel-Haenszel variance
    consistent in both sparse data and large-strata limiting models.
    Biometrics 1986;42:311-23. doi:10.2307/2531052
[3] Greenland S, Robins JM. Estimation of a common effect parameter from sparse
    follow-up data. Biometrics 1985;41:55-68. doi:10.2307/2530643
[4] Sato T, Greenland S, Robins JM. On the variance estimator for the
    Mantel-Haenszel risk difference. Biometrics 1989;45:1323-4.
[5] Yusuf S, Peto R, Lewis J, Collins R, Sleight P. Beta blockade during and
    after myocardial infarction: an overview of the randomized trials.
    Prog Cardiovasc Dis 1985;27:335-71. doi:10.1016/S0033-0620(85)80003-7
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from evidencekit.models.kernel import FloatArray


class Table(NamedTuple):
    """Events and sizes of both arms, shape (m, k); sizes are persons or person-time."""

    a: FloatArray
    n1: FloatArray
    c: FloatArray
    n2: FloatArray


class TableFit(NamedTuple):
    """Pooled estimate and standard error on the analysis scale, (m,), and weights, (m, k)."""

    estimate: FloatArray
    se: FloatArray
    weights: FloatArray


def _size(table: Table) -> FloatArray:
    """Size of each study; 1 where padded, so that padding divides to 0."""
    total = table.n1 + table.n2
    return np.where(total > 0, total, 1.0)


def _log_ratio(r: FloatArray, s: FloatArray, variance: FloatArray) -> TableFit:
    """log(sum R / sum S); the weights sum S_i, with which the pooled ratio is a mean of ratios."""
    return TableFit(np.log(r.sum(axis=-1)) - np.log(s.sum(axis=-1)), np.sqrt(variance), s)


def odds_ratio(table: Table) -> TableFit:
    """Log odds ratio: sum(ad/N) / sum(bc/N) [1], with the variance of [2].

    sum(PR)/(2R^2) + sum(PS + QR)/(2RS) + sum(QS)/(2S^2), P = (a+d)/N, Q = (b+c)/N.  # [2]

    Parameters
    ----------
    table
        Events and persons of both arms, shape (m, k); 0 where padded.

    Returns
    -------
    TableFit
        Log odds ratio and its standard error, shape (m,), and the weights of the
        studies, shape (m, k).

    Notes
    -----
    In R: ``rma.mh(measure = "OR", ai=, n1i=, ci=, n2i=)``.
    """
    a, n1, c, n2 = table
    b, d, n = n1 - a, n2 - c, _size(table)
    r, s = a * d / n, b * c / n
    p, q = (a + d) / n, (b + c) / n
    sum_r, sum_s = r.sum(axis=-1), s.sum(axis=-1)
    variance = 0.5 * (
        (p * r).sum(axis=-1) / sum_r**2
        + (p * s + q * r).sum(axis=-1) / (sum_r * sum_s)
        + (q * s).sum(axis=-1) / sum_s**2
    )
    return _log_ratio(r, s, variance)


def risk_ratio(table: Table) -> TableFit:
    """Log risk ratio: sum(a n2/N) / sum(c n1/N), with the variance of [3].

    sum((n1 n2 (a + c) - a c N) / N^2) / (RS).  # [3] eq. (13)

    Parameters
    ----------
    table
        Events and persons of both arms, shape (m, k); 0 where padded.

    Returns
    -------
    TableFit
        Log risk ratio and its standard error, shape (m,), and the weights of the
        studies, shape (m, k).

    Notes
    -----
    In R: ``rma.mh(measure = "RR", ai=, n1i=, ci=, n2i=)``.
    """
    a, n1, c, n2 = table
    n = _size(table)
    r, s = a * n2 / n, c * n1 / n
    top = ((n1 * n2 * (a + c) - a * c * n) / n**2).sum(axis=-1)
    return _log_ratio(r, s, top / (r.sum(axis=-1) * s.sum(axis=-1)))


def risk_difference(table: Table) -> TableFit:
    """Risk difference: sum((a n2 - c n1)/N) / sum(n1 n2/N) [3], with the variance of [4].

    (delta sum P + sum Q) / (sum W)^2 with W = n1 n2 / N,
    P = (n1^2 c - n2^2 a + n1 n2 (n2 - n1)/2) / N^2, Q = (a (n2 - c) + c (n1 - a)) / (2N).  # [4]
    Valid for few large and for many small studies.

    Parameters
    ----------
    table
        Events and persons of both arms, shape (m, k); 0 where padded.

    Returns
    -------
    TableFit
        Risk difference and its standard error, shape (m,), and the weights of the
        studies, shape (m, k).

    Notes
    -----
    In R: ``rma.mh(measure = "RD", ai=, n1i=, ci=, n2i=)``.
    """
    a, n1, c, n2 = table
    n = _size(table)
    w = n1 * n2 / n
    sum_w = w.sum(axis=-1)
    delta = ((a * n2 - c * n1) / n).sum(axis=-1) / sum_w
    p = (n1**2 * c - n2**2 * a + 0.5 * n1 * n2 * (n2 - n1)) / n**2
    q = (a * (n2 - c) + c * (n1 - a)) / (2.0 * n)
    variance = (delta * p.sum(axis=-1) + q.sum(axis=-1)) / sum_w**2
    return TableFit(delta, np.sqrt(variance), w)


def risk_difference_large(table: Table) -> TableFit:
    """Risk difference with the variance of [3], for few large studies.

    sum((a b n2^3 + c d n1^3) / (n1 n2 N^2)) / (sum n1 n2/N)^2.  # [3]

    Parameters
    ----------
    table
        Events and persons of both arms, shape (m, k); 0 where padded.

    Returns
    -------
    TableFit
        Risk difference and its standard error, shape (m,), and the weights of the
        studies, shape (m, k).

    Notes
    -----
    In R: ``metabin(event.e, n.e, event.c, n.c, sm = "RD", method = "MH")``.
    """
    a, n1, c, n2 = table
    n = _size(table)
    first, second = np.where(n1 > 0, n1, 1.0), np.where(n2 > 0, n2, 1.0)
    w = n1 * n2 / n
    sum_w = w.sum(axis=-1)
    delta = ((a * n2 - c * n1) / n).sum(axis=-1) / sum_w
    part = a * (n1 - a) * n2**2 / (first * n**2) + c * (n2 - c) * n1**2 / (second * n**2)
    return TableFit(delta, np.sqrt(part.sum(axis=-1)) / sum_w, w)


def rate_ratio(table: Table) -> TableFit:
    """Log incidence rate ratio: sum(a t2/T) / sum(c t1/T), with the variance of [3].

    sum((a + c) t1 t2 / T^2) / (RS), T = t1 + t2.  # [3]

    Parameters
    ----------
    table
        Events and person-time of both arms, shape (m, k); 0 where padded.

    Returns
    -------
    TableFit
        Log rate ratio and its standard error, shape (m,), and the weights of the
        studies, shape (m, k).

    Notes
    -----
    In R: ``rma.mh(measure = "IRR", x1i=, t1i=, x2i=, t2i=)``.
    """
    a, t1, c, t2 = table
    t = _size(table)
    r, s = a * t2 / t, c * t1 / t
    top = ((a + c) * t1 * t2 / t**2).sum(axis=-1)
    return _log_ratio(r, s, top / (r.sum(axis=-1) * s.sum(axis=-1)))


def rate_difference(table: Table) -> TableFit:
    """Incidence rate difference: sum((a t2 - c t1)/T) / sum(t1 t2/T), with the variance of [3].

    sum((t1 t2/T)^2 (a/t1^2 + c/t2^2)) / (sum t1 t2/T)^2, T = t1 + t2.  # [3]

    Parameters
    ----------
    table
        Events and person-time of both arms, shape (m, k); 0 where padded.

    Returns
    -------
    TableFit
        Rate difference and its standard error, shape (m,), and the weights of the
        studies, shape (m, k).

    Notes
    -----
    In R: ``rma.mh(measure = "IRD", x1i=, t1i=, x2i=, t2i=)``.
    """
    a, t1, c, t2 = table
    t = _size(table)
    w = t1 * t2 / t
    sum_w = w.sum(axis=-1)
    delta = ((a * t2 - c * t1) / t).sum(axis=-1) / sum_w
    part = (a * t2**2 + c * t1**2) / t**2
    return TableFit(delta, np.sqrt(part.sum(axis=-1)) / sum_w, w)


def observed_minus_expected(table: Table) -> tuple[FloatArray, FloatArray]:
    """O - E of arm 1 and its hypergeometric variance in each study, shape (m, k)."""
    a, n1, c, n2 = table
    n, events = _size(table), a + c
    variance = n1 * n2 * events * (n - events) / (n * n * np.maximum(n - 1.0, 1.0))
    return a - n1 * events / n, np.where(n1 + n2 > 0, variance, 0.0)


def peto(table: Table) -> TableFit:
    """Log odds ratio by Peto's one step: sum(O - E) / sum(V), variance 1/sum(V).  # [5]

    E = n1 (a + c) / N, V = n1 n2 (a + c) (b + d) / (N^2 (N - 1)).

    Parameters
    ----------
    table
        Events and persons of both arms, shape (m, k); 0 where padded.

    Returns
    -------
    TableFit
        Log odds ratio and its standard error, shape (m,), and the weights of the
        studies, shape (m, k).

    Notes
    -----
    In R: ``rma.peto(ai=, n1i=, ci=, n2i=)``.
    """
    difference, variance = observed_minus_expected(table)
    total = variance.sum(axis=-1)
    return TableFit(difference.sum(axis=-1) / total, 1.0 / np.sqrt(total), variance)
