"""Clinical-trial meta-analysis with an unbroken chain from DOI to sentence.

Names are loaded when first used, so that ``import evidencekit`` costs no more
than the standard library.
"""

from __future__ import annotations

# Type checkers take this for true; `typing` itself need not be loaded.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from evidencekit.models.pool import PooledResult, back_transform, pool
    from evidencekit.quantities import Contrast, Interval
    from evidencekit.workspace.workspace import load_workspace

__version__ = "0.1.0"

_HOMES = {
    "Contrast": "evidencekit.quantities",
    "Interval": "evidencekit.quantities",
    "PooledResult": "evidencekit.models.pool",
    "back_transform": "evidencekit.models.pool",
    "load_workspace": "evidencekit.workspace.workspace",
    "pool": "evidencekit.models.pool",
}

__all__ = [
    "Contrast",
    "Interval",
    "PooledResult",
    "__version__",
    "back_transform",
    "load_workspace",
    "pool",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
