"""What is known about the platform: dated facts as data, and the loaders that refuse a malformed one."""
