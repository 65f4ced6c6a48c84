"""Which record a reference means, and where the two differ: scored, compared, explained."""
