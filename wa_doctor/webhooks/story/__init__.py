"""What the counts amount to: causes, incidents, reasons, the story of an account, and each message as it is shown."""
