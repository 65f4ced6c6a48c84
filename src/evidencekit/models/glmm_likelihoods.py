"""From checked counts to each generalised linear mixed model of ``GLMM_LIKELIHOODS``.

In all of them the effects are theta_i ~ N(theta, tau^2); a study's part of the likelihood is
the integral over its own effect, and over its intercept where that is random.

References
----------
[1] Stijnen T, Hamza TH, Özdemir P. Random effects meta-analysis of event outcome
    in the framework of the generalized linear mixed model with applications in
    sparse data. Stat Med 2010;29:3046-67. doi:10.1002/sim.4040
[2] Jackson D, Law M, Stijnen T, Viechtbauer W, White IR. A comparison of seven
    random-effects models for meta-analyses that estimate the summary odds ratio.
    Stat Med 2018;37:1059-85. doi:10.1002/sim.7588
"""

from __future__ import annotations

import numpy as np

from evidencekit.models.count_data import Arms, require_whole
from evidencekit.models.count_families import Binomial, Hypergeometric, Poisson
from evidencekit.models.glmm_models import FixedStudies, Model, OneRow, RandomStudies
from evidencekit.models.kernel import FloatArray


def odds_fixed(arms: Arms) -> Model:
    """OR UM.FS: both arms binomial, an intercept for each study.  # [2]

    logit p = alpha_i + theta_i / 2 in arm 1 and alpha_i - theta_i / 2 in arm 2.

    Parameters
    ----------
    arms
        Checked counts of k studies, two arms of persons.

    Returns
    -------
    Model
        Log-likelihood of theta, the intercepts and tau, with derivatives.

    Notes
    -----
    In R: ``rma.glmm(measure = "OR", model = "UM.FS", nAGQ = 50)``.
    """
    x2, n2 = arms.second()
    zero = np.zeros(arms.k)
    return FixedStudies(
        Binomial(arms.x1, arms.size1, zero), Binomial(x2, n2, zero), _logit_level(arms)
    )


def odds_random(arms: Arms) -> Model:
    """OR UM.RS: both arms binomial, intercepts drawn from a normal distribution.  # [2]

    logit p = alpha_i + theta_i / 2 in arm 1 and alpha_i - theta_i / 2 in arm 2, with
    alpha_i ~ N(alpha, sigma^2) independent of theta_i.

    Parameters
    ----------
    arms
        Checked counts of k studies, two arms of persons.

    Returns
    -------
    Model
        Log-likelihood of theta, alpha, sigma and tau, with derivatives.

    Notes
    -----
    In R: ``rma.glmm(measure = "OR", model = "UM.RS", nAGQ = 50)``.
    """
    x2, n2 = arms.second()
    zero = np.zeros(arms.k)
    return RandomStudies(
        Binomial(arms.x1, arms.size1, zero), Binomial(x2, n2, zero), _logit_level(arms)
    )


def odds_exact(arms: Arms) -> Model:
    """OR CM.EL: given all events of a study, those of arm 1 are non-central hypergeometric.  # [1]

    P(x) ~ C(n1, x) C(n2, m - x) exp(theta_i x), m all events of the study.

    Parameters
    ----------
    arms
        Checked counts of k studies, two arms of persons.

    Returns
    -------
    Model
        Log-likelihood of theta and tau, with derivatives.

    Raises
    ------
    MethodError
        Counts that are not whole numbers.

    Notes
    -----
    In R: ``rma.glmm(measure = "OR", model = "CM.EL", nAGQ = 50)``.
    """
    require_whole(arms, "the hypergeometric likelihood CM.EL")
    x2, n2 = arms.second()
    return OneRow(Hypergeometric(arms.x1, arms.size1, n2, arms.x1 + x2))


def given_all_events(arms: Arms) -> Model:
    """Given all events of a study, those of arm 1 are binomial: IRR CM.EL, and OR CM.AL.  # [1]

    logit p = theta_i + log(size_1 / size_2): exact for rates, for rare events nearly so for odds.

    Parameters
    ----------
    arms
        Checked counts of k studies, two arms of persons or person-time.

    Returns
    -------
    Model
        Log-likelihood of theta and tau, with derivatives.

    Notes
    -----
    In R: ``rma.glmm(measure = "IRR", model = "CM.EL", nAGQ = 50)``; "OR" and "CM.AL".
    """
    x2, size2 = arms.second()
    return OneRow(Binomial(arms.x1, arms.x1 + x2, np.log(arms.size1 / size2)))


def rates_fixed(arms: Arms) -> Model:
    """IRR UM.FS: events of both arms Poisson, an intercept for each study.  # [1]

    log rate = alpha_i + theta_i / 2 in arm 1 and alpha_i - theta_i / 2 in arm 2.

    Parameters
    ----------
    arms
        Checked counts of k studies, two arms of person-time.

    Returns
    -------
    Model
        Log-likelihood of theta, the intercepts and tau, with derivatives.

    Notes
    -----
    In R: ``rma.glmm(measure = "IRR", model = "UM.FS", nAGQ = 50)``.
    """
    x2, t2 = arms.second()
    return FixedStudies(Poisson(arms.x1, arms.size1), Poisson(x2, t2), _rate_level(arms))


def rates_random(arms: Arms) -> Model:
    """IRR UM.RS: events of both arms Poisson, intercepts drawn from a normal distribution.  # [1]

    log rate = alpha_i + theta_i / 2 in arm 1 and alpha_i - theta_i / 2 in arm 2, with
    alpha_i ~ N(alpha, sigma^2) independent of theta_i.

    Parameters
    ----------
    arms
        Checked counts of k studies, two arms of person-time.

    Returns
    -------
    Model
        Log-likelihood of theta, alpha, sigma and tau, with derivatives.

    Notes
    -----
    In R: ``rma.glmm(measure = "IRR", model = "UM.RS", nAGQ = 50)``.
    """
    x2, t2 = arms.second()
    return RandomStudies(Poisson(arms.x1, arms.size1), Poisson(x2, t2), _rate_level(arms))


def one_proportion(arms: Arms) -> Model:
    """PLO: events of one arm binomial.  # [1]

    logit p_i = theta_i, theta_i ~ N(theta, tau^2).

    Parameters
    ----------
    arms
        Checked counts of k studies, one arm of persons.

    Returns
    -------
    Model
        Log-likelihood of theta and tau, with derivatives.

    Notes
    -----
    In R: ``rma.glmm(measure = "PLO", xi=, ni=, nAGQ = 50)``.
    """
    return OneRow(Binomial(arms.x1, arms.size1, np.zeros(arms.k)))


def one_rate(arms: Arms) -> Model:
    """IRLN: events of one arm Poisson.  # [1]

    log rate_i = theta_i, theta_i ~ N(theta, tau^2).

    Parameters
    ----------
    arms
        Checked counts of k studies, one arm of person-time.

    Returns
    -------
    Model
        Log-likelihood of theta and tau, with derivatives.

    Notes
    -----
    In R: ``rma.glmm(measure = "IRLN", xi=, ti=, nAGQ = 50)``.
    """
    return OneRow(Poisson(arms.x1, arms.size1))


def _logit_level(arms: Arms) -> FloatArray:
    x2, n2 = arms.second()
    events, total = arms.x1 + x2, arms.size1 + n2
    return np.log((events + 0.5) / (total - events + 0.5))


def _rate_level(arms: Arms) -> FloatArray:
    x2, t2 = arms.second()
    return np.log((arms.x1 + x2 + 0.5) / (arms.size1 + t2))
