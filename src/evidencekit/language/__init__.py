"""What people read, in their language: sentences, numbers, intervals, p-values.

``Words("nl")`` is the only way text reaches a figure, a table or a statement.
A template is always a whole sentence or a whole label; nothing is glued
together from parts, because word order and agreement differ per language.
"""

from evidencekit.language.catalogue import LANGUAGES
from evidencekit.language.decimals import decimals_for_ratio
from evidencekit.language.words import Words

__all__ = ["LANGUAGES", "Words", "decimals_for_ratio"]
