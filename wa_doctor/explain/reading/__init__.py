"""Reads text of any kind and size: structures inside prose, loose fragments, HTTP transcripts, numbers and ids."""
