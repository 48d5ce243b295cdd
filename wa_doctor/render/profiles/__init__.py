"""The profiles that are stored, format by format."""
