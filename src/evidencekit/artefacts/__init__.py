"""Plan to artefacts, incrementally, by content hash."""
