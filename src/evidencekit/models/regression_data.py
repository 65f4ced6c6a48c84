"""Studies and moderators brought together: the same rows, in the same order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import ArrayLike

from evidencekit.errors import MethodError
from evidencekit.models.design import Design, design_matrix, given_design
from evidencekit.models.kernel import BoolArray, check_studies
from evidencekit.models.pool import Data, Studies, gather_studies, is_pair
from evidencekit.quantities import Contrast

if TYPE_CHECKING:
    import pandas as pd


def gather_regression(
    data: Data,
    moderators: str | Design | ArrayLike | pd.DataFrame,
    table: pd.DataFrame | None,
    labels: Sequence[str] | None,
) -> tuple[Studies, Design]:
    """Checked studies and the design of those that have an estimate and every moderator."""
    studies = gather_studies(data, labels=labels)
    check_studies(studies.estimates, studies.ses, labels=studies.labels, spread="standard error")
    estimable = which_estimable(data)
    if isinstance(moderators, str):
        if table is None:
            raise MethodError(f"formula {moderators!r} needs a table of moderators")
        check_length(len(table), len(estimable), "table has", "rows")
        design = design_matrix(moderators, table.loc[estimable])
    else:
        design = moderators if isinstance(moderators, Design) else given_design(moderators)
        if len(design.used) == len(estimable) and not estimable.all():
            design = replace(design, matrix=design.matrix[estimable], used=design.used[estimable])
        check_length(len(design.used), len(studies.labels), "design has", "rows")
    return without_incomplete(studies, design), design


def which_estimable(data: Data) -> BoolArray:
    """Which entries of data gather_studies keeps."""
    if is_pair(data):
        return np.ones(np.asarray(data[0]).shape, dtype=bool)
    return np.array([c.estimable for c in cast("Sequence[Contrast]", data)], dtype=bool)


def check_length(have: int, need: int, what: str, unit: str) -> None:
    """Raise when something has another length than the studies."""
    if have != need:
        raise MethodError(f"the {what} {have} {unit} for {need} studies")


def without_incomplete(studies: Studies, design: Design) -> Studies:
    """Studies whose moderators are complete, and a note on the others."""
    used = design.used
    if used.all():
        return studies
    out = [label for label, u in zip(studies.labels, used, strict=True) if not u]
    note = f"Left out for lack of a moderator: {', '.join(out)}."
    return Studies(
        studies.measure,
        studies.scale,
        tuple(label for label, u in zip(studies.labels, used, strict=True) if u),
        studies.estimates[used],
        studies.ses[used],
        (*studies.notes, note),
    )
