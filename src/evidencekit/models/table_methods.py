"""The methods for counts of two arms: ``TABLE_METHODS``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from evidencekit.errors import MethodError
from evidencekit.models import mantel_haenszel as formulas
from evidencekit.models.kernel import BoolArray
from evidencekit.models.mantel_haenszel import Table, TableFit
from evidencekit.quantities import Scale

Denominator = Literal["persons", "person_time"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableMethod:
    """A row of ``TABLE_METHODS``; ``denominator`` is what ``size_1`` and ``size_2`` count."""

    name: str
    label: str
    measure: str
    scale: Scale
    denominator: Denominator
    function: Callable[[Table], TableFit]
    doi: str
    r_call: str


def check_tables(
    arrays: tuple[ArrayLike, ArrayLike, ArrayLike, ArrayLike],
    mask: ArrayLike | None,
    row: TableMethod,
) -> tuple[Table, BoolArray]:
    """Counts as (m, k) arrays, 0 where padded, or a message that names row and study."""
    a, n1, c, n2 = (np.atleast_2d(np.asarray(x, dtype=np.float64)) for x in arrays)
    here = np.ones(a.shape, bool) if mask is None else np.atleast_2d(np.asarray(mask, bool))
    if len({x.shape for x in (a, n1, c, n2, here)}) != 1:
        shapes = ", ".join(str(x.shape) for x in (a, n1, c, n2, here))
        raise MethodError(f"events, sizes and mask differ in shape: {shapes}")
    wrong = np.zeros(a.shape, dtype=bool)
    for events, size in ((a, n1), (c, n2)):
        fine = np.isfinite(events) & np.isfinite(size) & (events >= 0) & (size > 0)
        if row.denominator == "persons":
            fine &= events <= size
        wrong |= ~fine
    wrong &= here
    if wrong.any():
        i, j = (int(x) for x in np.argwhere(wrong)[0])
        raise MethodError(
            f"row {i + 1}, study {j + 1}: {a[i, j]:g} of {n1[i, j]:g} against {c[i, j]:g} of "
            f"{n2[i, j]:g}; events must be finite and at least 0"
            + (", no more than the arm," if row.denominator == "persons" else ",")
            + " and arms above 0"
        )
    return Table(*(np.where(here, x, 0.0) for x in (a, n1, c, n2))), here


TABLE_METHODS: dict[str, TableMethod] = {
    row.name: row
    for row in (
        TableMethod(
            name="MH-OR",
            label="Mantel-Haenszel odds ratio",
            measure="OR",
            scale="log",
            denominator="persons",
            function=formulas.odds_ratio,
            doi="10.2307/2531052",
            r_call='rma.mh(measure = "OR", ai=, n1i=, ci=, n2i=)',
        ),
        TableMethod(
            name="MH-RR",
            label="Mantel-Haenszel risk ratio",
            measure="RR",
            scale="log",
            denominator="persons",
            function=formulas.risk_ratio,
            doi="10.2307/2530643",
            r_call='rma.mh(measure = "RR", ai=, n1i=, ci=, n2i=)',
        ),
        TableMethod(
            name="MH-RD",
            label="Mantel-Haenszel risk difference (variance: Sato)",
            measure="RD",
            scale="identity",
            denominator="persons",
            function=formulas.risk_difference,
            doi="10.2307/2530643",
            r_call='rma.mh(measure = "RD", ai=, n1i=, ci=, n2i=)',
        ),
        TableMethod(
            name="MH-RD-GR",
            label="Mantel-Haenszel risk difference (variance: Greenland-Robins)",
            measure="RD",
            scale="identity",
            denominator="persons",
            function=formulas.risk_difference_large,
            doi="10.2307/2530643",
            r_call='metabin(sm = "RD", method = "MH")',
        ),
        TableMethod(
            name="MH-IRR",
            label="Mantel-Haenszel incidence rate ratio",
            measure="IRR",
            scale="log",
            denominator="person_time",
            function=formulas.rate_ratio,
            doi="10.2307/2530643",
            r_call='rma.mh(measure = "IRR", x1i=, t1i=, x2i=, t2i=)',
        ),
        TableMethod(
            name="MH-IRD",
            label="Mantel-Haenszel incidence rate difference",
            measure="IRD",
            scale="identity",
            denominator="person_time",
            function=formulas.rate_difference,
            doi="10.2307/2530643",
            r_call='rma.mh(measure = "IRD", x1i=, t1i=, x2i=, t2i=)',
        ),
        TableMethod(
            name="Peto",
            label="Peto odds ratio",
            measure="OR",
            scale="log",
            denominator="persons",
            function=formulas.peto,
            doi="10.1016/S0033-0620(85)80003-7",
            r_call="rma.peto(ai=, n1i=, ci=, n2i=)",
        ),
    )
}
