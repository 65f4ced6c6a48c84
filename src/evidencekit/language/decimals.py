"""How many decimals a number is printed with.

Journals print ratios with two decimals throughout. The exception made here:
a ratio that would print as "0.00" gets one significant digit instead (0.004),
because a reader would take it for nought; and from 100 upwards the decimals
go, because nobody reads them.
"""

from __future__ import annotations

import math

SMALLEST_RATIO = 0.0001


def decimals_for_ratio(value: float) -> int:
    """Decimals for a ratio: 2; enough for one significant digit below 0.01; none from 100.

    Parameters
    ----------
    value
        A ratio on the natural scale. Nought, infinite and not-a-number give 2.

    Examples
    --------
    >>> [decimals_for_ratio(x) for x in (0.77, 0.067, 0.0042, 12.5, 123.4)]
    [2, 2, 3, 2, 0]
    """
    if not math.isfinite(value) or value == 0:
        return 2
    size = abs(value)
    if size >= 99.995:
        return 0
    if size >= 0.01:
        return 2
    if size >= 0.001:
        return 3
    return 4
