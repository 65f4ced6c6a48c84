"""Audits as people and programs read them; ``AUDIT_FORMATS`` in `table` is the one list."""
