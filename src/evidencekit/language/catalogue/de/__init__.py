"""German texts, one module per topic."""
