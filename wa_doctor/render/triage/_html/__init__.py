"""The parts of the page: `markup` makes safe HTML, `sections` write the text, `records` what the scripts read."""
