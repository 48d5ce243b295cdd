"""Does to a callback URL what Meta does, step by step, and what Meta does not: a wrong token, a forged event."""
