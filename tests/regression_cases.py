"""Reference meta-regressions and the formulas that make their designs here."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from reference_cases import load

FORMULAS = {
    "bcg_metareg": {
        "ablat + year": "~ ablat + year",
        "alloc": "~ alloc",
        "ablat * year": "~ I(ablat - 33) * I(year - 1966)",
    },
    "raudenbush1985_metareg": {"weeks": "~ weeks", "weeks * tester": "~ weeks * tester"},
}
NEW = {
    "ablat + year": {"ablat": [20, 44], "year": [1950, 1970]},
    "alloc": {"alloc": ["alternate", "random", "systematic"]},
    "ablat * year": {"ablat": [23, 38], "year": [1950, 1970]},
    "weeks": {"weeks": [0, 2]},
    "weeks * tester": {"weeks": [0, 2], "tester": ["aware", "blind"]},
}
TAU2 = ("REML", "ML", "DL", "PM", "EB", "HE", "SJ")
CASES = [(name, model) for name, models in FORMULAS.items() for model in models]


def pair(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Estimates and standard errors."""
    case = load(name)
    return np.array(case["yi"]), np.sqrt(np.array(case["vi"]))


def table(name: str) -> pd.DataFrame:
    """Moderators, one row per study."""
    case = load(name)
    k = len(case["yi"])
    return pd.DataFrame({n: v for n, v in case.items() if isinstance(v, list) and len(v) == k})


def expected(name: str, model: str, method: str) -> dict[str, Any]:
    """What metafor says of one fit."""
    fit: dict[str, Any] = load(name)["fits"][model][method]
    return fit
