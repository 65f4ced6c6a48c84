"""What the decoder cannot see: checks of meaning within and across the data files."""
