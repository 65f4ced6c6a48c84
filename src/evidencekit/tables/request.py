"""``PoolRequest``: the named choices of one pooling, and which of them cannot go together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from evidencekit.errors import UsageError
from evidencekit.models.subgroups import Tau2Across

INVERSE_VARIANCE = ("random", "common")
GLMM_DEFAULTS = {"OR": "UM.FS", "IRR": "CM.EL", "PLO": "", "IRLN": ""}
"""Measures of ``--model glmm`` with the likelihood taken when none is named; "" is the only one."""

COUNT_MEASURES: dict[str, tuple[str, ...]] = {
    "mh": ("RR", "OR", "RD", "IRR", "IRD"),
    "peto": ("PETO", "OR"),
    "glmm": tuple(GLMM_DEFAULTS),
}
"""Measures of the models that are computed from counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolRequest:
    """The named choices of one pooling.

    Parameters
    ----------
    model
        A row of ``POOL_MODELS``.
    tau2, ci, prediction, tau2_ci
        Rows of the tables of ``models``; None: the default of ``ci`` for the model, no
        prediction interval, no interval of tau2.
    level
        Coverage of all intervals, in (0, 1).
    likelihood
        For the model "glmm": "UM.FS", "UM.RS", "CM.EL" or "CM.AL"; "" takes the default of
        the measure in ``GLMM_DEFAULTS``.
    moderators
        Formula of a meta-regression over the columns of the table, or "".
    tau2_across
        Whether subgroups have their own tau2: "separate" or "common".
    verify
        Also fit with statsmodels, and stop when the two differ.
    """

    model: str = "random"
    tau2: str = "REML"
    ci: str | None = None
    prediction: str | None = "HK"
    tau2_ci: str | None = "QP"
    level: float = 0.95
    likelihood: str = ""
    moderators: str = ""
    tau2_across: Tau2Across = "separate"
    verify: bool = False


class Asked(NamedTuple):
    """What decides whether choices go together; ``measure`` is "" where none was named."""

    request: PoolRequest
    measure: str
    subgroup: bool
    cluster: bool


class Refusal(NamedTuple):
    """A row of ``REFUSALS``: when, and what is wrong with what to do instead."""

    applies: Callable[[Asked], bool]
    message: Callable[[Asked], str]


def check_together(request: PoolRequest, *, measure: str, subgroup: bool, cluster: bool) -> None:
    """Refuse choices that cannot go together, before anything is read or computed.

    Parameters
    ----------
    measure
        What was named, or "".
    subgroup, cluster
        Whether a column of subgroups, and one of clusters, was named.

    Raises
    ------
    UsageError
        The first row of ``REFUSALS`` that applies; it says what to do instead.
    """
    asked = Asked(request, measure, subgroup, cluster)
    for refusal in REFUSALS:
        if refusal.applies(asked):
            raise UsageError(refusal.message(asked))


def _other_measure(asked: Asked) -> bool:
    known = COUNT_MEASURES.get(asked.request.model)
    return known is not None and bool(asked.measure) and asked.measure not in known


def _say_measures(asked: Asked) -> str:
    model = asked.request.model
    known = ", ".join(COUNT_MEASURES[model])
    return f"--model {model} is for {known}, computed from counts; not {asked.measure}"


def _group_of_counts(asked: Asked) -> bool:
    return asked.subgroup and asked.request.model not in INVERSE_VARIANCE


def _say_group(asked: Asked) -> str:
    return (
        f"--subgroup is for the models random and common, not {asked.request.model}; pool the "
        "subgroups as tables of their own"
    )


def _likelihood_elsewhere(asked: Asked) -> bool:
    return bool(asked.request.likelihood) and asked.request.model != "glmm"


def _say_likelihood(asked: Asked) -> str:
    return f"--likelihood {asked.request.likelihood} is for --model glmm; add it or leave this out"


def _likelihood_of_one(asked: Asked) -> bool:
    return bool(asked.request.likelihood) and GLMM_DEFAULTS.get(asked.measure) == ""


def _say_one(asked: Asked) -> str:
    return f"{asked.measure} of single groups has one likelihood; leave out --likelihood"


def _three_level_alone(asked: Asked) -> bool:
    return asked.request.model == "three-level" and not asked.cluster


def _say_three_level(asked: Asked) -> str:
    return (
        "--model three-level needs --cluster COL: the column that says which rows belong together"
    )


def _cluster_of_counts(asked: Asked) -> bool:
    return asked.cluster and asked.request.model in COUNT_MEASURES


def _say_cluster(asked: Asked) -> str:
    return (
        f"--cluster is for the models random, common and three-level, not {asked.request.model}; "
        "leave one of them out"
    )


def _cluster_and_interval(asked: Asked) -> bool:
    return asked.cluster and asked.request.ci is not None


def _say_interval(asked: Asked) -> str:
    return (
        "--cluster brings its own interval (CR2 with Satterthwaite degrees of freedom); "
        f"leave out --ci {asked.request.ci}"
    )


def _cluster_and_group(asked: Asked) -> bool:
    return asked.cluster and asked.subgroup


def _say_cluster_group(asked: Asked) -> str:
    return (
        "--subgroup does not know of clusters; compare the groups by --moderators with that "
        "column and --cluster"
    )


def _three_level_tau2(asked: Asked) -> bool:
    return asked.request.model == "three-level" and asked.request.tau2 not in ("REML", "ML")


def _say_tau2(asked: Asked) -> str:
    return f"--model three-level is fitted by REML or ML, not by {asked.request.tau2}"


def _moderators_of_counts(asked: Asked) -> bool:
    return bool(asked.request.moderators) and asked.request.model in COUNT_MEASURES


def _say_moderators(asked: Asked) -> str:
    return (
        "--moderators is for the models random, common and three-level, not "
        f"{asked.request.model}; leave one of them out"
    )


def _moderators_and_group(asked: Asked) -> bool:
    return bool(asked.request.moderators) and asked.subgroup


def _say_moderators_group(asked: Asked) -> str:
    return "--moderators and --subgroup: choose one; a formula can hold the column of the groups"


def _interval_of_pooling(asked: Asked) -> bool:
    if not asked.request.moderators:
        return False
    from evidencekit.models.coefficient_tests import COEFFICIENT_TESTS

    return asked.request.ci not in (None, *COEFFICIENT_TESTS)


def _say_interval_of_pooling(asked: Asked) -> str:
    from evidencekit.models.coefficient_tests import COEFFICIENT_TESTS

    known = ", ".join(COEFFICIENT_TESTS)
    return f"--ci {asked.request.ci} is not defined with --moderators; choose one of {known}"


def _tau2_of_pooling(asked: Asked) -> bool:
    request = asked.request
    if not (request.moderators or asked.cluster) or request.model != "random":
        return False
    from evidencekit.models.residual_tau2 import RESIDUAL_TAU2

    return request.tau2 not in RESIDUAL_TAU2


def _say_tau2_of_pooling(asked: Asked) -> str:
    from evidencekit.models.residual_tau2 import RESIDUAL_TAU2

    option = "--moderators" if asked.request.moderators else "--cluster"
    known = ", ".join(RESIDUAL_TAU2)
    return f"--tau2 {asked.request.tau2} is not defined with {option}; choose one of {known}"


REFUSALS = (
    Refusal(_other_measure, _say_measures),
    Refusal(_group_of_counts, _say_group),
    Refusal(_likelihood_elsewhere, _say_likelihood),
    Refusal(_likelihood_of_one, _say_one),
    Refusal(_three_level_alone, _say_three_level),
    Refusal(_cluster_of_counts, _say_cluster),
    Refusal(_cluster_and_interval, _say_interval),
    Refusal(_cluster_and_group, _say_cluster_group),
    Refusal(_three_level_tau2, _say_tau2),
    Refusal(_moderators_of_counts, _say_moderators),
    Refusal(_moderators_and_group, _say_moderators_group),
    Refusal(_interval_of_pooling, _say_interval_of_pooling),
    Refusal(_tau2_of_pooling, _say_tau2_of_pooling),
)
