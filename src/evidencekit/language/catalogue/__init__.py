"""The catalogues: one package per language, one module per topic, identical keys.

A key is ``topic.what``; ``.one`` and ``.other`` are the forms for one and for
any other count. To add a topic, add a module to every language and a name to
``TOPICS``.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module

LANGUAGES = ("en", "nl", "de")
TOPICS = ("numbers", "measures", "forest", "alt", "report")


@cache
def messages(lang: str) -> dict[str, str]:
    """All templates of one language, by key; loaded on first use."""
    found: dict[str, str] = {}
    for topic in TOPICS:
        module = import_module(f"evidencekit.language.catalogue.{lang}.{topic}")
        found.update(module.MESSAGES)
    return found
