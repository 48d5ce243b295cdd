"""The catalogue of error codes as a list, in the formats text, json and markdown."""
