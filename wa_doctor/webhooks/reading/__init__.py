"""From a file to events: sources, lines, the envelopes around a webhook, and what its parts say."""
