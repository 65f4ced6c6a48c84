"""What ``evidencekit.effects`` offers, and what it loads for it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from evidencekit import effects


def test_every_name_is_there_and_listed() -> None:
    assert dir(effects) == sorted(effects.__all__)
    assert [name for name in effects.__all__ if getattr(effects, name, None) is None] == []


def test_an_unknown_name_is_no_attribute() -> None:
    with pytest.raises(AttributeError) as caught:
        _ = effects.guess
    assert str(caught.value) == "module 'evidencekit.effects' has no attribute 'guess'"


def test_conversions_are_loaded_when_first_used() -> None:
    code = (
        "import sys, evidencekit.effects as effects\n"
        "late = {f'evidencekit.effects.{name}' for name in set(effects._HOMES.values())}\n"
        "late -= {'evidencekit.effects.binary', 'evidencekit.effects.conversions',\n"
        "         'evidencekit.effects.rounding'}\n"
        "print(sorted(late & set(sys.modules)), 'scipy' in sys.modules)\n"
        "effects.shared_comparator\n"
        "print('evidencekit.effects.shared' in sys.modules)\n"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.splitlines() == ["[] False", "True"]
