"""A plan and a workspace to a result: selection, readings, contrasts, pooled, variations."""
