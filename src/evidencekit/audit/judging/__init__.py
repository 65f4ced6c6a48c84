"""From what was identified and compared to findings: the last of the three stages."""
