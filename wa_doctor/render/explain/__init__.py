"""What an error or a pasted text means, format by format."""
