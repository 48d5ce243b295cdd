"""The list of checks, format by format."""
