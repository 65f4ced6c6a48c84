"""Reading the reference values in ``tests/reference``; each file names where it came from."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from evidencekit.models import CI_METHODS, TAU2_ESTIMATORS

FOLDER = Path(__file__).parent / "reference"

# Inverse-variance meta-analyses fitted by metafor with every estimator.
POOLED = (
    "bcg_RR",
    "bcg_OR",
    "bcg_RD",
    "hine1989_RD",
    "collins1985b_OR",
    "nielweise2007_OR",
    "nielweise2007_RR",
    "normand1999_MD",
    "hackshaw1998_OR",
    "raudenbush1985",
    "bcg_AS",
    "bcg_PETO",
    "curtis1998_ROM",
    "curtis1998_VR",
    "damico2009_OR",
    "gibson2002_SMD",
    "hart1999_IRR",
    "hart1999_IRSD",
    "lee2004_OR",
    "molloy2014_ZCOR",
    "nielweise2007_OR_all",
    "normand1999_SMD",
    "normand1999_SMD_AV",
    "normand1999_SMD_UB",
    "pritz1997_PFT",
    "pritz1997_PLO",
    "pritz1997_PR",
    "yusuf1985_PETO",
)


@cache
def load(name: str) -> dict[str, Any]:
    """One reference file, without the excuse of a missing source."""
    case: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text())
    assert case["source"]["call"]
    return case


def studies(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Estimates and variances of a case."""
    case = load(name)
    return np.array(case["yi"]), np.array(case["vi"])


def fits(method: str) -> list[tuple[str, dict[str, Any]]]:
    """Cases that metafor could fit with this estimator ("EE": common effect)."""
    found = [(name, load(name)["fits"].get(method, {"failed": ""})) for name in POOLED]
    return [(name, fit) for name, fit in found if "failed" not in fit]


def others(*keys: str) -> list[tuple[str, Any]]:
    """What the cases hold under ``other`` at this path, where R could compute it."""
    found = []
    for name in POOLED:
        value = load(name)["other"]
        for key in keys:
            value = value[key]
        if not (isinstance(value, dict) and "failed" in value):
            found.append((name, value))
    return found


def allowed(ci: str, tau2: str) -> bool:
    """Whether this interval of the mean is defined for random effects with this estimator."""
    row = CI_METHODS[ci]
    return "random_effects" in row.models and tau2 in (row.tau2 or TAU2_ESTIMATORS)
