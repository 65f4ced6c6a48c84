"""Entries of reference lists to references: markup off, identifiers out, then a citation style."""
