"""The command line: options in, exit code out. It decides nothing about WhatsApp."""
