"""Claims of an article: recomputed from their evidence, one verdict each, disagreements shown."""
