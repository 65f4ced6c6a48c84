"""Intervals for the mean (``CI_METHODS``) and for a new study (``PREDICTION_METHODS``).

An interval for the mean is a standard error and degrees of freedom; a
prediction interval is the same with tau2 added to the squared standard error.
So a row of either table is a function from a
:class:`~evidencekit.models.mean_fit.Fit` to ``(se, df)``, with infinite df
for the normal distribution, and everything else (limits, test, p-value) is
computed once, in :mod:`~evidencekit.models.columns`. Where limits and test do not
follow from a standard error and degrees of freedom, a row also has a function that
finds them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from evidencekit.models import henmi_copas, prediction_formulas, profile_interval
from evidencekit.models import mean_formulas as formulas
from evidencekit.models.mean_fit import Fit, SeDf
from evidencekit.models.mean_inference import InferenceFunction

IntervalFunction = Callable[[Fit], SeDf]


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalMethod:
    """A row of ``CI_METHODS`` or ``PREDICTION_METHODS``.

    ``models`` and ``tau2`` name the models and estimators the method is defined
    for, where it is not defined for all. ``inference`` finds limits and test where
    they are not those of t or the normal distribution.
    """

    name: str
    label: str
    function: IntervalFunction
    smallest_k: int
    doi: str
    r_call: str
    models: tuple[str, ...] = ("random_effects", "common_effect")
    tau2: tuple[str, ...] = ()
    inference: InferenceFunction | None = None


CI_METHODS: dict[str, IntervalMethod] = {
    row.name: row
    for row in (
        IntervalMethod(
            name="HKSJ",
            label="Hartung-Knapp-Sidik-Jonkman",
            function=formulas.hartung_knapp,
            smallest_k=2,
            doi="10.1002/sim.1009",
            r_call='rma(yi, vi, test = "knha")',
        ),
        IntervalMethod(
            name="wald",
            label="Wald (normal)",
            function=formulas.wald,
            smallest_k=1,
            doi="10.1016/0197-2456(86)90046-2",
            r_call='rma(yi, vi, test = "z")',
        ),
        IntervalMethod(
            name="t",
            label="t distribution, unmodified standard error",
            function=formulas.t_unmodified,
            smallest_k=2,
            doi="10.1002/sim.7140",
            r_call='rma(yi, vi, test = "t")',
        ),
        IntervalMethod(
            name="HKSJ-adhoc",
            label="Hartung-Knapp-Sidik-Jonkman, standard error not below Wald",
            function=formulas.hartung_knapp_truncated,
            smallest_k=2,
            doi="10.1002/sim.1482",
            r_call='rma(yi, vi, test = "adhoc")',
        ),
        IntervalMethod(
            name="HKSJ-ci",
            label="Hartung-Knapp-Sidik-Jonkman, or Wald where wider",
            function=formulas.hartung_knapp_wider,
            smallest_k=2,
            doi="10.1002/sim.1009",
            r_call='metagen(TE, seTE, method.random.ci = "HK", adhoc.hakn.ci = "ci")',
        ),
        IntervalMethod(
            name="HKSJ-IQWiG6",
            label="Hartung-Knapp-Sidik-Jonkman, rule of IQWiG methods 6",
            function=formulas.hartung_knapp_iqwig,
            smallest_k=2,
            doi="10.1002/sim.1009",
            r_call='metagen(TE, seTE, method.random.ci = "HK", adhoc.hakn.ci = "IQWiG6")',
            models=("random_effects",),
        ),
        IntervalMethod(
            name="KR",
            label="Kenward-Roger",
            function=formulas.kenward_roger,
            smallest_k=2,
            doi="10.2307/2533558",
            r_call='metagen(TE, seTE, method.random.ci = "KR")',
            models=("random_effects",),
            tau2=("REML",),
        ),
        IntervalMethod(
            name="IVhet",
            label="inverse variance heterogeneity (normal)",
            function=formulas.ivhet,
            smallest_k=2,
            doi="10.1016/j.cct.2015.05.009",
            r_call='metagen(TE, seTE, method.common.ci = "IVhet")',
            models=("common_effect",),
        ),
        IntervalMethod(
            name="PL",
            label="profile restricted likelihood",
            function=formulas.wald,
            inference=profile_interval.restricted_profile,
            smallest_k=2,
            doi="10.1111/1467-9868.00092",
            r_call="no equivalent",
            models=("random_effects",),
            tau2=("REML",),
        ),
        IntervalMethod(
            name="PL-ML",
            label="profile likelihood",
            function=formulas.wald,
            inference=profile_interval.profile,
            smallest_k=2,
            doi="10.1002/(SICI)1097-0258(19960330)15:6<619::AID-SIM188>3.0.CO;2-A",
            r_call='pimeta::cima(y, se, method = "PL")',
            models=("random_effects",),
            tau2=("ML",),
        ),
        IntervalMethod(
            name="HC",
            label="Henmi-Copas",
            function=henmi_copas.standard_error,
            inference=henmi_copas.henmi_copas,
            smallest_k=2,
            doi="10.1002/sim.4029",
            r_call="hc(rma(yi, vi))",
            models=("common_effect",),
        ),
    )
}

PREDICTION_METHODS: dict[str, IntervalMethod] = {
    row.name: row
    for row in (
        IntervalMethod(
            name="HK",
            label="Hartung-Knapp standard error, t with k - 1",
            function=formulas.hartung_knapp,
            smallest_k=2,
            doi="10.1002/sim.7140",
            r_call='predict(rma(yi, vi, test = "knha"))',
        ),
        IntervalMethod(
            name="V",
            label="unmodified standard error, t with k - 1",
            function=formulas.t_unmodified,
            smallest_k=2,
            doi="10.1136/bmjopen-2015-010247",
            r_call='predict(rma(yi, vi, test = "t"))',
        ),
        IntervalMethod(
            name="HTS",
            label="unmodified standard error, t with k - 2",
            function=prediction_formulas.t_k_minus_2,
            smallest_k=3,
            doi="10.1111/j.1467-985X.2008.00552.x",
            r_call='predict(rma(yi, vi), pi.type = "riley")',
        ),
        IntervalMethod(
            name="HK-PR",
            label="Hartung-Knapp standard error, t with k - 2",
            function=prediction_formulas.hartung_knapp_k_minus_2,
            smallest_k=3,
            doi="10.1002/sim.7140",
            r_call='metagen(TE, seTE, method.predict = "HK-PR")',
        ),
        IntervalMethod(
            name="S",
            label="unmodified standard error, normal",
            function=formulas.wald,
            smallest_k=2,
            doi="10.1111/j.1467-985X.2008.00552.x",
            r_call="predict(rma(yi, vi))",
        ),
        IntervalMethod(
            name="HK-adhoc",
            label="Hartung-Knapp standard error not below Wald, t with k - 1",
            function=formulas.hartung_knapp_truncated,
            smallest_k=2,
            doi="10.1002/sim.7140",
            r_call='predict(rma(yi, vi, test = "adhoc"))',
        ),
        IntervalMethod(
            name="HK-PR-adhoc",
            label="Hartung-Knapp standard error not below Wald, t with k - 2",
            function=prediction_formulas.hartung_knapp_truncated_k_minus_2,
            smallest_k=3,
            doi="10.1002/sim.7140",
            r_call='metagen(TE, seTE, method.predict = "HK-PR", adhoc.hakn.pi = "se")',
        ),
        IntervalMethod(
            name="KR",
            label="Kenward-Roger standard error and degrees of freedom",
            function=formulas.kenward_roger,
            smallest_k=2,
            doi="10.2307/2533558",
            r_call='metagen(TE, seTE, method.predict = "KR")',
            models=("random_effects",),
            tau2=("REML",),
        ),
        IntervalMethod(
            name="KR-PR",
            label="Kenward-Roger standard error, one degree of freedom less",
            function=prediction_formulas.kenward_roger_minus_1,
            smallest_k=3,
            doi="10.1002/sim.7140",
            r_call='metagen(TE, seTE, method.predict = "KR-PR")',
            models=("random_effects",),
            tau2=("REML",),
        ),
    )
}
