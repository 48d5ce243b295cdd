"""What is counted across all messages, many at once, in memory that hardly grows with them."""
