"""Finds out why a WhatsApp Business Cloud API integration does not work. Holds the version and nothing else."""

__version__ = "0.1.0"
