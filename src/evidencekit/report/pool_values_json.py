"""Numbers to JSON values: what is undefined or infinite is null, and is remembered."""

from __future__ import annotations

import math
from typing import Any

from evidencekit.models.results import Tau2Interval
from evidencekit.quantities import Interval


class Values:
    """Turns numbers into JSON values and remembers those that are null."""

    def __init__(self) -> None:
        self._undefined: list[str] = []
        self._infinite: list[str] = []
        self._normal: list[str] = []

    def number(self, name: str, value: float) -> float | None:
        """The number, or null."""
        if math.isfinite(value):
            return float(value)
        (self._undefined if math.isnan(value) else self._infinite).append(name)
        return None

    def df(self, name: str, value: float) -> float | None:
        """Degrees of freedom; null for the normal distribution."""
        if math.isinf(value):
            self._normal.append(name)
            return None
        return self.number(name, value)

    def interval(self, name: str, interval: Interval) -> dict[str, float | None]:
        """The two limits."""
        return {
            "low": self.number(f"{name}.low", interval.low),
            "high": self.number(f"{name}.high", interval.high),
        }

    def named(self, path: str, interval: Interval, *, level: bool = False) -> dict[str, Any]:
        """The limits with their method, and their level where it is asked for."""
        found: dict[str, Any] = dict(self.interval(path, interval))
        if level:
            found["level"] = interval.level
        return found | {"method": interval.method}

    def tau2_ci(self, path: str, interval: Tau2Interval | None) -> dict[str, Any]:
        """An interval of tau2 with its status; four nulls for None."""
        if interval is None:
            return {"low": None, "high": None, "method": None, "status": None}
        return {
            "low": self.number(f"{path}.low", interval.low),
            "high": self.number(f"{path}.high", interval.high),
            "method": interval.method,
            "status": interval.status,
        }

    def notes(self) -> list[str]:
        """Which values are null, by reason."""
        told = (
            (self._normal, "Null because the test uses the normal distribution"),
            (self._undefined, "Null because not defined for these data"),
            (self._infinite, "Null because infinite"),
        )
        return [f"{why}: {', '.join(names)}." for names, why in told if names]
