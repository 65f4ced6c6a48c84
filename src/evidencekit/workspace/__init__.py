"""YAML data files to frozen dataclasses, with every problem reported at its place."""
