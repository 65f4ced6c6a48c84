"""Numbers and sentences in three languages."""

from __future__ import annotations

import math
import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidencekit.errors import UsageError
from evidencekit.language import LANGUAGES, Words, decimals_for_ratio
from evidencekit.language.catalogue import TOPICS, messages

NBSP = "\u00a0"
MINUS = "\u2212"


@pytest.fixture(params=LANGUAGES)
def words(request: pytest.FixtureRequest) -> Words:
    return Words(request.param)


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def test_catalogues_have_the_same_keys_and_fields() -> None:
    english = messages("en")
    for lang in LANGUAGES:
        assert messages(lang).keys() == english.keys(), lang
        for key, template in messages(lang).items():
            assert fields(template) == fields(english[key]), f"{lang}: {key}"


def test_no_key_is_defined_in_two_topics() -> None:
    from importlib import import_module

    for lang in LANGUAGES:
        modules = [import_module(f"evidencekit.language.catalogue.{lang}.{t}") for t in TOPICS]
        assert sum(len(module.MESSAGES) for module in modules) == len(messages(lang))


def test_plural_forms_come_in_pairs() -> None:
    keys = set(messages("en"))
    for key in keys:
        stem, _, form = key.rpartition(".")
        if form in {"one", "other"}:
            assert {f"{stem}.one", f"{stem}.other"} <= keys


def test_unknown_language_is_a_usage_error_that_lists_the_choices() -> None:
    with pytest.raises(UsageError) as caught:
        Words("fr")
    assert str(caught.value) == "no language 'fr': choose one of en, nl, de"


def test_unknown_key_and_missing_value_name_themselves() -> None:
    with pytest.raises(KeyError) as caught:
        Words("nl").text("forest.nothing")
    assert caught.value.args == ("no text 'forest.nothing' in language 'nl'",)
    with pytest.raises(KeyError) as caught:
        Words("en").text("forest.favours")
    assert caught.value.args == ("text 'forest.favours' needs a value for 'arm'",)


@pytest.mark.parametrize(
    ("lang", "printed"),
    [
        ("en", "0.77 (0.66 to 0.90)"),
        ("nl", "0,77 (0,66 tot 0,90)"),
        ("de", "0,77 (0,66 bis 0,90)"),
    ],
)
def test_ci(lang: str, printed: str) -> None:
    assert Words(lang).ci(0.77, 0.66, 0.9, decimals=2) == printed
    assert Words(lang).ci(0.77, 0.66, 0.9) == printed


@pytest.mark.parametrize(
    ("lang", "number", "negative", "percent", "name", "prediction"),
    [
        ("en", "1,234.50", "−1.2", "24%", "95% CI", "95% prediction interval"),
        ("nl", "1.234,50", "−1,2", "24%", "95%-BI", "95%-voorspellingsinterval"),
        ("de", "1.234,50", "−1,2", f"24{NBSP}%", "95-%-KI", "95-%-Prädiktionsintervall"),
    ],
)
def test_formats(
    lang: str, number: str, negative: str, percent: str, name: str, prediction: str
) -> None:
    words = Words(lang)
    assert words.number(1234.5, decimals=2) == number
    assert words.number(-1.2, decimals=1) == negative
    assert words.percent(0.24) == percent
    assert words.ci_name() == name
    assert words.prediction_name() == prediction


def test_levels_with_decimals() -> None:
    assert Words("en").ci_name(0.999) == "99.9% CI"
    assert Words("nl").ci_name(0.975) == "97,5%-BI"
    assert Words("de").ci_name(0.9) == "90-%-KI"


@pytest.mark.parametrize(
    ("p", "printed"),
    [
        (0.013, "P = 0.013"),
        (0.0009999, "P < 0.001"),
        (0.001, "P = 0.001"),
        (0.35, "P = 0.35"),
        (0.0994, "P = 0.099"),
        (0.0999, "P = 0.10"),
        (0.995, "P > 0.99"),
        (0.0, "P < 0.001"),
        (1.0, "P > 0.99"),
    ],
)
def test_p_value(p: float, printed: str) -> None:
    assert Words("en").p_value(p) == printed
    assert Words("nl").p_value(p) == printed.replace(".", ",")


@pytest.mark.parametrize("p", [-0.1, 1.1, math.nan])
def test_p_value_outside_its_range(p: float) -> None:
    with pytest.raises(ValueError, match="a p-value lies between 0 and 1, not"):
        Words("en").p_value(p)


def test_what_rounds_to_nought_has_no_minus_sign(words: Words) -> None:
    assert words.number(-0.004, decimals=2) == words.number(0.0, decimals=2)
    assert words.number(-0.006, decimals=2).startswith(MINUS)


def test_infinity_and_nan(words: Words) -> None:
    assert words.number(math.inf, decimals=2) == "∞"
    assert words.number(-math.inf, decimals=2) == "−∞"
    with pytest.raises(ValueError, match="cannot be printed"):
        words.number(math.nan, decimals=2)


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (0.77, "0.77"),
        (0.067, "0.07"),
        (0.0042, "0.004"),
        (0.0003, "0.0003"),
        (0.00001, "<0.0001"),
        (0.0, "0.00"),
        (12.5, "12.50"),
        (99.73, "99.73"),
        (850.2, "850"),
        (1234.5, "1,234"),
        (math.inf, "∞"),
    ],
)
def test_ratio(value: float, printed: str) -> None:
    assert Words("en").ratio(value) == printed


@given(st.floats(min_value=0.0001, max_value=1e6))
def test_a_ratio_never_prints_as_nought_and_reads_back(value: float) -> None:
    decimals = decimals_for_ratio(value)
    printed = Words("de").ratio(value)
    back = float(printed.replace(".", "").replace(",", "."))
    assert back > 0
    assert abs(back - value) <= 0.5 * 10**-decimals * (1 + 1e-9)


@given(st.floats(-1e9, 1e9), st.integers(0, 4))
def test_numbers_read_back_in_every_language(value: float, decimals: int) -> None:
    for lang, group, decimal in (("en", ",", "."), ("nl", ".", ","), ("de", ".", ",")):
        printed = Words(lang).number(value, decimals=decimals)
        plain = printed.replace(MINUS, "-").replace(group, "").replace(decimal, ".")
        assert float(plain) == float(f"{value:.{decimals}f}")
        assert len(plain.partition(".")[2]) == decimals


def test_count_chooses_the_form(words: Words) -> None:
    one = words.count("alt.forest.unpooled_short", 1)
    many = words.count("alt.forest.unpooled_short", 2)
    assert one != many
    assert re.search(r"\b1\b", one)
    assert re.search(r"\b2\b", many)


def test_counts_may_be_fractional() -> None:
    assert Words("nl").count_number(1234) == "1.234"
    assert Words("nl").count_number(61.25) == "61,2"


def test_no_template_uses_a_hyphen_for_minus_or_joins_limits_with_one(words: Words) -> None:
    assert "-" not in words.interval(-1.0, 2.0, decimals=1)
    assert "–" not in words.interval(-1.0, 2.0, decimals=1)
