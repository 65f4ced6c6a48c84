"""Dutch texts, one module per topic."""
