"""The verdicts about recipients, format by format."""
