"""The report of a check-up, format by format."""
