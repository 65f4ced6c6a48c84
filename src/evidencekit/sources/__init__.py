"""Bibliographic records of cited papers: whence they come, and whether the papers stand."""
