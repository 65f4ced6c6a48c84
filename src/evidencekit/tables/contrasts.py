"""The numbers of a row to its contrast."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from evidencekit.effects.contrast import make_contrast
from evidencekit.effects.generic import ReportedEstimate, read_estimate
from evidencekit.effects.zero_cells import ZeroCells
from evidencekit.errors import DataError, MethodError
from evidencekit.quantities import Contrast
from evidencekit.tables.cells import Number
from evidencekit.tables.columns import Columns
from evidencekit.tables.shapes import Shape, scale_of
from evidencekit.tables.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Maker:
    """Makes contrasts of one measure from rows of one shape.

    ``natural`` says that estimates of a ratio are ratios, not logarithms.
    """

    shape: Shape
    measure: str
    natural: bool
    zero_cells: ZeroCells | None

    def all(
        self,
        table: Table,
        columns: Columns,
        numbers: Mapping[str, list[Number]],
        names: list[str],
    ) -> tuple[Contrast, ...]:
        """One contrast for each row; DataError lists the rows that have none."""
        contrasts, findings = [], []
        for row, name in enumerate(names):
            try:
                contrasts.append(self.one(name, {q: c[row] for q, c in numbers.items()}))
            except MethodError as error:
                column = columns.known[self.shape.needs[0]].position
                title = f"{self.measure or 'estimate'} cannot be computed"
                findings.append(
                    table.finding("EK030", title, row=row, column=column, detail=str(error))
                )
        if findings:
            raise DataError(f"{table.file}: nothing was computed", tuple(findings))
        return tuple(contrasts)

    def one(self, name: str, row: Mapping[str, Number]) -> Contrast:
        """The contrast of one row."""
        absent = [q for q in self.shape.needs if math.isnan(row[q].value)]
        if absent:
            verb = "is" if len(absent) == 1 else "are"
            return self._plain(name, math.nan, math.nan, f"{_listed(absent)} {verb} missing")
        if self.shape.make is not None:
            data = self.shape.make({q: number.value for q, number in row.items()})
            return make_contrast(self.measure, data, study=name, zero_cells=self.zero_cells)
        reported = self._reported(row)
        if self.measure:
            return make_contrast(self.measure, reported, study=name)
        found = read_estimate(reported, scale="identity")
        return self._plain(name, found.estimate, found.se, "", found.steps)

    def _reported(self, row: Mapping[str, Number]) -> ReportedEstimate:
        interval = "ci_low" in self.shape.needs
        level = row["level"].value if "level" in row else math.nan
        se = row["se"].value if "se" in row else None
        if "variance" in row:
            se = math.sqrt(row["variance"].value)
        printed = ("estimate", "ci_low", "ci_high") if interval else ("estimate",)
        return ReportedEstimate(
            value=row["estimate"].value,
            low=row["ci_low"].value if interval else None,
            high=row["ci_high"].value if interval else None,
            level=0.95 if math.isnan(level) else level,
            se=se,
            scale="natural" if self.natural else "analysis",
            decimals=min(row[q].decimals for q in printed),
        )

    def _plain(
        self, name: str, estimate: float, se: float, reason: str, steps: tuple[str, ...] = ()
    ) -> Contrast:
        return Contrast(
            study=name,
            label=name,
            measure=self.measure,
            scale=scale_of(self.measure),
            estimate=estimate,
            se=se,
            steps=steps,
            not_estimable=reason,
        )


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
