"""``Words``: templates and number formats of one language."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

from evidencekit.errors import UsageError
from evidencekit.language.catalogue import LANGUAGES, messages
from evidencekit.language.decimals import SMALLEST_RATIO, decimals_for_ratio

MINUS = "\u2212"
NO_BREAK = "\u00a0"
INFINITY = "\u221e"


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberMarks:
    """The marks of one locale, as Unicode's locale data (through Babel) give them."""

    decimal: str
    group: str
    percent: str


@cache
def number_marks(lang: str) -> NumberMarks:
    """Read decimal mark, group mark and percent suffix of *lang* from Babel, once."""
    from babel import Locale

    locale = Locale.parse(lang)
    symbols = locale.number_symbols["latn"]
    pattern = locale.percent_formats[None].pattern
    return NumberMarks(
        decimal=symbols["decimal"],
        group=symbols["group"],
        percent=pattern[pattern.rindex("0") + 1 :],
    )


class Words:
    """Text and numbers in one language.

    Parameters
    ----------
    lang
        "en", "nl" or "de".

    Raises
    ------
    UsageError
        For a language without a catalogue.

    Examples
    --------
    >>> Words("nl").ci(0.77, 0.66, 0.90, decimals=2)
    '0,77 (0,66 tot 0,90)'
    """

    __slots__ = ("_marks", "_messages", "lang")

    def __init__(self, lang: str) -> None:
        if lang not in LANGUAGES:
            raise UsageError(f"no language {lang!r}: choose one of {', '.join(LANGUAGES)}")
        self.lang = lang
        self._messages = messages(lang)
        self._marks: NumberMarks | None = None

    def __repr__(self) -> str:
        return f"Words({self.lang!r})"

    def __contains__(self, key: object) -> bool:
        return key in self._messages

    # -- sentences ---------------------------------------------------------

    def text(self, key: str, /, **values: object) -> str:
        """Fill in the template *key*.

        Raises
        ------
        KeyError
            When the catalogue has no such key, or the template asks for a
            value that was not given; the message names both.
        """
        template = self._messages.get(key)
        if template is None:
            raise KeyError(f"no text {key!r} in language {self.lang!r}")
        try:
            return template.format_map(values)
        except KeyError as missing:
            raise KeyError(f"text {key!r} needs a value for {missing}") from None

    def count(self, key: str, n: int, /, **values: object) -> str:
        """Fill in ``key.one`` or ``key.other`` by *n*, which is also passed in as ``{n}``."""
        return self.text(f"{key}.{'one' if n == 1 else 'other'}", n=self.integer(n), **values)

    # -- numbers -----------------------------------------------------------

    def number(self, x: float, /, *, decimals: int) -> str:
        """*x* with exactly *decimals* decimals, trailing zeros kept and a real minus sign.

        Rounds the binary value half to even, as ``format`` does. What rounds to
        nought loses its minus sign. Infinity is a sign; not-a-number is an error.
        """
        if math.isnan(x):
            raise ValueError("a number that is not a number (NaN) cannot be printed")
        if math.isinf(x):
            return INFINITY if x > 0 else MINUS + INFINITY
        plain = f"{abs(x):,.{decimals}f}"
        negative = x < 0 and any(digit in plain for digit in "123456789")
        return (MINUS if negative else "") + self._localise(plain)

    def integer(self, n: float, /) -> str:
        """A count, with the language's thousands mark from 1000: 1,234 or 1.234."""
        return self.number(n, decimals=0)

    def count_number(self, n: float, /) -> str:
        """A count that may be fractional (effective cluster sizes): no decimals when whole."""
        return self.number(n, decimals=0 if float(n).is_integer() else 1)

    def ratio(self, x: float, /) -> str:
        """A ratio by the house rule of :func:`decimals_for_ratio`; "<0.0001" below that."""
        if 0 < x < SMALLEST_RATIO / 2:
            return "<" + self.number(SMALLEST_RATIO, decimals=4)
        return self.number(x, decimals=decimals_for_ratio(x))

    def percent(self, fraction: float, /, *, decimals: int = 0) -> str:
        """A fraction as a percentage: 24%, 24%, 24\u00a0% (German, with a no-break space)."""
        number = self.number(100 * fraction, decimals=decimals)
        return number + self._number_marks().percent

    def p_value(self, p: float, /) -> str:
        """ "P = 0.013", "P = 0.35", "P < 0.001", "P > 0.99"; two decimals from 0.10 up."""
        if not 0 <= p <= 1:
            raise ValueError(f"a p-value lies between 0 and 1, not {p!r}")
        if p < 0.001:
            return self.text("number.p_below", limit=self.number(0.001, decimals=3))
        if p > 0.99:
            return self.text("number.p_above", limit=self.number(0.99, decimals=2))
        decimals = 2 if p >= 0.0995 else 3
        return self.text("number.p", value=self.number(p, decimals=decimals))

    # -- intervals ---------------------------------------------------------

    def interval(self, low: float, high: float, /, *, decimals: int | None = None) -> str:
        """Two limits joined by the word, never by a hyphen: "0.66 to 0.90".

        ``decimals=None`` prints both as ratios.
        """
        return self.text(
            "number.interval", low=self._limit(low, decimals), high=self._limit(high, decimals)
        )

    def ci(
        self, estimate: float, low: float, high: float, /, *, decimals: int | None = None
    ) -> str:
        """An estimate with its interval: "0.77 (0.66 to 0.90)"."""
        return self.text(
            "number.ci",
            estimate=self._limit(estimate, decimals),
            interval=self.interval(low, high, decimals=decimals),
        )

    def ci_name(self, level: float = 0.95, /) -> str:
        """ "95% CI", "95%-BI", "95-%-KI"."""
        return self.text("number.ci_name", level=self._level(level))

    def prediction_name(self, level: float = 0.95, /) -> str:
        """ "95% prediction interval" and its Dutch and German names."""
        return self.text("number.prediction_name", level=self._level(level))

    # -- inside ------------------------------------------------------------

    def _limit(self, x: float, decimals: int | None) -> str:
        return self.ratio(x) if decimals is None else self.number(x, decimals=decimals)

    def _level(self, level: float) -> str:
        percent = round(100 * level, 6)
        decimals = 0 if percent == int(percent) else len(f"{percent:g}".partition(".")[2])
        return self.number(percent, decimals=decimals)

    def _number_marks(self) -> NumberMarks:
        if self._marks is None:
            self._marks = number_marks(self.lang)
        return self._marks

    def _localise(self, plain: str) -> str:
        marks = self._number_marks()
        swap = {",": marks.group, ".": marks.decimal}
        return "".join(swap.get(character, character) for character in plain)
