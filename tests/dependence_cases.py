"""Reference three-level fits, and how each is asked for here."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from reference_cases import load

FORMULAS = {
    "REML": None,
    "ML": None,
    "REML decade": "~ decade",
    "REML decade2": "~ decade + I(decade**2)",
    "REML rho 0.6": None,
    "REML rho 0.6 decade2": "~ decade + I(decade**2)",
    "ML rho 0.6 decade": "~ decade",
    "REML deltype": "~ deltype",
    "REML rho 0.5": None,
    "REML rho 0.5 deltype": "~ deltype + year",
}
CASES = [
    (name, key) for name in ("konstantopoulos2011", "assink2016") for key in load(name)["fits"]
]


def pair(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Estimates and standard errors."""
    case = load(name)
    return np.array(case["yi"]), np.sqrt(np.array(case["vi"]))


def choices(name: str, key: str) -> dict[str, Any]:
    """Arguments of ``multilevel`` for one reference fit."""
    case, words = load(name), key.split()
    k = len(case["yi"])
    columns = {n: v for n, v in case.items() if isinstance(v, list) and len(v) == k}
    return {
        "clusters": case["cluster"],
        "moderators": FORMULAS[key],
        "table": pd.DataFrame(columns),
        "method": words[0],
        "rho": float(words[words.index("rho") + 1]) if "rho" in words else None,
    }
