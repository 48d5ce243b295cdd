"""
Weighs everything that was found in one text and ranks what may be wrong.

What has to be computed becomes signs (`ids`, `recipients`, `tokens`, `transport`); the rules that speak for each
cause are data in `knowledge/data/causes`.
"""
