"""Certainty of evidence: absolute effects, GRADE domains (facts and judgements kept apart)."""
