"""Living evidence: papers, searches and results looked at again."""
