"""What leaving out each study does to a model, as a table."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from evidencekit.models.coefficients import check_names
from evidencekit.models.design import CONSTANT
from evidencekit.models.html import Shown
from evidencekit.models.results import plain
from evidencekit.models.text import number_text
from evidencekit.special import chdtrc

if TYPE_CHECKING:
    import pandas as pd

    from evidencekit.models.kernel import BoolArray

# Column names of ours and of metafor's influence() and rstudent().
COLUMNS = {
    "residual": "resid",
    "residual_se": "se",
    "rstudent": "rstudent",
    "dffits": "dffits",
    "cook": "cook.d",
    "cov_ratio": "cov.r",
    "tau2_deleted": "tau2.del",
    "qe_deleted": "QE.del",
    "hat": "hat",
    "weight": "weight",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class InfluenceResult(Shown):
    """Outlier and influence measures, one entry per study; see :func:`influence`.

    NaN where the model cannot be fitted without the study; the notes name it.

    Parameters
    ----------
    measure
        As in the model.
    k, labels, names
        Number and names of the studies, and the p names of the coefficients.
    tau2, tau2_method
        Of the model with all studies.
    residual, residual_se
        The estimate less its prediction from the other studies, and its standard
        error, on the analysis scale.
    rstudent
        Externally studentised residual, the ratio of the two.
    dffits
        Change of the fitted value in its standard errors.
    cook
        Squared distance that the coefficients move, 0 or more.
    cov_ratio
        Determinant of the covariance of the coefficients without the study, over that with it.
    tau2_deleted, qe_deleted
        tau2 and residual heterogeneity of the other studies.
    hat, weight
        Leverage, and weight as a fraction; both in [0, 1], with all studies.
    dfbetas
        Change of each coefficient in its standard errors, shape (k, p).
    notes
        In plain words.
    """

    measure: str
    k: int
    labels: tuple[str, ...]
    names: tuple[str, ...]
    tau2: float
    tau2_method: str
    residual: tuple[float, ...]
    residual_se: tuple[float, ...]
    rstudent: tuple[float, ...]
    dffits: tuple[float, ...]
    cook: tuple[float, ...]
    cov_ratio: tuple[float, ...]
    tau2_deleted: tuple[float, ...]
    qe_deleted: tuple[float, ...]
    hat: tuple[float, ...]
    weight: tuple[float, ...]
    dfbetas: tuple[tuple[float, ...], ...]
    notes: tuple[str, ...] = ()

    @property
    def influential(self) -> tuple[bool, ...]:
        """Whether a study passes one of the usual marks; a reason to look, not to leave it out.

        |DFFITS| > 3 sqrt(p / (k - p)); the chi squared distribution with p degrees of
        freedom puts more than half below Cook's distance; leverage > 3 p / k; or
        |DFBETAS| > 1.

        Notes
        -----
        In R: ``influence(rma(...))$is.infl``.

        References
        ----------
        Viechtbauer W, Cheung MW-L. Res Synth Methods 2010;1:112-25. doi:10.1002/jrsm.11
        """
        return tuple(_marks(self).tolist())

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; NaN becomes None."""
        out: dict[str, Any] = plain(self)
        out["influential"] = list(self.influential)
        return out

    def to_frame(self, names: Literal["metafor"] | None = None) -> pd.DataFrame:
        """One row per study; DFBETAS as ``dfbetas[name]``.

        Parameters
        ----------
        names
            "metafor" uses its names, rows named by study and the weights in percent.
        """
        import pandas as pd

        check_names(names)
        theirs = names == "metafor"
        columns: dict[str, Any] = {} if theirs else {"label": list(self.labels)}
        for ours, name in COLUMNS.items():
            columns[name if theirs else ours] = np.array(getattr(self, ours))
        for i, name in enumerate(self.names):
            label = "intrcpt" if theirs and name == CONSTANT else name
            columns[label if theirs else f"dfbetas[{name}]"] = [row[i] for row in self.dfbetas]
        columns["inf" if theirs else "influential"] = list(self.influential)
        if theirs:
            columns["weight"] = 100.0 * columns["weight"]
        return pd.DataFrame(columns, index=list(self.labels) if theirs else None)

    def summary(self) -> str:
        """The studies that pass a mark, as text, then the notes."""
        return "\n".join(_lines(self))


def _marks(result: InfluenceResult) -> BoolArray:
    p, k = len(result.names), result.k
    dffits = np.abs(result.dffits) > 3.0 * math.sqrt(p / (k - p))
    cook = chdtrc(np.full(k, float(p)), np.nan_to_num(np.array(result.cook))) < 0.5
    hat = np.array(result.hat) > 3.0 * p / k
    dfbetas = (np.abs(result.dfbetas) > 1.0).any(axis=1)
    return np.asarray(dffits | cook | hat | dfbetas)


def _lines(result: InfluenceResult) -> list[str]:
    what = result.measure or "estimates"
    marked = [i for i, one in enumerate(result.influential) if one]
    lines = [f"{what}: influence of each of {result.k} studies; {len(marked)} to look at"]
    width = max((len(result.labels[i]) for i in marked), default=0)
    lines.extend(
        f"  {result.labels[i]:<{width}}  studentised residual {number_text(result.rstudent[i])}  "
        f"DFFITS {number_text(result.dffits[i])}  Cook {number_text(result.cook[i])}  "
        f"leverage {number_text(result.hat[i])}  tau2 without {number_text(result.tau2_deleted[i])}"
        for i in marked
    )
    return [*lines, *(f"  note: {note}" for note in result.notes)]
