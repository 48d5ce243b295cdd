"""The parts of the page: `markup` makes safe HTML, `records` what the scripts read, the others the text."""
