"""``results.json``: every number of an analysis, unrounded, with its inputs and notes."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any

from evidencekit import __version__
from evidencekit.analysis.result import AnalysisResult, Message, Row
from evidencekit.workspace.fields import Printed, PValue, Reading

SCHEMA = "evidencekit/results@1"


def results_json(result: AnalysisResult, *, inputs: Mapping[str, str]) -> bytes:
    """UTF-8 JSON with a stable order; numbers as the shortest text that reads back the same.

    Numbers that JSON cannot hold (not-a-number, infinity) are null.
    """
    data = {
        "schema": SCHEMA,
        "generator": f"evidencekit {__version__}",
        "analysis": result.plan.id,
        "inputs": dict(sorted(inputs.items())),
        "plan": plain(result.plan),
        "outcome": plain(result.outcome),
        "pooled": plain(result.pooled),
        "natural": plain(_without(result.natural, "analysis")),
        "bayes": _bayes(result),
        "rows": [_row(row) for row in result.rows],
        "subgroups": [
            {
                "path": g.path,
                "test": plain(_without(g.result, "overall")),
                "natural": [plain(_without(n, "analysis")) for n in g.natural],
            }
            for g in result.groupings
        ],
        "variations": plain(result.variations),
        "published": plain(result.published),
        "absolute": plain(result.absolute),
        "certainty": {
            "level": result.rating.level,
            "status": result.rating.status,
            "missing": list(result.rating.missing),
            "domains": plain(result.rating.domains),
        },
        "reproduces": plain(result.reproductions),
        "notes": list(result.notes),
    }
    return (json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def _bayes(result: AnalysisResult) -> dict[str, Any] | None:
    """The Bayesian fit: on the analysis scale, its priors named, and on the natural scale."""
    fit = result.bayes
    if fit is None:
        return None
    return {
        **fit.posterior.to_dict(),
        "natural": plain({"estimate": fit.estimate, "ci": fit.ci, "prediction": fit.prediction}),
    }


def _row(row: Row) -> dict[str, Any]:
    """A row with the study by its identifier, and the sources of what was and was not used."""
    return {
        "study": row.study.id,
        "label": row.label,
        "year": row.study.year,
        "status": row.status,
        "reason": plain(row.reason),
        "measure": row.measure,
        "estimate": plain(row.estimate),
        "ci": plain(row.ci),
        "weight": plain(row.weight),
        "contrast": plain(row.contrast),
        "groups": list(row.groups),
        "result": plain(row.result),
        "unused": plain(row.unused),
        "chosen_because": row.chosen_because,
    }


def _without(value: Any, name: str) -> dict[str, Any]:
    return {f.name: getattr(value, f.name) for f in fields(value) if f.name != name}


def plain(value: Any) -> Any:
    """Dataclasses to dicts, printed numbers to their text, what JSON cannot hold to null."""
    if isinstance(value, Printed | PValue | Reading):
        return str(value)
    if isinstance(value, Message):
        return {"message": value.key, "values": value.values}
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value.isoformat() if isinstance(value, date) else value
