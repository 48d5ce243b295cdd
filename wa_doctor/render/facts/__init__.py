"""The age of the facts, format by format."""
